//! What an organisation reads of somebody whom it knows by its own code: everything the person shares with it, as FHIR.
//!
//! Ids of resources are made for this organisation alone: another one cannot tell by them that it knows the same person.

mod document;

use super::{ClinicAccess, CodeUse};
use crate::{
    disclose::{self, DisclosedCheckup, DisclosedLaboratory, DisclosedRecords},
    identified_person::IdentifiedPerson,
    inquiry::InquiringParty,
};
use std::collections::{BTreeSet, HashMap};
use techo_audit::log::Category;
use techo_custody::{
    Failure, Internal, Result,
    keys::set::{KeySet, LookupPurpose},
    resident_record::PlainResident,
};
use techo_exchange::fhir::{
    self, CheckupReport, ExaminationContext, FhirResource, ImmunizationFacts, LaboratoryReportFacts,
    ResourceKind, ResultObservation, StatedInstant,
};
use techo_model::eligibility;
use techo_store::records::{checkups::CheckupRow, vaccinations::DoseRow};
use uuid::Uuid;

/// Bytes of the second half of an id: with the code before it, an id has 63 of the 64 characters that FHIR allows.
const ID_BYTES: usize = 13;

/// Resources, and which record each is made of.
#[derive(Default)]
struct Chart {
    resources: Vec<FhirResource>,
    records: HashMap<String, (Category, Uuid)>,
}

impl Chart {
    /// What leaves with these resources: records by their ids, and who the person is.
    fn left(&self, taken: &[FhirResource]) -> Vec<(Category, Option<Uuid>)> {
        let mut left: BTreeSet<(Category, Option<Uuid>)> = BTreeSet::new();
        for resource in taken {
            if let Some((category, record)) = self.records.get(&resource.id) {
                left.insert((*category, Some(*record)));
            }
            if resource.kind == ResourceKind::Patient
                || resource.kind.holds().contains(&ResourceKind::Patient.name())
            {
                left.insert((Category::Identity, None));
            }
        }
        left.into_iter().collect()
    }
}

/// Makes the resources of one person for one organisation.
struct Writer<'a> {
    keys: &'a KeySet,
    code: Uuid,
    patient: String,
    /// Who reads.
    organisation: &'a str,
    chart: Chart,
}

impl<'a> Writer<'a> {
    fn new(keys: &'a KeySet, code: Uuid, organisation: &'a str) -> Self {
        Self { keys, code, patient: code.to_string(), organisation, chart: Chart::default() }
    }
}

impl ClinicAccess {
    /// Hands out what `choose` takes of everything that the organisation may see of the person behind its code. Which
    /// resources were taken is on the person's log before this returns; without the log nothing is handed out.
    ///
    /// # Errors
    /// [`Failure::NotFound`] for a code that leads to nobody whom the organisation treats now; ours.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn read_chart<T>(
        &self,
        asking: &InquiringParty,
        code: &str,
        kind: ResourceKind,
        choose: impl FnOnce(&[FhirResource]) -> (T, Vec<FhirResource>),
    ) -> Result<T> {
        let visit = self.identify_by_code(asking, code, CodeUse::Records(logged(kind))).await?;
        let asking = &InquiringParty { emergency: visit.emergency, ..asking.clone() };
        let issued = visit.code.ok_or(Failure::NotFound)?.code;
        let (custody, person) = (&self.custody, &visit.person);
        let patient = fhir::patient(issued, &self.presented(person).await?, custody.environment.now());
        let give = disclose::disclose_records(custody, &self.log, person, asking, logged(kind), |seen| {
            let chart = self.chart((&asking.organisation.id, issued), &patient, kind, seen)?;
            let (chosen, taken) = choose(&chart.resources);
            Ok((chosen, chart.left(&taken)))
        });
        give.await
    }

    /// Who this is, from the municipality's book.
    pub(super) async fn presented(
        &self,
        person: &IdentifiedPerson,
    ) -> Result<eligibility::PresentedInsurance> {
        Ok(self.in_the_book(person).await?.presented())
    }

    /// What the municipality's book says of a person.
    pub(super) async fn in_the_book(&self, person: &IdentifiedPerson) -> Result<PlainResident> {
        let resident = self.custody.stores.vault.resident(person.resident()).await?;
        let resident = resident.ok_or(Internal::Unexpected("an identified resident is gone"))?;
        PlainResident::open(&self.custody.keys, &resident)
    }

    fn chart(
        &self,
        (organisation, code): (&str, Uuid),
        patient: &FhirResource,
        kind: ResourceKind,
        seen: &DisclosedRecords,
    ) -> Result<Chart> {
        let keys = self.custody.keys.current();
        let mut writer = Writer::new(keys, code, organisation);
        writer.chart.resources.push(patient.clone());
        for checkup in &seen.checkups {
            writer.checkup(checkup)?;
            // A document repeats everything in it, so it is made only for whoever asks for one.
            if kind == ResourceKind::Bundle {
                writer.document(checkup, patient)?;
            }
        }
        for report in &seen.laboratory {
            writer.laboratory(report)?;
        }
        for dose in seen.doses.iter().rev() {
            writer.dose(dose)?;
        }
        for row in &seen.coverages {
            let (record, changed_at) = (row.coverage_id.0, row.changed_at);
            let facts = self.facts(row.clone())?;
            let id = writer.id(ResourceKind::Coverage, record, "", 0);
            let resource = fhir::coverage(id, &writer.patient, &facts, changed_at);
            writer.put(resource, Category::Coverage, record);
        }
        Ok(writer.chart)
    }
}

