//! What systems hold at the interface for systems: used assertions, access tokens, challenges to cards.

use super::Vault;
use crate::{Result, Tx, db::on_db, db::on_db_write, tx::in_tx};
use techo_model::UnixMillis;

/// A row of `access_token`, with what it needs to know of its organisation.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AccessTokenRow {
    /// Whose.
    pub organisation_id: String,
    /// Scopes, parted by spaces.
    pub scopes: String,
    /// On whose behalf and why, as JSON.
    pub context: String,
    /// First instant at which it is worth nothing.
    pub expires_at: UnixMillis,
}

const USE_ASSERTION: &str = "INSERT INTO used_assertion (organisation_id, assertion_hash, expires_at)
    VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const PUT_TOKEN: &str = "INSERT INTO access_token (token_hash, organisation_id, scopes, context, expires_at)
    VALUES ($1, $2, $3, $4, $5)";
const FIND_TOKEN: &str = "SELECT t.organisation_id, t.scopes, t.context, t.expires_at FROM access_token t
    JOIN organisation o ON o.organisation_id = t.organisation_id AND o.state = 'active'
    WHERE t.token_hash = $1 AND t.expires_at > $2";
const PUT_CHALLENGE: &str =
    "INSERT INTO system_challenge (token_hash, nonce, expires_at, consumed_at) VALUES ($1, $2, $3, NULL)
    ON CONFLICT (token_hash) DO UPDATE SET nonce = $2, expires_at = $3, consumed_at = NULL";
const CONSUME: &str = "UPDATE system_challenge SET consumed_at = $2
    WHERE token_hash = $1 AND consumed_at IS NULL AND expires_at > $2 RETURNING nonce";
const PURGE_ASSERTIONS: &str = "DELETE FROM used_assertion WHERE expires_at <= $1";
const PURGE_TOKENS: &str = "DELETE FROM access_token WHERE expires_at <= $1";

impl Vault {
    /// Uses an assertion. Answers false when it was used before, by however many at once.
    pub async fn use_assertion(
        &self,
        organisation: &str,
        hash: &[u8; 32],
        expires_at: UnixMillis,
    ) -> Result<bool> {
        let done = on_db_write!(&self.db, pool => sqlx::query(USE_ASSERTION)
            .bind(organisation)
            .bind(hash.as_slice())
            .bind(expires_at)
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Keeps an access token. The organisation must be locked.
    pub async fn put_access_token(&self, tx: &mut Tx, hash: &[u8; 32], row: &AccessTokenRow) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PUT_TOKEN)
            .bind(hash.as_slice())
            .bind(&row.organisation_id)
            .bind(&row.scopes)
            .bind(&row.context)
            .bind(row.expires_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// The access token with this hash, while it lasts and its organisation is active.
    pub async fn access_token(&self, hash: &[u8; 32], now: UnixMillis) -> Result<Option<AccessTokenRow>> {
        Ok(on_db!(&self.db, pool => {
            sqlx::query_as(FIND_TOKEN).bind(hash.as_slice()).bind(now).fetch_optional(pool).await
        })?)
    }

    /// Puts a challenge in the place of the one that the token had.
    pub async fn put_system_challenge(
        &self,
        token: &[u8; 32],
        nonce: &str,
        expires_at: UnixMillis,
    ) -> Result<()> {
        on_db_write!(&self.db, pool => sqlx::query(PUT_CHALLENGE)
            .bind(token.as_slice())
            .bind(nonce)
            .bind(expires_at)
            .execute(pool)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Takes the token's challenge: once, and only before it expires.
    pub async fn consume_system_challenge(
        &self,
        token: &[u8; 32],
        now: UnixMillis,
    ) -> Result<Option<String>> {
        Ok(on_db_write!(&self.db, pool => {
            sqlx::query_scalar(CONSUME).bind(token.as_slice()).bind(now).fetch_optional(pool).await
        })?)
    }

    /// Forgets assertions and tokens that have expired; challenges go with their token.
    pub async fn purge_systems(&self, now: UnixMillis) -> Result<()> {
        on_db_write!(&self.db, pool => {
            sqlx::query(PURGE_ASSERTIONS).bind(now).execute(pool).await?;
            sqlx::query(PURGE_TOKENS).bind(now).execute(pool).await.map(drop)
        })?;
        Ok(())
    }
}
