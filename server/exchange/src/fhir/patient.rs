//! `JP_Patient`: who the person is, under the organisation's own code.

use super::{FhirResource, JP_CORE, ResourceKind, document::absent, meta, pointer::CLINIC_CODE};
use serde_json::{Value, json};
use techo_model::{CalendarDate, UnixMillis, eligibility::PresentedInsurance, resident::Sex};
use uuid::Uuid;

/// The person behind a code. `at` is the time of the answer: names and dates are read from the municipality's book anew.
pub fn patient(code: Uuid, person: &PresentedInsurance, at: UnixMillis) -> FhirResource {
    resource(code, person_body(person, Some(code)), at)
}

/// The same with nothing but what a sender said: that it can send is no leave to read who the person is. The profiles demand a
/// name and a sex.
pub fn patient_as_sent(code: Uuid, birth_date: CalendarDate, at: UnixMillis) -> FhirResource {
    let body = json!({
        "resourceType": "Patient",
        "identifier": [{ "system": CLINIC_CODE, "value": code.to_string() }],
        "name": [absent("masked")],
        "_gender": absent("masked"),
        "birthDate": birth_date.to_string(),
    });
    resource(code, body, at)
}

fn resource(code: Uuid, mut body: Value, at: UnixMillis) -> FhirResource {
    let id = code.to_string();
    body["id"] = id.clone().into();
    body["meta"] = meta(at, &format!("{JP_CORE}/JP_Patient"));
    FhirResource {
        kind: ResourceKind::Patient,
        id,
        changed_at: at,
        when: None,
        tokens: Vec::new(),
        refers_to: Vec::new(),
        body,
    }
}

/// The person, under the id `patient`.
pub(crate) fn person_body(person: &PresentedInsurance, code: Option<Uuid>) -> Value {
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
