//! `CoverageEligibilityRequest` (FHIR R4): who is pointed at, and for which day.

use crate::{
    fhir::span::whole_date,
    json::{JsonBounds, read_strict_json},
};
use serde_json::{Map, Value};
use techo_model::CalendarDate;

/// Systems of identifiers that point at somebody.
pub const SHARE_CODE: &str = "urn:techo:share-code";
/// The organisation's own code.
pub const CLINIC_CODE: &str = "urn:techo:clinic-code";
/// A card's answer, as base64 of its JSON.
pub const CARD: &str = "urn:techo:card";

/// Longest body; the door has the same bound.
const BODY: JsonBounds = JsonBounds::of_bytes(1024 * 1024);
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
    pub patient: Pointer,
    /// The asked day; none for today.
    pub serviced: Option<CalendarDate>,
}

/// How somebody is pointed at. The value is a secret or leads to a person, so it does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Pointer {
    /// Which kind.
    pub kind: PointerKind,
    /// The value.
    pub value: String,
}

impl std::fmt::Debug for Pointer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}(…)", self.kind)
    }
}

/// Kinds of identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointerKind {
    /// [`SHARE_CODE`].
    ShareCode,
    /// [`CLINIC_CODE`].
    ClinicCode,
    /// [`CARD`].
    Card,
}

impl PointerKind {
    /// The kind with this system.
    pub fn of_system(system: &str) -> Option<Self> {
        match system {
            SHARE_CODE => Some(Self::ShareCode),
            CLINIC_CODE => Some(Self::ClinicCode),
            CARD => Some(Self::Card),
            _ => None,
        }
    }
}

/// What is wrong with a request, with its place as FHIRPath. Never a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct RequestProblem {
    /// Where.
    pub place: String,
    /// What, in English for whoever builds the system.
    pub what: &'static str,
}

fn problem(place: &str, what: &'static str) -> RequestProblem {
    RequestProblem { place: format!("CoverageEligibilityRequest{place}"), what }
}

/// Reads the body of a request to the door for systems, which is to be a resource of this type.
///
/// # Errors
/// No JSON, a name twice in one object, or nested without end, with its place.
pub fn strict_json(bytes: &[u8], root: &str) -> Result<Value, RequestProblem> {
    read_strict_json(bytes, BODY)
        .map_err(|problem| RequestProblem { place: problem.place_below(root), what: problem.fault.as_str() })
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

fn patient(body: &Map<String, Value>) -> Result<Pointer, RequestProblem> {
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
    Ok(Pointer { kind, value: value.to_owned() })
}

fn serviced(body: &Map<String, Value>) -> Result<Option<CalendarDate>, RequestProblem> {
    let wrong = || problem(".servicedDate", "a whole date is expected: 2026-11-27");
    match body.get("servicedDate") {
        None => Ok(None),
        Some(value) => value.as_str().and_then(whole_date).map(Some).ok_or_else(wrong),
    }
}
