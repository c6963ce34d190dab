//! `JP_DiagnosticReport_LabResult` and `JP_Observation_LabResult`: a laboratory report with those of its results that may
//! be seen.

use super::{FhirResource, JP_CORE, ResourceKind, TimeSpan, UCUM, facility, put_decimal, subject};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use techo_model::{
    CalendarDate, UnixMillis,
    consent::Label,
    laboratory::{LaboratoryResult, ReportStatus, ResultCoding, ResultValue},
};

/// Sensitive labels as we write them.
pub const LABEL: &str = "urn:techo:fhir:label";
/// 検体検査報告書.
pub(crate) const REPORT: [&str; 2] = ["http://jpfhir.jp/fhir/core/CodeSystem/JP_DocumentCodes_CS", "11502-2"];
/// Category of the report.
pub(crate) const REPORT_CATEGORY: [&str; 2] = ["http://loinc.org", "LP29693-6"];
/// Categories of JP Core's observations.
pub(crate) const CATEGORY: &str = "http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS";
pub(crate) const INTERPRETATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";

/// An instant, and how its sender wrote it: it is given back with the offset with which it came.
#[derive(Clone, Copy, Debug)]
pub struct StatedInstant<'a> {
    /// When.
    pub at: UnixMillis,
    /// As it was sent, when that is known.
    pub text: Option<&'a str>,
}

impl StatedInstant<'_> {
    fn text(&self) -> String {
        self.text.map_or_else(|| self.at.rfc3339(), str::to_owned)
    }

    fn span(&self) -> TimeSpan {
        TimeSpan::stated(self.at, &self.text())
    }
}

/// A report, as far as it and each of its results say the same.
#[derive(Clone, Copy, Debug)]
pub struct LaboratoryReportFacts<'a> {
    /// Id of the patient.
    pub patient: &'a str,
    /// How far it is.
    pub status: ReportStatus,
    /// What the sender calls it.
    pub title: Option<&'a str>,
    /// Day of the collection.
    pub examined_on: CalendarDate,
    /// Instant of the collection, and how the sender wrote it.
    pub examined_at: Option<StatedInstant<'a>>,
    /// When it was given out.
    pub issued_at: StatedInstant<'a>,
    /// When it last changed here.
    pub changed_at: UnixMillis,
    /// Version.
    pub version: i64,
    /// Official number of the sender.
    pub sent_by: &'a str,
    /// Its name.
    pub sender_name: &'a str,
    /// Labels of the whole report.
    pub labels: &'a BTreeSet<Label>,
    /// The sender's own identifier, for the sender's own searches alone: it does not leave.
    pub identifier: Option<&'a str>,
}

impl LaboratoryReportFacts<'_> {
    fn meta(&self, profile: &str, labels: &BTreeSet<Label>) -> Value {
        let mut meta = json!({
            "versionId": self.version.to_string(),
            "lastUpdated": self.changed_at.rfc3339(),
            "profile": [format!("{JP_CORE}/{profile}")],
        });
        if !labels.is_empty() {
            meta["security"] =
                labels.iter().map(|label| json!({ "system": LABEL, "code": label.as_str() })).collect();
        }
        meta
    }

    fn effective(&self) -> String {
        self.examined_at.map_or_else(|| self.examined_on.to_string(), |at| at.text())
    }

    fn performer(&self) -> Value {
        json!([facility(self.sent_by, Some(self.sender_name))])
    }

    fn resource(
        &self,
        kind: ResourceKind,
        body: Value,
        tokens: Vec<(&'static str, String, String)>,
    ) -> FhirResource {
        FhirResource {
            kind,
            id: body["id"].as_str().unwrap_or_default().to_owned(),
            changed_at: self.changed_at,
            when: Some(self.examined_at.map_or_else(|| TimeSpan::of_day(self.examined_on), |at| at.span())),
            tokens,
            refers_to: vec![("patient", format!("Patient/{}", self.patient))],
            body,
        }
    }
}

/// The report. `results` are the ids of its observations.
pub fn laboratory_report(id: &str, of: &LaboratoryReportFacts<'_>, results: &[String]) -> FhirResource {
    let ([system, code], [category_system, category]) = (REPORT, REPORT_CATEGORY);
    let results: Vec<String> = results.iter().map(|id| format!("Observation/{id}")).collect();
    let mut body = json!({
        "resourceType": "DiagnosticReport",
        "id": id,
        "meta": of.meta("JP_DiagnosticReport_LabResult", of.labels),
        "status": of.status.as_str(),
        "category": [{ "coding": [{ "system": category_system, "code": category, "display": "検体検査" }] }],
        "code": { "coding": [{ "system": system, "code": code, "display": "検体検査報告書" }] },
        "subject": subject(of.patient),
        "effectiveDateTime": of.effective(),
        "issued": of.issued_at.text(),
        "performer": of.performer(),
        "result": results.iter().map(|reference| json!({ "reference": reference })).collect::<Vec<_>>(),
    });
    if let Some(title) = of.title {
        body["code"]["text"] = title.into();
    }
    let status = "http://hl7.org/fhir/diagnostic-report-status";
    let mut tokens = vec![
        ("code", system.to_owned(), code.to_owned()),
        ("category", category_system.to_owned(), category.to_owned()),
        ("status", status.to_owned(), of.status.as_str().to_owned()),
    ];
    let identifier = of.identifier.and_then(|identifier| identifier.split_once('|'));
    tokens.extend(identifier.map(|(system, value)| ("identifier", system.to_owned(), value.to_owned())));
    let mut resource = of.resource(ResourceKind::DiagnosticReport, body, tokens);
    resource.refers_to.extend(results.into_iter().map(|reference| ("result", reference)));
    resource
}

