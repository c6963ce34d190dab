//! `JP_Patient`: who the person is, under the organisation's own code.

use super::{JP_CORE, Kind, Resource, meta};
use crate::eligibility::fhir;
use techo_model::{UnixMillis, eligibility::Presented};
use uuid::Uuid;

/// The person behind a code. `at` is the time of the answer: names and dates are read from the municipality's book anew.
pub fn patient(code: Uuid, person: &Presented, at: UnixMillis) -> Resource {
    let id = code.to_string();
    let mut body = fhir::person(person, Some(code));
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
