//! How browser sessions end: by whatever cookie they had, one, all but one, or all of an account; and how they are forgotten.

use super::{Vault, sessions::SessionLimits};
use crate::{Result, Tx, db::on_db_write, tx::in_tx};
use techo_model::{AccountId, SessionId, UnixMillis};

const OF_COOKIE: &str = "SELECT session_id FROM session WHERE session_key = $1
    UNION SELECT session_id FROM former_cookie WHERE session_key = $1";
const REVOKE: &str =
    "UPDATE session SET revoked_at = $2 WHERE session_id = $1 AND revoked_at IS NULL RETURNING session_key";
const RUNS: &str = "SELECT COUNT(*) FROM session WHERE session_id = $1 AND revoked_at IS NULL";
const REVOKE_ONE: &str =
    "UPDATE session SET revoked_at = $3 WHERE session_id = $1 AND account_id = $2 AND revoked_at IS NULL";
const REVOKE_OTHERS: &str =
    "UPDATE session SET revoked_at = $3 WHERE account_id = $1 AND session_id <> $2 AND revoked_at IS NULL";
const REVOKE_ALL: &str = "UPDATE session SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL";
const PURGE: &str = "DELETE FROM session
    WHERE (revoked_at IS NULL AND last_seen_at <= $1) OR (revoked_at IS NOT NULL AND created_at <= $2 AND revoked_at <= $2)";
const PURGE_COOKIES: &str = "DELETE FROM former_cookie WHERE left_at <= $1 AND NOT EXISTS (
    SELECT 1 FROM session WHERE session.session_id = former_cookie.session_id AND session.created_at > $1)";

/// How often a session that gets another cookie just then is followed. Each time, somebody has signed in or shown a card.
const FOLLOWED: usize = 8;

impl Vault {
    /// Ends the session that has, or had before, the cookie with this key: for good, whatever cookie it gets meanwhile.
    /// Answers the key of the cookie that it had in the end.
    pub async fn revoke_session(
        &self,
        tx: &mut Tx,
        key: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<Vec<u8>>> {
        let session: Option<SessionId> = in_tx!(&mut *tx, conn => {
            sqlx::query_scalar(OF_COOKIE).bind(key.as_slice()).fetch_optional(conn).await
        })?;
        let Some(session) = session else { return Ok(None) };
        for _ in 0..FOLLOWED {
            let ended: Option<Vec<u8>> = in_tx!(&mut *tx, conn => {
                sqlx::query_scalar(REVOKE).bind(session).bind(now).fetch_optional(conn).await
            })?;
            if ended.is_some() {
                return Ok(ended);
            }
            // One engine waits for the row that somebody takes just then, and does not see the one in its place.
            let runs: i64 =
                in_tx!(&mut *tx, conn => sqlx::query_scalar(RUNS).bind(session).fetch_one(conn).await)?;
            if runs == 0 {
                break;
            }
        }
        Ok(None)
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
        keep: SessionId,
        now: UnixMillis,
    ) -> Result<u64> {
        Ok(in_tx!(tx, conn => {
            let query = sqlx::query(REVOKE_OTHERS).bind(account).bind(keep).bind(now);
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

    /// Forgets sessions that have ended; revoked ones only once nothing could continue them any more, and the cookies
    /// that they had.
    pub async fn purge_sessions(&self, limits: SessionLimits) -> Result<u64> {
        Ok(on_db_write!(&self.db, pool => {
            let query = sqlx::query(PURGE).bind(limits.seen_after).bind(limits.begun_after);
            let purged = query.execute(pool).await?.rows_affected();
            sqlx::query(PURGE_COOKIES).bind(limits.begun_after).execute(pool).await?;
            Ok(purged)
        })?)
    }
}
