//! Periods of insurance, as pages read them. Of a frozen period only id, insurer and first day leave the
//! database.

use crate::{
    Records, Result,
    cell::{self, keyed},
    db::on_db,
};
use techo_model::{
    CalendarDate, CoverageId, RecordCode, UnixMillis,
    coverage::{LossReason, Relation},
};

/// A period of one person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CoverageRow {
    /// Key.
    pub coverage_id: CoverageId,
    /// 保険者番号.
    pub insurer: String,
    /// 保険者名.
    pub insurer_name: String,
    /// 記号, sealed.
    pub symbol_sealed: Option<Vec<u8>>,
    /// 番号, sealed; none while frozen.
    pub number_sealed: Option<Vec<u8>>,
    /// 枝番, sealed.
    pub branch_sealed: Option<Vec<u8>>,
    /// 本人家族区分; none while frozen.
    pub relation: Option<Relation>,
    /// 資格取得日.
    pub acquired_on: CalendarDate,
    /// 資格喪失日.
    pub lost_on: Option<CalendarDate>,
    /// 喪失事由.
    pub loss_reason: Option<LossReason>,
    /// 負担割合 in percent; none while frozen.
    pub burden_percent: Option<i64>,
    /// 更新日時.
    pub stated_at: UnixMillis,
    /// When it was taken in.
    pub received_at: UnixMillis,
    /// When it last changed here.
    pub changed_at: UnixMillis,
    /// Since when it is frozen.
    pub frozen_at: Option<UnixMillis>,
}

keyed! {
    CoverageRow in "coverage" by ["coverage_id"];
}

const OF_PERSON: &str =
    "SELECT coverage_id, insurer, insurer_name, acquired_on, stated_at, received_at, changed_at, frozen_at,
    CASE WHEN frozen_at IS NULL THEN symbol_sealed END AS symbol_sealed,
    CASE WHEN frozen_at IS NULL THEN number_sealed END AS number_sealed,
    CASE WHEN frozen_at IS NULL THEN branch_sealed END AS branch_sealed,
    CASE WHEN frozen_at IS NULL THEN relation END AS relation,
    CASE WHEN frozen_at IS NULL THEN lost_on END AS lost_on,
    CASE WHEN frozen_at IS NULL THEN loss_reason END AS loss_reason,
    CASE WHEN frozen_at IS NULL THEN burden_percent END AS burden_percent
    FROM coverage WHERE record_code = $1 ORDER BY acquired_on DESC, coverage_id DESC";

impl Records {
    /// All periods of a person, newest first.
    pub async fn coverages(&self, code: RecordCode) -> Result<Vec<CoverageRow>> {
        cell::all(on_db!(&self.db, pool => sqlx::query_as(OF_PERSON).bind(code).fetch_all(pool).await)?)
    }
}
