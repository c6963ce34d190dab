//! Periods of insurance, as imports see them.

use crate::{
    Records, Result, Tx,
    cell::{self, keyed},
    tx::in_tx,
};
use sqlx::QueryBuilder;
use techo_model::{
    CoverageId, RecordCode, UnixMillis,
    coverage::{BranchState, LossReason, Relation},
};

/// A row of `coverage` to be added or rewritten.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of `coverage`, described in docs/DATA.md")]
pub struct NewCoverage {
    pub record_code: RecordCode,
    pub coverage_id: CoverageId,
    pub insurer: String,
    pub insurer_name: String,
    pub symbol_sealed: Option<Vec<u8>>,
    pub number_sealed: Vec<u8>,
    pub branch_sealed: Option<Vec<u8>>,
    pub branch_state: BranchState,
    pub relation: Relation,
    pub acquired_on: String,
    pub lost_on: Option<String>,
    pub loss_reason: Option<LossReason>,
    pub burden_percent: i64,
    pub stated_at: UnixMillis,
    pub digest: Vec<u8>,
    pub sent_by: String,
    pub at: UnixMillis,
    pub key_version: i64,
}

/// A period that is there already.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KnownCoverage {
    /// Whose.
    pub record_code: RecordCode,
    /// Key.
    pub coverage_id: CoverageId,
    /// 保険者番号.
    pub insurer: String,
    /// 資格取得日.
    pub acquired_on: String,
    /// 更新日時.
    pub stated_at: UnixMillis,
    /// Keyed digest of the statement.
    pub digest: Vec<u8>,
    /// What is known of its 枝番.
    pub branch_state: BranchState,
    /// When it last changed here.
    pub changed_at: UnixMillis,
}

keyed! {
    KnownCoverage in "coverage" by ["coverage_id"];
}

const KNOWN: &str = "SELECT record_code, coverage_id, insurer, acquired_on, stated_at, digest, branch_state, changed_at FROM coverage WHERE record_code IN (";
const INSERT: &str = "INSERT INTO coverage (record_code, coverage_id, insurer, insurer_name, symbol_sealed, number_sealed,
    branch_sealed, relation, acquired_on, lost_on, loss_reason, burden_percent, stated_at, digest, sent_by, received_at,
    changed_at, key_version, branch_state) ";
const UPDATE: &str = "UPDATE coverage SET insurer_name = $3, symbol_sealed = $4, number_sealed = $5, branch_sealed = $6,
    relation = $7, lost_on = $8, loss_reason = $9, burden_percent = $10, stated_at = $11, digest = $12, sent_by = $13,
    changed_at = $14, branch_state = $15 WHERE record_code = $1 AND coverage_id = $2";

impl Records {
    /// All periods of some people.
    pub async fn known_coverages(&self, tx: &mut Tx, codes: &[RecordCode]) -> Result<Vec<KnownCoverage>> {
        if codes.is_empty() {
            return Ok(Vec::new());
        }
        cell::all(in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(KNOWN);
            let mut list = query.separated(", ");
            for code in codes {
                list.push_bind(*code);
            }
            query.push(")");
            query.build_query_as().fetch_all(conn).await
        })?)
    }

    /// Adds periods.
    pub async fn insert_coverages(&self, tx: &mut Tx, coverages: &[NewCoverage]) -> Result<()> {
        if coverages.is_empty() {
            return Ok(());
        }
        in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(INSERT);
            query.push_values(coverages, |mut row, new| {
                row.push_bind(new.record_code)
                    .push_bind(new.coverage_id)
                    .push_bind(&new.insurer)
                    .push_bind(&new.insurer_name)
                    .push_bind(&new.symbol_sealed)
                    .push_bind(&new.number_sealed)
                    .push_bind(&new.branch_sealed)
                    .push_bind(new.relation)
                    .push_bind(&new.acquired_on)
                    .push_bind(&new.lost_on)
                    .push_bind(new.loss_reason)
                    .push_bind(new.burden_percent)
                    .push_bind(new.stated_at)
                    .push_bind(&new.digest)
                    .push_bind(&new.sent_by)
                    .push_bind(new.at)
                    .push_bind(new.at)
                    .push_bind(new.key_version)
                    .push_bind(new.branch_state);
            });
            query.build().execute(conn).await.map(drop)
        })?;
        Ok(())
    }

    /// Rewrites a period by a later statement.
    pub async fn update_coverage(&self, tx: &mut Tx, new: &NewCoverage) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(UPDATE)
            .bind(new.record_code)
            .bind(new.coverage_id)
            .bind(&new.insurer_name)
            .bind(&new.symbol_sealed)
            .bind(&new.number_sealed)
            .bind(&new.branch_sealed)
            .bind(new.relation)
            .bind(&new.lost_on)
            .bind(new.loss_reason)
            .bind(new.burden_percent)
            .bind(new.stated_at)
            .bind(&new.digest)
            .bind(&new.sent_by)
            .bind(new.at)
            .bind(new.branch_state)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }
}
