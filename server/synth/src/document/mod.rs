//! Checkup documents of one person, with the mistakes that real submissions have.

mod findings;
mod laboratory;
mod questionnaire;
mod sheet;

use crate::{
    calendar::{day, fiscal_year, open_day},
    coverage::Cover,
    dice::{Dice, Purpose},
    facilities::{BranchHabit, FACILITIES, Facility, Service, any_facility},
    health::{Body, Year},
    household::{DocumentStory, Household, Person, Role},
    insurers::{INSURERS, InsurerIndex, Scheme},
    numbers,
};
use sheet::Sheet;
use techo_model::{
    CalendarDate,
    answer::ItemCode,
    checkup::{CheckupDocument, CheckupFacts, DocumentRequest, ItemResult, ItemValue, Phase},
};

/// Fiscal years with checkups: two of phase 3, three of phase 4.
const YEARS: std::ops::RangeInclusive<i16> = 2022..=2026;

/// In which package a document comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Submission {
    First,
    /// Corrections and deletions.
    Second,
}

/// A document on its way.
pub(crate) struct Submitted {
    pub(crate) insurer: InsurerIndex,
    pub(crate) submission: Submission,
    pub(crate) document: CheckupDocument,
    pub(crate) facility: &'static Facility,
}

/// All documents of a person.
pub(crate) fn documents(
    seed: u64,
    household: &Household,
    person: &Person,
    covers: &[Cover],
) -> Vec<Submitted> {
    let mut dice = Dice::new(seed, Purpose::Document, person.number);
    let mut visitor = Visitor::new(seed, household, person, &mut dice);
    let mut documents = Vec::new();
    for year in YEARS {
        if let Some(document) = visitor.year(year, covers, &mut dice) {
            documents.push(document);
        }
    }
    if visitor.tells_story {
        tell(household.story.document, &mut documents, &mut dice);
    }
    documents
}

/// One person's way through the years.
struct Visitor<'a> {
    seed: u64,
    household: &'a Household,
    person: &'a Person,
    body: Body,
    /// Day within the fiscal year on which the person usually goes.
    usual_day: i32,
    attendance: f64,
    tells_story: bool,
}

impl<'a> Visitor<'a> {
    fn new(seed: u64, household: &'a Household, person: &'a Person, dice: &mut Dice) -> Self {
        let showcase = household.story.is_showcase() && person.role == Role::Head;
        let tells_story = household.story.document != DocumentStory::Any && person.role == Role::Head;
        let body = if showcase { Body::showcase(seed, person) } else { Body::new(seed, person) };
        // Seven of eight go between May and early October.
        let (early, late) = if showcase || tells_story || dice.chance(0.88) { (35, 165) } else { (190, 320) };
        let attendance = match person.role {
            _ if showcase || tells_story => 1.0,
            Role::Head => *dice.pick(&[0.95, 0.85, 0.5, 0.0]),
            _ => *dice.pick(&[0.9, 0.6, 0.35, 0.0]),
        };
        Self { seed, household, person, body, usual_day: dice.between(early, late), attendance, tells_story }
    }

    /// What the year brings: the body ages in any case, a document only comes of a visit.
    fn year(&mut self, year: i16, covers: &[Cover], dice: &mut Dice) -> Option<Submitted> {
        let (first, last) = fiscal_year(year);
        let on = open_day(first.plus_days(self.usual_day + dice.between(-18, 18)));
        let written = on.plus_days(dice.between(18, 30));
        if self.person.age_on(last) < 40 {
            return None;
        }
        let lived = self.body.measure(on);
        let attends = dice.chance(self.attendance);
        if !attends || !self.person.lives_on(on) || on > day(2026, 10, 8) {
            return None;
        }
        let municipality = self.household.home.municipality_on(on)?;
        let cover = covers.iter().find(|cover| cover.in_force_on(on))?;
        let facility = self.facility(municipality, cover.insurer);
        Some(Submitted {
            insurer: cover.insurer,
            submission: Submission::First,
            document: self.document(&lived, cover, facility, written),
            facility,
        })
    }

