//! Moving the record store under the codes of another key version. Only `techo_custody::rotate` comes here.
//!
//! To add a table with record codes: a line in [`CODED`] and in the statements below; a test of rotation compares them
//! with the tables of the database.

use super::import::waiting::WaitingRecord;
use crate::{
    Records, Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use sqlx::QueryBuilder;
use techo_model::{
    CalendarDate, CoverageId, RecordCode, UnixMillis,
    coverage::{BranchState, LossReason, Relation},
};

/// What a table holds: how many rows, and how many different people or things they speak of.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TableCount {
    /// Table.
    pub name: String,
    /// Rows.
    pub total: i64,
    /// Different codes or aliases; none where the rows are made from other tables.
    pub codes: Option<i64>,
}

/// Rows that do not stand under the key version that they should.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StrayRows {
    /// Table.
    pub name: String,
    /// How many.
    pub total: i64,
}

/// The columns of a period of insurance that a key protects, and those that its digest covers.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of `coverage`, described in docs/DATA.md")]
pub struct CoverageColumns {
    pub record_code: RecordCode,
    pub coverage_id: CoverageId,
    pub insurer: String,
    pub insurer_name: String,
    pub symbol_sealed: Option<Vec<u8>>,
    pub number_sealed: Vec<u8>,
    pub branch_sealed: Option<Vec<u8>>,
    pub branch_state: BranchState,
    pub relation: Relation,
    pub acquired_on: CalendarDate,
    pub lost_on: Option<CalendarDate>,
    pub loss_reason: Option<LossReason>,
    pub burden_percent: i64,
    pub stated_at: UnixMillis,
    pub digest: Vec<u8>,
    pub key_version: i64,
}

keyed! {
    CoverageColumns in "coverage" by ["coverage_id"];
}

/// A table that is keyed by record codes.
#[derive(Clone, Copy, Debug)]
pub struct CodedTable {
    /// Table.
    pub name: &'static str,
    move_codes: &'static str,
    set_version: Option<&'static str>,
    codes: &'static str,
}

/// A table that notes no key version, or changes it with its sealed columns.
macro_rules! coded {
    ($name:literal) => {
        CodedTable {
            name: $name,
            move_codes: concat!("UPDATE ", $name, " SET record_code = m.column2"),
            set_version: None,
            codes: concat!(
                "SELECT DISTINCT record_code FROM ",
                $name,
                " WHERE record_code > $1 ORDER BY record_code LIMIT $2"
            ),
        }
    };
}

/// A table that notes the key version of its record code.
macro_rules! versioned {
    ($name:literal) => {
        CodedTable { set_version: Some(", key_version = "), ..coded!($name) }
    };
}

/// Every table that is keyed by record codes.
pub const CODED: [CodedTable; 15] = [
    versioned!("checkup"),
    coded!("checkup_version"),
    coded!("checkup_deletion"),
    versioned!("laboratory"),
    coded!("laboratory_version"),
    versioned!("vaccination"),
    coded!("coverage"),
    coded!("report"),
    coded!("consent_version"),
    coded!("consent_draft"),
    coded!("record_mark"),
    coded!("mark_draft"),
    coded!("organisation_code"),
    coded!("treatment_window"),
    coded!("vaccination_source"),
];

