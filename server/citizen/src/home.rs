//! `/home`: what is new, what to do next, eligibility in one line.

mod news;
mod next;
mod query;

use techo_disclosure::coverage::CurrentCoverage;
use techo_model::{CalendarDate, CheckupId, UnixMillis, checkup::Judgement, record::RecordKind};

/// `/home`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeView {
    /// The name in the vault, so that the person can see whose notebook this is.
    pub name: String,
    /// Eligibility today.
    pub coverage: CurrentCoverage,
    /// What came in lately, newest first, at most five.
    pub news: Vec<HomeNews>,
    /// What to do next, most important first.
    pub next: Vec<NextStep>,
    /// The newest checkup, when there is one that is open.
    pub latest_checkup: Option<LatestCheckup>,
    /// How many notices are unread.
    pub unread: i64,
    /// Counts for the three doors of the page.
    pub counts: HomeCounts,
}

/// How many records of each kind are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct HomeCounts {
    /// Checkups and laboratory reports, which share a page.
    pub checkups: i64,
    /// Doses.
    pub vaccinations: i64,
    /// Periods of insurance.
    pub coverages: i64,
}

/// Something that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeNews {
    /// Kind.
    pub kind: RecordKind,
    /// How many came in together.
    pub count: i64,
    /// From whom, when the organisation is registered.
    pub from: Option<String>,
    /// When.
    pub at: UnixMillis,
}

/// The newest checkup in a nutshell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatestCheckup {
    /// Id for the link.
    pub id: CheckupId,
    /// 健診実施日.
    pub examined_on: CalendarDate,
    /// Facility.
    pub facility_name: String,
    /// How many items the sender judged, by judgement other than normal.
    pub outside: Vec<(Judgement, i64)>,
}

/// Something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Nothing was chosen about sharing yet, so nobody sees anything.
    ChooseSharing,
    /// Only one passkey: a second device protects from losing it.
    AddSecondPasskey,
    /// The eligibility data is behind: show this page at the counter, ask the insurer.
    AskInsurer,
    /// The latest checkup has values outside their range.
    LookAtCheckup(CheckupId),
    /// 保健指導 (積極的支援 or 動機付け支援) was offered with the latest checkup.
    HealthGuidance(CheckupId),
    /// 40 to 74 and no checkup in this fiscal year.
    YearlyCheckup,
    /// The card is on hold or revoked soon, or its certificate ends within 60 days.
    RenewCard(CalendarDate),
}
