//! Doses, as pages read them. Of a frozen dose only id, series, date and municipality leave the database.

use crate::{
    Records, Result,
    cell::{self, keyed},
    db::on_db,
};
use techo_model::{
    CalendarDate, RecordCode, UnixMillis, VaccinationId,
    vaccination::{ProductCodeSystem, StatedProgramme},
    vaccine::Vaccine,
};

/// A dose of one person. What may be absent while frozen says so by its type.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DoseRow {
    /// Key.
    pub vaccination_id: VaccinationId,
    /// 接種日.
    pub given_on: CalendarDate,
    /// Which series.
    pub vaccine: Vaccine,
    /// 回数; none while frozen.
    pub dose_number: Option<i64>,
    /// 自治体コード.
    pub municipality: String,
    /// ワクチン名.
    pub product_name: Option<String>,
    /// ワクチンコード種別.
    pub product_system: Option<ProductCodeSystem>,
    /// ワクチンコード.
    pub product_code: Option<String>,
    /// 接種区分; none while frozen.
    pub programme: Option<StatedProgramme>,
    /// ロット番号.
    pub lot: Option<String>,
    /// 接種量 in microlitres.
    pub amount_microlitres: Option<i64>,
    /// 医療機関コード.
    pub facility: Option<String>,
    /// When it was taken in.
    pub received_at: UnixMillis,
    /// When it last changed here.
    pub changed_at: UnixMillis,
    /// Since when it is frozen.
    pub frozen_at: Option<UnixMillis>,
}

keyed! {
    DoseRow in "vaccination" by ["vaccination_id"];
}

const OF_PERSON: &str =
    "SELECT vaccination_id, given_on, vaccine, municipality, received_at, changed_at, frozen_at,
    CASE WHEN frozen_at IS NULL THEN dose_number END AS dose_number,
    CASE WHEN frozen_at IS NULL THEN product_name END AS product_name,
    CASE WHEN frozen_at IS NULL THEN product_system END AS product_system,
    CASE WHEN frozen_at IS NULL THEN product_code END AS product_code,
    CASE WHEN frozen_at IS NULL THEN programme END AS programme,
    CASE WHEN frozen_at IS NULL THEN lot END AS lot,
    CASE WHEN frozen_at IS NULL THEN amount_microlitres END AS amount_microlitres,
    CASE WHEN frozen_at IS NULL THEN facility END AS facility
    FROM vaccination WHERE record_code = $1 AND cancelled_at IS NULL
    ORDER BY given_on, dose_number, vaccination_id";

impl Records {
    /// All doses of a person that were not cancelled, oldest first.
    pub async fn doses(&self, code: RecordCode) -> Result<Vec<DoseRow>> {
        cell::all(on_db!(&self.db, pool => sqlx::query_as(OF_PERSON).bind(code).fetch_all(pool).await)?)
    }
}
