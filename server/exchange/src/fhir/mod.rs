//! FHIR R4 resources for those who treat somebody, in the shapes of JP Core 1.1.2 and eCheckupReport: records to resources,
//! searches over them, what is sent ([`intake`]), and the statements of what this door can do.
//!
//! [`KINDS`] is the one table of what can be read, sent, and by which parameters it is found: searches are read by it, and both the
//! CapabilityStatement and the OpenAPI document are written from it, so that they cannot promise anything else.
//!
//! To add a resource type: a variant of [`ResourceKind`], its line in [`KINDS`], a file that writes it, a line in
//! `docs/FORMATS.md`.

pub mod bundle;
pub mod capability;
pub mod consent;
mod coverage;
mod document;
pub mod emergency;
mod immunization;
pub mod intake;
mod laboratory;
mod observation;
pub mod openapi;
mod patient;
pub mod pointer;
mod report;
pub mod request;
pub mod search;
pub(crate) mod span;
mod stated;

pub use coverage::coverage;
pub(crate) use coverage::coverage_body;
pub use document::{CheckupComposition, DocumentReader, document};
pub use immunization::{ImmunizationFacts, immunization};
pub(crate) use laboratory::{CATEGORY as LABORATORY_CATEGORY, INTERPRETATION, REPORT, REPORT_CATEGORY};
pub use laboratory::{LABEL, LaboratoryReportFacts, StatedInstant, laboratory_report, laboratory_result};
pub use observation::{ResultObservation, observation};
pub(crate) use patient::person_body;
pub use patient::{patient, patient_as_sent};
pub use report::{CheckupReport, report};
pub use span::TimeSpan;
use stated::put_decimal;
pub use stated::{json_text, stated_number};

use serde_json::{Value, json};
use techo_model::{CalendarDate, UnixMillis};

/// 医療機関コード (10 digits) in JP Core.
pub(crate) const FACILITY_NUMBER: &str =
    "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no";
/// 保険者番号 in JP Core.
pub(crate) const INSURER_NUMBER: &str = "urn:oid:1.2.392.100495.20.3.61";
/// Our own code system of vaccines (疾病), the ids of `docs/FORMATS.md`.
pub const VACCINE: &str = "urn:techo:fhir:vaccine";
/// HL7's categories of observations.
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
/// Ids of single resources in JP Core.
const INSTANCE: &str = "http://jpfhir.jp/fhir/core/IdSystem/resourceInstance-identifier";
/// Units of measure.
pub(crate) const UCUM: &str = "http://unitsofmeasure.org";
/// "Break the glass" of HL7 v3 ActReason: the code of a declared emergency.
const BREAK_GLASS: (&str, &str) = ("http://terminology.hl7.org/CodeSystem/v3-ActReason", "BTG");
const JP_CORE: &str = "http://jpfhir.jp/fhir/core/StructureDefinition";

/// A type of resource that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceKind {
    /// The person, as the municipality knows them.
    Patient,
    /// One item of a checkup, or one laboratory result.
    Observation,
    /// A whole checkup, or a laboratory report.
    DiagnosticReport,
    /// A dose.
    Immunization,
    /// A period of insurance.
    Coverage,
    /// A whole checkup as a document.
    Bundle,
}

/// What a type can be searched by.
#[derive(Debug)]
pub struct KindFacts {
    /// Type.
    pub kind: ResourceKind,
    /// Name in FHIR.
    pub name: &'static str,
    /// Parameters that say whom it is about; one of them has to be there.
    pub person: &'static [&'static str],
    /// Parameters with a token: `code` or `system|code`.
    pub tokens: &'static [&'static str],
    /// Whether `date` may be asked for.
    pub has_date: bool,
    /// What may be included.
    pub includes: &'static [&'static str],
    /// Whether it can be sent by itself.
    pub is_sent: bool,
}

