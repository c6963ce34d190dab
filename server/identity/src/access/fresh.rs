//! Proofs of how fresh a check of the user is, and that something may be taken along.

use super::PatientScope;
use crate::{
    refusal::SessionRefusal,
    session::{SignedIn, limits},
};
use techo_custody::{Custody, Failure, Result, lift_failures};
use techo_model::account::AccountState;
use techo_store::vault::sessions::ClaimedSession;

/// The owner of an account in the session that asks. It may end while the request is on its way, so whatever writes in their name asks
/// [`confirm_present`] right before, and what goes on for long asks again on the way.
#[derive(Clone, Copy, Debug)]
pub struct PresentOwner<'a> {
    /// Who is signed in.
    pub who: &'a SignedIn,
    /// What they may see.
    pub scope: &'a PatientScope,
}

/// A proof that the owner of an account was verified by passkey or card in the last minutes, in a session that has not
/// ended.
#[derive(Clone, Debug)]
pub struct VerifiedOwner {
    pub(super) who: SignedIn,
    pub(super) scope: PatientScope,
}

impl VerifiedOwner {
    /// In which session.
    pub fn signed_in(&self) -> &SignedIn {
        &self.who
    }

    /// What they may see.
    pub fn scope(&self) -> &PatientScope {
        &self.scope
    }

    /// For what asks for no fresh check.
    pub fn present(&self) -> PresentOwner<'_> {
        PresentOwner { who: &self.who, scope: &self.scope }
    }
}

/// A proof that the owner of an account may take data along now: [`VerifiedOwner`], and no recovery of late. Whoever recovers
/// an account by a stolen card and letter is not gone with everything before its owner hears of it.
#[derive(Clone, Debug)]
pub struct ExportAllowed(VerifiedOwner);

impl ExportAllowed {
    /// What they may see, and so take along.
    pub fn scope(&self) -> &PatientScope {
        &self.0.scope
    }

    /// For what goes on for long, and asks on the way whether they are still there.
    pub fn present(&self) -> PresentOwner<'_> {
        self.0.present()
    }
}

/// Why nothing is taken along.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Not yet, which they are told: the account was recovered in the last day.
    #[error("exports are locked after a recovery")]
    Locked,
    /// Not allowed, or ours.
    #[error(transparent)]
    Failure(Failure),
}

lift_failures!(ExportError);

/// The proof that whoever is signed in was verified a moment ago. Asked in the vault, since the session may have
/// ended while the request was on its way.
///
/// # Errors
/// [`Failure::Refused`] when the check is too long ago, or the session has ended.
pub async fn prove_verified(
    custody: &Custody,
    who: &SignedIn,
    scope: &PatientScope,
) -> Result<VerifiedOwner> {
    if !who.is_fresh(custody.environment.now()) {
        return Err(SessionRefusal::NotFresh.into());
    }
    require_present(custody, who, scope).await?;
    Ok(VerifiedOwner { who: who.clone(), scope: scope.clone() })
}

/// Makes sure that the session of whoever asks has not ended.
///
/// # Errors
/// [`Failure::Refused`] when it has, or is the session of somebody else.
async fn require_present(custody: &Custody, who: &SignedIn, scope: &PatientScope) -> Result<()> {
    let claimed =
        ClaimedSession { key: who.key.as_bytes(), session_id: who.session, account_id: who.account };
    let is_live = scope.account() == who.account
        && custody.stores.vault.session_is_live_now(claimed, limits(custody.environment.now())).await?;
    if is_live { Ok(()) } else { Err(SessionRefusal::Ended.into()) }
}

/// Makes sure that the session of whoever asks has not ended: right before something is stored in their name that needs no fresh
/// check, or more of what they take along is read. The account is not held: an ending within the moment until that is stored comes too late for it.
///
/// # Errors
/// [`Failure::Refused`] when their session has ended, or is the session of somebody else.
pub async fn confirm_present(custody: &Custody, PresentOwner { who, scope }: PresentOwner<'_>) -> Result<()> {
    require_present(custody, who, scope).await
}

/// The proof that something may be taken along.
///
/// # Errors
/// [`ExportError::Locked`] for a day after a recovery.
pub async fn prove_export_allowed(
    custody: &Custody,
    verified: VerifiedOwner,
) -> Result<ExportAllowed, ExportError> {
    let account = custody.stores.vault.account(verified.who.account).await?;
    let account = account.filter(|account| account.state == AccountState::Active);
    let account = account.ok_or(SessionRefusal::AccountNotActive)?;
    if account.exports_locked_until.is_some_and(|until| until > custody.environment.now()) {
        return Err(ExportError::Locked);
    }
    Ok(ExportAllowed(verified))
}
