//! How sessions begin and rise: in the transaction that holds the account, with a cookie that nobody had before.

use super::{CeremonyVisitor, SessionKey, SignedIn};
use crate::refusal::{PasskeyRefusal, SessionRefusal};
use techo_custody::{Custody, Result};
use techo_model::{AccountId, PasskeyId, SessionId, UnixMillis};
use techo_store::{
    Tx,
    vault::sessions::{OpenedSession, RaisedSession},
};

/// Somebody who proved who they are.
pub(crate) struct Opening {
    pub account: AccountId,
    pub passkey: PasskeyId,
    /// When the card was shown, if it was.
    pub card_shown_at: Option<UnixMillis>,
    pub now: UnixMillis,
}

/// Takes the browser's session away, whoever was signed in by it. What comes in its place in the same transaction has
/// its id, so that whoever signs out by the former cookie ends that.
///
/// # Errors
/// `Failure::Refused` when it was ended meanwhile.
pub(crate) async fn leave_session(
    custody: &Custody,
    tx: &mut Tx,
    key: &SessionKey,
    now: UnixMillis,
) -> Result<SessionId> {
    let taken = custody.stores.vault.take_session(tx, key.as_bytes(), now).await?;
    Ok(taken.ok_or(SessionRefusal::Ended)?)
}

/// Opens a session in the place of the one that the browser had. The account is held.
///
/// # Errors
/// `Failure::Refused` when the browser's session was ended meanwhile, or the passkey is not active any more.
pub(crate) async fn open_session(
    custody: &Custody,
    tx: &mut Tx,
    visitor: &CeremonyVisitor<'_>,
    opening: Opening,
) -> Result<SignedIn> {
    let Opening { account, passkey, card_shown_at, now } = opening;
    let vault = &custody.stores.vault;
    let session = leave_session(custody, tx, visitor.session, now).await?;
    let opened = SignedIn {
        key: *visitor.next,
        session,
        account,
        passkey,
        at: now,
        verified_at: now,
        card_verified_at: card_shown_at,
        agent: visitor.agent.to_owned(),
    };
    let row = OpenedSession {
        key: visitor.next.as_bytes(),
        session_id: session,
        account_id: account,
        passkey_id: passkey,
        at: now,
        card_verified_at: card_shown_at,
        agent: visitor.agent,
    };
    if !vault.open_session(tx, &row).await? {
        return Err(PasskeyRefusal::NotActive.into());
    }
    custody.environment.pause_point("session.opened").await;
    Ok(opened)
}

/// Gives the session of somebody who is signed in other rights, and a new cookie. The account is held.
///
/// # Errors
/// `Failure::Refused` when the session was ended meanwhile, or the passkey is not active any more.
pub(crate) async fn raise_session(
    custody: &Custody,
    tx: &mut Tx,
    visitor: &CeremonyVisitor<'_>,
    risen: SignedIn,
) -> Result<SignedIn> {
    let row = RaisedSession {
        key: visitor.next.as_bytes(),
        former_key: risen.key.as_bytes(),
        session_id: risen.session,
        passkey_id: risen.passkey,
        verified_at: risen.verified_at,
        card_verified_at: risen.card_verified_at,
        at: custody.environment.now(),
    };
    if !custody.stores.vault.raise_session(tx, &row).await? {
        return Err(SessionRefusal::Ended.into());
    }
    custody.environment.pause_point("session.raised").await;
    Ok(SignedIn { key: *visitor.next, ..risen })
}