/// Everything that can be read.
pub const KINDS: [KindFacts; 6] = [
    KindFacts {
        kind: ResourceKind::Patient,
        name: "Patient",
        person: &["identifier", "_id"],
        tokens: &[],
        has_date: false,
        includes: &[],
        is_sent: false,
    },
    KindFacts {
        kind: ResourceKind::Observation,
        name: "Observation",
        person: &["patient", "subject", "patient:identifier"],
        tokens: &["_id", "code", "category", "status"],
        has_date: true,
        includes: &["Observation:patient", "Observation:subject"],
        is_sent: false,
    },
    KindFacts {
        kind: ResourceKind::DiagnosticReport,
        name: "DiagnosticReport",
        person: &["patient", "subject", "patient:identifier"],
        tokens: &["_id", "code", "category", "status", "identifier"],
        has_date: true,
        includes: &["DiagnosticReport:patient", "DiagnosticReport:subject", "DiagnosticReport:result"],
        is_sent: true,
    },
    KindFacts {
        kind: ResourceKind::Immunization,
        name: "Immunization",
        person: &["patient", "patient:identifier"],
        tokens: &["_id", "vaccine-code", "status"],
        has_date: true,
        includes: &["Immunization:patient"],
        is_sent: true,
    },
    KindFacts {
        kind: ResourceKind::Coverage,
        name: "Coverage",
        person: &["patient", "beneficiary", "patient:identifier"],
        tokens: &["_id", "status"],
        has_date: false,
        includes: &["Coverage:patient", "Coverage:beneficiary"],
        is_sent: false,
    },
    // R4 has no `patient` of a Bundle: whom it is about is said through its Composition.
    KindFacts {
        kind: ResourceKind::Bundle,
        name: "Bundle",
        person: &["composition.patient", "composition.subject", "composition.patient:identifier"],
        tokens: &["_id", "identifier", "type"],
        has_date: false,
        includes: &[],
        is_sent: true,
    },
];

impl ResourceKind {
    /// Its line of the table.
    pub fn facts(self) -> &'static KindFacts {
        KINDS.iter().find(|facts| facts.kind == self).expect("every kind has a line; a test counts them")
    }

    /// Name in FHIR.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// Types that a resource of this one holds whole, so that whoever reads it reads them, too.
    pub fn holds(self) -> &'static [&'static str] {
        if self == Self::Bundle { &["Patient", "Observation"] } else { &[] }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        KINDS.iter().find(|facts| facts.name == name).map(|facts| facts.kind)
    }
}

/// A resource, with what searches look at.
#[derive(Clone, Debug)]
pub struct FhirResource {
    /// Type.
    pub kind: ResourceKind,
    /// Id, for this organisation alone.
    pub id: String,
    /// When it last changed here.
    pub changed_at: UnixMillis,
    /// The time it speaks of.
    pub when: Option<TimeSpan>,
    /// `(parameter, system, code)` of what it can be searched by.
    pub tokens: Vec<(&'static str, String, String)>,
    /// The other resources it points at.
    pub refers_to: Vec<(&'static str, String)>,
    /// JSON.
    pub body: Value,
}

impl FhirResource {
    /// `Type/id`.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.kind.name(), self.id)
    }

    /// Whether it carries a code that it can be searched by.
    pub(crate) fn is_of(&self, parameter: &str, code: &str) -> bool {
        self.tokens.iter().any(|(by, _, carried)| *by == parameter && carried == code)
    }
}

/// A checkup, as far as its report and each of its items say the same.
#[derive(Clone, Copy, Debug)]
pub struct ExaminationContext<'a> {
    /// Id of the patient.
    pub patient: &'a str,
    /// 健診実施日.
    pub examined_on: CalendarDate,
    /// When it last changed here.
    pub changed_at: UnixMillis,
    /// 健診機関番号.
    pub facility: &'a str,
    /// Its name.
    pub facility_name: &'a str,
}

/// Takes lists, objects and nulls without anything in them out: FHIR has none of them.
pub fn prune_empty(value: &mut Value) {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        _ => false,
    };
    match value {
        Value::Array(all) => {
            all.iter_mut().for_each(prune_empty);
            all.retain(|one| !is_empty(one));
        }
        Value::Object(all) => {
            all.values_mut().for_each(prune_empty);
            all.retain(|_, one| !is_empty(one));
        }
        _ => {}
    }
}

/// `meta` of a resource.
fn meta(changed_at: UnixMillis, profile: &str) -> Value {
    json!({ "lastUpdated": changed_at.rfc3339(), "profile": [profile] })
}

/// `meta` of a resource that keeps no profile.
fn meta_plain(changed_at: UnixMillis) -> Value {
    json!({ "lastUpdated": changed_at.rfc3339() })
}

/// A reference to the person.
fn subject(patient: &str) -> Value {
    json!({ "reference": format!("Patient/{patient}") })
}

/// A place by its official number.
fn facility(number: &str, name: Option<&str>) -> Value {
    let mut body = json!({ "identifier": { "system": FACILITY_NUMBER, "value": number } });
    if let Some(name) = name {
        body["display"] = name.into();
    }
    body
}

/// A code with its system.
fn coding(system: &str, code: &str, display: Option<&str>) -> Value {
    let mut coding = json!({ "system": system, "code": code });
    if let Some(display) = display {
        coding["display"] = display.into();
    }
    coding
}

#[cfg(test)]
mod tests;
