//! `JP_Patient`: who the person is, under the organisation's own code.

use super::{JP_CORE, Kind, Resource, document::absent, meta};
use crate::eligibility::{fhir, request::CLINIC_CODE};
use serde_json::{Value, json};
use techo_model::{CalendarDate, UnixMillis, eligibility::Presented};
use uuid::Uuid;

/// The person behind a code. `at` is the time of the answer: names and dates are read from the municipality's book anew.
pub fn patient(code: Uuid, person: &Presented, at: UnixMillis) -> Resource {
    resource(code, fhir::person(person, Some(code)), at)
}

/// The same with nothing but what a sender said: that it can send is no leave to read who the person is. The profiles demand a
/// name and a sex.
pub fn patient_as_sent(code: Uuid, birth_date: CalendarDate, at: UnixMillis) -> Resource {
    let body = json!({
        "resourceType": "Patient",
        "identifier": [{ "system": CLINIC_CODE, "value": code.to_string() }],
        "name": [absent("masked")],
        "_gender": absent("masked"),
        "birthDate": birth_date.to_string(),
    });
    resource(code, body, at)
}

fn resource(code: Uuid, mut body: Value, at: UnixMillis) -> Resource {
    let id = code.to_string();
    body["id"] = id.clone().into();
    body["meta"] = meta(at, &format!("{JP_CORE}/JP_Patient"));
    Resource {
        kind: Kind::Patient,
        id,
        changed_at: at,
        when: None,
        tokens: Vec::new(),
        refers_to: Vec::new(),
        body,
    }
}
