//! The one place where records leave toward somebody else than their owner: pages, previews and interfaces pass through
//! here, and get only what the consent engine permits. Filter first; count, page and serialise afterwards.
//!
//! [`PersonRecords`] is everything about a person; [`PersonRecords::disclosed_to`] is what one asker may see of it. What is hidden leaves no
//! mark: nobody can tell it from what is not there.

mod disclose_records;
mod face;
mod facts;
mod person_records;

pub use disclose_records::disclose_records;
pub use person_records::{
    PersonRecords, consent_state, load_records, locked_consent, marking_of, read_draft, read_version,
};
use techo_audit::log::Unlogged;

use crate::inquiry::RecordInquiry;
use facts::{checkup_part, coverage_facts, dose_facts, laboratory_facts};
use person_records::{
    former_items_of, former_labels_of_report, former_results_of, items_of, labels_of_report, results_of,
};
use std::collections::{BTreeMap, BTreeSet};
use techo_consent::decide;
use techo_custody::Internal;
use techo_exchange::items;
use techo_model::{
    checkup::ItemResult,
    consent::{Asker, Category, ConsentState, Label, Purpose, RecordFacts, Switch},
    laboratory::LaboratoryResult,
};
use techo_store::records::{
    checkups::CheckupRow, coverages::CoverageRow, dose_statements::DoseStatement, laboratory::LaboratoryRow,
    vaccinations::DoseRow,
};

/// What one asker may see, in the order of the store: newest first.
#[derive(Clone, Debug, Default)]
pub struct DisclosedRecords {
    /// Checkups of which at least one item may be seen.
    pub checkups: Vec<DisclosedCheckup>,
    /// Laboratory reports of which at least one result may be seen.
    pub laboratory: Vec<DisclosedLaboratory>,
    /// Doses.
    pub doses: Vec<DoseRow>,
    /// Periods of insurance.
    pub coverages: Vec<CoverageRow>,
}

/// A checkup with only those of its items that may be seen.
#[derive(Clone, Debug)]
pub struct DisclosedCheckup {
    /// Head. Its `results` are gone; what may be seen of them stands beside.
    pub row: CheckupRow,
    /// Categories of which something is shown.
    pub categories: BTreeSet<Category>,
    /// Items.
    pub results: Vec<ItemResult>,
}

/// A laboratory report with only those of its results that may be seen.
#[derive(Clone, Debug)]
pub struct DisclosedLaboratory {
    /// Head. Its `results` are gone; what may be seen of them stands beside.
    pub row: LaboratoryRow,
    /// Labels of the whole report.
    pub labels: BTreeSet<Label>,
    /// Results, each with its place in the report.
    pub results: Vec<(usize, LaboratoryResult)>,
}

impl PersonRecords {
    /// What an asker may see under these choices. The same function answers organisations and makes previews. Whatever may
    /// not be seen at all is not opened.
    ///
    /// # Errors
    /// Stored results that may be seen and cannot be read.
    pub fn disclosed_to(
        &self,
        state: &ConsentState,
        inquiry: &RecordInquiry,
    ) -> Result<Unlogged<DisclosedRecords>, Internal> {
        self.permitted(state, inquiry).map(Unlogged::new)
    }

    fn permitted(&self, state: &ConsentState, inquiry: &RecordInquiry) -> Result<DisclosedRecords, Internal> {
        let may = |facts: &RecordFacts| {
            decide(state, facts, &inquiry.asker, inquiry.purpose, inquiry.at).is_permit()
        };
        let doses = self.doses.iter().filter_map(|row| self.dose(row, &inquiry.asker, &may));
        let coverages = self.coverages.iter().filter(|row| may(&coverage_facts(self, row)));
        let checkups = self.checkups.iter().filter_map(|row| self.checkup(row, &may).transpose());
        let laboratory = self.laboratory.iter().filter_map(|row| self.report(row, &may).transpose());
        Ok(DisclosedRecords {
            checkups: checkups.collect::<Result<_, _>>()?,
            laboratory: laboratory.collect::<Result<_, _>>()?,
            doses: doses.collect(),
            coverages: coverages.cloned().collect(),
        })
    }

    /// What is handed to an organisation, and what a preview shows of that: what it may see, or none where it could not ask. Once
    /// sharing is off its code and its window are gone, for its own records too.
    ///
    /// # Errors
    /// As [`PersonRecords::disclosed_to`].
    pub fn visible_to_organisation(
        &self,
        state: &ConsentState,
        inquiry: &RecordInquiry,
    ) -> Result<Option<Unlogged<DisclosedRecords>>, Internal> {
        let asks_by_code =
            matches!(inquiry.asker, Asker::Organisation { .. }) && inquiry.purpose == Purpose::Treatment;
        if asks_by_code && state.settings.clinics == Switch::Off {
            return Ok(None);
        }
        self.disclosed_to(state, inquiry).map(Some)
    }

    /// What holds, for whoever may see that; otherwise what the asker itself stated, without anything of what holds.
    fn dose(&self, row: &DoseRow, asker: &Asker, may: &dyn Fn(&RecordFacts) -> bool) -> Option<DoseRow> {
        if may(&dose_facts(self, row)) {
            return Some(row.clone());
        }
        let Asker::Organisation { organisation, .. } = asker else { return None };
        let own = as_stated(row, self.stated_too(row.vaccination_id, &organisation.0)?);
        let facts = RecordFacts { author: Some(organisation.clone()), ..dose_facts(self, &own) };
        may(&facts).then_some(own)
    }

