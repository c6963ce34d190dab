//! `/coverage`: current and past insurers.

mod query;

pub(super) use query::statements_of;

use techo_disclosure::coverage::{CoveragePeriod, CurrentCoverage};
use techo_model::CalendarDate;

/// `/coverage`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageView {
    /// The day for which the states hold.
    pub as_of: CalendarDate,
    /// All known periods, newest first.
    pub periods: Vec<CoveragePeriod>,
    /// The state in one line.
    pub now: CurrentCoverage,
}
