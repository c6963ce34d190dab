//! Browser sessions, under the SHA-256 of their cookies.
//!
//! Only [`Vault::create_session`] inserts. Saving changes a row that is there and not revoked, so that a slow request
//! cannot bring a session back that was signed out meanwhile.

use super::Vault;
use crate::{Result, Tx, db::on_db, db::on_db_write, tx::in_tx};
use techo_model::{AccountId, PasskeyId, SessionId, UnixMillis};

/// A session as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRecord {
    /// SHA-256 of the cookie's value.
    pub session_key: Vec<u8>,
    /// What its owner may see of it; stays when the cookie changes.
    pub session_id: SessionId,
    /// `portal` or `console`.
    pub door: String,
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

const CREATE: &str =
    "INSERT INTO session (session_key, session_id, door, data, account_id, passkey_id, signed_in_at,
        verified_at, card_verified_at, agent, created_at, last_seen_at)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
    WHERE $5 IS NULL OR (
        EXISTS (SELECT 1 FROM account WHERE account_id = $5 AND state = 'active'
            AND (signed_out_at IS NULL OR signed_out_at <= $7))
        AND NOT EXISTS (SELECT 1 FROM session WHERE session_id = $2))";
const FIND: &str =
    "SELECT s.session_key, s.session_id, s.door, s.data, s.account_id, s.passkey_id, s.signed_in_at,
        s.verified_at, s.card_verified_at, s.agent, s.created_at, s.last_seen_at
    FROM session s LEFT JOIN account a ON a.account_id = s.account_id
    WHERE s.session_key = $1 AND s.door = $2 AND s.revoked_at IS NULL AND s.last_seen_at > $3
        AND COALESCE(s.signed_in_at, s.created_at) > $4 AND (s.account_id IS NULL OR a.state = 'active')";
const SAVE: &str = "UPDATE session SET data = $2 WHERE session_key = $1 AND revoked_at IS NULL";
const TOUCH: &str = "UPDATE session SET last_seen_at = $2 WHERE session_key = $1 AND revoked_at IS NULL AND last_seen_at < $2";
const DELETE: &str = "DELETE FROM session WHERE session_key = $1 AND revoked_at IS NULL";
const REVOKE: &str = "UPDATE session SET revoked_at = $2 WHERE session_key = $1 AND revoked_at IS NULL";
const REVOKE_ONE: &str =
    "UPDATE session SET revoked_at = $3 WHERE session_id = $1 AND account_id = $2 AND revoked_at IS NULL";
const REVOKE_OTHERS: &str =
    "UPDATE session SET revoked_at = $3 WHERE account_id = $1 AND session_key <> $2 AND revoked_at IS NULL";
const REVOKE_ALL: &str = "UPDATE session SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL";
const OF_ACCOUNT: &str =
    "SELECT session_key, session_id, door, data, account_id, passkey_id, signed_in_at, verified_at,
        card_verified_at, agent, created_at, last_seen_at
    FROM session WHERE account_id = $1 AND revoked_at IS NULL AND last_seen_at > $2 AND signed_in_at > $3
    ORDER BY signed_in_at DESC, session_id DESC";
const PURGE: &str = "DELETE FROM session
    WHERE (revoked_at IS NULL AND last_seen_at <= $1) OR (revoked_at IS NOT NULL AND created_at <= $2 AND revoked_at <= $2)";

impl Vault {
    /// Adds a session. One that claims to be signed in is added only while its account is active and was not signed
    /// out everywhere since, and while the session that it continues was not revoked. Answers whether it was added.
    pub async fn create_session(&self, session: &SessionRecord) -> Result<bool> {
        let done = on_db_write!(&self.db, pool => sqlx::query(CREATE)
            .bind(&session.session_key)
            .bind(session.session_id)
            .bind(&session.door)
            .bind(&session.data)
            .bind(session.account_id)
            .bind(session.passkey_id)
            .bind(session.signed_in_at)
            .bind(session.verified_at)
            .bind(session.card_verified_at)
            .bind(&session.agent)
            .bind(session.created_at)
            .bind(session.last_seen_at)
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// The session behind a cookie, unless it has ended.
    pub async fn session(
        &self,
        key: &[u8; 32],
        door: &str,
        limits: SessionLimits,
    ) -> Result<Option<SessionRecord>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(FIND)
            .bind(key.as_slice())
            .bind(door)
            .bind(limits.seen_after)
            .bind(limits.begun_after)
            .fetch_optional(pool)
            .await)?)
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

    /// Removes a session whose cookie changes. A revoked one stays revoked.
    pub async fn delete_session(&self, key: &[u8; 32]) -> Result<()> {
        on_db_write!(&self.db, pool => sqlx::query(DELETE).bind(key.as_slice()).execute(pool).await.map(drop))?;
        Ok(())
    }

    /// Ends a session for good.
    pub async fn revoke_session(&self, key: &[u8; 32], now: UnixMillis) -> Result<()> {
        on_db_write!(&self.db, pool => {
            sqlx::query(REVOKE).bind(key.as_slice()).bind(now).execute(pool).await.map(drop)
        })?;
        Ok(())
    }

    /// Ends one session of an account. Answers whether there was one.
    pub async fn revoke_session_of(
        &self,
        tx: &mut Tx,
        account: AccountId,
        session: SessionId,
        now: UnixMillis,
    ) -> Result<bool> {
        let done = in_tx!(tx, conn => {
            let query = sqlx::query(REVOKE_ONE).bind(session).bind(account).bind(now);
            query.execute(conn).await.map(|done| done.rows_affected())
        })?;
        Ok(done > 0)
    }

    /// Ends all sessions of an account but one. Answers how many.
    pub async fn revoke_other_sessions(
        &self,
        tx: &mut Tx,
        account: AccountId,
        keep: &[u8; 32],
        now: UnixMillis,
    ) -> Result<u64> {
        Ok(in_tx!(tx, conn => {
            let query = sqlx::query(REVOKE_OTHERS).bind(account).bind(keep.as_slice()).bind(now);
            query.execute(conn).await.map(|done| done.rows_affected())
        })?)
    }

    /// Ends all sessions of an account. Answers how many.
    pub async fn revoke_all_sessions(&self, tx: &mut Tx, account: AccountId, now: UnixMillis) -> Result<u64> {
        Ok(in_tx!(tx, conn => {
            let query = sqlx::query(REVOKE_ALL).bind(account).bind(now);
            query.execute(conn).await.map(|done| done.rows_affected())
        })?)
    }

    /// Running sessions of an account, newest first.
    pub async fn sessions_of(&self, account: AccountId, limits: SessionLimits) -> Result<Vec<SessionRecord>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(OF_ACCOUNT)
            .bind(account)
            .bind(limits.seen_after)
            .bind(limits.begun_after)
            .fetch_all(pool)
            .await)?)
    }

    /// Forgets sessions that have ended; revoked ones only once nothing could continue them any more.
    pub async fn purge_sessions(&self, limits: SessionLimits) -> Result<u64> {
        Ok(on_db_write!(&self.db, pool => {
            let query = sqlx::query(PURGE).bind(limits.seen_after).bind(limits.begun_after);
            query.execute(pool).await.map(|done| done.rows_affected())
        })?)
    }
}
