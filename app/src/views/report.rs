//! `/records/report`: asked before a record is frozen.

use techo_citizen::records::RecordLabel;
use techo_model::{CalendarDate, record::RecordKind};
use uuid::Uuid;

/// `GET /records/report?kind=…&id=…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportConfirmView {
    /// Kind of the record.
    pub kind: RecordKind,
    /// Its id.
    pub id: Uuid,
    /// What it is called in lists.
    pub label: RecordLabel,
    /// The date that people know it by.
    pub on: CalendarDate,
    /// Who sent it, when registered.
    pub organisation_name: Option<String>,
}
