//! Facts about the record store that must not change behind its back: under which keys it stands.

use super::Records;
use crate::{Result, Tx, db::on_db, tx::in_tx};

const FIND: &str = "SELECT value FROM store_setting WHERE name = $1";
const PUT: &str =
    "INSERT INTO store_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2";
const KEEP: &str = "INSERT INTO store_setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";

impl Records {
    /// The value of a setting.
    pub async fn setting(&self, name: &str) -> Result<Option<String>> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(FIND).bind(name).fetch_optional(pool).await)?)
    }

    /// One setting, as the transaction sees it.
    pub async fn setting_in(&self, tx: &mut Tx, name: &str) -> Result<Option<String>> {
        Ok(in_tx!(tx, conn => sqlx::query_scalar(FIND).bind(name).fetch_optional(conn).await)?)
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
}
