//! Files that were taken in whole.

use super::Vault;
use crate::{Result, Tx, db::on_db, tx::in_tx};
use techo_model::UnixMillis;

const SEEN: &str =
    "SELECT COUNT(*) FROM imported_file WHERE content_sha256 = $1 AND kind = $2 AND sent_by = $3";
const MARK: &str =
    "INSERT INTO imported_file (content_sha256, kind, sent_by, imported_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (content_sha256, kind, sent_by) DO NOTHING";

impl Vault {
    /// Whether this organisation sent this file before and it was taken in whole.
    pub async fn file_was_imported(&self, sha256: &[u8; 32], kind: &str, sent_by: &str) -> Result<bool> {
        let count: i64 = on_db!(&self.db, pool => {
            sqlx::query_scalar(SEEN).bind(sha256.as_slice()).bind(kind).bind(sent_by).fetch_one(pool).await
        })?;
        Ok(count > 0)
    }

    /// Remembers a file that was taken in whole.
    pub async fn mark_file(
        &self,
        tx: &mut Tx,
        sha256: &[u8; 32],
        kind: &str,
        sent_by: &str,
        now: UnixMillis,
    ) -> Result<()> {
        in_tx!(tx, conn => {
            sqlx::query(MARK).bind(sha256.as_slice()).bind(kind).bind(sent_by).bind(now).execute(conn).await.map(drop)
        })?;
        Ok(())
    }
}
