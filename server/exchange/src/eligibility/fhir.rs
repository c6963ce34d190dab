//! The answer as `CoverageEligibilityResponse` (FHIR R4), with the coverage and the person as JP Core shapes them.
//!
//! What R4 has no element for (why, since when, the consents) stands in extensions of ours, `urn:techo:fhir:…`.

use super::request::CLINIC_CODE;
use crate::fhir::{FACILITY_NUMBER, UCUM};
use serde_json::{Value, json};
use techo_model::{
    coverage::{CoverageFacts, Relation},
    eligibility::{Answer, ClinicCode, Flag, Flags, Presented, Standing},
    resident::Sex,
};
use uuid::Uuid;

const JP: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition";
/// 保険者番号 in JP Core.
pub(crate) const INSURER_NUMBER: &str = "urn:oid:1.2.392.100495.20.3.61";

/// The resource.
pub fn response(answer: &Answer) -> Value {
    let mut contained = vec![person(&answer.person, answer.code.map(|code| code.code))];
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
        contained.extend([self::coverage(coverage), organisation(coverage)]);
        body["insurer"] = json!({ "reference": "#insurer" });
        body["insurance"] = json!([{
            "coverage": { "reference": "#coverage" },
            "inforce": answer.standing == Standing::InForce,
        }]);
    }
    body["contained"] = contained.into();
    body
}

/// One sentence for whoever stands at the counter.
pub fn disposition(answer: &Answer) -> &'static str {
    match answer.standing {
        Standing::InForce => "有効な資格です。",
        Standing::Ended => "資格は失われています。新しい資格の届出が保険者に届いていないことがあります。",
        Standing::Pending => {
            "確認中です。保険者の情報が、その後の異動より古いため、保険者に確かめてください。"
        }
        Standing::NotYet => "資格はまだ始まっていません。",
        Standing::Unknown => "この日の資格の情報はありません。",
    }
}

fn extensions(answer: &Answer) -> Vec<Value> {
    let mut parts = vec![json!({ "url": "state", "valueCode": answer.standing.as_str() })];
    if let Some(behind) = answer.behind {
        parts.push(json!({ "url": "change", "valueCode": behind.change.as_str() }));
        parts.push(json!({ "url": "since", "valueDate": behind.since.to_string() }));
    }
    if let Some(coverage) = &answer.coverage {
        parts.push(json!({ "url": "statedAt", "valueDateTime": coverage.stated_at.rfc3339() }));
        if let (Standing::Ended, Some(reason)) = (answer.standing, coverage.loss_reason) {
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

fn consents(flags: &Flags) -> impl Iterator<Item = Value> + use<> {
    let named = [
        ("checkups", flags.checkups),
        ("medication", flags.medication),
        ("visits", flags.visits),
        ("surgery", flags.surgery),
    ];
    named.into_iter().filter_map(|(name, flag)| {
        let Flag { given_at, until } = flag?;
        Some(json!({ "url": "urn:techo:fhir:consent-flag", "extension": [
            { "url": "of", "valueCode": name },
            { "url": "period", "valuePeriod": { "start": given_at.rfc3339(), "end": until.rfc3339() } },
        ] }))
    })
}

/// The person, under the id `patient`.
pub(crate) fn person(person: &Presented, code: Option<Uuid>) -> Value {
    let written = |text: &str, how: &str| {
        json!({ "use": "official", "text": text, "extension": [{
            "url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": how }] })
    };
    let gender = match person.sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::Unknown => "unknown",
    };
    let mut body = json!({
        "resourceType": "Patient",
        "id": "patient",
        "name": [written(&person.name, "IDE"), written(&person.kana, "SYL")],
        "gender": gender,
        "birthDate": person.birth_date.to_string(),
    });
    if let Some(code) = code {
        body["identifier"] = json!([{ "system": CLINIC_CODE, "value": code.to_string() }]);
    }
    body
}

/// The coverage, with its references still to be written.
pub(crate) fn coverage(facts: &CoverageFacts) -> Value {
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

fn organisation(facts: &CoverageFacts) -> Value {
    json!({
        "resourceType": "Organization",
        "id": "insurer",
        "identifier": [{ "system": INSURER_NUMBER, "value": facts.insured.insurer.as_str() }],
        "name": facts.insurer_name,
    })
}
