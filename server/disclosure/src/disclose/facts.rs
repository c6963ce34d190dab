//! What the consent engine has to know of a stored record.

use super::PersonRecords;
use techo_model::{
    CalendarDate,
    consent::{Category, OrganisationNumber, RecordFacts, RecordMarking},
    vaccination::StatedProgramme,
};
use techo_store::records::{
    checkups::CheckupRow, coverages::CoverageRow, laboratory::LaboratoryRow, vaccinations::DoseRow,
};
use uuid::Uuid;

/// A part of a checkup, whose category the caller puts in, and whose labels it adds to.
pub(super) fn checkup_part(held: &PersonRecords, row: &CheckupRow) -> RecordFacts {
    let mut facts = facts(held, row.checkup_id.0, Category::CheckupFindings, row.examined_on);
    facts.author = number(&row.facility);
    facts.frozen = row.frozen_at.is_some();
    facts
}

/// A laboratory report, whose labels the caller adds to.
pub(super) fn laboratory_facts(held: &PersonRecords, row: &LaboratoryRow) -> RecordFacts {
    let mut facts = facts(held, row.laboratory_id.0, Category::Laboratory, row.examined_on);
    facts.author = number(&row.sent_by);
    facts.frozen = row.frozen_at.is_some();
    facts
}

/// A dose as the statement says that holds.
pub(super) fn dose_facts(held: &PersonRecords, row: &DoseRow) -> RecordFacts {
    let mut facts = facts(held, row.vaccination_id.0, Category::Vaccination, row.given_on);
    facts.author = row.facility.as_deref().and_then(number);
    facts.frozen = row.frozen_at.is_some();
    facts.public_duty = matches!(row.programme, Some(StatedProgramme::Routine | StatedProgramme::Special));
    facts.municipality = number(&row.municipality);
    facts
}

/// The date of a period is its beginning.
pub(super) fn coverage_facts(held: &PersonRecords, row: &CoverageRow) -> RecordFacts {
    let mut facts = facts(held, row.coverage_id.0, Category::Eligibility, row.acquired_on);
    facts.author = number(&row.insurer);
    facts.frozen = row.frozen_at.is_some();
    facts
}

fn facts(held: &PersonRecords, id: Uuid, category: Category, date: CalendarDate) -> RecordFacts {
    let RecordMarking { mark, labels } = held.marking(id);
    RecordFacts { mark, labels, ..RecordFacts::plain(category, date) }
}

fn number(text: &str) -> Option<OrganisationNumber> {
    (!text.is_empty()).then(|| OrganisationNumber(text.to_owned()))
}