    /// People stay with their place until they move or change insurers.
    fn facility(&self, municipality: usize, insurer: InsurerIndex) -> &'static Facility {
        if self.household.story.is_showcase() {
            // The hospital with the former insurer, the clinic round the corner with the present one.
            return if insurer == 8 { &FACILITIES[9] } else { &FACILITIES[10] };
        }
        let choice = self.person.number * 1000 + u64::try_from(insurer * 10 + municipality).unwrap_or(0);
        let mut dice = Dice::new(self.seed, Purpose::Facility, choice);
        any_facility(&mut dice, municipality, Service::Checkups)
    }

    fn document(
        &self,
        year: &Year,
        cover: &Cover,
        facility: &Facility,
        written: CalendarDate,
    ) -> CheckupDocument {
        let on = year.measures.on;
        let phase = Phase::on(on);
        let mut insured = cover.insured.clone();
        if facility.branch == BranchHabit::LeftOut {
            insured.branch = None;
        }
        // 後期高齢者 are examined under another programme than 特定健診.
        let (report_class, programme) = match INSURERS[cover.insurer].scheme {
            Scheme::LateElderly => ("40", "020"),
            Scheme::Employer | Scheme::National => ("10", "010"),
        };
        CheckupDocument {
            request: DocumentRequest::Keep,
            insured,
            name: Some(self.person.name.kana.clone()),
            birth_date: self.person.birth,
            sex: self.person.sex,
            facts: CheckupFacts {
                facility: facility.number().as_str().to_owned(),
                facility_name: facility.name.to_owned(),
                examined_on: on,
                document_date: written,
                report_class: report_class.to_owned(),
                programme: programme.to_owned(),
                phase,
                insurer: INSURERS[cover.insurer].number().as_str().to_owned(),
                results: results(year, phase, facility, self.person),
            },
        }
    }
}

/// Lets the last document go wrong as the story says.
fn tell(story: DocumentStory, documents: &mut Vec<Submitted>, dice: &mut Dice) {
    let Some(last) = documents.last_mut() else { return };
    match story {
        DocumentStory::Any => {}
        DocumentStory::UnknownPerson => {
            last.document.insured = numbers::unknown_number(&last.document.insured);
        }
        DocumentStory::OtherBirthDate => {
            last.document.birth_date = last.document.birth_date.plus_days(dice.between(1, 9));
        }
        DocumentStory::Corrected => {
            let corrected = again(last, |document| document.facts.document_date = later(document));
            mistype_weight(&mut last.document);
            documents.push(corrected);
        }
        DocumentStory::Deleted => {
            let deletion = again(last, |document| {
                document.request = DocumentRequest::Delete;
                document.facts.document_date = later(document);
                "19".clone_into(&mut document.facts.report_class);
                document.facts.results.clear();
            });
            documents.push(deletion);
        }
    }
}

fn again(former: &Submitted, change: impl FnOnce(&mut CheckupDocument)) -> Submitted {
    let mut document = former.document.clone();
    change(&mut document);
    Submitted { insurer: former.insurer, submission: Submission::Second, document, facility: former.facility }
}

/// A newer document of the same visit, before the second submission.
fn later(document: &CheckupDocument) -> CalendarDate {
    document.facts.document_date.plus_days(9)
}

/// The first digit is one too high, as when somebody types from paper.
fn mistype_weight(document: &mut CheckupDocument) {
    let weight = ItemCode(findings::WEIGHT.to_owned());
    let weight = document.facts.results.iter_mut().find(|result| result.item == weight);
    if let Some(ItemValue::Quantity { text, .. }) = weight.map(|result| &mut result.value) {
        let typed =
            |digit: char| char::from_digit((digit.to_digit(10).unwrap_or(0) + 1) % 10, 10).unwrap_or(digit);
        *text = text.chars().enumerate().map(|(i, c)| if i == 0 { typed(c) } else { c }).collect();
    }
}

/// All results of a visit, in the order of the table.
fn results(year: &Year, phase: Phase, facility: &Facility, person: &Person) -> Vec<ItemResult> {
    let mut sheet = Sheet::new(phase);
    findings::fill(&mut sheet, year, facility);
    questionnaire::fill(&mut sheet, year, person);
    sheet.into_results()
}
