//! Whether a period of insurance holds today, and whether its insurer's word is too old to rely on.
//!
//! Two thirds of the trouble at counters come from insurers that report a change late. So a period that an insurer calls
//! open is *pending*, not valid, once somebody else has stated a change that the insurer did not know of:
//!
//! 1. another insurer stated a coverage that began after this insurer's word,
//! 2. the person reached 75 after it, the day from which 後期高齢者医療 (numbers 39…) takes over,
//! 3. the person moved after it, and the insurer is one that a move makes another: a municipality's 国民健康保険, or
//!    後期高齢者医療 of another prefecture.
//!
//! A change counts only when it happened after the period began, since insurers take new members after a change with a
//! statement that was prepared before it.

use super::{CoverageState, CurrentCoverage, PendingReason};
use techo_model::{CalendarDate, CoverageId};
use techo_store::records::coverages::CoverageRow;

/// What an insurer says about one period, as far as the state depends on it.
#[derive(Clone, Debug)]
pub struct CoverageStatement {
    /// Which period.
    pub id: CoverageId,
    pub(super) insurer: String,
    pub(super) acquired_on: CalendarDate,
    pub(super) lost_on: Option<CalendarDate>,
    /// The day of the insurer's word in Japan.
    pub(super) stated_on: CalendarDate,
    /// What to say when this period is in force.
    pub(super) now: CurrentCoverage,
}

/// What the state of an insurance depends on beside the words of insurers.
#[derive(Clone, Debug)]
pub struct CoverageCircumstances {
    /// Birth date.
    pub birth: CalendarDate,
    /// Days on which the municipality registered a move.
    pub moves: Vec<CalendarDate>,
    /// 自治体コード of the present municipality.
    pub municipality: String,
}

/// What insurers and municipality say about one person, without what is under review.
#[derive(Clone, Debug)]
pub struct CoverageStatements {
    pub(super) statements: Vec<CoverageStatement>,
    pub(super) circumstances: CoverageCircumstances,
}

impl CoverageStatements {
    /// Of stored periods, without those under review.
    pub fn of_rows(rows: &[CoverageRow], circumstances: CoverageCircumstances) -> Self {
        let open = rows.iter().filter(|row| row.frozen_at.is_none());
        Self { statements: open.map(statement_of).collect(), circumstances }
    }

    /// What was said of each period.
    pub fn each(&self) -> impl Iterator<Item = &CoverageStatement> {
        self.statements.iter()
    }

    /// The state of one of the periods on a day; one that is under review counts as over.
    pub fn state_of(&self, id: CoverageId, today: CalendarDate) -> CoverageState {
        let statement = self.statements.iter().find(|statement| statement.id == id);
        statement.map_or(CoverageState::Ended, |statement| self.state(statement, today))
    }

    /// The state of a period on a day.
    pub fn state(&self, statement: &CoverageStatement, today: CalendarDate) -> CoverageState {
        if statement.acquired_on > today {
            return CoverageState::Future;
        }
        match statement.lost_on {
            Some(lost_on) if lost_on <= today => CoverageState::Ended,
            Some(_) => CoverageState::Valid,
            None => self
                .doubt(statement, today)
                .map_or(CoverageState::Valid, |because| CoverageState::Pending { because }),
        }
    }

    /// Where the person stands on a day. Of several valid periods the one that began last counts.
    pub fn stand_on(&self, today: CalendarDate) -> CurrentCoverage {
        let states = self.statements.iter().map(|statement| (statement, self.state(statement, today)));
        let mut valid: Option<&CoverageStatement> = None;
        let mut behind_since: Option<CalendarDate> = None;
        for (statement, state) in states {
            match state {
                CoverageState::Valid => {
                    valid = valid.filter(|best| best.rank() > statement.rank()).or(Some(statement));
                }
                CoverageState::Ended => behind_since = behind_since.max(statement.lost_on),
                CoverageState::Pending { because } => behind_since = behind_since.max(Some(because.since())),
                CoverageState::Future => {}
            }
        }
        match (valid, behind_since) {
            (Some(statement), _) => statement.now.clone(),
            (None, Some(since)) => CurrentCoverage::Pending { since },
            (None, None) => CurrentCoverage::Unknown,
        }
    }

    /// The change, if any, that the insurer did not know of when it called the period open.
    fn doubt(&self, statement: &CoverageStatement, today: CalendarDate) -> Option<PendingReason> {
        let unknown_to_insurer =
            |day: &CalendarDate| *day > statement.stated_on && *day > statement.acquired_on && *day <= today;
        let newer = self
            .statements
            .iter()
            .filter(|other| other.insurer != statement.insurer)
            .map(|other| other.acquired_on)
            .filter(unknown_to_insurer)
            .min();
        if let Some(since) = newer {
            return Some(PendingReason::NewerCoverage { since });
        }
        let seventy_five = birthday(self.circumstances.birth, 75);
        if !is_late_elderly(&statement.insurer) && unknown_to_insurer(&seventy_five) {
            return Some(PendingReason::SeventyFive { on: seventy_five });
        }
        let moved = self.circumstances.moves.iter().copied().filter(unknown_to_insurer).min();
        moved
            .filter(|_| ends_by_moving(&statement.insurer, &self.circumstances.municipality))
            .map(|on| PendingReason::Moved { on })
    }
}

impl CoverageStatement {
    /// The order of periods that are equally good: the one that began last goes first.
    pub fn rank(&self) -> (CalendarDate, CalendarDate, CoverageId) {
        (self.acquired_on, self.stated_on, self.id)
    }
}

impl PendingReason {
    /// Since when the data is behind.
    pub fn since(self) -> CalendarDate {
        match self {
            Self::NewerCoverage { since } => since,
            Self::Moved { on } | Self::SeventyFive { on } => on,
        }
    }
}

fn statement_of(row: &CoverageRow) -> CoverageStatement {
    CoverageStatement {
        id: row.coverage_id,
        insurer: row.insurer.clone(),
        acquired_on: row.acquired_on,
        lost_on: row.lost_on,
        stated_on: row.stated_at.date_in_japan(),
        now: CurrentCoverage::Valid {
            insurer_name: row.insurer_name.clone(),
            burden_percent: row.burden_percent.unwrap_or_default(),
        },
    }
}

/// The day on which a person reaches an age; for those born on 29 February, 1 March of other years.
fn birthday(birth: CalendarDate, years: i32) -> CalendarDate {
    let day = birth.plus_months(12 * years);
    if day.civil().day() == birth.civil().day() { day } else { day.plus_days(1) }
}

/// 後期高齢者医療広域連合: 法別番号 39.
fn is_late_elderly(insurer: &str) -> bool {
    insurer.starts_with("39")
}

/// Whether having moved to this municipality makes another insurer responsible. Our own rule, from how insurer numbers
/// are built: 法別番号 (2 digits), prefecture (2), insurer (3), check digit (1).
///
/// 国民健康保険 has numbers of six digits, which stand in eight with 00 in front, and every move ends it. Its insurers 300
/// to 399 of a prefecture are 国民健康保険組合, which go by trade and not by residence.
fn ends_by_moving(insurer: &str, municipality: &str) -> bool {
    match (insurer.get(..2), insurer.get(2..4), insurer.get(4..5)) {
        (Some("00"), _, Some(first)) => first != "3",
        (Some("39"), prefecture, _) => prefecture != municipality.get(..2),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
