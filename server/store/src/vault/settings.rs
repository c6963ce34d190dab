//! Facts about the installation that must not change behind its back: the passkey domain, the key check, a rotation.

use super::Vault;
use crate::{Result, Tx, db::on_db, tx::in_tx};

const FIND: &str = "SELECT value FROM vault_setting WHERE name = $1";
const PUT: &str =
    "INSERT INTO vault_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2";
const KEEP: &str = "INSERT INTO vault_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
const DELETE: &str = "DELETE FROM vault_setting WHERE name = $1";

impl Vault {
    /// The value of a setting.
    pub async fn setting(&self, name: &str) -> Result<Option<String>> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(FIND).bind(name).fetch_optional(pool).await)?)
    }

    /// Writes a setting.
    pub async fn put_setting(&self, tx: &mut Tx, name: &str, value: &str) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PUT).bind(name).bind(value).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Writes a setting unless it has a value, and returns the value that it has now.
    pub async fn keep_setting(&self, name: &str, value: &str) -> Result<String> {
        let mut tx = self.begin().await?;
        in_tx!(&mut tx, conn => sqlx::query(KEEP).bind(name).bind(value).execute(conn).await.map(drop))?;
        let kept = in_tx!(&mut tx, conn => sqlx::query_scalar(FIND).bind(name).fetch_one(conn).await)?;
        tx.commit().await?;
        Ok(kept)
    }

    /// Removes a setting.
    pub async fn remove_setting(&self, tx: &mut Tx, name: &str) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(DELETE).bind(name).execute(conn).await.map(drop))?;
        Ok(())
    }
}