const COVERAGES: &str =
    "SELECT record_code, coverage_id, insurer, insurer_name, symbol_sealed, number_sealed, branch_sealed, branch_state, relation,
    acquired_on, lost_on, loss_reason, burden_percent, stated_at, digest, key_version
    FROM coverage WHERE record_code IN (";
const RESEAL_COVERAGE: &str =
    "UPDATE coverage SET symbol_sealed = $4, number_sealed = $5, branch_sealed = $6,
    digest = $7, key_version = $8 WHERE record_code = $1 AND coverage_id = $2 AND key_version = $3";
const CARRY_WAITING: &str = "UPDATE waiting_record SET alias = $3, family_alias = $4, content_digest = $5,
    content_sealed = $6, key_version = $7 WHERE waiting_id = $1 AND key_version = $2";
const COUNTS: &str =
    "SELECT 'checkup' AS name, COUNT(*) AS total, COUNT(DISTINCT record_code) AS codes FROM checkup
    UNION ALL SELECT 'checkup_version', COUNT(*), COUNT(DISTINCT record_code) FROM checkup_version
    UNION ALL SELECT 'checkup_deletion', COUNT(*), COUNT(DISTINCT record_code) FROM checkup_deletion
    UNION ALL SELECT 'laboratory', COUNT(*), COUNT(DISTINCT record_code) FROM laboratory
    UNION ALL SELECT 'laboratory_version', COUNT(*), COUNT(DISTINCT record_code) FROM laboratory_version
    UNION ALL SELECT 'vaccination', COUNT(*), COUNT(DISTINCT record_code) FROM vaccination
    UNION ALL SELECT 'coverage', COUNT(*), COUNT(DISTINCT record_code) FROM coverage
    UNION ALL SELECT 'report', COUNT(*), COUNT(DISTINCT record_code) FROM report
    UNION ALL SELECT 'consent_version', COUNT(*), COUNT(DISTINCT record_code) FROM consent_version
    UNION ALL SELECT 'consent_draft', COUNT(*), COUNT(DISTINCT record_code) FROM consent_draft
    UNION ALL SELECT 'record_mark', COUNT(*), COUNT(DISTINCT record_code) FROM record_mark
    UNION ALL SELECT 'mark_draft', COUNT(*), COUNT(DISTINCT record_code) FROM mark_draft
    UNION ALL SELECT 'organisation_code', COUNT(*), COUNT(DISTINCT record_code) FROM organisation_code
    UNION ALL SELECT 'treatment_window', COUNT(*), COUNT(DISTINCT record_code) FROM treatment_window
    UNION ALL SELECT 'waiting_record', COUNT(*), COUNT(DISTINCT alias) FROM waiting_record
    UNION ALL SELECT 'emergency', COUNT(*), COUNT(DISTINCT emergency_id) FROM emergency
    UNION ALL SELECT 'vaccination_source', COUNT(*), COUNT(DISTINCT record_code) FROM vaccination_source";
const STRAYS: &str = "SELECT 'checkup' AS name, COUNT(*) AS total FROM checkup WHERE key_version <> $1
    UNION ALL SELECT 'laboratory', COUNT(*) FROM laboratory WHERE key_version <> $1
    UNION ALL SELECT 'vaccination', COUNT(*) FROM vaccination WHERE key_version <> $1
    UNION ALL SELECT 'coverage', COUNT(*) FROM coverage WHERE key_version <> $1
    UNION ALL SELECT 'waiting_record', COUNT(*) FROM waiting_record WHERE key_version <> $1
    UNION ALL SELECT 'emergency', COUNT(*) FROM emergency WHERE key_version <> $1";

impl Records {
    /// How much there is of everything that a key protects.
    pub async fn count_protected(&self) -> Result<Vec<TableCount>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(COUNTS).fetch_all(pool).await)?)
    }

    /// How many rows of each table do not stand under this key version.
    pub async fn count_not_under(&self, key_version: i64) -> Result<Vec<StrayRows>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(STRAYS).bind(key_version).fetch_all(pool).await)?)
    }

    /// Some of the record codes of a table, in order, after `after`.
    pub async fn codes_after(
        &self,
        table: CodedTable,
        after: RecordCode,
        limit: i64,
    ) -> Result<Vec<RecordCode>> {
        Ok(on_db!(&self.db, pool => {
            sqlx::query_scalar(table.codes).bind(after).bind(limit).fetch_all(pool).await
        })?)
    }

    /// Gives everything that stands under the first code of a pair to the second. Again: nothing is left to give.
    pub async fn move_codes(
        &self,
        tx: &mut Tx,
        pairs: &[(RecordCode, RecordCode)],
        key_version: i64,
    ) -> Result<()> {
        if pairs.is_empty() {
            return Ok(());
        }
        for table in CODED {
            in_tx!(tx, conn => {
                let mut query = QueryBuilder::new(table.move_codes);
                if let Some(set_version) = table.set_version {
                    query.push(set_version).push_bind(key_version);
                }
                // Both engines call the columns of VALUES column1 and column2.
                query.push(" FROM (");
                query.push_values(pairs, |mut row, (old, new)| {
                    row.push_bind(*old).push_bind(*new);
                });
                query.push(") AS m WHERE record_code = m.column1");
                query.build().execute(conn).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// All periods of some people, with what a key protects.
    pub async fn coverage_columns(&self, tx: &mut Tx, codes: &[RecordCode]) -> Result<Vec<CoverageColumns>> {
        if codes.is_empty() {
            return Ok(Vec::new());
        }
        cell::all(in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(COVERAGES);
            let mut list = query.separated(", ");
            for code in codes {
                list.push_bind(*code);
            }
            query.push(")");
            query.build_query_as().fetch_all(conn).await
        })?)
    }

    /// Writes the sealed columns and the digest of a period that was read with the key version `from`.
    pub async fn reseal_coverage(&self, tx: &mut Tx, row: &CoverageColumns, from: i64) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(RESEAL_COVERAGE)
            .bind(row.record_code)
            .bind(row.coverage_id)
            .bind(from)
            .bind(&row.symbol_sealed)
            .bind(&row.number_sealed)
            .bind(&row.branch_sealed)
            .bind(&row.digest)
            .bind(row.key_version)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Writes aliases, digest and seal of a waiting record that was read with the key version `from`.
    pub async fn rekey_waiting(&self, tx: &mut Tx, row: &WaitingRecord, from: i64) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(CARRY_WAITING)
            .bind(row.waiting_id)
            .bind(from)
            .bind(&row.alias)
            .bind(&row.family_alias)
            .bind(&row.content_digest)
            .bind(&row.content_sealed)
            .bind(row.key_version)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }
}
