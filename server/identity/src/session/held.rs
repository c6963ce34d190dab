//! The turns that everything takes which ends or begins something of one account.
//!
//! Recovering, removing a passkey, signing out, suspending, revoking a card on one side; signing in, a fresh check, showing
//! the card, adding a passkey, linking a card, a ticket, a share code on the other. Each holds the account until its
//! transaction ends, asks what is true only then, and takes the time only then. So whichever comes second knows of the
//! first. What is written into the record store while an account is held goes through [`HeldAccount::release_after`]: it takes its
//! transaction there after this one, and has [`RECORDS_LIMIT`] for it. Nothing takes them the other way round, locks or
//! connections, since whoever holds all of one pool could then wait for those who hold all of the other.

use super::{SignedIn, storage::limits};
use crate::refusal::SessionRefusal;
use std::time::Duration;
use techo_custody::{Custody, Result};
use techo_model::{AccountId, UnixMillis};
use techo_store::{StoreError, Tx, answered_within, vault::sessions::ClaimedSession};

/// How long the record store may take while an account is held. On SQLite nobody else writes to the vault meanwhile.
pub const RECORDS_LIMIT: Duration = Duration::from_secs(5);

/// An account that nobody else changes until the transaction ends.
pub struct HeldAccount {
    /// The transaction that holds it, in which the change is written.
    pub tx: Tx,
    /// Now; no earlier than the moment from which the account was held.
    pub now: UnixMillis,
}

impl HeldAccount {
    /// [`release_after`] for this account, which itself does not change.
    ///
    /// # Errors
    /// Likewise.
    pub async fn release_after<T, E: From<StoreError>>(
        self,
        written: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        release_after(self.tx, written).await
    }
}

/// Waits until something is written into the record store in the name of whom a transaction of the vault holds, and lets them
/// go. A record store that does not answer keeps nobody else from the vault for longer than [`RECORDS_LIMIT`]: nothing is
/// written then.
///
/// # Errors
/// Those of the work; a database, away for the moment when the work was not done in time.
pub async fn release_after<T, E: From<StoreError>>(
    held: Tx,
    written: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let written = answered_within(RECORDS_LIMIT, written).await;
    held.rollback().await?;
    written
}

/// Holds an account that is active. Answers the time, taken after that.
///
/// # Errors
/// `Failure::Refused` when it is not active.
pub async fn lock_account(custody: &Custody, tx: &mut Tx, account: AccountId) -> Result<UnixMillis> {
    if !custody.stores.vault.lock_account(tx, account, custody.environment.now()).await? {
        return Err(SessionRefusal::AccountNotActive.into());
    }
    Ok(custody.environment.now())
}

/// Holds the account of somebody who is signed in, and makes sure that they still are.
///
/// # Errors
/// `Failure::Refused` when the session has ended or has another cookie, or its passkey or account is not active.
pub async fn hold_account(custody: &Custody, who: &SignedIn) -> Result<HeldAccount> {
    let mut tx = custody.stores.vault.begin().await?;
    let now = lock_account(custody, &mut tx, who.account).await?;
    require_live_session(custody, &mut tx, who, now).await?;
    Ok(HeldAccount { tx, now })
}

/// Makes sure that somebody still is signed in. Their account is held.
///
/// # Errors
/// `Failure::Refused` when the session has ended or has another cookie, or its passkey is not active.
pub async fn require_live_session(
    custody: &Custody,
    tx: &mut Tx,
    who: &SignedIn,
    now: UnixMillis,
) -> Result<()> {
    let claimed =
        ClaimedSession { key: who.key.as_bytes(), session_id: who.session, account_id: who.account };
    let is_live = custody.stores.vault.session_is_live(tx, claimed, limits(now)).await?;
    if is_live { Ok(()) } else { Err(SessionRefusal::Ended.into()) }
}

/// [`hold_account`] for what a fresh check of the user is asked for.
///
/// # Errors
/// `Failure::Refused` as well when the check is too long ago.
pub async fn hold_verified_account(custody: &Custody, who: &SignedIn) -> Result<HeldAccount> {
    let held = hold_account(custody, who).await?;
    if who.is_fresh(held.now) { Ok(held) } else { Err(SessionRefusal::NotFresh.into()) }
}
