//! `JP_DiagnosticReport_Common`: a whole checkup (健診結果), with those of its items that may be seen.

use super::{
    ExaminationContext, FhirResource, JP_CORE, ResourceKind, TimeSpan, coding, facility, meta, subject,
};
use serde_json::{Value, json};

/// Types of clinical documents.
pub(super) const DOCUMENT: &str = "http://jpfhir.jp/fhir/Common/CodeSystem/doc-typecodes";
pub(super) const CHECKUP: &str = "53576-5";

/// What kind of document a checkup is.
pub(super) fn document_type() -> Value {
    json!({ "coding": [coding(DOCUMENT, CHECKUP, Some("検診・健診報告書"))] })
}

/// A checkup.
#[derive(Clone, Debug)]
pub struct CheckupReport<'a> {
    /// Id of the resource.
    pub id: String,
    /// Where it was found.
    pub of: ExaminationContext<'a>,
    /// Ids of the observations.
    pub results: Vec<String>,
}

/// The resource.
pub fn report(report: &CheckupReport<'_>) -> FhirResource {
    let of = report.of;
    let results: Vec<String> = report.results.iter().map(|id| format!("Observation/{id}")).collect();
    let body = json!({
        "resourceType": "DiagnosticReport",
        "id": report.id,
        "meta": meta(of.changed_at, &format!("{JP_CORE}/JP_DiagnosticReport_Common")),
        "status": "final",
        "code": document_type(),
        "subject": subject(of.patient),
        "effectiveDateTime": of.examined_on.to_string(),
        "issued": of.changed_at.rfc3339(),
        "performer": [facility(of.facility, Some(of.facility_name))],
        "result": results.iter().map(|reference| json!({ "reference": reference })).collect::<Vec<_>>(),
    });
    let mut refers_to = vec![("patient", format!("Patient/{}", of.patient))];
    refers_to.extend(results.into_iter().map(|reference| ("result", reference)));
    FhirResource {
        kind: ResourceKind::DiagnosticReport,
        id: report.id.clone(),
        changed_at: of.changed_at,
        when: Some(TimeSpan::of_day(of.examined_on)),
        tokens: vec![
            ("code", DOCUMENT.to_owned(), CHECKUP.to_owned()),
            ("status", "http://hl7.org/fhir/diagnostic-report-status".to_owned(), "final".to_owned()),
        ],
        refers_to,
        body,
    }
}
