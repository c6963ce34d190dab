//! `DiagnosticReport`: one laboratory report.

use super::{
    DocumentSender, RESULTS,
    codes::{categories, codings, labels, words},
    element::{Element, Problems},
    observation::{Shared, read_result},
    parties::{performer, subject},
};
use crate::fhir::{REPORT, REPORT_CATEGORY};
use serde_json::Value;
use std::{cell::RefCell, collections::BTreeMap};
use techo_model::laboratory::{LaboratoryReport, LaboratoryResult, ReportStatus};

const STATUS: &str =
    "partial, preliminary, final, amended, corrected, appended or entered-in-error is expected";
const CATEGORY: &str = "only laboratory reports are taken: http://loinc.org LP29693-6 or v2-0074 LAB";
const CODE: &str = "only 11502-2 is taken; a name of the report's own goes into code.text";

/// The observations that came along: reference, place, resource. Notes the number of the result that each became.
pub(super) struct Parts<'a> {
    pub(super) all: Vec<(String, String, &'a Value)>,
    pub(super) used: RefCell<BTreeMap<usize, usize>>,
}

/// Reads a report with its results. Answers the person's code beside it.
pub(super) fn read_report<'a>(
    body: &'a Value,
    place: &str,
    parts: &Parts<'a>,
    sender: DocumentSender<'_>,
    problems: &'a Problems,
) -> Option<(String, LaboratoryReport)> {
    let report = Element::resource(body, place, "DiagnosticReport", problems)?;
    report.raw("contained");
    let status = report.word("status", ReportStatus::parse, STATUS);
    let labels = labels(&report);
    let identifier = identifier(&report);
    let [loinc, laboratory] = REPORT_CATEGORY;
    categories(
        &report,
        &[(loinc, laboratory), ("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB")],
        CATEGORY,
    );
    let title = title(&report);
    let code = subject(&report);
    performer(&report, sender.number);
    let day = report.day("effectiveDateTime", sender.now);
    let issued_at = report.instant("issued", sender.now);
    let shared = Shared { code: code.as_deref(), examined: day, sender };
    let results = results(&report, parts, &shared);
    if results.is_empty() && status.is_some_and(|status| status != ReportStatus::EnteredInError) {
        report.wrong("result", "a report has at least one result");
    }
    let (examined_on, examined_at) = day?;
    let read = LaboratoryReport {
        identifier: identifier?,
        status: status?,
        title,
        examined_on,
        examined_at,
        examined_stated: examined_at.and_then(|_| report.stated("effectiveDateTime")),
        issued_at,
        issued_stated: issued_at.and_then(|_| report.stated("issued")),
        labels,
        results,
    };
    Some((code?, read))
}

/// The sender's own id of the report, by which it is known when it comes again.
fn identifier(report: &Element<'_>) -> Option<String> {
    let Some(identifier) = report.only("identifier") else {
        report.wrong("identifier", "exactly one identifier of the report is needed");
        return None;
    };
    let (system, value) = (identifier.needed_text("system", 256)?, identifier.needed_text("value", 128)?);
    if system.contains('|') {
        identifier.wrong("system", "an address has no |, which parts it from the value");
        return None;
    }
    Some(format!("{system}|{value}"))
}

fn title(report: &Element<'_>) -> Option<String> {
    let Some(concept) = report.child("code") else {
        report.wrong("code", CODE);
        return None;
    };
    let [system, code] = REPORT;
    let types = [system, "http://jpfhir.jp/fhir/Common/CodeSystem/doc-typecodes", "http://loinc.org"];
    let all = codings(&concept);
    if all.is_empty() || !all.iter().all(|one| types.contains(&one.system.as_str()) && one.code == code) {
        concept.wrong("coding", CODE);
    }
    words(&concept, &[])
}

fn results<'a>(report: &Element<'a>, parts: &Parts<'a>, shared: &Shared<'_>) -> Vec<LaboratoryResult> {
    let mut results = Vec::new();
    let wanted = if report.has("result") { report.children("result", RESULTS) } else { Vec::new() };
    for (nth, reference) in wanted.iter().enumerate() {
        reference.text("display", 200);
        reference.pointer("type");
        let to = reference.pointer("reference");
        let found = parts.all.iter().position(|(key, ..)| Some(key) == to.as_ref());
        let Some(found) = found else {
            reference.wrong("reference", "no observation that came along has this id");
            continue;
        };
        if parts.used.borrow_mut().insert(found, nth).is_some() {
            reference.wrong("reference", "another result points at the same observation");
            continue;
        }
        let (_, place, value) = &parts.all[found];
        results.extend(read_result(value, place, shared, report.problems()));
    }
    for (i, (_, place, _)) in parts.all.iter().enumerate() {
        if !parts.used.borrow().contains_key(&i) {
            report.problems().add(place, "no result of the report points at this");
        }
    }
    results
}
