//! `JP_DiagnosticReport_Common`: a whole checkup (健診結果), with those of its items that may be seen.

use super::{JP_CORE, Kind, Resource, facility, meta, subject};
use serde_json::json;
use techo_model::{CalendarDate, UnixMillis};

const DOCUMENT: &str = "http://jpfhir.jp/fhir/Common/CodeSystem/doc-typecodes";
const CHECKUP: &str = "53576-5";

/// A checkup.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// Id of the resource.
    pub id: String,
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
    /// Ids of the observations.
    pub results: Vec<String>,
}

/// The resource.
pub fn report(report: &Report<'_>) -> Resource {
    let results: Vec<String> = report.results.iter().map(|id| format!("Observation/{id}")).collect();
    let body = json!({
        "resourceType": "DiagnosticReport",
        "id": report.id,
        "meta": meta(report.changed_at, &format!("{JP_CORE}/JP_DiagnosticReport_Common")),
        "status": "final",
        "code": { "coding": [{ "system": DOCUMENT, "code": CHECKUP, "display": "検診・健診報告書" }] },
        "subject": subject(report.patient),
        "effectiveDateTime": report.examined_on.to_string(),
        "issued": report.changed_at.rfc3339(),
        "performer": [facility(report.facility, Some(report.facility_name))],
        "result": results.iter().map(|reference| json!({ "reference": reference })).collect::<Vec<_>>(),
    });
    let mut refers_to = vec![("patient", format!("Patient/{}", report.patient))];
    refers_to.extend(results.into_iter().map(|reference| ("result", reference)));
    Resource {
        kind: Kind::DiagnosticReport,
        id: report.id.clone(),
        changed_at: report.changed_at,
        date: Some(report.examined_on),
        tokens: vec![
            ("code", DOCUMENT.to_owned(), CHECKUP.to_owned()),
            ("status", "http://hl7.org/fhir/diagnostic-report-status".to_owned(), "final".to_owned()),
        ],
        refers_to,
        body,
    }
}
