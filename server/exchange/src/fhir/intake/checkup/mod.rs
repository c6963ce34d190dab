//! A `Bundle` of type document: a checkup (健診結果報告書, `JP_Bundle_eCheckupGeneral`), as its 健診機関 sends it. The same shape as
//! [`document`](crate::fhir::document) writes.

mod around;
mod composition;
mod finding;

use super::{
    DocumentSender, RESULTS,
    element::{Element, Problems},
};
use crate::fhir::request::RequestProblem;
use serde_json::Value;
use techo_model::{CalendarDate, checkup::CheckupFacts};

const ONE_OF_EACH: &str = "exactly one Composition (first), Patient, Organization and Encounter is expected, and at most two Practitioners";

/// A checkup that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCheckup {
    /// The organisation's code of the person.
    pub code: String,
    /// When the person was born, as the sender knows it.
    pub birth_date: CalendarDate,
    /// What was found. The name of the facility and the insurer are empty: the document is not asked for them.
    pub facts: CheckupFacts,
}

/// Reads a document.
///
/// # Errors
/// Everything that is wrong.
pub fn checkup(body: &Value, sender: DocumentSender<'_>) -> Result<SentCheckup, Vec<RequestProblem>> {
    let problems = Problems::default();
    let read = read(body, sender, &problems);
    problems.or(read)
}

fn read<'a>(body: &'a Value, sender: DocumentSender<'_>, problems: &'a Problems) -> Option<SentCheckup> {
    let bundle = Element::resource(body, "Bundle", "Bundle", problems)?;
    meta(&bundle);
    // What every document has for itself: it is known by place, person, day, 報告区分 and プログラム種別.
    pass_over(&bundle, &["language", "identifier", "timestamp"]);
    if bundle.pointer("type").as_deref() != Some("document") {
        bundle.wrong("type", "document is expected");
    }
    let parts = Parts::read(&bundle);
    let (Some(head), Some(patient), Some(place), Some(visit)) = (
        parts.only("Composition"),
        parts.only("Patient"),
        parts.only("Organization"),
        parts.only("Encounter"),
    ) else {
        bundle.wrong("entry", ONE_OF_EACH);
        return None;
    };
    if parts.all[0].kind != "Composition" || parts.of("Practitioner").count() > 2 {
        bundle.wrong("entry", ONE_OF_EACH);
    }
    let around = around::Around { patient: &patient.url, place: &place.url, visit: &visit.url, sender };
    let person = around::person(patient, &around, problems);
    around::place(place, &around, problems);
    let facts = composition::read(head, &parts, &around, problems);
    around::visit(visit, &around, facts.as_ref().map(|facts| facts.examined_on), problems);
    let (code, birth_date) = person?;
    Some(SentCheckup { code, birth_date, facts: facts? })
}

/// One entry.
struct Part<'a> {
    url: String,
    place: String,
    kind: &'a str,
    body: &'a Value,
}

impl<'a> Part<'a> {
    fn element(&self, kind: &'static str, problems: &'a Problems) -> Option<Element<'a>> {
        let element = Element::resource(self.body, &self.place, kind, problems)?;
        meta(&element);
        Some(element)
    }
}

/// The entries of a document.
struct Parts<'a> {
    all: Vec<Part<'a>>,
}

impl<'a> Parts<'a> {
    fn read(bundle: &Element<'a>) -> Self {
        let entries = bundle.children("entry", RESULTS + 6);
        Self { all: entries.iter().filter_map(part).collect() }
    }

    fn of(&self, kind: &str) -> impl Iterator<Item = &Part<'a>> {
        self.all.iter().filter(move |part| part.kind == kind)
    }

    fn only(&self, kind: &str) -> Option<&Part<'a>> {
        let mut all = self.of(kind);
        all.next().filter(|_| all.next().is_none())
    }
}

fn part<'a>(entry: &Element<'a>) -> Option<Part<'a>> {
    const KINDS: [&str; 6] =
        ["Composition", "Patient", "Practitioner", "Organization", "Encounter", "Observation"];
    let url = entry.pointer("fullUrl");
    if !url.as_deref().is_some_and(|url| url.starts_with("urn:uuid:")) {
        entry.wrong("fullUrl", "urn:uuid:… is expected");
    }
    let Some(body) = entry.raw("resource") else {
        entry.wrong("resource", "this element is needed");
        return None;
    };
    let kind = body.get("resourceType").and_then(Value::as_str).unwrap_or_default();
    if !KINDS.contains(&kind) {
        entry.wrong("resource", "this type of resource is not taken in a checkup document");
    }
    Some(Part { url: url?, place: format!("{}.resource", entry.place), kind, body })
}

/// Which profile a resource claims and when it changed elsewhere is not kept; a label is refused, since it could not be.
fn meta(resource: &Element<'_>) {
    if let Some(meta) = resource.child("meta") {
        pass_over(&meta, &["profile", "versionId", "lastUpdated", "source"]);
    }
}

/// What may be there and is not kept, as `docs/FORMATS.md` says.
fn pass_over(element: &Element<'_>, names: &[&'static str]) {
    for name in names {
        element.raw(name);
    }
}

/// Where a reference leads.
fn target(reference: &Element<'_>) -> Option<String> {
    pass_over(reference, &["display", "type"]);
    reference.pointer("reference")
}

/// A reference has to lead to one entry.
fn points(element: &Element<'_>, name: &'static str, to: &str) {
    let found = element.child(name).and_then(|reference| target(&reference));
    if found.as_deref() != Some(to) {
        element.wrong(name, "a reference to the one entry of this type is expected");
    }
}
