//! What a clinic or hospital sends: resources are read strictly. Every problem is told at once, each with its place; an
//! element that would not be kept is refused by its name, never passed over, because what is lost could be what mattered.
//!
//! ```text
//! DiagnosticReport with contained Observations ┐
//! transaction: report and Observations         ┴▶ read_report ▶ SentReport
//! Immunization                                  ▶ SentDose
//! document                                      ▶ SentCheckup
//! ```
//!
//! To take an element: where its resource is read, one line that asks [`element::Element`] for it, and its place in the
//! table of `docs/FORMATS.md`. Whatever nobody asked for is refused when the element is dropped.

mod bundle;
mod checkup;
mod codes;
mod element;
mod immunization;
mod numbers;
mod observation;
mod parties;
mod report;

pub use bundle::transaction;
pub use checkup::{SentCheckup, checkup};
pub use immunization::immunization;
pub use numbers::sent_json;

use crate::fhir::request::RequestProblem;
use element::Problems;
use report::{Parts, read_report};
use serde_json::Value;
use std::cell::RefCell;
use techo_model::{UnixMillis, laboratory::LaboratoryReport};

/// Results in one report.
pub const RESULTS: usize = 500;

/// Who sends, and when it arrived.
#[derive(Clone, Copy, Debug)]
pub struct DocumentSender<'a> {
    /// Official number of the organisation that asks: what it sends must not claim to be another's.
    pub number: &'a str,
    /// Now: what lies ahead is refused.
    pub now: UnixMillis,
}

/// A report that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentReport {
    /// The organisation's code of the person.
    pub code: String,
    /// The report.
    pub report: LaboratoryReport,
    /// What each entry of a transaction was: the report itself, or the result with this number.
    pub entries: Vec<Option<usize>>,
}

/// Reads a `DiagnosticReport` whose `Observation`s are contained in it.
///
/// # Errors
/// Everything that is wrong.
pub fn diagnostic_report(
    body: &Value,
    sender: DocumentSender<'_>,
) -> Result<SentReport, Vec<RequestProblem>> {
    let problems = Problems::default();
    let none = Vec::new();
    let contained = body.get("contained").and_then(Value::as_array).unwrap_or(&none);
    let parts = contained.iter().enumerate().map(|(i, value)| {
        let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
        (format!("#{id}"), format!("DiagnosticReport.contained[{i}]"), value)
    });
    let parts = Parts { all: parts.collect(), used: RefCell::default() };
    let read = read_report(body, "DiagnosticReport", &parts, sender, &problems);
    problems.or(read.map(|(code, report)| SentReport { code, report, entries: Vec::new() }))
}

#[cfg(test)]
mod tests;
