//! A stored period of insurance, opened.

use super::{CoveragePeriod, CoverageState};
use techo_custody::{
    Internal, Result,
    keys::KeyRing,
    seal::Place,
    stored::{maybe_stored_date, stored_date},
};
use techo_model::{
    coverage::{LossReason, Relation, two_digit_branch},
    record::ReviewState,
};
use techo_store::records::coverages::CoverageRow;

/// Opens what is sealed of a period.
///
/// # Errors
/// A stored value that cannot be read.
pub fn open_period(keys: &KeyRing, row: CoverageRow, state: CoverageState) -> Result<CoveragePeriod> {
    let key = row.coverage_id.0.into_bytes();
    let open = |column, sealed: Option<&Vec<u8>>| {
        let place = Place { table: "coverage", column, row: &key };
        sealed.map(|sealed| keys.open_text(place, sealed)).transpose()
    };
    Ok(CoveragePeriod {
        id: row.coverage_id,
        state,
        standing: ReviewState::of(row.frozen_at),
        symbol: open("symbol_sealed", row.symbol_sealed.as_ref())?,
        number: open("number_sealed", row.number_sealed.as_ref())?.unwrap_or_default(),
        branch: open("branch_sealed", row.branch_sealed.as_ref())?.as_deref().map(two_digit_branch),
        insurer: row.insurer,
        insurer_name: row.insurer_name,
        relation: relation(row.relation.as_deref())?,
        burden_percent: row.burden_percent.unwrap_or_default(),
        acquired_on: stored_date(&row.acquired_on, "coverage.acquired_on")?,
        lost_on: maybe_stored_date(row.lost_on.as_deref(), "coverage.lost_on")?,
        loss_reason: row.loss_reason.as_deref().and_then(LossReason::from_name),
        stated_at: row.stated_at,
        received_at: row.received_at,
    })
}

fn relation(stored: Option<&str>) -> Result<Relation, Internal> {
    match stored {
        Some("insured") | None => Ok(Relation::Insured),
        Some("dependant") => Ok(Relation::Dependant),
        Some(_) => Err(Internal::Corrupt("coverage.relation")),
    }
}
