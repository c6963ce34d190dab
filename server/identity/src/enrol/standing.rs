//! What the card behind an account means for its passkeys today.

use super::CardCeremonies;
use crate::enrol::stored_certificate;
use std::time::Duration;
use techo_custody::{Custody, Result};
use techo_jpki::{BoundCard, CardStatus, CertStatus, Standing, standing};
use techo_model::{AccountId, UnixMillis, account::BindingState};
use techo_store::vault::bindings::BindingRecord;

/// How long before its end a certificate is worth a word.
const SOON: Duration = Duration::from_hours(60 * 24);

/// Something about the card that its holder should know. The passkeys still work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardTrouble {
    /// Its status could not be asked; sign-in works until this instant.
    StatusUnknown {
        /// Last instant of the grace.
        until: UnixMillis,
    },
    /// Its certificate ends soon.
    EndsSoon {
        /// Last instant of the certificate.
        on: UnixMillis,
    },
    /// Its certificate ended or was replaced; sign-in works until this instant.
    Ended {
        /// Last instant of the grace.
        until: UnixMillis,
    },
}

/// A binding with what its CA says now.
pub(crate) struct Judged {
    pub status: CardStatus,
    pub standing: Standing,
}

impl Judged {
    /// Whether passkeys of this card sign in.
    pub fn may_sign_in(&self, binding: &BindingRecord) -> bool {
        // What was revoked, replaced or too old once stays so; a hold ends when its CA says so.
        binding.state.may_turn()
            && self.standing.may_sign_in()
            && !(binding.state == BindingState::Held && self.status != CardStatus::Good)
    }

    /// What the holder should know.
    pub fn trouble(&self, binding: &BindingRecord, now: UnixMillis) -> Option<CardTrouble> {
        match self.standing {
            Standing::Unverified { until } => Some(CardTrouble::StatusUnknown { until }),
            Standing::Grace { until } => Some(CardTrouble::Ended { until }),
            Standing::Good if now.plus(SOON) >= binding.not_after => {
                Some(CardTrouble::EndsSoon { on: binding.not_after })
            }
            _ => None,
        }
    }
}

/// Asks what became of a bound card.
pub(crate) fn judge_binding(
    custody: &Custody,
    source: &dyn CertStatus,
    binding: &BindingRecord,
) -> Result<Judged> {
    let now = custody.environment.now();
    let status = source.status(&stored_certificate(custody, binding)?, now);
    let card = BoundCard { not_after: binding.not_after, last_good: binding.last_good_at };
    Ok(Judged { status, standing: standing(card, status, now) })
}

impl CardCeremonies {
    /// What the owner of an account should know about the card behind it.
    pub async fn card_trouble(&self, account: AccountId) -> Result<Option<CardTrouble>> {
        let Some(binding) = self.custody.stores.vault.current_binding(account).await? else {
            return Ok(None);
        };
        Ok(judge_binding(&self.custody, &*self.status, &binding)?
            .trouble(&binding, self.custody.environment.now()))
    }
}

/// Why a certificate with this status cannot be shown, for the audit.
pub(super) fn may_be_shown(status: CardStatus) -> &'static str {
    match status {
        CardStatus::Good => "card-good",
        CardStatus::OnHold { .. } => "card-held",
        CardStatus::Revoked { .. } => "card-revoked",
        CardStatus::Unknown(_) => "card-status-unknown",
    }
}
