//! Coverage rows that wait for their resident, sealed whole under the alias of their My Number.

use super::Vault;
use crate::{Result, Tx, tx::in_tx};
use techo_model::{UnixMillis, WaitingId};
use uuid::Uuid;

/// A waiting coverage row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct WaitingCoverage {
    /// Key.
    pub waiting_id: WaitingId,
    /// Whom it is for.
    pub my_number_alias: Uuid,
    /// Keyed digest of the row.
    pub content_digest: Vec<u8>,
    /// The row.
    pub row_sealed: Vec<u8>,
    /// Organisation that sent it.
    pub sent_by: String,
    /// First import.
    pub received_at: UnixMillis,
    /// Key version of alias, digest and seal.
    pub key_version: i64,
}

const PUT: &str = "INSERT INTO waiting_coverage (waiting_id, my_number_alias, content_digest, row_sealed, sent_by, received_at, key_version)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (content_digest) DO NOTHING";
const FOUND: &str = "SELECT w.waiting_id, w.my_number_alias, w.content_digest, w.row_sealed, w.sent_by, w.received_at, w.key_version
    FROM waiting_coverage w JOIN my_number_alias a ON a.alias = w.my_number_alias
    WHERE w.waiting_id > $1 ORDER BY w.waiting_id LIMIT $2";
const REMOVE: &str = "DELETE FROM waiting_coverage WHERE waiting_id = $1";

impl Vault {
    /// Lets a coverage row wait; the same row waits once.
    pub async fn wait_for_resident(&self, tx: &mut Tx, row: &WaitingCoverage) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PUT)
            .bind(row.waiting_id)
            .bind(row.my_number_alias)
            .bind(&row.content_digest)
            .bind(&row.row_sealed)
            .bind(&row.sent_by)
            .bind(row.received_at)
            .bind(row.key_version)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Waiting rows after `after` whose resident has arrived, in order of arrival.
    pub async fn waiting_coverage_found(
        &self,
        tx: &mut Tx,
        after: WaitingId,
        limit: i64,
    ) -> Result<Vec<WaitingCoverage>> {
        Ok(in_tx!(tx, conn => sqlx::query_as(FOUND).bind(after).bind(limit).fetch_all(conn).await)?)
    }

    /// Removes a row that waits no longer.
    pub async fn stop_waiting_for_resident(&self, tx: &mut Tx, id: WaitingId) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(REMOVE).bind(id).execute(conn).await.map(drop))?;
        Ok(())
    }
}
