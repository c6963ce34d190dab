//! Browser sessions, under the SHA-256 of their cookies.
//!
//! Who is signed in is written by [`Vault::open_session`] and [`Vault::raise_session`] alone, in a transaction that holds
//! the account, and only while account and passkey are active; finding a session asks the same in the same statement.
//! Whatever cookies a browser's session has one after another, its id stays, and the cookies that it had lead to it
//! (`former_cookie`), so that whatever ends it meanwhile finds it. Everything else changes a row that is there and not
//! revoked, so that a slow request cannot bring a session back that was signed out.

use super::Vault;
use crate::{
    Result, Tx,
    cell::{self, keyed},
    db::on_db,
    db::on_db_write,
    tx::in_tx,
};
use techo_model::{AccountId, PasskeyId, SessionId, UnixMillis, account::SessionDoor};

keyed! {
    SessionRecord in "session" by ["session_id"];
}

/// A session as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRecord {
    /// SHA-256 of the cookie's value.
    pub session_key: Vec<u8>,
    /// What its owner may see of it; stays when the cookie changes, and when somebody signs in.
    pub session_id: SessionId,
    /// Where it was begun.
    pub door: SessionDoor,
    /// JSON that may be lost: last writer wins.
    pub data: String,
    /// Whose session it is, once signed in.
    pub account_id: Option<AccountId>,
    /// The passkey that opened it.
    pub passkey_id: Option<PasskeyId>,
    /// Sign-in.
    pub signed_in_at: Option<UnixMillis>,
    /// Last time that a passkey verified the user.
    pub verified_at: Option<UnixMillis>,
    /// Last time that the card was shown.
    pub card_verified_at: Option<UnixMillis>,
    /// Browser and system, e.g. `Chrome / Android`; empty when unknown.
    pub agent: String,
    /// First request.
    pub created_at: UnixMillis,
    /// Last request, to the minute.
    pub last_seen_at: UnixMillis,
}

/// Until when sessions live: whatever is older than these instants has ended.
#[derive(Clone, Copy, Debug)]
pub struct SessionLimits {
    /// Not used since.
    pub seen_after: UnixMillis,
    /// Begun before.
    pub begun_after: UnixMillis,
}

/// A session that begins, of somebody who proved who they are.
#[derive(Clone, Debug)]
pub struct OpenedSession<'a> {
    /// SHA-256 of the new cookie's value.
    pub key: &'a [u8; 32],
    /// What its owner may see of it: the id of the session in the place of which it comes.
    pub session_id: SessionId,
    /// Whose.
    pub account_id: AccountId,
    /// The passkey that opens it.
    pub passkey_id: PasskeyId,
    /// Now.
    pub at: UnixMillis,
    /// When the card was shown, if it was.
    pub card_verified_at: Option<UnixMillis>,
    /// Browser and system.
    pub agent: &'a str,
}

/// A session of nobody yet, in the place of one that was taken.
#[derive(Clone, Debug)]
pub struct SuccessorSession<'a> {
    /// SHA-256 of the new cookie's value.
    pub key: &'a [u8; 32],
    /// The id of the session in the place of which it comes.
    pub session_id: SessionId,
    /// `portal` or `console`.
    pub door: SessionDoor,
    /// Now.
    pub at: UnixMillis,
}

/// A session whose rights rise, or fall, and which gets a new cookie.
#[derive(Clone, Debug)]
pub struct RaisedSession<'a> {
    /// SHA-256 of the new cookie's value.
    pub key: &'a [u8; 32],
    /// SHA-256 of the value of the cookie that it had.
    pub former_key: &'a [u8; 32],
    /// Which session.
    pub session_id: SessionId,
    /// The passkey that was verified last.
    pub passkey_id: PasskeyId,
    /// When that was.
    pub verified_at: UnixMillis,
    /// When the card was shown last.
    pub card_verified_at: Option<UnixMillis>,
    /// Now.
    pub at: UnixMillis,
}

/// A session as somebody claims to be signed in by it.
#[derive(Clone, Copy, Debug)]
pub struct ClaimedSession<'a> {
    /// SHA-256 of the cookie's value.
    pub key: &'a [u8; 32],
    /// Which session.
    pub session_id: SessionId,
    /// Whose.
    pub account_id: AccountId,
}

/// Part of a statement: a session `s` of nobody, or of an account that is active, by a passkey that is.
macro_rules! lives {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " AND s.revoked_at IS NULL AND (s.account_id IS NULL OR EXISTS (
                SELECT 1 FROM account a JOIN passkey p ON p.account_id = a.account_id
                WHERE a.account_id = s.account_id AND a.state = 'active'
                    AND p.passkey_id = s.passkey_id AND p.state = 'active')) ",
            $after
        )
    };
}

const KEEP: &str =
    "INSERT INTO session (session_key, session_id, door, data, agent, created_at, last_seen_at)
    VALUES ($1, $2, $3, $4, '', $5, $5)
    ON CONFLICT (session_key) DO UPDATE SET data = $4 WHERE session.revoked_at IS NULL";
