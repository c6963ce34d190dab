//! `/records`: everything that is held about a person, from whom, and "this is not mine".

mod query;

use techo_model::{
    CalendarDate, ReportId, UnixMillis,
    record::{RecordKind, ReviewState},
};
use uuid::Uuid;

/// `/records`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordsView {
    /// One entry per kind and source, newest first.
    pub sources: Vec<SourceGroup>,
    /// Reports of this person, newest first.
    pub reports: Vec<ReportView>,
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
    pub standing: ReviewState,
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
