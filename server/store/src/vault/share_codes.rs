//! The one-time codes that citizens show at a counter.

use super::Vault;
use crate::{Result, Tx, db::on_db, tx::in_tx};
use techo_model::{AccountId, ResidentId, SessionId, UnixMillis};

/// A row of `share_code`, without the code, which nobody can read.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ShareCodeRow {
    /// When it was made.
    pub made_at: UnixMillis,
    /// First instant at which it is worth nothing.
    pub expires_at: UnixMillis,
    /// When it was used.
    pub used_at: Option<UnixMillis>,
    /// By which organisation.
    pub used_by: Option<String>,
}

const PUT: &str =
    "INSERT INTO share_code (resident_id, code_lookup, made_at, expires_at, used_at, used_by, session_id)
    VALUES ($1, $2, $3, $4, NULL, NULL, $5)
    ON CONFLICT (resident_id) DO UPDATE
    SET code_lookup = $2, made_at = $3, expires_at = $4, used_at = NULL, used_by = NULL, session_id = $5";
const FIND: &str = "SELECT made_at, expires_at, used_at, used_by FROM share_code WHERE resident_id = $1";
// A person whose account is suspended shows nothing to anybody.
const TAKE: &str = "UPDATE share_code SET used_at = $2, used_by = $3
    WHERE code_lookup = $1 AND used_at IS NULL AND expires_at > $2
        AND EXISTS (SELECT 1 FROM account a WHERE a.resident_id = share_code.resident_id AND a.state = 'active')
    RETURNING resident_id";
const USED_BY: &str = "SELECT COUNT(*) FROM share_code
    WHERE code_lookup = $1 AND used_by = $2 AND expires_at > $3";
const VOID: &str = "DELETE FROM share_code WHERE used_at IS NULL
    AND resident_id = (SELECT resident_id FROM account WHERE account_id = $1)";
const VOID_OF: &str = "DELETE FROM share_code WHERE used_at IS NULL AND session_id = $2
    AND resident_id = (SELECT resident_id FROM account WHERE account_id = $1)";
const VOID_OF_OTHERS: &str =
    "DELETE FROM share_code WHERE used_at IS NULL AND (session_id IS NULL OR session_id <> $2)
    AND resident_id = (SELECT resident_id FROM account WHERE account_id = $1)";
const PURGE: &str = "DELETE FROM share_code WHERE expires_at <= $1";

impl Vault {
    /// Gives a person a code in the place of the one that they had, made in one of their sessions.
    /// [`crate::StoreError::Conflict`] when somebody else has the same one.
    pub async fn put_share_code(
        &self,
        tx: &mut Tx,
        (resident, session): (ResidentId, SessionId),
        lookup: &[u8; 32],
        row: &ShareCodeRow,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PUT)
            .bind(resident)
            .bind(lookup.as_slice())
            .bind(row.made_at)
            .bind(row.expires_at)
            .bind(session)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Voids the code of an account's owner that nobody used yet.
    pub async fn void_share_code(&self, tx: &mut Tx, account: AccountId) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(VOID).bind(account).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// [`Vault::void_share_code`] when this session made it.
    pub async fn void_share_code_of(
        &self,
        tx: &mut Tx,
        account: AccountId,
        session: SessionId,
    ) -> Result<()> {
        in_tx!(tx, conn => {
            sqlx::query(VOID_OF).bind(account).bind(session).execute(conn).await.map(drop)
        })?;
        Ok(())
    }

    /// [`Vault::void_share_code`] when another session than this one made it.
    pub async fn void_share_code_of_others(
        &self,
        tx: &mut Tx,
        account: AccountId,
        session: SessionId,
    ) -> Result<()> {
        in_tx!(tx, conn => {
            sqlx::query(VOID_OF_OTHERS).bind(account).bind(session).execute(conn).await.map(drop)
        })?;
        Ok(())
    }

    /// What became of the last code of a person.
    pub async fn share_code(&self, resident: ResidentId) -> Result<Option<ShareCodeRow>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(FIND).bind(resident).fetch_optional(pool).await)?)
    }

    /// Takes the code with any of these look-ups: once, and only before it expires.
    pub async fn take_share_code(
        &self,
        tx: &mut Tx,
        lookups: &[[u8; 32]],
        organisation: &str,
        now: UnixMillis,
    ) -> Result<Option<ResidentId>> {
        for lookup in lookups {
            let taken = in_tx!(tx, conn => {
                sqlx::query_scalar(TAKE).bind(lookup.as_slice()).bind(now).bind(organisation).fetch_optional(conn).await
            })?;
            if taken.is_some() {
                return Ok(taken);
            }
        }
        Ok(None)
    }

    /// Whether an organisation itself used a code with any of these look-ups, which would still hold.
    pub async fn used_by(
        &self,
        tx: &mut Tx,
        lookups: &[[u8; 32]],
        organisation: &str,
        now: UnixMillis,
    ) -> Result<bool> {
        for lookup in lookups {
            let used: i64 = in_tx!(tx, conn => {
                sqlx::query_scalar(USED_BY).bind(lookup.as_slice()).bind(organisation).bind(now).fetch_one(conn).await
            })?;
            if used > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Forgets codes that ended before this instant.
    pub async fn purge_share_codes(&self, tx: &mut Tx, before: UnixMillis) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PURGE).bind(before).execute(conn).await.map(drop))?;
        Ok(())
    }
}
