//! Passkey ceremonies that have begun: their secret half stays here, and is taken by one statement.

use super::Vault;
use crate::{Result, db::on_db_write};
use techo_model::{AccountId, UnixMillis, account::CeremonyPurpose};

/// A ceremony that has begun.
#[derive(Clone, sqlx::FromRow)]
pub struct CeremonyRecord {
    /// Whose, unless nobody knows yet.
    pub account_id: Option<AccountId>,
    /// JSON of the ceremony's state.
    pub state: String,
}

/// Which ceremony: one of each purpose per session.
#[derive(Clone, Copy, Debug)]
pub struct CeremonyKey<'a> {
    /// Key of the session.
    pub session: &'a [u8; 32],
    /// What it is for.
    pub purpose: CeremonyPurpose,
}

const PUT: &str =
    "INSERT INTO passkey_ceremony (session_key, purpose, account_id, state, expires_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (session_key, purpose) DO UPDATE SET account_id = $3, state = $4, expires_at = $5";
const TAKE: &str = "DELETE FROM passkey_ceremony WHERE session_key = $1 AND purpose = $2 AND expires_at > $3
    RETURNING account_id, state";
const PURGE: &str = "DELETE FROM passkey_ceremony WHERE expires_at <= $1";

impl Vault {
    /// Begins a ceremony in the place of the one that the session had for this purpose.
    pub async fn put_ceremony(
        &self,
        key: CeremonyKey<'_>,
        ceremony: &CeremonyRecord,
        expires_at: UnixMillis,
    ) -> Result<()> {
        on_db_write!(&self.db, pool => sqlx::query(PUT)
            .bind(key.session.as_slice())
            .bind(key.purpose)
            .bind(ceremony.account_id)
            .bind(&ceremony.state)
            .bind(expires_at)
            .execute(pool)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Takes a ceremony: once, and only before it expires.
    pub async fn take_ceremony(
        &self,
        key: CeremonyKey<'_>,
        now: UnixMillis,
    ) -> Result<Option<CeremonyRecord>> {
        Ok(on_db_write!(&self.db, pool => {
            let query = sqlx::query_as(TAKE).bind(key.session.as_slice()).bind(key.purpose).bind(now);
            query.fetch_optional(pool).await
        })?)
    }

    /// Forgets ceremonies that have expired.
    pub async fn purge_ceremonies(&self, now: UnixMillis) -> Result<()> {
        on_db_write!(&self.db, pool => sqlx::query(PURGE).bind(now).execute(pool).await.map(drop))?;
        Ok(())
    }
}