    fn checkup(
        &self,
        row: &CheckupRow,
        may: &dyn Fn(&RecordFacts) -> bool,
    ) -> Result<Option<DisclosedCheckup>, Internal> {
        let whole = checkup_part(self, row);
        // Items have these categories and at least these labels, and a label more never opens anything.
        if !CHECKUP.iter().any(|category| may(&RecordFacts { category: *category, ..whole.clone() })) {
            return Ok(None);
        }
        let results = items_of(row)?;
        let (categories, shown) = shown_items(&whole, &results, may);
        if shown.is_empty() {
            return Ok(None);
        }
        let mut row = CheckupRow { results: None, ..row.clone() };
        let former = self.former_checkups(row.checkup_id).map(|former| {
            let results = former_items_of(former)?;
            let (_, shown) = shown_items(&whole, &results, may);
            Ok(face::FormerItems { row: former, is_whole: shown.len() == results.len(), shown })
        });
        let former = former.collect::<Result<Vec<_>, Internal>>()?;
        face::of_checkup(&mut row, (&shown, shown.len() == results.len()), &former);
        Ok(Some(DisclosedCheckup { row, categories, results: shown }))
    }

    fn report(
        &self,
        row: &LaboratoryRow,
        may: &dyn Fn(&RecordFacts) -> bool,
    ) -> Result<Option<DisclosedLaboratory>, Internal> {
        let whole = laboratory_facts(self, row);
        let labels = labels_of_report(row)?;
        let of_report = labels.union(&whole.labels).copied().collect();
        if !may(&RecordFacts { labels: of_report, ..whole.clone() }) {
            return Ok(None);
        }
        let results = results_of(row)?;
        let shown = shown_results(&whole, &labels, &results, may);
        if shown.is_empty() {
            return Ok(None);
        }
        let mut row = LaboratoryRow { results: None, ..row.clone() };
        let former = self.former_laboratory(row.laboratory_id).map(|former| {
            let labels = former_labels_of_report(former)?;
            let results = former_results_of(former)?;
            let shown = shown_results(&whole, &labels, &results, may);
            Ok(face::FormerResults { row: former, labels, is_whole: shown.len() == results.len(), shown })
        });
        let former = former.collect::<Result<Vec<_>, Internal>>()?;
        face::of_report(&mut row, &labels, (&shown, shown.len() == results.len()), &former);
        Ok(Some(DisclosedLaboratory { row, labels, results: shown }))
    }
}

/// A dose as one of its senders states it.
fn as_stated(row: &DoseRow, stated: &DoseStatement) -> DoseRow {
    let stated = stated.clone();
    DoseRow {
        vaccination_id: row.vaccination_id,
        given_on: row.given_on,
        vaccine: row.vaccine,
        dose_number: Some(stated.dose_number),
        municipality: stated.municipality,
        product_name: stated.product_name,
        product_system: stated.product_system,
        product_code: stated.product_code,
        programme: Some(stated.programme),
        lot: stated.lot,
        amount_microlitres: stated.amount_microlitres,
        facility: stated.facility,
        received_at: stated.received_at,
        changed_at: stated.changed_at,
        frozen_at: row.frozen_at,
    }
}

/// The items of a checkup that may be seen, and their categories.
fn shown_items(
    whole: &RecordFacts,
    results: &[ItemResult],
    may: &dyn Fn(&RecordFacts) -> bool,
) -> (BTreeSet<Category>, Vec<ItemResult>) {
    let mut known: BTreeMap<(Category, BTreeSet<Label>), bool> = BTreeMap::new();
    let mut ask = |category: Category, labels: BTreeSet<Label>| {
        *known
            .entry((category, labels.clone()))
            .or_insert_with(|| may(&RecordFacts { category, labels, ..whole.clone() }))
    };
    let mut categories = BTreeSet::new();
    let mut shown = Vec::new();
    for result in results {
        let labels: BTreeSet<Label> =
            items::labels(&result.item).chain(whole.labels.iter().copied()).collect();
        // An item that our table does not know may be anything, so it goes only where everything may go.
        let asked: Vec<Category> =
            items::category(&result.item).map_or_else(|| CHECKUP.to_vec(), |category| vec![category]);
        if asked.iter().all(|category| ask(*category, labels.clone())) {
            categories.extend(asked);
            shown.push(result.clone());
        }
    }
    (categories, shown)
}

/// The results of a laboratory report that may be seen, each with its place.
fn shown_results(
    whole: &RecordFacts,
    labels: &BTreeSet<Label>,
    results: &[LaboratoryResult],
    may: &dyn Fn(&RecordFacts) -> bool,
) -> face::Shown {
    let mut known: BTreeMap<BTreeSet<Label>, bool> = BTreeMap::new();
    let mut shown = Vec::new();
    for (place, result) in results.iter().enumerate() {
        let of_report = labels.union(&whole.labels).copied();
        let labels: BTreeSet<Label> = of_report.chain(labels_of(result)).collect();
        let facts = || RecordFacts { labels: labels.clone(), ..whole.clone() };
        if *known.entry(labels.clone()).or_insert_with(|| may(&facts())) {
            shown.push((place, result.clone()));
        }
    }
    shown
}

/// The categories of a checkup.
pub const CHECKUP: [Category; 5] = [
    Category::CheckupMeasurements,
    Category::CheckupLaboratory,
    Category::CheckupFindings,
    Category::CheckupQuestionnaire,
    Category::CheckupScreening,
];

/// The labels that a sender put on a result, and those that our table knows of its test.
fn labels_of(result: &LaboratoryResult) -> BTreeSet<Label> {
    let known = result.jlac10().map(|code| items::labels(&code).collect::<Vec<_>>()).unwrap_or_default();
    result.labels.iter().copied().chain(known).collect()
}
