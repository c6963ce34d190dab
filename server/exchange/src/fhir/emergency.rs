//! `Flag` (FHIR R4) as the declaration of an emergency: who declares it is in the token, whom it is about and why is here.

use super::{
    BREAK_GLASS, meta_plain,
    pointer::{CLINIC_CODE, PersonPointer, PointerKind},
    request::{RequestProblem, strict_json},
};
use serde_json::{Map, Value, json};
use techo_model::{CalendarDate, UnixMillis, consent::PersonEmergency, resident::Sex};
use uuid::Uuid;

/// Elements that a declaration has; every other one is refused by name.
const KNOWN: [&str; 6] = ["resourceType", "contained", "status", "code", "subject", "meta"];
/// Elements with which it is ended: those of the answer may come back.
const KNOWN_END: [&str; 8] = ["resourceType", "id", "status", "meta", "code", "subject", "period", "author"];
/// Elements of the contained Patient.
const KNOWN_PATIENT: [&str; 6] = ["resourceType", "id", "name", "gender", "birthDate", "address"];
/// Longest pointer, and longest text.
const LONGEST: usize = 32 * 1024;

/// A declaration that was understood. Has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct EmergencyDeclaration {
    /// Whom it is about.
    pub whom: EmergencySubject,
    /// Why, as written.
    pub reason: String,
}

/// Whom a declaration is about. Has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub enum EmergencySubject {
    /// Card, share code or clinic code.
    Pointer(PersonPointer),
    /// Somebody of whom only this is known.
    Known {
        /// 氏名カナ.
        kana: String,
        /// 生年月日.
        birth_date: CalendarDate,
        /// 性別.
        sex: Option<Sex>,
        /// 郵便番号.
        postal_code: Option<String>,
    },
}

fn problem(place: &str, what: &'static str) -> RequestProblem {
    RequestProblem { place: format!("Flag{place}"), what }
}

/// Reads the bytes of a declaration.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn read(bytes: &[u8]) -> Result<EmergencyDeclaration, RequestProblem> {
    let body: Value = strict_json(bytes, "Flag")?;
    let body = body.as_object().ok_or_else(|| problem("", "this is no resource"))?;
    if body.get("resourceType").and_then(Value::as_str) != Some("Flag") {
        return Err(problem(".resourceType", "a Flag is expected"));
    }
    only(body, &KNOWN, "")?;
    if body.get("status").and_then(Value::as_str) != Some("active") {
        return Err(problem(".status", "only an active Flag declares an emergency"));
    }
    Ok(EmergencyDeclaration { reason: reason(&body["code"])?, whom: whom(body)? })
}

/// Reads the bytes with which a declaration is ended: the Flag of this id, inactive.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn read_end(bytes: &[u8], id: &str) -> Result<(), RequestProblem> {
    let body: Value = strict_json(bytes, "Flag")?;
    let body = body.as_object().ok_or_else(|| problem("", "this is no resource"))?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    if text("resourceType") != Some("Flag") {
        return Err(problem(".resourceType", "a Flag is expected"));
    }
    only(body, &KNOWN_END, "")?;
    if text("id") != Some(id) {
        return Err(problem(".id", "the id of the address is expected"));
    }
    if text("status") != Some("inactive") {
        return Err(problem(".status", "only \"inactive\" is taken: it ends the emergency"));
    }
    Ok(())
}

fn only(body: &Map<String, Value>, known: &[&str], place: &str) -> Result<(), RequestProblem> {
    let Some(name) = body.keys().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
    let plain = name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let place = if plain { format!("{place}.{name}") } else { place.to_owned() };
    Err(problem(&place, "this element is not supported here, or R4 has none of that name"))
}

fn reason(code: &Value) -> Result<String, RequestProblem> {
    let coded = code["coding"].as_array().is_some_and(|all| {
        all.iter().any(|coding| coding["system"] == BREAK_GLASS.0 && coding["code"] == BREAK_GLASS.1)
    });
    if !coded {
        return Err(problem(".code.coding", "BTG of http://terminology.hl7.org/CodeSystem/v3-ActReason"));
    }
    let text = code["text"].as_str().filter(|text| text.len() <= LONGEST);
    text.map(str::to_owned).ok_or_else(|| problem(".code.text", "the reason is needed, in words"))
}

