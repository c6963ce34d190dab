//! What the consent engine has to know of a stored record.

use super::PersonRecords;
use techo_model::{
    CalendarDate,
    consent::{Category, Marking, OrganisationNumber, RecordFacts},
    vaccination::Programme,
};
use techo_store::records::{
    checkups::CheckupRow, coverages::CoverageRow, laboratory::LaboratoryRow, vaccinations::DoseRow,
};
use uuid::Uuid;

/// A part of a checkup, whose category the caller puts in, and whose labels it adds to. None when its date cannot be read: such a record
/// is not given to anybody.
pub(super) fn checkup_part(held: &PersonRecords, row: &CheckupRow) -> Option<RecordFacts> {
    let mut facts = facts(held, row.checkup_id.0, Category::CheckupFindings, &row.examined_on)?;
    facts.author = number(&row.facility);
    facts.frozen = row.frozen_at.is_some();
    Some(facts)
}

/// A laboratory report, whose labels the caller adds to.
pub(super) fn laboratory_facts(held: &PersonRecords, row: &LaboratoryRow) -> Option<RecordFacts> {
    let mut facts = facts(held, row.laboratory_id.0, Category::Laboratory, &row.examined_on)?;
    facts.author = number(&row.sent_by);
    facts.frozen = row.frozen_at.is_some();
    Some(facts)
}

/// A dose as the statement says that holds.
pub(super) fn dose_facts(held: &PersonRecords, row: &DoseRow) -> Option<RecordFacts> {
    let mut facts = facts(held, row.vaccination_id.0, Category::Vaccination, &row.given_on)?;
    facts.author = row.facility.as_deref().and_then(number);
    facts.frozen = row.frozen_at.is_some();
    facts.public_duty = row
        .programme
        .as_deref()
        .and_then(Programme::from_name)
        .is_some_and(|programme| matches!(programme, Programme::Routine | Programme::Special));
    facts.municipality = number(&row.municipality);
    Some(facts)
}

/// The date of a period is its beginning.
pub(super) fn coverage_facts(held: &PersonRecords, row: &CoverageRow) -> Option<RecordFacts> {
    let mut facts = facts(held, row.coverage_id.0, Category::Eligibility, &row.acquired_on)?;
    facts.author = number(&row.insurer);
    facts.frozen = row.frozen_at.is_some();
    Some(facts)
}

fn facts(held: &PersonRecords, id: Uuid, category: Category, date: &str) -> Option<RecordFacts> {
    let facts = RecordFacts::plain(category, CalendarDate::parse(date).ok()?);
    let Marking { mark, labels } = held.marking(id);
    Some(RecordFacts { mark, labels, ..facts })
}

fn number(text: &str) -> Option<OrganisationNumber> {
    (!text.is_empty()).then(|| OrganisationNumber(text.to_owned()))
}
