//! Whether a health insurance holds: what is known of each period, and the rule that says where a person stands.
//!
//! The page of the insured and the eligibility check at a counter ask the same rule.

mod period;
mod statements;

pub use period::open_period;
pub use statements::{CoverageCircumstances, CoverageStatement, CoverageStatements};

use techo_model::{
    CalendarDate, CoverageId, UnixMillis,
    coverage::{LossReason, Relation},
    record::ReviewState,
};

/// Where a person stands today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CurrentCoverage {
    /// In force.
    Valid {
        /// Who insures.
        insurer_name: String,
        /// 負担割合 in percent.
        burden_percent: i64,
    },
    /// The last known coverage ended, or a change is known that the insurer's data does not show yet.
    Pending {
        /// Since when the data is behind.
        since: CalendarDate,
    },
    /// No insurer has said anything about this person.
    Unknown,
}

/// One period of insurance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveragePeriod {
    /// Id for links.
    pub id: CoverageId,
    /// State today.
    pub state: CoverageState,
    /// Whether the record can be shown; while under review only id, standing and insurer name are filled truthfully.
    pub standing: ReviewState,
    /// 保険者番号.
    pub insurer: String,
    /// 保険者名.
    pub insurer_name: String,
    /// 記号.
    pub symbol: Option<String>,
    /// 番号.
    pub number: String,
    /// 枝番.
    pub branch: Option<String>,
    /// 本人家族区分.
    pub relation: Relation,
    /// 負担割合 in percent.
    pub burden_percent: i64,
    /// First day.
    pub acquired_on: CalendarDate,
    /// First day without it.
    pub lost_on: Option<CalendarDate>,
    /// Why it ended.
    pub loss_reason: Option<LossReason>,
    /// When the insurer stated this.
    pub stated_at: UnixMillis,
    /// When Techo took it in.
    pub received_at: UnixMillis,
}

/// The state of one period today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverageState {
    /// In force.
    Valid,
    /// Over.
    Ended,
    /// Begins later.
    Future,
    /// The insurer's data is older than a change that somebody else stated: to be confirmed.
    Pending {
        /// What made the data old.
        because: PendingReason,
    },
}

/// What made an insurer's statement too old to rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PendingReason {
    /// Another insurer stated a coverage that began after this statement.
    NewerCoverage {
        /// First day of the newer coverage.
        since: CalendarDate,
    },
    /// The person moved to another municipality after this statement (municipal insurance).
    Moved {
        /// Day of the move.
        on: CalendarDate,
    },
    /// The person reached 75 after this statement.
    SeventyFive {
        /// The birthday.
        on: CalendarDate,
    },
}
