//! What the card behind an account means for its passkeys today.

use super::CardCeremonies;
use crate::{enrol::stored_certificate, refusal::CardRefusal};
use std::time::Duration;
use techo_custody::{Custody, Result, parking::unreadable_reason};
use techo_jpki::{
    BoundCard, CardStatus, CardStatusInquiry, CertificateId, SignInStatus, StatusUnknown, sign_in_status,
};
use techo_model::{AccountId, UnixMillis, account::BindingState};
use techo_store::vault::bindings::BindingRecord;

/// How long before its end a certificate is worth a word.
const SOON: Duration = Duration::from_hours(60 * 24);

/// Something about the card that its holder should know. The passkeys still work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardWarning {
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
    pub standing: SignInStatus,
}

impl Judged {
    /// Whether passkeys of this card sign in.
    pub fn may_sign_in(&self, binding: &BindingRecord) -> bool {
        // What was revoked, replaced or too old once stays so; a hold ends when its CA says so.
        binding.state.can_change_state()
            && self.standing.may_sign_in()
            && !(binding.state == BindingState::Held && self.status != CardStatus::Good)
    }

    /// What the holder should know.
    pub fn warning(&self, binding: &BindingRecord, now: UnixMillis) -> Option<CardWarning> {
        match self.standing {
            SignInStatus::Unverified { until } => Some(CardWarning::StatusUnknown { until }),
            SignInStatus::Grace { until } => Some(CardWarning::Ended { until }),
            SignInStatus::Good if now.plus(SOON) >= binding.not_after => {
                Some(CardWarning::EndsSoon { on: binding.not_after })
            }
            _ => None,
        }
    }
}

/// Asks what became of a bound card.
pub(crate) async fn judge_binding(
    custody: &Custody,
    inquiry: &CardStatusInquiry,
    binding: &BindingRecord,
) -> Result<Judged> {
    let now = custody.environment.now();
    let status = inquiry.status(&stored_certificate(custody, binding)?, now).await;
    Ok(judge(binding, status, now))
}

/// Asks what became of many bound cards at once, in the same order. One whose row cannot be read is
/// [`StatusUnknown::Unreadable`]: the sweep ends its sessions and parks it, and it keeps nobody from asking about the others.
pub(super) async fn judge_bindings(
    custody: &Custody,
    inquiry: &CardStatusInquiry,
    bindings: &[BindingRecord],
) -> Result<Vec<Judged>> {
    let now = custody.environment.now();
    let certificates: Vec<_> =
        bindings.iter().map(|binding| readable_certificate(custody, binding)).collect::<Result<_>>()?;
    let asked: Vec<_> = certificates.iter().flatten().cloned().collect();
    let mut answers = inquiry.statuses(&asked, now).await.into_iter();
    let status = |certificate: Option<CertificateId>| {
        let unreadable = CardStatus::Unknown(StatusUnknown::Unreadable);
        certificate.and_then(|_| answers.next()).unwrap_or(unreadable)
    };
    let statuses = certificates.into_iter().map(status);
    Ok(bindings.iter().zip(statuses).map(|(binding, status)| judge(binding, status, now)).collect())
}

fn readable_certificate(custody: &Custody, binding: &BindingRecord) -> Result<Option<CertificateId>> {
    stored_certificate(custody, binding).map(Some).or_else(|failure| match unreadable_reason(&failure) {
        Some(reason) => {
            tracing::error!(binding = %binding.binding_id, reason, "a card cannot be read; nobody can say its status");
            Ok(None)
        }
        None => Err(failure),
    })
}

fn judge(binding: &BindingRecord, status: CardStatus, now: UnixMillis) -> Judged {
    let card = BoundCard { not_after: binding.not_after, last_good: binding.last_good_at };
    Judged { status, standing: sign_in_status(card, status, now) }
}

impl CardCeremonies {
    /// What the owner of an account should know about the card behind it.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn card_warning(&self, account: AccountId) -> Result<Option<CardWarning>> {
        let Some(binding) = self.custody.stores.vault.current_binding(account).await? else {
            return Ok(None);
        };
        Ok(judge_binding(&self.custody, &self.status, &binding)
            .await?
            .warning(&binding, self.custody.environment.now()))
    }
}

/// Why a certificate with this status cannot be shown; nothing when it can.
pub(super) fn may_not_be_shown(status: CardStatus) -> Option<CardRefusal> {
    match status {
        CardStatus::Good => None,
        CardStatus::OnHold { .. } => Some(CardRefusal::Held),
        CardStatus::Revoked { .. } => Some(CardRefusal::Revoked),
        CardStatus::Unknown(_) => Some(CardRefusal::StatusUnknown),
    }
}
