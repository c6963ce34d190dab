//! Everything that is held about a person, before anybody's eyes are thought of.

use serde::de::DeserializeOwned;
use std::collections::{BTreeSet, HashMap};
use techo_custody::{Custody, Internal, Result, stored::stored_json};
use techo_model::{
    ChainId, CheckupId, LaboratoryId, RecordCode, VaccinationId,
    checkup::ItemResult,
    consent::{ConsentState, Label, MarkChoice, RecordMarking},
    laboratory::LaboratoryResult,
    record::RecordKind,
};
use techo_store::{
    RowKey, Tx,
    records::{
        checkups::CheckupRow,
        consent::{ConsentDraftRow, ConsentVersionRow},
        coverages::CoverageRow,
        dose_statements::DoseStatement,
        history::{FormerCheckup, FormerLaboratory},
        laboratory::LaboratoryRow,
        marks::MarkRow,
        vaccinations::DoseRow,
    },
};
use uuid::Uuid;

/// Everything about a person that could be disclosed. Never leaves as it is: [`PersonRecords::disclosed_to`] does.
#[derive(Clone, Debug)]
pub struct PersonRecords {
    pub(super) checkups: Vec<CheckupRow>,
    former_checkups: Vec<FormerCheckup>,
    pub(super) laboratory: Vec<LaboratoryRow>,
    former_laboratory: Vec<FormerLaboratory>,
    pub(super) doses: Vec<DoseRow>,
    stated_too: Vec<DoseStatement>,
    pub(super) coverages: Vec<CoverageRow>,
    marks: HashMap<Uuid, RecordMarking>,
    marked: i64,
}

/// The items of a checkup. Opened only when some of them may be seen, so that what is hidden costs no more time than what
/// is not there.
pub(super) fn items_of(row: &CheckupRow) -> Result<Vec<ItemResult>, Internal> {
    read(row.results.as_deref(), "checkup", "results", row.checkup_id.0)
}

/// The labels of a whole laboratory report.
pub(super) fn labels_of_report(row: &LaboratoryRow) -> Result<BTreeSet<Label>, Internal> {
    read(Some(&row.labels), "laboratory", "labels", row.laboratory_id.0)
}

/// The results of a laboratory report; opened as the items of a checkup are.
pub(super) fn results_of(row: &LaboratoryRow) -> Result<Vec<LaboratoryResult>, Internal> {
    read(row.results.as_deref(), "laboratory", "results", row.laboratory_id.0)
}

/// The items of a version of a checkup that was replaced.
pub(super) fn former_items_of(row: &FormerCheckup) -> Result<Vec<ItemResult>, Internal> {
    read(Some(&row.results), "checkup_version", "results", row.checkup_id.0)
}

/// The labels of a version of a whole laboratory report that was replaced.
pub(super) fn former_labels_of_report(row: &FormerLaboratory) -> Result<BTreeSet<Label>, Internal> {
    read(Some(&row.labels), "laboratory_version", "labels", row.laboratory_id.0)
}

/// The results of a version of a laboratory report that was replaced.
pub(super) fn former_results_of(row: &FormerLaboratory) -> Result<Vec<LaboratoryResult>, Internal> {
    read(Some(&row.results), "laboratory_version", "results", row.laboratory_id.0)
}

impl PersonRecords {
    /// How many marks were ever put.
    pub fn marked(&self) -> i64 {
        self.marked
    }

    /// Whether the person has this record.
    pub fn contains(&self, kind: RecordKind, id: Uuid) -> bool {
        match kind {
            RecordKind::Checkup => self.checkups.iter().any(|row| row.checkup_id.0 == id),
            RecordKind::Laboratory => self.laboratory.iter().any(|row| row.laboratory_id.0 == id),
            RecordKind::Vaccination => self.doses.iter().any(|row| row.vaccination_id.0 == id),
            RecordKind::Coverage => self.coverages.iter().any(|row| row.coverage_id.0 == id),
        }
    }

    /// What somebody states about a dose, when another's statement holds.
    pub(super) fn stated_too(&self, dose: VaccinationId, sender: &str) -> Option<&DoseStatement> {
        self.stated_too.iter().find(|other| other.vaccination_id == dose && other.sent_by == sender)
    }

