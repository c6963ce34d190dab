//! The CapabilityStatement at `/fhir/metadata`: what is really there, from the table of kinds.

use super::{KINDS, KindFacts, prune_empty, search::is_identifier};
use serde_json::{Value, json};

/// The statement of the door at `base`, as of a release.
pub fn statement(base: &str, version: &str, date: &str) -> Value {
    let mut resources: Vec<Value> = KINDS.iter().map(resource).collect();
    resources.push(json!({
        "type": "CoverageEligibilityRequest",
        "documentation": "資格確認: one person by share code, card or clinic code; a batch by clinic codes.",
        "operation": [
            { "name": "submit", "definition": "http://hl7.org/fhir/OperationDefinition/CoverageEligibilityRequest-submit" },
            { "name": "submit-batch", "definition": "urn:techo:fhir:operation:submit-batch" },
        ],
    }));
    resources.push(json!({
        "type": "Flag",
        "documentation": "救急: declares an emergency for one person by card, share code, clinic code or demographics. \
            code.coding is BTG, code.text the reason; the token's purpose is ETREAT and names who asks. An update to inactive ends it before its time.",
        "interaction": [{ "code": "create" }, { "code": "update" }],
    }));
    let mut statement = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "publisher": "Techo",
        "kind": "instance",
        "software": { "name": "Techo", "version": version },
        "implementation": { "description": "Techo (手帳), the door for systems", "url": format!("{base}/fhir") },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "implementationGuide": ["http://jpfhir.jp/fhir/core/ImplementationGuide/jp-core"],
        "rest": [{
            "mode": "server",
            "documentation": "Filter first, then count and page: what a person does not share is as if it were not there. \
                Unknown parameters, modifiers and includes are refused by name.",
            "security": {
                "service": [{ "coding": [{
                    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "SMART-on-FHIR" }] }],
                "description": format!("SMART Backend Services: private_key_jwt (ES384, RS384) at /oauth/token, with \
                    extensions.hl7-b2b; see {base}/fhir/.well-known/smart-configuration."),
                "extension": [{
                    "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
                    "extension": [{ "url": "token", "valueUri": format!("{base}/oauth/token") }],
                }],
            },
            "resource": resources,
            "interaction": [{ "code": "transaction",
                "documentation": "one DiagnosticReport with its Observations, all or nothing" }],
        }],
    });
    prune_empty(&mut statement);
    statement
}

fn resource(facts: &KindFacts) -> Value {
    let mut interactions = vec!["read", "search-type"];
    if facts.is_sent {
        interactions.push("create");
    }
    json!({
        "type": facts.name,
        "interaction": interactions.iter().map(|code| json!({ "code": code })).collect::<Vec<_>>(),
        "versioning": "no-version",
        "conditionalCreate": facts.is_sent,
        "conditionalRead": "not-supported",
        "searchInclude": facts.includes,
        "searchParam": parameters(facts).iter().filter(|(name, _)| !name.contains(':')).map(|(name, kind)| {
            json!({ "name": name, "type": kind })
        }).collect::<Vec<_>>(),
    })
}

/// Parameters of a kind with their types.
pub(super) fn parameters(facts: &KindFacts) -> Vec<(&'static str, &'static str)> {
    let person = facts.person.iter().map(|name| {
        let is_token = *name == "_id" || is_identifier(name);
        (*name, if is_token { "token" } else { "reference" })
    });
    let mut all: Vec<_> = person.chain(facts.tokens.iter().map(|name| (*name, "token"))).collect();
    if facts.has_date {
        all.push(("date", "date"));
    }
    all.push(("_lastUpdated", "date"));
    all
}
