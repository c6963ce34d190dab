//! How sessions end: signing out here, elsewhere, everywhere; and the list that shows them to their owner.

use super::{SessionKey, SignedIn, held::HeldAccount, storage::limits};
use crate::session::hold_account;
use techo_audit::outbox::{self, OutboxEntry};
use techo_custody::{Custody, Failure, Result};
use techo_model::{AccountId, SessionId, UnixMillis, account::AccountEvent};
use techo_store::Tx;

/// A running session, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLine {
    /// For the form that ends it.
    pub id: SessionId,
    /// Browser and system; empty when unknown.
    pub agent: String,
    /// When it was opened.
    pub started_at: UnixMillis,
    /// When it was used last, to the minute.
    pub last_seen_at: UnixMillis,
}

/// Running sessions of an account, newest first, the asking one among them.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn list_sessions(custody: &Custody, who: &SignedIn) -> Result<Vec<SessionLine>> {
    let found = custody.stores.vault.sessions_of(who.account, limits(custody.environment.now())).await?;
    Ok(found
        .into_iter()
        .map(|record| SessionLine {
            id: record.session_id,
            started_at: record.signed_in_at.unwrap_or(record.created_at),
            last_seen_at: record.last_seen_at,
            agent: record.agent,
        })
        .collect())
}

/// Ends the session that has, or had, this cookie, with whatever it began: a ticket, a question to a card, a ceremony.
/// Whatever request still holds it, and whatever cookie it gets meanwhile, cannot bring it back.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn sign_out(custody: &Custody, key: &SessionKey) -> Result<()> {
    let vault = &custody.stores.vault;
    let mut tx = vault.begin().await?;
    let ended = vault.revoke_session(&mut tx, key.as_bytes(), custody.environment.now()).await?;
    vault.drop_begun(&mut tx, key.as_bytes()).await?;
    if let Some(ended) = ended.as_deref().and_then(SessionKey::of_stored) {
        vault.drop_begun(&mut tx, ended.as_bytes()).await?;
    }
    Ok(tx.commit().await?)
}

/// Ends one of the person's own sessions, and the share code that it made.
///
/// # Errors
/// [`Failure::NotFound`] when it has ended already or is somebody else's, [`Failure::Refused`] when the one that asks
/// has.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn sign_out_session(custody: &Custody, who: &SignedIn, session: SessionId) -> Result<()> {
    let vault = &custody.stores.vault;
    let HeldAccount { mut tx, now } = hold_account(custody, who).await?;
    if !vault.revoke_session_of(&mut tx, who.account, session, now).await? {
        return Err(Failure::NotFound);
    }
    vault.void_share_code_of(&mut tx, who.account, session).await?;
    outbox::note_account_event(
        custody,
        &mut tx,
        who.account,
        OutboxEntry::new(AccountEvent::SignedOutElsewhere).count("sessions", 1),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Ends all sessions of the person but the one that asks. Answers how many there were.
///
/// # Errors
/// [`Failure::Refused`] when the one that asks has ended.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn sign_out_others(custody: &Custody, who: &SignedIn) -> Result<u64> {
    let HeldAccount { mut tx, now } = hold_account(custody, who).await?;
    custody.environment.pause_point("sign-out-others.held").await;
    let ended = end_other_sessions(custody, &mut tx, who, now).await?;
    if ended > 0 {
        let entry = OutboxEntry::new(AccountEvent::SignedOutElsewhere).count("sessions", ended);
        outbox::note_account_event(custody, &mut tx, who.account, entry).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// Ends all sessions of the person, the one that asks included.
///
/// # Errors
/// [`Failure::Refused`] when the one that asks has ended.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn sign_out_everywhere(custody: &Custody, who: &SignedIn) -> Result<u64> {
    let HeldAccount { mut tx, now } = hold_account(custody, who).await?;
    custody.environment.pause_point("sign-out-everywhere.held").await;
    let ended = end_all_sessions(custody, &mut tx, who.account, now).await?;
    outbox::note_account_event(
        custody,
        &mut tx,
        who.account,
        OutboxEntry::new(AccountEvent::SignedOutEverywhere).count("sessions", ended),
    )
    .await?;
    tx.commit().await?;
    Ok(ended)
}

/// Ends every session of an account that is held, with the tickets and share codes that they made.
pub(crate) async fn end_all_sessions(
    custody: &Custody,
    tx: &mut Tx,
    account: AccountId,
    now: UnixMillis,
) -> Result<u64> {
    let vault = &custody.stores.vault;
    let ended = vault.revoke_all_sessions(tx, account, now).await?;
    vault.drop_tickets(tx, account).await?;
    vault.void_share_code(tx, account).await?;
    vault.mark_signed_out(tx, account, now).await?;
    Ok(ended)
}

/// [`end_all_sessions`], but the one of whoever is signed in goes on.
pub(crate) async fn end_other_sessions(
    custody: &Custody,
    tx: &mut Tx,
    who: &SignedIn,
    now: UnixMillis,
) -> Result<u64> {
    let vault = &custody.stores.vault;
    let ended = vault.revoke_other_sessions(tx, who.account, who.session, now).await?;
    vault.drop_tickets(tx, who.account).await?;
    vault.void_share_code_of_others(tx, who.account, who.session).await?;
    Ok(ended)
}
