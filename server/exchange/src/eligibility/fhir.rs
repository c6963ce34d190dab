//! The answer as `CoverageEligibilityResponse` (FHIR R4), with the coverage and the person as JP Core shapes them.
//!
//! What R4 has no element for (why, since when, the consents) stands in extensions of ours, `urn:techo:fhir:…`.

use crate::fhir::{FACILITY_NUMBER, INSURER_NUMBER, coverage_body, person_body};
use serde_json::{Value, json};
use techo_model::{
    coverage::CoverageFacts,
    eligibility::{ClinicCode, ConsentFlag, ConsentFlags, EligibilityAnswer, Entitlement},
};

/// The resource.
pub fn response(answer: &EligibilityAnswer) -> Value {
    let mut contained = vec![person_body(&answer.person, answer.code.map(|code| code.code))];
    let mut body = json!({
        "resourceType": "CoverageEligibilityResponse",
        "id": answer.id.to_string(),
        "status": "active",
        "purpose": ["validation"],
        "patient": { "reference": "#patient" },
        "servicedDate": answer.asked_on.to_string(),
        "created": answer.made_at.rfc3339(),
        "requestor": { "identifier": { "system": FACILITY_NUMBER, "value": answer.organisation } },
        "request": { "type": "CoverageEligibilityRequest", "display": "the request of this operation" },
        "outcome": "complete",
        "disposition": disposition(answer),
        "insurer": { "display": "unknown" },
        "extension": extensions(answer),
    });
    if let Some(coverage) = &answer.coverage {
        contained.extend([coverage_body(coverage), organisation(coverage)]);
        body["insurer"] = json!({ "reference": "#insurer" });
        body["insurance"] = json!([{
            "coverage": { "reference": "#coverage" },
            "inforce": answer.standing == Entitlement::InForce,
        }]);
    }
    body["contained"] = contained.into();
    body
}

/// One sentence for whoever stands at the counter.
pub fn disposition(answer: &EligibilityAnswer) -> &'static str {
    match answer.standing {
        Entitlement::InForce => "有効な資格です。",
        Entitlement::Ended => "資格は失われています。新しい資格の届出が保険者に届いていないことがあります。",
        Entitlement::Pending => {
            "確認中です。保険者の情報が、その後の異動より古いため、保険者に確かめてください。"
        }
        Entitlement::NotYet => "資格はまだ始まっていません。",
        Entitlement::Unknown => "この日の資格の情報はありません。",
    }
}

fn extensions(answer: &EligibilityAnswer) -> Vec<Value> {
    let mut parts = vec![json!({ "url": "state", "valueCode": answer.standing.as_str() })];
    if let Some(behind) = answer.behind {
        parts.push(json!({ "url": "change", "valueCode": behind.change.as_str() }));
        parts.push(json!({ "url": "since", "valueDate": behind.since.to_string() }));
    }
    if let Some(coverage) = &answer.coverage {
        parts.push(json!({ "url": "statedAt", "valueDateTime": coverage.stated_at.rfc3339() }));
        if let (Entitlement::Ended, Some(reason)) = (answer.standing, coverage.loss_reason) {
            parts.push(json!({ "url": "endedBecause", "valueCode": reason.as_str() }));
        }
    }
    let mut all = vec![json!({ "url": "urn:techo:fhir:eligibility", "extension": parts })];
    if let Some(ClinicCode { window_ends_at: Some(end), .. }) = answer.code {
        all.push(json!({ "url": "urn:techo:fhir:treatment-window", "valueInstant": end.rfc3339() }));
    }
    all.extend(consents(&answer.flags));
    all
}

fn consents(flags: &ConsentFlags) -> impl Iterator<Item = Value> + use<> {
    let named = [
        ("checkups", flags.checkups),
        ("medication", flags.medication),
        ("visits", flags.visits),
        ("surgery", flags.surgery),
    ];
    named.into_iter().filter_map(|(name, flag)| {
        let ConsentFlag { given_at, until } = flag?;
        Some(json!({ "url": "urn:techo:fhir:consent-flag", "extension": [
            { "url": "of", "valueCode": name },
            { "url": "period", "valuePeriod": { "start": given_at.rfc3339(), "end": until.rfc3339() } },
        ] }))
    })
}

fn organisation(facts: &CoverageFacts) -> Value {
    json!({
        "resourceType": "Organization",
        "id": "insurer",
        "identifier": [{ "system": INSURER_NUMBER, "value": facts.insured.insurer.as_str() }],
        "name": facts.insurer_name,
    })
}
