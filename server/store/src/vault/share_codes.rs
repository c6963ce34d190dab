//! The one-time codes that citizens show at a counter, and how often an organisation typed a wrong one.

use super::Vault;
use crate::{Result, Tx, db::on_db, tx::in_tx};
use techo_model::{ResidentId, UnixMillis};

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

/// A row of `wrong_share_code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct WrongCodes {
    /// Wrong codes in a row.
    pub tries: i64,
    /// When the last one was typed.
    pub last_at: UnixMillis,
    /// Until when no other may be tried.
    pub locked_until: UnixMillis,
}

const PUT: &str = "INSERT INTO share_code (resident_id, code_lookup, made_at, expires_at, used_at, used_by)
    VALUES ($1, $2, $3, $4, NULL, NULL)
    ON CONFLICT (resident_id) DO UPDATE SET code_lookup = $2, made_at = $3, expires_at = $4, used_at = NULL, used_by = NULL";
const FIND: &str = "SELECT made_at, expires_at, used_at, used_by FROM share_code WHERE resident_id = $1";
const TAKE: &str = "UPDATE share_code SET used_at = $2, used_by = $3
    WHERE code_lookup = $1 AND used_at IS NULL AND expires_at > $2 RETURNING resident_id";
// The row is written even when nothing changes, so that whoever comes second waits for the first.
const LOCK_TRIES: &str =
    "INSERT INTO wrong_share_code (organisation_id, tries, last_at, locked_until) VALUES ($1, 0, 0, 0)
    ON CONFLICT (organisation_id) DO UPDATE SET tries = wrong_share_code.tries
    RETURNING tries, last_at, locked_until";
const PUT_TRIES: &str = "UPDATE wrong_share_code SET tries = $2, last_at = $3, locked_until = $4
    WHERE organisation_id = $1";
const PURGE: &str = "DELETE FROM share_code WHERE expires_at <= $1";

impl Vault {
    /// Gives a person a code in the place of the one that they had. [`crate::StoreError::Conflict`] when somebody else
    /// has the same one.
    pub async fn put_share_code(
        &self,
        tx: &mut Tx,
        resident: ResidentId,
        lookup: &[u8; 32],
        row: &ShareCodeRow,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PUT)
            .bind(resident)
            .bind(lookup.as_slice())
            .bind(row.made_at)
            .bind(row.expires_at)
            .execute(conn)
            .await
            .map(drop))?;
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

    /// The wrong codes of an organisation; whoever else asks waits until the transaction ends.
    pub async fn lock_wrong_codes(&self, tx: &mut Tx, organisation: &str) -> Result<WrongCodes> {
        Ok(in_tx!(tx, conn => sqlx::query_as(LOCK_TRIES).bind(organisation).fetch_one(conn).await)?)
    }

    /// Notes the wrong codes of an organisation.
    pub async fn put_wrong_codes(&self, tx: &mut Tx, organisation: &str, wrong: WrongCodes) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PUT_TRIES)
            .bind(organisation)
            .bind(wrong.tries)
            .bind(wrong.last_at)
            .bind(wrong.locked_until)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Forgets codes that ended before this instant.
    pub async fn purge_share_codes(&self, tx: &mut Tx, before: UnixMillis) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PURGE).bind(before).execute(conn).await.map(drop))?;
        Ok(())
    }
}