const OPEN: &str = "INSERT INTO session (session_key, session_id, door, data, account_id, passkey_id,
        signed_in_at, verified_at, card_verified_at, agent, created_at, last_seen_at)
    SELECT $1, $2, 'portal', '{}', p.account_id, p.passkey_id, $5, $5, $6, $7, $5, $5
    FROM passkey p JOIN account a ON a.account_id = p.account_id
    WHERE p.account_id = $3 AND p.passkey_id = $4 AND p.state = 'active' AND a.state = 'active'";
const SUCCEED: &str =
    "INSERT INTO session (session_key, session_id, door, data, agent, created_at, last_seen_at)
    VALUES ($1, $2, $3, '{}', '', $4, $4)";
const RAISE: &str = "UPDATE session
    SET session_key = $1, passkey_id = $4, verified_at = $5, card_verified_at = $6
    WHERE session_key = $2 AND session_id = $3 AND revoked_at IS NULL
        AND EXISTS (SELECT 1 FROM passkey p WHERE p.passkey_id = $4 AND p.account_id = session.account_id AND p.state = 'active')";
const TAKE: &str = "DELETE FROM session WHERE session_key = $1 AND revoked_at IS NULL RETURNING session_id";
const LEAVE_COOKIE: &str = "INSERT INTO former_cookie (session_key, session_id, left_at) VALUES ($1, $2, $3)
    ON CONFLICT (session_key) DO UPDATE SET session_id = excluded.session_id, left_at = excluded.left_at";
const FIND: &str = lives!(
    "SELECT s.session_key, s.session_id, s.door, s.data, s.account_id, s.passkey_id, s.signed_in_at,
        s.verified_at, s.card_verified_at, s.agent, s.created_at, s.last_seen_at
    FROM session s
    WHERE s.session_key = $1 AND s.door = $2 AND s.last_seen_at > $3 AND COALESCE(s.signed_in_at, s.created_at) > $4",
    ""
);
// Changes nothing, but whoever ends the session waits until the transaction ends.
const STAY: &str =
    "UPDATE session SET last_seen_at = last_seen_at WHERE session_key = $1 AND revoked_at IS NULL";