/// One of its results.
pub fn laboratory_result(
    id: &str,
    of: &LaboratoryReportFacts<'_>,
    result: &LaboratoryResult,
) -> FhirResource {
    let labels: BTreeSet<Label> = of.labels.union(&result.labels).copied().collect();
    let mut body = json!({
        "resourceType": "Observation",
        "id": id,
        "meta": of.meta("JP_Observation_LabResult", &labels),
        "status": result.status.as_str(),
        "category": [{ "coding": [{ "system": CATEGORY, "code": "laboratory" }] }],
        "code": { "coding": codings(&result.coding), "text": result.name },
        "subject": subject(of.patient),
        "effectiveDateTime": of.effective(),
        "performer": of.performer(),
        "specimen": specimen(result.specimen.as_deref()),
    });
    add_value(&mut body, &result.value);
    if let Some(found) = result.interpretation {
        body["interpretation"] =
            json!([{ "coding": [{ "system": INTERPRETATION, "code": found.as_str() }] }]);
    }
    if let Some(range) = range(result) {
        body["referenceRange"] = json!([range]);
    }
    if let Some(note) = &result.note {
        body["note"] = json!([{ "text": note }]);
    }
    let mut tokens: Vec<_> =
        result.coding.iter().map(|coding| ("code", coding.system.clone(), coding.code.clone())).collect();
    tokens.push(("category", CATEGORY.to_owned(), "laboratory".to_owned()));
    let status = result.status.as_str().to_owned();
    tokens.push(("status", "http://hl7.org/fhir/observation-status".to_owned(), status));
    of.resource(ResourceKind::Observation, body, tokens)
}

fn codings(all: &[ResultCoding]) -> Vec<Value> {
    all.iter().map(|coding| super::coding(&coding.system, &coding.code, coding.display.as_deref())).collect()
}

/// The profile demands a material; who sent none is not given one.
fn specimen(named: Option<&str>) -> Value {
    match named {
        Some(name) => json!({ "display": name }),
        None => json!({ "extension": [{
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown" }] }),
    }
}

fn add_value(body: &mut Value, value: &ResultValue) {
    match value {
        ResultValue::Quantity { text, unit, ucum, comparator } => {
            let mut quantity = json!({});
            if !put_decimal(&mut quantity, "value", text) {
                body["valueString"] = text.as_str().into();
                return;
            }
            if !unit.is_empty() {
                quantity["unit"] = unit.as_str().into();
            }
            if let Some(code) = ucum {
                quantity["system"] = UCUM.into();
                quantity["code"] = code.as_str().into();
            }
            if let Some(comparator) = comparator {
                quantity["comparator"] = comparator.as_str().into();
            }
            body["valueQuantity"] = quantity;
        }
        ResultValue::Text { text } => body["valueString"] = text.as_str().into(),
        ResultValue::Coded { text, coding } => {
            body["valueCodeableConcept"] = json!({ "text": text });
            if !coding.is_empty() {
                body["valueCodeableConcept"]["coding"] = codings(coding).into();
            }
        }
        ResultValue::Absent { reason } => body["dataAbsentReason"] = json!({ "text": reason }),
    }
}

fn range(result: &LaboratoryResult) -> Option<Value> {
    let (unit, ucum) = match &result.value {
        ResultValue::Quantity { unit, ucum, .. } => (unit.as_str(), ucum.as_deref()),
        _ => ("", None),
    };
    let end = |text: &str| {
        let mut quantity = json!({});
        if !put_decimal(&mut quantity, "value", text) {
            return None;
        }
        if !unit.is_empty() {
            quantity["unit"] = unit.into();
        }
        if let Some(code) = ucum {
            quantity["system"] = UCUM.into();
            quantity["code"] = code.into();
        }
        Some(quantity)
    };
    let mut body = serde_json::Map::new();
    for (name, text) in [("low", &result.range.low), ("high", &result.range.high)] {
        if let Some(end) = text.as_deref().and_then(end) {
            body.insert(name.to_owned(), end);
        }
    }
    if let Some(text) = &result.range.text {
        body.insert("text".to_owned(), text.as_str().into());
    }
    (!body.is_empty()).then(|| body.into())
}
