//! A `Bundle` of type transaction: one report and its observations, by `urn:uuid`.

use super::{
    DocumentSender, RESULTS, SentReport,
    element::{Element, Problems},
    report::{Parts, read_report},
};
use crate::fhir::request::RequestProblem;
use serde_json::Value;
use std::cell::RefCell;

/// Reads a transaction. The same report as with contained observations, in another wrapping.
///
/// # Errors
/// Everything that is wrong.
pub fn transaction(body: &Value, sender: DocumentSender<'_>) -> Result<SentReport, Vec<RequestProblem>> {
    let problems = Problems::default();
    let read = read(body, sender, &problems);
    problems.or(read)
}

/// One entry: the address that the others know it by, its place, its resource.
type Entry<'a> = (String, String, &'a Value);

fn read<'a>(body: &'a Value, sender: DocumentSender<'_>, problems: &'a Problems) -> Option<SentReport> {
    let bundle = Element::resource(body, "Bundle", "Bundle", problems)?;
    if let Some(meta) = bundle.child("meta") {
        meta.raw("profile");
    }
    if bundle.pointer("type").as_deref() != Some("transaction") {
        bundle.wrong("type", "transaction is expected");
    }
    let read = bundle.children("entry", RESULTS + 1);
    let entries: Vec<Entry<'_>> = read.iter().filter_map(entry).collect();
    let is_report = |entry: &&Entry<'_>| entry.2.get("resourceType") == Some(&"DiagnosticReport".into());
    let mut reports = entries.iter().filter(is_report);
    let (Some((_, place, report)), None) = (reports.next(), reports.next()) else {
        bundle.wrong("entry", "exactly one DiagnosticReport is expected");
        return None;
    };
    let others = entries.iter().filter(|entry| !is_report(entry)).cloned().collect();
    let parts = Parts { all: others, used: RefCell::default() };
    let (code, sent) = read_report(report, place, &parts, sender, problems)?;
    let used = parts.used.borrow();
    let mut others = 0..;
    let entries = entries.iter().map(|entry| {
        if is_report(&entry) { None } else { others.next().and_then(|i| used.get(&i).copied()) }
    });
    Some(SentReport { code, report: sent, entries: entries.collect() })
}

fn entry<'a>(entry: &Element<'a>) -> Option<Entry<'a>> {
    let address = entry.pointer("fullUrl");
    if !address.as_deref().is_some_and(|address| address.starts_with("urn:uuid:")) {
        entry.wrong("fullUrl", "urn:uuid:… is expected");
    }
    let resource = entry.raw("resource");
    let kind = resource.and_then(|resource| resource.get("resourceType")).and_then(Value::as_str);
    match entry.child("request") {
        None => entry.wrong("request", "this element is needed"),
        Some(request) => {
            if request.pointer("method").as_deref() != Some("POST")
                || request.pointer("url").as_deref() != kind
            {
                request.wrong("method", "POST to the type of the resource is expected");
            }
        }
    }
    if resource.is_none() {
        entry.wrong("resource", "this element is needed");
    }
    Some((address?, format!("{}.resource", entry.place), resource?))
}
