//! Marks and labels on single records, and the one that waits for a fresh check. Marks are added and read; only the draft is
//! replaced.

use crate::{
    Records, Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use techo_model::{RecordCode, UnixMillis, consent::MarkChoice, record::RecordKind};
use uuid::Uuid;

/// A mark on a record.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct MarkRow {
    /// From 1, without gaps.
    pub number: i64,
    /// Kind of record.
    pub kind: RecordKind,
    /// Which record.
    pub record_id: Uuid,
    /// What was chosen.
    pub mark: MarkChoice,
    /// Sensitive labels, as a JSON list of words.
    pub labels: String,
    /// When.
    pub marked_at: UnixMillis,
}

/// A mark that was chosen and is not put yet.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct MarkDraftRow {
    /// Kind of record.
    pub kind: RecordKind,
    /// Which record.
    pub record_id: Uuid,
    /// What was chosen.
    pub mark: MarkChoice,
    /// Sensitive labels, as a JSON list of words.
    pub labels: String,
    /// How many marks there were when it was chosen.
    pub base: i64,
    /// When.
    pub drafted_at: UnixMillis,
}

keyed! {
    MarkRow in "record_mark" by ["record_id"];
    MarkDraftRow in "mark_draft" by ["record_id"];
}

const MARKS: &str = "SELECT number, kind, record_id, mark, labels, marked_at FROM record_mark
    WHERE record_code = $1 AND number IN (SELECT MAX(number) FROM record_mark WHERE record_code = $1
    GROUP BY kind, record_id) ORDER BY number";
const INSERT_MARK: &str =
    "INSERT INTO record_mark (record_code, number, kind, record_id, mark, labels, marked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const DRAFT: &str =
    "SELECT kind, record_id, mark, labels, base, drafted_at FROM mark_draft WHERE record_code = $1";
const PUT_DRAFT: &str =
    "INSERT INTO mark_draft (record_code, kind, record_id, mark, labels, base, drafted_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (record_code) DO UPDATE SET kind = excluded.kind, record_id = excluded.record_id,
    mark = excluded.mark, labels = excluded.labels, base = excluded.base, drafted_at = excluded.drafted_at";
const DROP_DRAFT: &str = "DELETE FROM mark_draft WHERE record_code = $1 AND record_id = $2 AND mark = $3
    AND labels = $4 AND drafted_at = $5";

impl Records {
    /// The newest mark of each record of a person on which they ever put one, oldest first. The last one is the newest of all.
    pub async fn marks(&self, code: RecordCode) -> Result<Vec<MarkRow>> {
        cell::all(on_db!(&self.db, pool => sqlx::query_as(MARKS).bind(code).fetch_all(pool).await)?)
    }

    /// Puts a mark on a record. [`StoreError::Conflict`](crate::StoreError::Conflict) when another one took its number meanwhile.
    pub async fn insert_mark(&self, tx: &mut Tx, code: RecordCode, row: &MarkRow) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(INSERT_MARK)
            .bind(code)
            .bind(row.number)
            .bind(row.kind)
            .bind(row.record_id)
            .bind(row.mark)
            .bind(&row.labels)
            .bind(row.marked_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// The mark that waits for a fresh check.
    pub async fn mark_draft(&self, code: RecordCode) -> Result<Option<MarkDraftRow>> {
        cell::one(on_db!(&self.db, pool => sqlx::query_as(DRAFT).bind(code).fetch_optional(pool).await)?)
    }

    /// Puts a mark that waits in place of the former one.
    pub async fn put_mark_draft(&self, tx: &mut Tx, code: RecordCode, row: &MarkDraftRow) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PUT_DRAFT)
            .bind(code)
            .bind(row.kind)
            .bind(row.record_id)
            .bind(row.mark)
            .bind(&row.labels)
            .bind(row.base)
            .bind(row.drafted_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Forgets this mark; another one, which was put in its place meanwhile, goes on waiting.
    pub async fn drop_mark_draft(&self, tx: &mut Tx, code: RecordCode, row: &MarkDraftRow) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(DROP_DRAFT)
            .bind(code)
            .bind(row.record_id)
            .bind(row.mark)
            .bind(&row.labels)
            .bind(row.drafted_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }
}
