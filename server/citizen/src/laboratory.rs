//! 検査: laboratory reports that clinics and hospitals sent. Their list stands on `/checkups`, each has a page of its own.

mod query;
mod rows;

pub(super) use rows::rows;

use super::values::{CellValue, ItemName};
use techo_model::{
    CalendarDate, LaboratoryId, UnixMillis,
    checkup::Judgement,
    laboratory::{ReferenceRange, ReportStatus},
    record::ReviewState,
};

/// One report as a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaboratoryLine {
    /// Id for the link.
    pub id: LaboratoryId,
    /// Day of the collection.
    pub examined_on: CalendarDate,
    /// Who sent it.
    pub sender_name: String,
    /// What the sender calls it.
    pub title: Option<String>,
    /// How far it is.
    pub status: ReportStatus,
    /// How many results it has; none while under review.
    pub results: usize,
    /// Whether the record can be shown.
    pub standing: ReviewState,
}

/// `/checkups/laboratory/{id}`: one report whole.
#[derive(Clone, Debug, PartialEq)]
pub struct LaboratoryView {
    /// Head.
    pub line: LaboratoryLine,
    /// Official number of the sender.
    pub sent_by: String,
    /// When the sender gave it out, when it was told.
    pub issued_at: Option<UnixMillis>,
    /// When Techo took it in.
    pub received_at: UnixMillis,
    /// When it last changed here; later than `received_at` after a correction.
    pub changed_at: UnixMillis,
    /// Rows in the order of the report. Empty while under review.
    pub rows: Vec<LaboratoryRow>,
}

/// One result.
#[derive(Clone, Debug, PartialEq)]
pub struct LaboratoryRow {
    /// Name in the item table when it knows the test, otherwise as sent.
    pub name: ItemName,
    /// Value.
    pub value: CellValue,
    /// Unit for people; empty for words.
    pub unit: String,
    /// What the laboratory thought of it.
    pub judgement: Option<Judgement>,
    /// Reference range.
    pub range: ReferenceRange,
    /// Material.
    pub specimen: Option<String>,
    /// Comment of the laboratory.
    pub note: Option<String>,
}
