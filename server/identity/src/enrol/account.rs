//! What an account says about itself, and the two things that its owner decides: privacy and language.

use crate::{
    refusal::SessionRefusal,
    session::{self, SignedIn, held::HeldAccount},
};
use techo_audit::outbox::{self, OutboxEntry};
use techo_custody::{Custody, Result};
use techo_model::{
    AccountId, UnixMillis,
    account::{AccountEvent, AccountState},
};

/// What pages need to know about the account of whoever is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFacts {
    /// Version of the privacy page that was agreed to last; none when the page has not been shown yet.
    pub agreed_version: Option<String>,
    /// Language that was chosen.
    pub language: Option<String>,
    /// After a recovery: nothing is exported until this instant.
    pub exports_locked_until: Option<UnixMillis>,
    /// Enrolment.
    pub created_at: UnixMillis,
}

/// The account of whoever is signed in.
///
/// # Errors
/// `Failure::Refused` when it is not active.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn account_facts(custody: &Custody, account: AccountId) -> Result<AccountFacts> {
    let found =
        custody.stores.vault.account(account).await?.filter(|found| found.state == AccountState::Active);
    let found = found.ok_or(SessionRefusal::AccountNotActive)?;
    let now = custody.environment.now();
    Ok(AccountFacts {
        agreed_version: found.agreed_version,
        language: found.language,
        exports_locked_until: found.exports_locked_until.filter(|until| *until > now),
        created_at: found.created_at,
    })
}

/// Notes that the person agreed to a version of the privacy page. The same version again changes nothing.
///
/// # Errors
/// `Failure::Refused` when the session has ended.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn agree_to_privacy(custody: &Custody, who: &SignedIn, version: &str) -> Result<()> {
    let HeldAccount { mut tx, now } = session::hold_account(custody, who).await?;
    if custody.stores.vault.put_agreement(&mut tx, who.account, version, now).await? {
        outbox::note_account_event(
            custody,
            &mut tx,
            who.account,
            OutboxEntry::new(AccountEvent::PrivacyAgreed).word("version", version),
        )
        .await?;
    }
    Ok(tx.commit().await?)
}