/// A laboratory report as its sender reads it: the report, then its results.
pub(super) fn stored(keys: &KeySet, code: Uuid, report: &DisclosedLaboratory) -> Result<Vec<FhirResource>> {
    let mut writer = Writer::new(keys, code, &report.row.sent_by);
    writer.laboratory(report)?;
    Ok(writer.chart.resources)
}

/// A checkup as its sender reads it: the document.
pub(super) fn stored_checkup(
    keys: &KeySet,
    patient: &FhirResource,
    code: Uuid,
    of: &DisclosedCheckup,
) -> Result<FhirResource> {
    let mut writer = Writer::new(keys, code, &of.row.facility);
    writer.document(of, patient)?;
    Ok(writer.chart.resources.pop().ok_or(Internal::Unexpected("a checkup makes a document"))?)
}

/// A dose as its sender reads it.
pub(super) fn stored_dose(keys: &KeySet, code: Uuid, row: &DoseRow) -> Result<FhirResource> {
    let mut writer = Writer::new(keys, code, "");
    writer.dose(row)?;
    Ok(writer.chart.resources.pop().ok_or(Internal::Unexpected("a dose makes a resource"))?)
}

impl Writer<'_> {
    fn id(&self, kind: ResourceKind, record: Uuid, item: &str, nth: usize) -> String {
        let nth = nth.to_string();
        let parts: [&[u8]; 5] = [
            self.code.as_bytes(),
            kind.name().as_bytes(),
            record.as_bytes(),
            item.as_bytes(),
            nth.as_bytes(),
        ];
        let hash = self.keys.lookup(LookupPurpose::Resource, &parts);
        let tail: String = hash[..ID_BYTES].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}.{tail}", self.code)
    }

    fn put(&mut self, mut resource: FhirResource, category: Category, record: Uuid) {
        fhir::prune_empty(&mut resource.body);
        self.chart.records.insert(resource.id.clone(), (category, record));
        self.chart.resources.push(resource);
    }

    fn checkup(&mut self, checkup: &DisclosedCheckup) -> Result<()> {
        let record = checkup.row.checkup_id.0;
        let findings = self.findings(checkup)?;
        let report = fhir::report(&CheckupReport {
            id: self.id(ResourceKind::DiagnosticReport, record, "", 0),
            of: examination(&self.patient, &checkup.row),
            results: findings.iter().map(|finding| finding.id.clone()).collect(),
        });
        self.put(report, Category::Checkup, record);
        findings.into_iter().for_each(|finding| self.put(finding, Category::Checkup, record));
        Ok(())
    }

    /// The items of a checkup that may be seen.
    fn findings(&self, checkup: &DisclosedCheckup) -> Result<Vec<FhirResource>> {
        let of = examination(&self.patient, &checkup.row);
        let mut times: HashMap<&str, usize> = HashMap::new();
        let mut findings = Vec::with_capacity(checkup.results.len());
        for result in &checkup.results {
            let item = result.item.0.as_str();
            let nth = times.entry(item).and_modify(|nth| *nth += 1).or_default();
            let id = self.id(ResourceKind::Observation, checkup.row.checkup_id.0, item, *nth);
            findings.push(fhir::observation(&ResultObservation { id, of, result }));
        }
        Ok(findings)
    }

    fn laboratory(&mut self, report: &DisclosedLaboratory) -> Result<()> {
        let row = &report.row;
        let record = row.laboratory_id.0;
        let patient = self.patient.clone();
        let of = LaboratoryReportFacts {
            patient: &patient,
            status: row.status,
            title: row.title.as_deref(),
            examined_on: row.examined_on,
            examined_at: row.examined_at.map(|at| StatedInstant { at, text: row.examined_stated.as_deref() }),
            issued_at: match row.issued_at {
                Some(at) => StatedInstant { at, text: row.issued_stated.as_deref() },
                None => StatedInstant { at: row.received_at, text: None },
            },
            changed_at: row.changed_at,
            version: row.version,
            sent_by: &row.sent_by,
            sender_name: &row.sender_name,
            labels: &report.labels,
            identifier: Some(row.identifier.as_str()).filter(|_| row.sent_by == self.organisation),
        };
        // By code and not by place: a hidden result that comes or goes must not move the ids of those that are seen.
        let mut times: HashMap<String, usize> = HashMap::new();
        let (mut ids, mut observations) = (Vec::new(), Vec::new());
        for (_, result) in &report.results {
            let test = result.coding.first().map(|coding| format!("{}|{}", coding.system, coding.code));
            let test = test.unwrap_or_default();
            let nth = times.entry(test.clone()).and_modify(|nth| *nth += 1).or_default();
            let id = self.id(ResourceKind::Observation, record, &test, *nth);
            observations.push(fhir::laboratory_result(&id, &of, result));
            ids.push(id);
        }
        let id = self.id(ResourceKind::DiagnosticReport, record, "", 0);
        self.put(fhir::laboratory_report(&id, &of, &ids), Category::Laboratory, record);
        observations.into_iter().for_each(|observation| self.put(observation, Category::Laboratory, record));
        Ok(())
    }

    fn dose(&mut self, row: &DoseRow) -> Result<()> {
        let record = row.vaccination_id.0;
        let resource = fhir::immunization(&ImmunizationFacts {
            id: self.id(ResourceKind::Immunization, record, "", 0),
            patient: &self.patient,
            given_on: row.given_on,
            changed_at: row.changed_at,
            vaccine: row.vaccine,
            dose_number: row.dose_number,
            product_name: row.product_name.as_deref(),
            product: row.product_system.zip(row.product_code.as_deref()),
            lot: row.lot.as_deref(),
            amount_microlitres: row.amount_microlitres,
            facility: row.facility.as_deref(),
        });
        self.put(resource, Category::Vaccination, record);
        Ok(())
    }
}

fn examination<'a>(patient: &'a str, row: &'a CheckupRow) -> ExaminationContext<'a> {
    ExaminationContext {
        patient,
        examined_on: row.examined_on,
        changed_at: row.changed_at,
        facility: &row.facility,
        facility_name: &row.facility_name,
    }
}

fn logged(kind: ResourceKind) -> Category {
    match kind {
        ResourceKind::Patient => Category::Identity,
        ResourceKind::Observation | ResourceKind::DiagnosticReport | ResourceKind::Bundle => {
            Category::Checkup
        }
        ResourceKind::Immunization => Category::Vaccination,
        ResourceKind::Coverage => Category::Coverage,
    }
}
