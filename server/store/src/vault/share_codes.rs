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
    /// Which organisation began to use it.
    pub held_by: Option<String>,
}

/// Who began to use a code: an organisation, and the SHA-256 of what it asks with.
#[derive(Clone, Copy, Debug)]
pub struct CodeHolder<'a> {
    /// Its official number.
    pub organisation: &'a str,
    /// The hash.
    pub key: &'a [u8; 32],
}

const PUT: &str =
    "INSERT INTO share_code (resident_id, code_lookup, made_at, expires_at, used_at, used_by, session_id)
    VALUES ($1, $2, $3, $4, NULL, NULL, $5)
    ON CONFLICT (resident_id) DO UPDATE
    SET code_lookup = $2, made_at = $3, expires_at = $4, used_at = NULL, used_by = NULL, session_id = $5,
    held_by = NULL, held_with = NULL";
const FIND: &str =
    "SELECT made_at, expires_at, used_at, used_by, held_by FROM share_code WHERE resident_id = $1";
// A person whose account is suspended shows nothing to anybody.
const RESERVE: &str = "UPDATE share_code SET held_by = $3, held_with = $4
    WHERE code_lookup = $1 AND used_at IS NULL AND expires_at > $2
        AND (held_by IS NULL OR (held_by = $3 AND held_with = $4))
        AND EXISTS (SELECT 1 FROM account a WHERE a.resident_id = share_code.resident_id AND a.state = 'active')
    RETURNING resident_id";
const USE: &str = "UPDATE share_code SET used_at = $5, used_by = held_by
    WHERE resident_id = $1 AND code_lookup = $2 AND held_by = $3 AND held_with = $4 AND used_at IS NULL";
const HELD_BY: &str = "SELECT COUNT(*) FROM share_code
    WHERE code_lookup = $1 AND held_by = $2 AND expires_at > $3";
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

    /// Reserves the code with any of these look-ups for whoever asks, before it expires, and says which look-up it has. The
    /// same asker may do so again until it is used, nobody else.
    pub async fn reserve_share_code(
        &self,
        tx: &mut Tx,
        lookups: &[[u8; 32]],
        holder: CodeHolder<'_>,
        now: UnixMillis,
    ) -> Result<Option<(ResidentId, [u8; 32])>> {
        for lookup in lookups {
            let found: Option<ResidentId> = in_tx!(tx, conn => sqlx::query_scalar(RESERVE)
                .bind(lookup.as_slice())
                .bind(now)
                .bind(holder.organisation)
                .bind(holder.key.as_slice())
                .fetch_optional(conn)
                .await)?;
            if let Some(resident) = found {
                return Ok(Some((resident, *lookup)));
            }
        }
        Ok(None)
    }

    /// Uses a code up that is reserved for whoever asks: once. False when it was used, is void or another one's meanwhile. That
    /// it has expired since it was reserved does not matter.
    pub async fn use_share_code(
        &self,
        tx: &mut Tx,
        (resident, lookup): (ResidentId, &[u8; 32]),
        holder: CodeHolder<'_>,
        now: UnixMillis,
    ) -> Result<bool> {
        let used = in_tx!(tx, conn => sqlx::query(USE)
            .bind(resident)
            .bind(lookup.as_slice())
            .bind(holder.organisation)
            .bind(holder.key.as_slice())
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(used > 0)
    }

    /// Whether an organisation itself used or reserved a code with any of these look-ups, which would still hold.
    pub async fn holds_share_code(
        &self,
        tx: &mut Tx,
        lookups: &[[u8; 32]],
        organisation: &str,
        now: UnixMillis,
    ) -> Result<bool> {
        for lookup in lookups {
            let held: i64 = in_tx!(tx, conn => {
                sqlx::query_scalar(HELD_BY).bind(lookup.as_slice()).bind(organisation).bind(now).fetch_one(conn).await
            })?;
            if held > 0 {
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
