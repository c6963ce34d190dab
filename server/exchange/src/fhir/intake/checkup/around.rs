//! Whom and what a document speaks of: the person, the place, the visit. They have to fit; what else they say is not kept.

use super::{DocumentSender, Part, pass_over, points};
use crate::fhir::{
    FACILITY_NUMBER,
    intake::element::{Element, Problems},
    pointer::CLINIC_CODE,
};
use techo_model::CalendarDate;

/// Addresses of the entries that all others point at.
pub(super) struct Around<'a> {
    pub(super) patient: &'a str,
    pub(super) place: &'a str,
    pub(super) visit: &'a str,
    pub(super) sender: DocumentSender<'a>,
}

/// The person's code and birth date.
pub(super) fn person<'a>(
    part: &Part<'a>,
    around: &Around<'_>,
    problems: &'a Problems,
) -> Option<(String, CalendarDate)> {
    let patient = part.element("Patient", problems)?;
    pass_over(&patient, &["active", "name", "gender", "_gender", "address", "telecom"]);
    let born = patient.day_alone("birthDate", around.sender.now);
    let code = identifier(&patient, CLINIC_CODE);
    if code.is_none() {
        patient.wrong("identifier", "one identifier, the person's urn:techo:clinic-code, is needed");
    }
    Some((code?, born?))
}

/// The place is the one that sends.
pub(super) fn place<'a>(part: &Part<'a>, around: &Around<'_>, problems: &'a Problems) {
    let Some(place) = part.element("Organization", problems) else { return };
    pass_over(&place, &["active", "type", "name", "address", "telecom"]);
    if identifier(&place, FACILITY_NUMBER).as_deref() != Some(around.sender.number) {
        place.wrong("identifier", "one identifier, the sender's own official number, is needed");
    }
}

/// A visit on the day of the examination.
pub(super) fn visit<'a>(
    part: &Part<'a>,
    around: &Around<'_>,
    day: Option<CalendarDate>,
    problems: &'a Problems,
) {
    let Some(visit) = part.element("Encounter", problems) else { return };
    pass_over(&visit, &["identifier", "class"]);
    if visit.pointer("status").as_deref() != Some("finished") {
        visit.wrong("status", "finished is expected");
    }
    if visit.has("subject") {
        points(&visit, "subject", around.patient);
    }
    points(&visit, "serviceProvider", around.place);
    let during = period(&visit, around.sender);
    if during.is_some() && day.is_some() && during != day {
        visit.wrong("period", "another day than that of the examination");
    }
}

/// The day of a period, which is one day.
pub(super) fn period(element: &Element<'_>, sender: DocumentSender<'_>) -> Option<CalendarDate> {
    let Some(period) = element.child("period") else {
        element.wrong("period", "this element is needed");
        return None;
    };
    let day = |name| period.day_alone(name, sender.now);
    let start = day("start")?;
    if period.has("end") && day("end") != Some(start) {
        period.wrong("end", "one day is expected");
    }
    Some(start)
}

fn identifier(resource: &Element<'_>, wanted: &str) -> Option<String> {
    let identifier = resource.only("identifier")?;
    let (system, value) = (identifier.pointer("system"), identifier.pointer("value"));
    value.filter(|_| system.as_deref() == Some(wanted))
}
