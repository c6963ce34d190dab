//! Files that were taken in, and the lines of them that were not.

use super::Vault;
use crate::{Result, Tx, db::on_db, tx::in_tx};
use sqlx::QueryBuilder;
use techo_model::UnixMillis;

/// What makes a file the same file.
#[derive(Clone, Copy, Debug)]
pub struct FileIdentity<'a> {
    /// SHA-256 of its bytes.
    pub sha256: &'a [u8; 32],
    /// As what it was sent: residents, coverage, checkups or vaccinations.
    pub kind: &'a str,
    /// By whom.
    pub sent_by: &'a str,
}

/// Lines of one statement; far below the limit of parameters of both engines.
const LINES_AT_ONCE: usize = 500;

const SEEN: &str =
    "SELECT COUNT(*) FROM imported_file WHERE content_sha256 = $1 AND kind = $2 AND sent_by = $3";
const MARK: &str =
    "INSERT INTO imported_file (content_sha256, kind, sent_by, imported_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (content_sha256, kind, sent_by) DO NOTHING";
const LINES: &str =
    "SELECT line FROM rejected_line WHERE content_sha256 = $1 AND kind = $2 AND sent_by = $3 ORDER BY line";
const FORGET_LINES: &str =
    "DELETE FROM rejected_line WHERE content_sha256 = $1 AND kind = $2 AND sent_by = $3";
const PUT_LINES: &str = "INSERT INTO rejected_line (content_sha256, kind, sent_by, line) ";

impl Vault {
    /// Whether this organisation sent this file before and it was taken in to its end.
    pub async fn file_was_imported(&self, file: FileIdentity<'_>) -> Result<bool> {
        let count: i64 = on_db!(&self.db, pool => {
            sqlx::query_scalar(SEEN)
                .bind(file.sha256.as_slice())
                .bind(file.kind)
                .bind(file.sent_by)
                .fetch_one(pool)
                .await
        })?;
        Ok(count > 0)
    }

    /// The lines of a file that were never taken, in order.
    pub async fn rejected_lines(&self, file: FileIdentity<'_>) -> Result<Vec<i64>> {
        Ok(on_db!(&self.db, pool => {
            sqlx::query_scalar(LINES)
                .bind(file.sha256.as_slice())
                .bind(file.kind)
                .bind(file.sent_by)
                .fetch_all(pool)
                .await
        })?)
    }

    /// Remembers a file that was taken in to its end, and the lines of it that were never taken.
    pub async fn mark_file(
        &self,
        tx: &mut Tx,
        file: FileIdentity<'_>,
        rejected: &[i64],
        now: UnixMillis,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(MARK)
            .bind(file.sha256.as_slice())
            .bind(file.kind)
            .bind(file.sent_by)
            .bind(now)
            .execute(conn)
            .await
            .map(drop))?;
        in_tx!(tx, conn => sqlx::query(FORGET_LINES)
            .bind(file.sha256.as_slice())
            .bind(file.kind)
            .bind(file.sent_by)
            .execute(conn)
            .await
            .map(drop))?;
        for lines in rejected.chunks(LINES_AT_ONCE) {
            in_tx!(tx, conn => {
                let mut query = QueryBuilder::new(PUT_LINES);
                query.push_values(lines, |mut row, line| {
                    row.push_bind(file.sha256.as_slice())
                        .push_bind(file.kind)
                        .push_bind(file.sent_by)
                        .push_bind(*line);
                });
                query.build().execute(conn).await.map(drop)
            })?;
        }
        Ok(())
    }
}
