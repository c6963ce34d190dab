//! What every export says in the same words: that it is a consent about privacy, whose it is not, and on which policy.

use serde_json::{Value, json};
use techo_model::consent::EmergencyChoice;

/// Elements with one value each.
pub(super) fn fixed() -> [(&'static str, Value); 3] {
    [
        (
            "scope",
            json!({ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy" }] }),
        ),
        ("category", json!([{ "coding": [{ "system": "http://loinc.org", "code": "59284-0" }] }])),
        ("organization", json!([{ "display": "Techo" }])),
    ]
}

/// Elements that PCF demands and that would say who somebody is.
pub(super) fn masked() -> [(&'static str, Value); 2] {
    let nobody = json!({ "extension": [{
        "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked" }] });
    [("patient", nobody.clone()), ("performer", json!([nobody]))]
}

/// PCF's policy under the provisions: nothing without a permit, save what the person chose for an emergency.
pub(super) fn policy(emergency: EmergencyChoice) -> Value {
    let name = match emergency {
        EmergencyChoice::Normal | EmergencyChoice::AlsoSealed => "Policy-break-glass-only",
        EmergencyChoice::Never => "Policy-deny",
    };
    json!([{ "uri": format!("https://profiles.ihe.net/ITI/PCF/{name}") }])
}

/// System of the number of a version, which its receipt has, too.
pub(super) const VERSION: &str = "urn:techo:consent-version";