const IS_LIVE: &str = lives!(
    "SELECT COUNT(*) FROM session s
    WHERE s.session_key = $1 AND s.session_id = $2 AND s.account_id = $3 AND s.last_seen_at > $4 AND s.signed_in_at > $5",
    ""
);
const SAVE: &str = "UPDATE session SET data = $2 WHERE session_key = $1 AND revoked_at IS NULL";
const TOUCH: &str = "UPDATE session SET last_seen_at = $2 WHERE session_key = $1 AND revoked_at IS NULL AND last_seen_at < $2";
const DELETE: &str = "DELETE FROM session WHERE session_key = $1 AND revoked_at IS NULL";
const OF_ACCOUNT: &str = lives!(
    "SELECT s.session_key, s.session_id, s.door, s.data, s.account_id, s.passkey_id, s.signed_in_at, s.verified_at,
        s.card_verified_at, s.agent, s.created_at, s.last_seen_at
    FROM session s WHERE s.account_id = $1 AND s.last_seen_at > $2 AND s.signed_in_at > $3",
    "ORDER BY s.signed_in_at DESC, s.session_id DESC LIMIT 200"
);
impl Vault {
    /// Keeps the data of a session: of a new one, in which nobody is signed in, or of one that was opened or raised a
    /// moment ago under this key. Changes no right, and nothing of a session that has ended.
    pub async fn keep_session(&self, session: &SessionRecord) -> Result<()> {
        on_db_write!(&self.db, pool => sqlx::query(KEEP)
            .bind(&session.session_key)
            .bind(session.session_id)
            .bind(session.door)
            .bind(&session.data)
            .bind(session.created_at)
            .execute(pool)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Opens a session for whoever proved who they are. Answers false when account or passkey are not active. The
    /// account must be held.
    pub async fn open_session(&self, tx: &mut Tx, session: &OpenedSession<'_>) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(OPEN)
            .bind(session.key.as_slice())
            .bind(session.session_id)
            .bind(session.account_id)
            .bind(session.passkey_id)
            .bind(session.at)
            .bind(session.card_verified_at)
            .bind(session.agent)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Begins a session in which nobody is signed in, in the place of one that was taken in the same transaction.
    pub async fn succeed_session(&self, tx: &mut Tx, session: &SuccessorSession<'_>) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(SUCCEED)
            .bind(session.key.as_slice())
            .bind(session.session_id)
            .bind(session.door)
            .bind(session.at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Gives a session other rights and a new cookie. Answers false when it has ended, when it has another cookie by
    /// now, or when the passkey is not active. The account must be held.
    pub async fn raise_session(&self, tx: &mut Tx, session: &RaisedSession<'_>) -> Result<bool> {
        let done = in_tx!(&mut *tx, conn => sqlx::query(RAISE)
            .bind(session.key.as_slice())
            .bind(session.former_key.as_slice())
            .bind(session.session_id)
            .bind(session.passkey_id)
            .bind(session.verified_at)
            .bind(session.card_verified_at)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        if done > 0 {
            leave_cookie(tx, session.former_key, session.session_id, session.at).await?;
        }
        Ok(done > 0)
    }

    /// Takes a session away whose browser gets another one under the same id, in the same transaction. None when it has
    /// ended.
    pub async fn take_session(
        &self,
        tx: &mut Tx,
        key: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<SessionId>> {
        let taken: Option<SessionId> = in_tx!(&mut *tx, conn => {
            sqlx::query_scalar(TAKE).bind(key.as_slice()).fetch_optional(conn).await
        })?;
        if let Some(session) = taken {
            leave_cookie(tx, key, session, now).await?;
        }
        Ok(taken)
    }

    /// Whether somebody still is signed in as they claim. Within a transaction that holds the account the answer holds
    /// until it ends: whoever ends the session waits for it.
    pub async fn session_is_live(
        &self,
        tx: &mut Tx,
        claimed: ClaimedSession<'_>,
        limits: SessionLimits,
    ) -> Result<bool> {
        in_tx!(&mut *tx, conn => {
            sqlx::query(STAY).bind(claimed.key.as_slice()).execute(conn).await.map(drop)
        })?;
        let found: i64 = in_tx!(tx, conn => sqlx::query_scalar(IS_LIVE)
            .bind(claimed.key.as_slice())
            .bind(claimed.session_id)
            .bind(claimed.account_id)
            .bind(limits.seen_after)
            .bind(limits.begun_after)
            .fetch_one(conn)
            .await)?;
        Ok(found > 0)
    }

    /// The session behind a cookie, unless it has ended.
    pub async fn session(
        &self,
        key: &[u8; 32],
        door: SessionDoor,
        limits: SessionLimits,
    ) -> Result<Option<SessionRecord>> {
        cell::one(on_db!(&self.db, pool => sqlx::query_as(FIND)
            .bind(key.as_slice())
            .bind(door)
            .bind(limits.seen_after)
            .bind(limits.begun_after)
            .fetch_optional(pool)
            .await)?)
    }

    /// [`Vault::session_is_live`] at this moment, outside a transaction.
    pub async fn session_is_live_now(
        &self,
        claimed: ClaimedSession<'_>,
        limits: SessionLimits,
    ) -> Result<bool> {
        let found: i64 = on_db!(&self.db, pool => sqlx::query_scalar(IS_LIVE)
            .bind(claimed.key.as_slice())
            .bind(claimed.session_id)
            .bind(claimed.account_id)
            .bind(limits.seen_after)
            .bind(limits.begun_after)
            .fetch_one(pool)
            .await)?;
        Ok(found > 0)
    }

    /// Replaces the data of a session that is there and not revoked; does nothing otherwise.
    pub async fn save_session(&self, key: &[u8; 32], data: &str) -> Result<()> {
        on_db_write!(&self.db, pool => {
            sqlx::query(SAVE).bind(key.as_slice()).bind(data).execute(pool).await.map(drop)
        })?;
        Ok(())
    }

    /// Notes that a session was used.
    pub async fn touch_session(&self, key: &[u8; 32], now: UnixMillis) -> Result<()> {
        on_db_write!(&self.db, pool => {
            sqlx::query(TOUCH).bind(key.as_slice()).bind(now).execute(pool).await.map(drop)
        })?;
        Ok(())
    }

    /// Removes a stranger's session whose cookie changes; one that was opened or raised has its new key already. A
    /// revoked one stays revoked.
    pub async fn delete_session(&self, key: &[u8; 32]) -> Result<()> {
        on_db_write!(&self.db, pool => sqlx::query(DELETE).bind(key.as_slice()).execute(pool).await.map(drop))?;
        Ok(())
    }

    /// Running sessions of an account, newest first, 200 at most.
    pub async fn sessions_of(&self, account: AccountId, limits: SessionLimits) -> Result<Vec<SessionRecord>> {
        cell::all(on_db!(&self.db, pool => sqlx::query_as(OF_ACCOUNT)
            .bind(account)
            .bind(limits.seen_after)
            .bind(limits.begun_after)
            .fetch_all(pool)
            .await)?)
    }
}

/// Notes that a session has another cookie from now on than this one.
async fn leave_cookie(tx: &mut Tx, key: &[u8; 32], session: SessionId, now: UnixMillis) -> Result<()> {
    in_tx!(tx, conn => {
        sqlx::query(LEAVE_COOKIE).bind(key.as_slice()).bind(session).bind(now).execute(conn).await.map(drop)
    })?;
    Ok(())
}
