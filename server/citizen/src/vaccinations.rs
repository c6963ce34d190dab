//! `/vaccinations`: doses by disease.

mod query;

use techo_model::{
    CalendarDate, UnixMillis, VaccinationId,
    record::ReviewState,
    vaccination::{ProductCode, Programme},
    vaccine::Vaccine,
};

/// `/vaccinations`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaccinationsView {
    /// Series in display order; only those with a dose.
    pub series: Vec<DoseSeries>,
}

/// Doses against one disease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoseSeries {
    /// Which.
    pub vaccine: Vaccine,
    /// Oldest first.
    pub doses: Vec<DoseLine>,
}

/// One dose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoseLine {
    /// Id for links.
    pub id: VaccinationId,
    /// Whether the record can be shown; while under review only id, date and municipality are filled truthfully.
    pub standing: ReviewState,
    /// 回数.
    pub number: i64,
    /// 接種日.
    pub given_on: CalendarDate,
    /// ワクチン名.
    pub product_name: Option<String>,
    /// Product code.
    pub product_code: Option<ProductCode>,
    /// 接種区分; none while under review, and until a municipality has told it.
    pub programme: Option<Programme>,
    /// ロット番号.
    pub lot: Option<String>,
    /// 接種量 in microlitres.
    pub amount_microlitres: Option<i64>,
    /// 医療機関コード.
    pub facility: Option<String>,
    /// Name of the facility, when it is a registered organisation.
    pub facility_name: Option<String>,
    /// 自治体コード; empty until a municipality has stated it.
    pub municipality: String,
    /// Name of the municipality.
    pub municipality_name: Option<String>,
    /// Who else sent this dose: names, or official numbers of those who are not registered.
    pub other_senders: Vec<String>,
    /// When Techo took it in.
    pub received_at: UnixMillis,
}