    /// The versions of a checkup that were replaced, the oldest first.
    pub(super) fn former_checkups(&self, id: CheckupId) -> impl Iterator<Item = &FormerCheckup> {
        self.former_checkups.iter().filter(move |former| former.checkup_id == id)
    }

    /// The versions of a laboratory report that were replaced, the oldest first.
    pub(super) fn former_laboratory(&self, id: LaboratoryId) -> impl Iterator<Item = &FormerLaboratory> {
        self.former_laboratory.iter().filter(move |former| former.laboratory_id == id)
    }

    /// What the owner put on a record.
    pub fn marking(&self, record: Uuid) -> RecordMarking {
        self.marks.get(&record).cloned().unwrap_or_default()
    }
}

/// Loads everything about a person, once.
pub async fn load_records(custody: &Custody, code: RecordCode) -> Result<PersonRecords> {
    let records = &custody.stores.records;
    let (checkups, former_checkups, laboratory, former_laboratory, doses, stated_too, coverages, marks) = tokio::try_join!(
        records.checkups(code),
        records.former_checkups(code),
        records.laboratory(code),
        records.former_laboratory(code),
        records.doses(code),
        records.stated_too(code),
        records.coverages(code),
        records.marks(code)
    )?;
    let marked = marks.last().map_or(0, |mark| mark.number);
    let marks = standing(&marks)?;
    Ok(PersonRecords {
        checkups,
        former_checkups,
        laboratory,
        former_laboratory,
        doses,
        stated_too,
        coverages,
        marks,
        marked,
    })
}

/// What a person has chosen, and its version; the defaults under version 0 until they chose anything.
pub async fn consent_state(custody: &Custody, code: RecordCode) -> Result<(i64, ConsentState)> {
    match custody.stores.records.consent(code).await? {
        None => Ok((0, ConsentState::default())),
        Some(row) => Ok((row.version, read_version(&row)?)),
    }
}

/// What a person has chosen, which nobody changes until the transaction ends. What depends on a choice is made in the
/// transaction that read it: a change that was saved before it is seen, and one that is saved beside it comes after
/// it and sees what it made.
pub async fn locked_consent(
    custody: &Custody,
    tx: &mut Tx,
    whose: (ChainId, RecordCode),
) -> Result<ConsentState> {
    match custody.stores.records.locked_consent(tx, whose).await? {
        None => Ok(ConsentState::default()),
        Some(row) => Ok(read_version(&row)?),
    }
}

/// Reads stored choices. One that cannot be read is our failure, and nothing is disclosed.
pub fn read_version(row: &ConsentVersionRow) -> Result<ConsentState, Internal> {
    stored_json(&row.state, "consent_version", "state", row.version)
}

/// The same of what is only considered.
pub fn read_draft(row: &ConsentDraftRow) -> Result<ConsentState, Internal> {
    stored_json(&row.state, "consent_draft", "state", RowKey::Unnamed)
}

/// The marks that hold: of several on one record, the newest.
pub(crate) fn standing(rows: &[MarkRow]) -> Result<HashMap<Uuid, RecordMarking>, Internal> {
    let mut marks = HashMap::new();
    for row in rows {
        marks.insert(row.record_id, marking_of(row.mark, &row.labels, ("record_mark", row.record_id))?);
    }
    Ok(marks)
}

/// Mark and labels as they are stored, of a record in a table.
pub fn marking_of(
    mark: MarkChoice,
    labels: &str,
    (table, record): (&'static str, Uuid),
) -> Result<RecordMarking, Internal> {
    Ok(RecordMarking { mark: mark.mark(), labels: stored_json(labels, table, "labels", record)? })
}

/// A list that is stored as JSON; a frozen record has none.
fn read<T: DeserializeOwned + Default>(
    text: Option<&str>,
    table: &'static str,
    column: &'static str,
    row: Uuid,
) -> Result<T, Internal> {
    text.map_or_else(|| Ok(T::default()), |text| stored_json(text, table, column, row))
}
