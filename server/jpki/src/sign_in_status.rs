//! What a card's certificate means today for the passkeys that were once derived from it.

use super::{CardStatus, RevocationReason};
use std::time::Duration;
use techo_model::UnixMillis;

/// How long passkeys go on after their card's certificate expired or was replaced, until a card must be shown again.
pub const GRACE: Duration = Duration::from_hours(90 * 24);

/// How long they go on while nobody can say whether the certificate was revoked.
pub const UNVERIFIED_GRACE: Duration = Duration::from_hours(24);

/// What the vault keeps of a card that was bound to an account.
#[derive(Clone, Copy, Debug)]
pub struct BoundCard {
    /// Last instant of its certificate.
    pub not_after: UnixMillis,
    /// When its status was last found good; at the latest when it was bound.
    pub last_good: UnixMillis,
}

/// Whether the passkeys of a card may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInStatus {
    /// In order.
    Good,
    /// Expired or replaced; the passkeys work until the instant given, and the holder is asked for the new card.
    Grace {
        /// Last instant of the grace.
        until: UnixMillis,
    },
    /// Its status cannot be asked; the passkeys work until the instant given, with a banner.
    Unverified {
        /// Last instant of the grace.
        until: UnixMillis,
    },
    /// Expired, replaced or unverified for longer than the grace: the card must be shown first.
    Lapsed,
    /// Held: the passkeys rest until the hold is lifted.
    Suspended,
    /// Revoked: these passkeys are over until a new card is shown.
    Revoked,
}

impl SignInStatus {
    /// Whether a passkey of this card signs in now, and a running session goes on.
    pub fn may_sign_in(self) -> bool {
        matches!(self, Self::Good | Self::Grace { .. } | Self::Unverified { .. })
    }
}

/// Judges a bound card: revocation before hold, hold before expiry, expiry before not knowing.
pub fn sign_in_status(card: BoundCard, status: CardStatus, now: UnixMillis) -> SignInStatus {
    let ended = match status {
        CardStatus::Revoked { reason: RevocationReason::Superseded, at } => at.min(card.not_after),
        CardStatus::Revoked { .. } => return SignInStatus::Revoked,
        CardStatus::OnHold { .. } => return SignInStatus::Suspended,
        CardStatus::Good | CardStatus::Unknown(_) => card.not_after,
    };
    let replaced = matches!(status, CardStatus::Revoked { .. });
    if replaced || now > ended {
        return within(ended.plus(GRACE), now, |until| SignInStatus::Grace { until });
    }
    match status {
        CardStatus::Unknown(_) => {
            within(card.last_good.plus(UNVERIFIED_GRACE), now, |until| SignInStatus::Unverified { until })
        }
        _ => SignInStatus::Good,
    }
}

fn within(until: UnixMillis, now: UnixMillis, standing: impl Fn(UnixMillis) -> SignInStatus) -> SignInStatus {
    if now <= until { standing(until) } else { SignInStatus::Lapsed }
}

#[cfg(test)]
mod tests {
    use super::{super::StatusUnknown, *};

    const DAY: Duration = Duration::from_hours(24);
    const BOUND: UnixMillis = UnixMillis(1_800_000_000_000);

    fn card() -> BoundCard {
        BoundCard { not_after: BOUND.plus(DAY * 365), last_good: BOUND }
    }

    fn revoked(reason: RevocationReason) -> CardStatus {
        CardStatus::Revoked { reason, at: BOUND }
    }

    #[test]
    fn a_good_card_signs_in_until_its_last_instant_and_ninety_days_more() {
        let BoundCard { not_after, .. } = card();
        let at = |now| sign_in_status(card(), CardStatus::Good, now);
        let until = not_after.plus(GRACE);
        assert_eq!(at(not_after), SignInStatus::Good);
        assert_eq!(at(not_after.plus(DAY)), SignInStatus::Grace { until });
        assert_eq!(at(until), SignInStatus::Grace { until });
        assert_eq!(at(until.plus(Duration::from_millis(1))), SignInStatus::Lapsed);
    }

    #[test]
    fn a_replaced_card_has_ninety_days_from_its_replacement() {
        let at = |now| sign_in_status(card(), revoked(RevocationReason::Superseded), now);
        let until = BOUND.plus(GRACE);
        assert_eq!(at(BOUND), SignInStatus::Grace { until });
        assert!(at(until).may_sign_in());
        assert_eq!(at(until.plus(DAY)), SignInStatus::Lapsed);
    }

    #[test]
    fn a_held_card_rests_and_a_revoked_one_is_over_even_when_expired() {
        for now in [BOUND, BOUND.plus(DAY * 400)] {
            assert_eq!(
                sign_in_status(card(), CardStatus::OnHold { at: BOUND }, now),
                SignInStatus::Suspended
            );
            assert_eq!(
                sign_in_status(card(), revoked(RevocationReason::KeyCompromise), now),
                SignInStatus::Revoked
            );
            assert_eq!(
                sign_in_status(card(), revoked(RevocationReason::Unspecified), now),
                SignInStatus::Revoked
            );
        }
        assert!(!SignInStatus::Suspended.may_sign_in() && !SignInStatus::Revoked.may_sign_in());
    }

    #[test]
    fn an_unknown_status_is_borne_for_a_day_after_it_was_last_good() {
        let unknown = CardStatus::Unknown(StatusUnknown::Stale);
        let until = BOUND.plus(UNVERIFIED_GRACE);
        assert_eq!(sign_in_status(card(), unknown, until), SignInStatus::Unverified { until });
        assert_eq!(
            sign_in_status(card(), unknown, until.plus(Duration::from_millis(1))),
            SignInStatus::Lapsed
        );
    }
}
