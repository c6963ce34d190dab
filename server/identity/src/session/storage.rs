//! What the session layer of a door asks of the vault: create, load, save, remove.

use super::{ABSOLUTE, IDLE, SessionKey, SignedIn, TOUCH};
use techo_audit::outbox;
use techo_custody::{Custody, Result};
use techo_model::{AccountId, SessionId, UnixMillis, account::SessionDoor};
use techo_store::vault::sessions::{SessionLimits, SessionRecord};

/// The data of a session that begins, or that got a new cookie.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its key.
    pub key: SessionKey,
    /// At which door.
    pub door: SessionDoor,
    /// JSON without the part about who is signed in.
    pub data: String,
}

/// A session that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// JSON without the part about who is signed in.
    pub data: String,
    /// Who is signed in.
    pub signed_in: Option<SignedIn>,
    /// When it ends if nothing more is done.
    pub expires_at: UnixMillis,
}

/// Begins a session in which nobody is signed in, or keeps the data of one that was opened or raised under this key.
pub async fn create_session(custody: &Custody, new: &NewSession) -> Result<()> {
    let now = custody.environment.now();
    let record = SessionRecord {
        session_key: new.key.as_bytes().to_vec(),
        session_id: SessionId(custody.environment.new_id()),
        door: new.door,
        data: new.data.clone(),
        account_id: None,
        passkey_id: None,
        signed_in_at: None,
        verified_at: None,
        card_verified_at: None,
        agent: String::new(),
        created_at: now,
        last_seen_at: now,
    };
    Ok(custody.stores.vault.keep_session(&record).await?)
}

/// The session with this key, unless it has ended. Notes its use at most once a minute.
pub async fn load_session(
    custody: &Custody,
    key: &SessionKey,
    door: SessionDoor,
) -> Result<Option<StoredSession>> {
    let now = custody.environment.now();
    let found = custody.stores.vault.session(key.as_bytes(), door, limits(now)).await?;
    let Some(record) = found else { return Ok(None) };
    if record.last_seen_at.plus(TOUCH) <= now {
        custody.stores.vault.touch_session(key.as_bytes(), now).await?;
    }
    let begun = record.signed_in_at.unwrap_or(record.created_at);
    Ok(Some(StoredSession {
        expires_at: now.plus(IDLE).min(begun.plus(ABSOLUTE)),
        signed_in: signed_in(&record),
        data: record.data,
    }))
}

/// Whose session this is at the portal, if somebody is signed in by it and it has not ended. Notes no use.
pub async fn account_of_session(custody: &Custody, key: &SessionKey) -> Result<Option<AccountId>> {
    let limits = limits(custody.environment.now());
    let found = custody.stores.vault.session(key.as_bytes(), SessionDoor::Portal, limits).await?;
    Ok(found.and_then(|record| record.account_id))
}

/// When the card was shown in the session of somebody who is signed in; none as well when it has ended.
pub(crate) async fn card_shown_at(custody: &Custody, who: &SignedIn) -> Result<Option<UnixMillis>> {
    let limits = limits(custody.environment.now());
    let found = custody.stores.vault.session(who.key.as_bytes(), SessionDoor::Portal, limits).await?;
    let theirs = found.filter(|row| row.session_id == who.session && row.account_id == Some(who.account));
    Ok(theirs.and_then(|row| row.card_verified_at))
}

/// Keeps the data of a session that has not ended; does nothing otherwise.
pub async fn save_session(custody: &Custody, key: &SessionKey, data: &str) -> Result<()> {
    Ok(custody.stores.vault.save_session(key.as_bytes(), data).await?)
}

/// Forgets a session whose cookie changes.
pub async fn delete_session(custody: &Custody, key: &SessionKey) -> Result<()> {
    Ok(custody.stores.vault.delete_session(key.as_bytes()).await?)
}

/// Forgets sessions, challenges, tickets and ceremonies that have ended, and what was told outside the portal long
/// ago. For a job, every few minutes.
pub async fn purge_sessions(custody: &Custody) -> Result<u64> {
    let now = custody.environment.now();
    outbox::purge_outside_events(custody).await?;
    custody.stores.vault.purge_challenges(now).await?;
    custody.stores.vault.purge_ceremonies(now).await?;
    Ok(custody.stores.vault.purge_sessions(limits(now)).await?)
}

/// What has ended at this instant.
pub(crate) fn limits(now: UnixMillis) -> SessionLimits {
    SessionLimits { seen_after: now.minus(IDLE), begun_after: now.minus(ABSOLUTE) }
}

fn signed_in(record: &SessionRecord) -> Option<SignedIn> {
    let at = record.signed_in_at?;
    Some(SignedIn {
        key: SessionKey::of_stored(&record.session_key)?,
        session: record.session_id,
        account: record.account_id?,
        passkey: record.passkey_id?,
        at,
        verified_at: record.verified_at.unwrap_or(at),
        card_verified_at: record.card_verified_at,
        agent: record.agent.clone(),
    })
}
