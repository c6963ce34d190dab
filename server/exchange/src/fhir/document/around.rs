//! Whom and what the document speaks of: the person, the place, whoever signed, the visit; and the findings as its entries.

use super::{CheckupComposition, Entry, absent};
use crate::fhir::{FACILITY_NUMBER, FhirResource, meta};
use serde_json::{Value, json};

const PATIENT: &str = "http://jpfhir.jp/fhir/eCS/StructureDefinition/JP_Patient_eCS";

/// The entries that every document has.
pub(super) struct Around {
    pub(super) patient: Entry,
    pub(super) organization: Entry,
    pub(super) practitioner: Entry,
    pub(super) encounter: Entry,
}

impl Around {
    pub(super) fn into_entries(self) -> [Entry; 4] {
        [self.patient, self.practitioner, self.organization, self.encounter]
    }
}

pub(super) fn around(document: &CheckupComposition<'_>) -> Around {
    let patient = document.entry(&document.patient.reference(), person(document));
    let organization = document.own("Organization", place(document));
    let practitioner = document.own("Practitioner", signer(document));
    let visit = visit(document, &patient, &organization);
    let encounter = document.own("Encounter", visit);
    Around { patient, organization, practitioner, encounter }
}

/// A finding as it is read by itself, but pointing at the entries of its document.
pub(super) fn finding(document: &CheckupComposition<'_>, finding: &FhirResource, around: &Around) -> Entry {
    let mut body = finding.body.clone();
    body["subject"] = around.patient.reference();
    body["performer"] = json!([around.organization.reference()]);
    document.entry(&finding.reference(), body)
}

/// The person without an address, which the profile demands and which is not handed out; the book has no parted names.
fn person(document: &CheckupComposition<'_>) -> Value {
    let mut body = document.patient.body.clone();
    body["meta"] = meta(document.of.changed_at, PATIENT);
    for name in body["name"].as_array_mut().into_iter().flatten() {
        name["_family"] = absent("unknown");
        name["_given"] = json!([absent("unknown")]);
    }
    body["address"] = json!([{ "_text": absent("masked") }]);
    body
}

fn place(document: &CheckupComposition<'_>) -> Value {
    json!({
        "resourceType": "Organization",
        "meta": document.meta("JP_Organization_eCheckupGeneral"),
        "identifier": [{ "system": FACILITY_NUMBER, "value": document.of.facility }],
        "name": document.of.facility_name,
    })
}

/// Somebody signed it, but who is not kept.
fn signer(document: &CheckupComposition<'_>) -> Value {
    json!({
        "resourceType": "Practitioner",
        "meta": document.meta("JP_Practitioner_eCheckupGeneral"),
        "name": [absent("unknown")],
    })
}

fn visit(document: &CheckupComposition<'_>, patient: &Entry, organization: &Entry) -> Value {
    let day = document.of.examined_on.to_string();
    json!({
        "resourceType": "Encounter",
        "meta": document.meta("JP_Encounter_eCheckupGeneral"),
        "status": "finished",
        "class": {
            "system": "http://jpfhir.jp/fhir/eCheckup/CodeSystem/encounter-category",
            "code": "checkup",
            "display": "健診",
        },
        "subject": patient.reference(),
        "period": { "start": day, "end": day },
        "serviceProvider": organization.reference(),
    })
}
