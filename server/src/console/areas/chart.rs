//! A person's chart as a page shows it, read from the very resources that the interface for systems hands out.

use serde_json::Value;
use std::{borrow::Cow, collections::HashMap};
use techo_app::{Lang, sign_words};
use techo_exchange::fhir::{self, FhirResource, ResourceKind};
use techo_model::UnixMillis;

/// Nothing worth a word: within what is usual.
const NORMAL: &str = "N";

/// A report with its results.
#[derive(Debug)]
pub struct ReportView {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// What it is.
    pub title: String,
    /// Who made it.
    pub place: String,
    /// Its results, in the sender's order.
    pub results: Vec<ResultView>,
}

/// One result.
#[derive(Debug)]
pub struct ResultView {
    /// Name of the item.
    pub name: String,
    /// Value with its unit.
    pub value: String,
    /// Code of a judgement beside the normal; empty otherwise.
    pub flag: String,
}

/// One dose.
#[derive(Debug)]
pub struct DoseView {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// Vaccine.
    pub vaccine: String,
    /// Which dose it was, when known.
    pub number: Option<i64>,
}

/// Everything that the organisation may see, newest first.
#[derive(Debug, Default)]
pub struct ChartView {
    /// Checkups and laboratory reports.
    pub reports: Vec<ReportView>,
    /// Vaccinations.
    pub doses: Vec<DoseView>,
}

/// The first of some places where a text stands.
fn text(body: &Value, places: &[&str]) -> String {
    places.iter().find_map(|place| body.pointer(place)?.as_str()).unwrap_or_default().to_owned()
}

/// The day in Japan of a day or an instant.
fn day(text: &str) -> String {
    UnixMillis::parse_rfc3339(text).map_or_else(|| text.to_owned(), |at| at.date_in_japan().to_string())
}

/// Reports with the observations that they name.
pub fn reports(lang: Lang, resources: &[FhirResource]) -> Vec<ReportView> {
    let observations: HashMap<String, &FhirResource> = resources
        .iter()
        .filter(|resource| resource.kind == ResourceKind::Observation)
        .map(|resource| (resource.reference(), resource))
        .collect();
    let all = resources.iter().filter(|resource| resource.kind == ResourceKind::DiagnosticReport);
    let mut reports: Vec<_> = all.map(|resource| report(lang, &resource.body, &observations)).collect();
    reports.sort_by(|a, b| b.date.cmp(&a.date));
    reports
}

fn report(lang: Lang, body: &Value, observations: &HashMap<String, &FhirResource>) -> ReportView {
    let named = body["result"].as_array().map_or(&[][..], Vec::as_slice);
    let results = named
        .iter()
        .filter_map(|result| observations.get(result["reference"].as_str()?))
        .map(|observation| result(lang, &observation.body))
        .collect();
    ReportView {
        date: day(&text(body, &["/effectiveDateTime"])),
        title: text(body, &["/code/text", "/code/coding/0/display"]),
        place: text(body, &["/performer/0/display", "/performer/0/identifier/value"]),
        results,
    }
}

fn result(lang: Lang, body: &Value) -> ResultView {
    ResultView {
        name: text(body, &["/code/text", "/code/coding/0/display", "/code/coding/0/code"]),
        value: value(lang, body),
        flag: Some(text(body, &["/interpretation/0/coding/0/code"]))
            .filter(|code| code != NORMAL)
            .unwrap_or_default(),
    }
}

/// As the person reads it: a sign that stands alone has its word here, too.
fn value(lang: Lang, body: &Value) -> String {
    if let Some(quantity) = body.get("valueQuantity") {
        let comparator = text(quantity, &["/comparator"]);
        let number = fhir::stated_number(quantity, "value").unwrap_or_default();
        return format!("{comparator}{number} {}", text(quantity, &["/unit"]));
    }
    let told = text(
        body,
        &[
            "/valueString",
            "/valueCodeableConcept/text",
            "/valueCodeableConcept/coding/0/display",
            "/valueCodeableConcept/coding/0/code",
            "/dataAbsentReason/text",
        ],
    );
    sign_words(lang, &told).map_or(told, Cow::into_owned)
}

/// Doses, newest first.
pub fn doses(resources: &[FhirResource]) -> Vec<DoseView> {
    let all = resources.iter().filter(|resource| resource.kind == ResourceKind::Immunization);
    let mut doses: Vec<_> = all
        .map(|resource| DoseView {
            date: day(&text(&resource.body, &["/occurrenceDateTime"])),
            vaccine: text(&resource.body, &["/vaccineCode/text"]),
            number: resource.body.pointer("/protocolApplied/0/doseNumberPositiveInt").and_then(Value::as_i64),
        })
        .collect();
    doses.sort_by(|a, b| b.date.cmp(&a.date));
    doses
}
