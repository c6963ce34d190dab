//! Proofs of how fresh a check of the user is, and that something may be taken along.

use super::PatientScope;
use crate::{
    Domain, Failure, Result,
    session::{SignedIn, limits},
};
use techo_store::vault::sessions::ClaimedSession;

/// A proof that the owner of an account was verified by passkey or card in the last minutes, in a session that has not
/// ended.
#[derive(Clone, Debug)]
pub struct Verified {
    pub(super) who: SignedIn,
    pub(super) scope: PatientScope,
}

impl Verified {
    /// In which session.
    pub fn signed_in(&self) -> &SignedIn {
        &self.who
    }

    /// What they may see.
    pub fn scope(&self) -> &PatientScope {
        &self.scope
    }
}

/// A proof that the owner of an account may take data along now: [`Verified`], and no recovery of late. Whoever recovers
/// an account by a stolen card and letter is not gone with everything before its owner hears of it.
#[derive(Clone, Debug)]
pub struct ExportAllowed(Verified);

impl ExportAllowed {
    /// What they may see, and so take along.
    pub fn scope(&self) -> &PatientScope {
        &self.0.scope
    }
}

impl Domain {
    /// The proof that whoever is signed in was verified a moment ago. Asked in the vault, since the session may have
    /// ended while the request was on its way.
    ///
    /// # Errors
    /// [`Failure::Refused`] when the check is too long ago, or the session has ended.
    pub async fn verified(&self, who: &SignedIn, scope: &PatientScope) -> Result<Verified> {
        let now = self.world.now();
        if !who.is_fresh(now) || scope.account() != who.account {
            return Err(Failure::Refused("not-fresh"));
        }
        let claimed =
            ClaimedSession { key: who.key.as_bytes(), session_id: who.session, account_id: who.account };
        if !self.stores.vault.session_is_live_now(claimed, limits(now)).await? {
            return Err(Failure::Refused("session-ended"));
        }
        Ok(Verified { who: who.clone(), scope: scope.clone() })
    }

    /// The proof that something may be taken along.
    ///
    /// # Errors
    /// [`Failure::Invalid`] (`export-locked`) for a day after a recovery.
    pub async fn export_allowed(&self, verified: Verified) -> Result<ExportAllowed> {
        let facts = self.account_facts(verified.who.account).await?;
        if facts.exports_locked_until.is_some() {
            return Err(Failure::Invalid("export-locked"));
        }
        Ok(ExportAllowed(verified))
    }
}
