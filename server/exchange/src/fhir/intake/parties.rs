//! Whom a resource is about, and who sends it.

use super::element::Element;
use crate::fhir::{FACILITY_NUMBER, pointer::CLINIC_CODE};

/// The organisation's own code of the person.
pub(super) fn subject(resource: &Element<'_>) -> Option<String> {
    subject_of(resource, "subject")
}

/// The same under another name.
pub(super) fn subject_of(resource: &Element<'_>, name: &'static str) -> Option<String> {
    let identifier = resource.child(name).and_then(|subject| {
        subject.text("display", 200);
        subject.pointer("type");
        subject.child("identifier")
    });
    let Some(identifier) = identifier else {
        resource.wrong(name, "identifier: the person's urn:techo:clinic-code is needed");
        return None;
    };
    let (system, value) = (identifier.pointer("system"), identifier.pointer("value"));
    if system.as_deref() != Some(CLINIC_CODE) || value.is_none() {
        identifier.wrong("system", "system urn:techo:clinic-code and the code as value are expected");
        return None;
    }
    value
}

/// Whoever is named as the place has to be the one who sends.
pub(super) fn performer(resource: &Element<'_>, sender: &str) {
    if !resource.has("performer") {
        return;
    }
    if let Some(performer) = resource.only("performer") {
        performer_of(&performer, sender);
    }
}

/// A reference to the sender itself.
pub(super) fn performer_of(performer: &Element<'_>, sender: &str) {
    performer.text("display", 200);
    performer.pointer("type");
    let Some(identifier) = performer.child("identifier") else {
        performer.wrong("identifier", "the sender's own official number is expected");
        return;
    };
    let (system, value) = (identifier.pointer("system"), identifier.pointer("value"));
    if system.as_deref() != Some(FACILITY_NUMBER) || value.as_deref() != Some(sender) {
        identifier.wrong("value", "the sender's own official number is expected");
    }
}
