//! "This is not mine": freezing a record, and the open reports that support works through.

use crate::{
    Records, Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use techo_model::{RecordCode, ReportId, UnixMillis, record::RecordKind};
use uuid::Uuid;

/// A report to be opened.
#[derive(Clone, Debug)]
pub struct NewReport {
    /// Whose.
    pub record_code: RecordCode,
    /// Key.
    pub report_id: ReportId,
    /// Kind of the record.
    pub kind: RecordKind,
    /// The record.
    pub record_id: Uuid,
    /// Organisation that sent the record.
    pub sent_by: String,
    /// Now.
    pub opened_at: UnixMillis,
}

/// A report of one person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReportRow {
    /// Key.
    pub report_id: ReportId,
    /// Kind of the record.
    pub kind: RecordKind,
    /// When it was opened.
    pub opened_at: UnixMillis,
    /// When support closed it.
    pub closed_at: Option<UnixMillis>,
}

keyed! {
    ReportRow in "report" by ["report_id"];
}

// COALESCE, so that a second press finds the row too and the first moment stays; the row is locked either way.
const FREEZE_CHECKUP: &str = "UPDATE checkup SET frozen_at = COALESCE(frozen_at, $3)
    WHERE record_code = $1 AND checkup_id = $2 RETURNING sent_by";
const FREEZE_LABORATORY: &str = "UPDATE laboratory SET frozen_at = COALESCE(frozen_at, $3)
    WHERE record_code = $1 AND laboratory_id = $2 AND withdrawn_at IS NULL RETURNING sent_by";
const FREEZE_VACCINATION: &str = "UPDATE vaccination SET frozen_at = COALESCE(frozen_at, $3)
    WHERE record_code = $1 AND vaccination_id = $2 AND cancelled_at IS NULL RETURNING sent_by";
const FREEZE_COVERAGE: &str = "UPDATE coverage SET frozen_at = COALESCE(frozen_at, $3)
    WHERE record_code = $1 AND coverage_id = $2 RETURNING sent_by";
const OPEN: &str = "SELECT report_id FROM report
    WHERE record_code = $1 AND kind = $2 AND record_id = $3 AND closed_at IS NULL";
const INSERT: &str = "INSERT INTO report (record_code, report_id, kind, record_id, sent_by, opened_at) VALUES ($1, $2, $3, $4, $5, $6)";
const OF_PERSON: &str = "SELECT report_id, kind, opened_at, closed_at FROM report
    WHERE record_code = $1 ORDER BY opened_at DESC, report_id DESC";

impl Records {
    /// Freezes a record of this person, or leaves it frozen. Returns who sent it; none when this person has no such
    /// record. The row stays locked until the transaction ends.
    pub async fn freeze(
        &self,
        tx: &mut Tx,
        code: RecordCode,
        (kind, id): (RecordKind, Uuid),
        now: UnixMillis,
    ) -> Result<Option<String>> {
        Ok(in_tx!(tx, conn => sqlx::query_scalar(freezes(kind))
            .bind(code)
            .bind(id)
            .bind(now)
            .fetch_optional(conn)
            .await)?)
    }

    /// The open report about a record.
    pub async fn open_report(
        &self,
        tx: &mut Tx,
        code: RecordCode,
        (kind, id): (RecordKind, Uuid),
    ) -> Result<Option<ReportId>> {
        Ok(in_tx!(tx, conn => sqlx::query_scalar(OPEN)
            .bind(code)
            .bind(kind)
            .bind(id)
            .fetch_optional(conn)
            .await)?)
    }

    /// Opens a report.
    pub async fn insert_report(&self, tx: &mut Tx, report: &NewReport) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(INSERT)
            .bind(report.record_code)
            .bind(report.report_id)
            .bind(report.kind)
            .bind(report.record_id)
            .bind(report.sent_by.as_str())
            .bind(report.opened_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// All reports of a person, newest first.
    pub async fn reports(&self, code: RecordCode) -> Result<Vec<ReportRow>> {
        cell::all(on_db!(&self.db, pool => sqlx::query_as(OF_PERSON).bind(code).fetch_all(pool).await)?)
    }
}

/// The statement that freezes a record of this kind.
fn freezes(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Checkup => FREEZE_CHECKUP,
        RecordKind::Laboratory => FREEZE_LABORATORY,
        RecordKind::Vaccination => FREEZE_VACCINATION,
        RecordKind::Coverage => FREEZE_COVERAGE,
    }
}
