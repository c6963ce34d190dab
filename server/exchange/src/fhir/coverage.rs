//! `JP_Coverage`: a period of insurance.

use super::{FhirResource, INSURER_NUMBER, JP_CORE, ResourceKind, UCUM, meta, subject};
use serde_json::{Value, json};
use techo_model::{
    UnixMillis,
    coverage::{CoverageFacts, Relation},
};

const JP: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition";

/// The resource.
pub fn coverage(id: String, patient: &str, facts: &CoverageFacts, changed_at: UnixMillis) -> FhirResource {
    let mut body = coverage_body(facts);
    body["id"] = id.clone().into();
    body["meta"] = meta(changed_at, &format!("{JP_CORE}/JP_Coverage"));
    body["beneficiary"] = subject(patient);
    body["payor"] = json!([{
        "identifier": { "system": INSURER_NUMBER, "value": facts.insured.insurer.as_str() },
        "display": facts.insurer_name,
    }]);
    FhirResource {
        kind: ResourceKind::Coverage,
        id,
        changed_at,
        when: None,
        tokens: vec![("status", "http://hl7.org/fhir/fm-status".to_owned(), "active".to_owned())],
        refers_to: vec![("patient", format!("Patient/{patient}"))],
        body,
    }
}

/// The coverage, with its references still to be written.
pub(crate) fn coverage_body(facts: &CoverageFacts) -> Value {
    let insured = &facts.insured;
    let parts = [
        ("JP_Coverage_InsuredPersonSymbol", insured.symbol.as_ref()),
        ("JP_Coverage_InsuredPersonNumber", Some(&insured.number)),
        ("JP_Coverage_InsuredPersonSubNumber", insured.branch.as_ref()),
    ];
    let extension: Vec<Value> = parts
        .into_iter()
        .filter_map(|(name, value)| Some(json!({ "url": format!("{JP}/{name}"), "valueString": value? })))
        .collect();
    let mut period = json!({ "start": facts.acquired_on.to_string() });
    if let Some(lost_on) = facts.lost_on {
        // R4 counts the last day in, 資格喪失日 is the first day without.
        period["end"] = lost_on.plus_days(-1).to_string().into();
    }
    let relation = if facts.relation == Relation::Insured { "self" } else { "other" };
    json!({
        "resourceType": "Coverage",
        "id": "coverage",
        "status": "active",
        "extension": extension,
        "beneficiary": { "reference": "#patient" },
        "relationship": { "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/subscriber-relationship", "code": relation }] },
        "period": period,
        "payor": [{ "reference": "#insurer" }],
        "costToBeneficiary": [{
            "type": { "text": "負担割合" },
            "valueQuantity": { "value": facts.burden_percent, "unit": "%",
                "system": UCUM, "code": "%" },
        }],
    })
}
