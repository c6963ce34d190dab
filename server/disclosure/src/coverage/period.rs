//! A stored period of insurance, opened.

use super::{CoveragePeriod, CoverageState};
use techo_custody::{Result, keys::KeyRing, seal::SealLocation};
use techo_model::{
    coverage::{Relation, two_digit_branch},
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
        let place = SealLocation { table: "coverage", column, row: &key };
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
        // None while frozen.
        relation: row.relation.unwrap_or(Relation::Insured),
        burden_percent: row.burden_percent.unwrap_or_default(),
        acquired_on: row.acquired_on,
        lost_on: row.lost_on,
        loss_reason: row.loss_reason,
        stated_at: row.stated_at,
        received_at: row.received_at,
    })
}
