//! `CoverageEligibilityRequest` (FHIR R4): who is pointed at, and for which day.

use crate::fhir::{
    pointer::{PersonPointer, PointerKind},
    request::{RequestProblem, strict_json},
    span::whole_date,
};
use serde_json::{Map, Value};
use techo_model::CalendarDate;

/// Longest identifier: a card token with its certificate.
const LONGEST: usize = 32 * 1024;

/// Elements of R4 that a request may have. What is not looked at is allowed all the same.
const KNOWN: [&str; 22] = [
    "resourceType",
    "id",
    "meta",
    "implicitRules",
    "language",
    "text",
    "contained",
    "extension",
    "modifierExtension",
    "identifier",
    "status",
    "priority",
    "purpose",
    "patient",
    "servicedDate",
    "created",
    "enterer",
    "provider",
    "insurer",
    "facility",
    "supportingInfo",
    "insurance",
];

/// A request that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EligibilityRequest {
    /// Who is meant.
    pub patient: PersonPointer,
    /// The asked day; none for today.
    pub serviced: Option<CalendarDate>,
}

fn problem(place: &str, what: &'static str) -> RequestProblem {
    RequestProblem { place: format!("CoverageEligibilityRequest{place}"), what }
}

/// Reads the bytes of a request.
pub fn read(bytes: &[u8]) -> Result<EligibilityRequest, RequestProblem> {
    of_value(&strict_json(bytes, "CoverageEligibilityRequest")?)
}

/// Reads a request that stands in a bundle.
pub fn of_value(body: &Value) -> Result<EligibilityRequest, RequestProblem> {
    let body = body.as_object().ok_or_else(|| problem("", "this is no resource"))?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    if text("resourceType") != Some("CoverageEligibilityRequest") {
        return Err(problem(".resourceType", "a CoverageEligibilityRequest is expected"));
    }
    if let Some(name) = body.keys().find(|name| !KNOWN.contains(&name.trim_start_matches('_'))) {
        let plain = name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let place = if plain { format!(".{name}") } else { String::new() };
        return Err(problem(&place, "this element is not supported here, or R4 has none of that name"));
    }
    if body.contains_key("modifierExtension") || body.contains_key("implicitRules") {
        return Err(problem("", "modifierExtension and implicitRules are not supported here"));
    }
    if text("status") != Some("active") {
        return Err(problem(".status", "only an active request is answered"));
    }
    let purposes = body.get("purpose").and_then(Value::as_array);
    if !purposes.is_some_and(|all| matches!(all.as_slice(), [only] if only == "validation")) {
        return Err(problem(".purpose", "exactly \"validation\" is answered"));
    }
    Ok(EligibilityRequest { patient: patient(body)?, serviced: serviced(body)? })
}

fn patient(body: &Map<String, Value>) -> Result<PersonPointer, RequestProblem> {
    let place = ".patient.identifier";
    let identifier = body.get("patient").and_then(|patient| patient.get("identifier"));
    let text = |name| identifier.and_then(|identifier| identifier.get(name)).and_then(Value::as_str);
    let (Some(system), Some(value)) = (text("system"), text("value")) else {
        return Err(problem(place, "system and value are needed"));
    };
    let kind = PointerKind::of_system(system)
        .ok_or_else(|| problem(place, "urn:techo:share-code, urn:techo:clinic-code or urn:techo:card"))?;
    if value.is_empty() || value.len() > LONGEST {
        return Err(problem(place, "the value is empty or too long"));
    }
    Ok(PersonPointer { kind, value: value.to_owned() })
}

fn serviced(body: &Map<String, Value>) -> Result<Option<CalendarDate>, RequestProblem> {
    let wrong = || problem(".servicedDate", "a whole date is expected: 2026-11-27");
    match body.get("servicedDate") {
        None => Ok(None),
        Some(value) => value.as_str().and_then(whole_date).map(Some).ok_or_else(wrong),
    }
}
