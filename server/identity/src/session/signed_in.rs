//! Who is signed in.

use super::{ABSOLUTE, FRESH, IDLE, SessionKey, TOUCH};
use serde::{Deserialize, Serialize};
use techo_model::{AccountId, PasskeyId, SessionId, UnixMillis};

/// Who is signed in, by what, and how long ago that was verified. Ids and instants only.
///
/// Made by the ceremonies in [`crate::passkey`] and [`crate::enrol`], which write it into the vault themselves; whoever
/// receives one from them gives the browser the new cookie that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The cookie that it belongs to. With another cookie it is somebody else's claim, or an old one.
    pub key: SessionKey,
    /// What the owner sees of this session; stays when the cookie changes.
    pub session: SessionId,
    /// Whose session it is.
    pub account: AccountId,
    /// The passkey that opened it, or that verified the user since.
    pub passkey: PasskeyId,
    /// When it was opened.
    pub at: UnixMillis,
    /// Last time that a passkey verified the user.
    pub verified_at: UnixMillis,
    /// Last time that the card was shown.
    pub card_verified_at: Option<UnixMillis>,
    /// Browser and system, as [`super::agent_family`] has them.
    pub agent: String,
}

impl SignedIn {
    /// Whether the user was verified, by passkey or card, in the last [`FRESH`].
    pub fn is_fresh(&self, now: UnixMillis) -> bool {
        is_recent(self.verified_at, now) || self.card_is_fresh(now)
    }

    /// Whether the card was shown in the last [`FRESH`], to choose what a page offers. The right to something comes from
    /// [`crate::access::CardShown`].
    pub fn card_is_fresh(&self, now: UnixMillis) -> bool {
        self.card_verified_at.is_some_and(|at| is_recent(at, now))
    }

    /// When this session ends whatever is done.
    pub fn ends_at(&self) -> UnixMillis {
        self.at.plus(ABSOLUTE)
    }

    /// Until when this session surely lives if nothing more is done after `now`: a little less than [`IDLE`], since
    /// the last use is written only so often.
    pub fn idle_ends_at(&self, now: UnixMillis) -> UnixMillis {
        now.plus(IDLE - TOUCH).min(self.ends_at())
    }
}

/// Whether something was in the last [`FRESH`]. An instant of the future (a clock that jumped back) is not recent.
pub(crate) fn is_recent(at: UnixMillis, now: UnixMillis) -> bool {
    at <= now && now.since(at) <= FRESH
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use uuid::Uuid;

    const START: UnixMillis = UnixMillis(1_800_000_000_000);

    fn signed_in() -> SignedIn {
        SignedIn {
            key: SessionKey::of_token("a cookie"),
            session: SessionId(Uuid::nil()),
            account: AccountId(Uuid::nil()),
            passkey: PasskeyId(Uuid::nil()),
            at: START,
            verified_at: START,
            card_verified_at: None,
            agent: String::new(),
        }
    }

    #[test]
    fn a_verification_is_fresh_for_five_minutes_and_never_before_it_happened() {
        let session = signed_in();
        assert!(session.is_fresh(START.plus(FRESH)));
        assert!(!session.is_fresh(START.plus(FRESH + Duration::from_millis(1))));
        assert!(!session.is_fresh(START.minus(Duration::from_millis(1))));
        assert!(!session.card_is_fresh(START));
    }

    #[test]
    fn the_idle_end_never_lies_behind_the_absolute_end() {
        let session = signed_in();
        let late = START.plus(ABSOLUTE - Duration::from_mins(5));
        assert_eq!(session.idle_ends_at(START), START.plus(IDLE - TOUCH));
        assert_eq!(session.idle_ends_at(late), session.ends_at());
    }
}
