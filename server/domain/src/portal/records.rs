//! `/records`: everything that is held about a person, from whom, and "this is not mine".

mod query;

use super::checkups::Standing;
use crate::log::Category;
use techo_model::{CalendarDate, ReportId, UnixMillis};
use uuid::Uuid;

/// `/records`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordsView {
    /// One entry per kind and source, newest first.
    pub sources: Vec<SourceGroup>,
    /// Reports of this person, newest first.
    pub reports: Vec<ReportView>,
}

/// The kinds of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// 健診.
    Checkup,
    /// 検査.
    Laboratory,
    /// 予防接種.
    Vaccination,
    /// 資格.
    Coverage,
}

impl RecordKind {
    /// All kinds with their stored names, which stand in URLs and form fields too.
    pub const ALL: [(Self, &str); 4] = [
        (Self::Checkup, "checkup"),
        (Self::Laboratory, "laboratory"),
        (Self::Vaccination, "vaccination"),
        (Self::Coverage, "coverage"),
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("checkup", |(_, name)| name)
    }

    /// What its lines on the access log are about.
    pub(crate) fn logged(self) -> Category {
        match self {
            Self::Checkup => Category::Checkup,
            Self::Laboratory => Category::Laboratory,
            Self::Vaccination => Category::Vaccination,
            Self::Coverage => Category::Coverage,
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// What one organisation sent of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceGroup {
    /// Kind.
    pub kind: RecordKind,
    /// Number of the organisation that sent it.
    pub organisation: String,
    /// Its name, when registered.
    pub organisation_name: Option<String>,
    /// When the newest of them was taken in.
    pub last_received_at: UnixMillis,
    /// Each record.
    pub records: Vec<HeldRecord>,
}

/// One record as a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRecord {
    /// Id: with the kind, the target of "this is not mine" (form fields `kind` and `id`).
    pub id: Uuid,
    /// The date that people know it by: examined, given, acquired.
    pub on: CalendarDate,
    /// A few words without values: facility, vaccine id or insurer name.
    pub label: RecordLabel,
    /// When Techo took it in.
    pub received_at: UnixMillis,
    /// Open or under review.
    pub standing: Standing,
}

/// What a record is called in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordLabel {
    /// Name of an organisation.
    Name(String),
    /// A vaccine series.
    Vaccine(techo_model::vaccine::Vaccine),
}

/// A report "this is not mine".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportView {
    /// Number to tell support.
    pub id: ReportId,
    /// Kind of the record.
    pub kind: RecordKind,
    /// When it was made.
    pub opened_at: UnixMillis,
    /// When support closed it.
    pub closed_at: Option<UnixMillis>,
}