fn whom(body: &Map<String, Value>) -> Result<EmergencySubject, RequestProblem> {
    let subject = body.get("subject").unwrap_or(&Value::Null);
    match (subject.get("identifier"), subject["reference"].as_str()) {
        (Some(identifier), None) => pointer(identifier).map(EmergencySubject::Pointer),
        (None, Some(reference)) => contained(body, reference),
        _ => Err(problem(".subject", "either an identifier, or a reference to a contained Patient")),
    }
}

fn pointer(identifier: &Value) -> Result<PersonPointer, RequestProblem> {
    let place = ".subject.identifier";
    let (Some(system), Some(value)) = (identifier["system"].as_str(), identifier["value"].as_str()) else {
        return Err(problem(place, "system and value are needed"));
    };
    let kind = PointerKind::of_system(system)
        .ok_or_else(|| problem(place, "urn:techo:share-code, urn:techo:clinic-code or urn:techo:card"))?;
    if value.is_empty() || value.len() > LONGEST {
        return Err(problem(place, "the value is empty or too long"));
    }
    Ok(PersonPointer { kind, value: value.to_owned() })
}

fn contained(body: &Map<String, Value>, reference: &str) -> Result<EmergencySubject, RequestProblem> {
    let all = body.get("contained").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let [patient] = all else {
        return Err(problem(".contained", "exactly one Patient is expected"));
    };
    let (Some(patient), Some(id)) = (patient.as_object(), reference.strip_prefix('#')) else {
        return Err(problem(".subject.reference", "# and the id of the contained Patient"));
    };
    if patient.get("resourceType") != Some(&json!("Patient")) || patient.get("id") != Some(&json!(id)) {
        return Err(problem(".subject.reference", "# and the id of the contained Patient"));
    }
    let place = ".contained[0]";
    only(patient, &KNOWN_PATIENT, place)?;
    let text = |value: &Value| value.as_str().filter(|text| text.len() <= 400).map(str::to_owned);
    let kana = text(&patient.get("name").unwrap_or(&Value::Null)[0]["text"]);
    let birth_date = text(patient.get("birthDate").unwrap_or(&Value::Null));
    let birth_date = birth_date.filter(|day| day.len() == 10).and_then(|day| CalendarDate::parse(&day).ok());
    let sex = match patient.get("gender").map(Value::as_str) {
        None => None,
        Some(Some("male")) => Some(Sex::Male),
        Some(Some("female")) => Some(Sex::Female),
        Some(_) => return Err(problem(&format!("{place}.gender"), "male, female, or nothing")),
    };
    Ok(EmergencySubject::Known {
        kana: kana.ok_or_else(|| problem(&format!("{place}.name[0].text"), "the name in kana is needed"))?,
        birth_date: birth_date
            .ok_or_else(|| problem(&format!("{place}.birthDate"), "a whole date is expected: 1975-04-01"))?,
        sex,
        postal_code: match patient.get("address") {
            None => None,
            Some(address) => Some(text(&address[0]["postalCode"]).ok_or_else(|| {
                problem(&format!("{place}.address[0].postalCode"), "a postal code, or no address")
            })?),
        },
    })
}

/// The answer to an end.
pub fn ended(id: Uuid, at: UnixMillis) -> Value {
    json!({
        "resourceType": "Flag",
        "id": id,
        "meta": meta_plain(at),
        "status": "inactive",
        "code": { "coding": [{ "system": BREAK_GLASS.0, "code": BREAK_GLASS.1 }] },
        "subject": { "display": "-" },
        "period": { "end": at.rfc3339() },
    })
}

/// The answer: the code under which the person is known while the emergency runs. It repeats neither reason nor name.
pub fn declared(id: Uuid, code: Uuid, organisation: &str, time: PersonEmergency) -> Value {
    json!({
        "resourceType": "Flag",
        "id": id,
        "meta": meta_plain(time.declared_at),
        "status": "active",
        "code": { "coding": [{ "system": BREAK_GLASS.0, "code": BREAK_GLASS.1 }] },
        "subject": { "identifier": { "system": CLINIC_CODE, "value": code } },
        "period": { "start": time.declared_at.rfc3339(), "end": time.ends_at.rfc3339() },
        "author": { "identifier": { "system": super::FACILITY_NUMBER, "value": organisation } },
    })
}
