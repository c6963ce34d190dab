//! `JP_Coverage`: a period of insurance.

use super::{JP_CORE, Kind, Resource, meta, subject};
use crate::eligibility::fhir::{self, INSURER_NUMBER};
use serde_json::json;
use techo_model::{UnixMillis, coverage::CoverageFacts};

/// The resource.
pub fn coverage(id: String, patient: &str, facts: &CoverageFacts, changed_at: UnixMillis) -> Resource {
    let mut body = fhir::coverage(facts);
    body["id"] = id.clone().into();
    body["meta"] = meta(changed_at, &format!("{JP_CORE}/JP_Coverage"));
    body["beneficiary"] = subject(patient);
    body["payor"] = json!([{
        "identifier": { "system": INSURER_NUMBER, "value": facts.insured.insurer.as_str() },
        "display": facts.insurer_name,
    }]);
    Resource {
        kind: Kind::Coverage,
        id,
        changed_at,
        when: None,
        tokens: vec![("status", "http://hl7.org/fhir/fm-status".to_owned(), "active".to_owned())],
        refers_to: vec![("patient", format!("Patient/{patient}"))],
        body,
    }
}
