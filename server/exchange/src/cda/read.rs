//! A checkup document from bytes: strict about whose it is and when it was, lenient about order and extras.
//!
//! The way of the bytes: `guard` (size, encoding, nesting, before anything is built), the XML parser (no DTD),
//! `numbers` (no number of a person anywhere), `header` (person, facility, dates), `body` with `observation` and `value` (results). Every problem names its
//! place and what to do, and repeats nothing that stands in the document.
//!
//! To read a further element: find its place in `header` or `observation`, and add a document to the fuzz corpus.

mod author;
mod body;
mod dom;
mod guard;
mod header;
mod numbers;
mod observation;
mod problem;
mod value;

pub use guard::Limits;
pub use problem::{DocumentFault, DocumentProblem};

use crate::cda::NAMESPACE;
use dom::path;
use roxmltree::{Document, Node, ParsingOptions};
use techo_model::checkup::{CheckupDocument, CheckupFacts, Phase, Request};

/// Reads one 特定健診 document (CDA R2, UTF-8 or Shift_JIS by its declaration).
///
/// # Errors
/// The first thing that keeps the document from being taken over, with its place.
pub fn read(bytes: &[u8]) -> Result<CheckupDocument, DocumentProblem> {
    let limits = Limits::default();
    let text = guard::text(bytes, &limits)?;
    guard::check_nesting(&text, &limits)?;
    let options = ParsingOptions { nodes_limit: limits.nodes, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&text, options).map_err(|error| guard::refused(&error))?;
    checkup(document.root_element())
}

fn checkup(root: Node<'_, '_>) -> Result<CheckupDocument, DocumentProblem> {
    if !root.has_tag_name((NAMESPACE, "ClinicalDocument")) {
        return Err(DocumentProblem::new("/", DocumentFault::NotACheckup));
    }
    numbers::refuse(root)?;
    let (report_class, request) = header::report_class(root)?;
    let person = header::person(root)?;
    let examination = header::examination(root)?;
    let (facility, facility_name) = header::facility(root, &examination)?;
    let document_date = header::document_date(root)?;
    if examination.date < person.birth_date {
        return Err(DocumentProblem::new(path(examination.node), DocumentFault::BeforeBirth));
    }
    let phase = Phase::on(examination.date);
    let results = body::results(root, phase)?;
    if results.is_empty() && request == Request::Keep {
        return Err(DocumentProblem::new(
            "/ClinicalDocument/component/structuredBody",
            DocumentFault::NoResults,
        ));
    }
    Ok(CheckupDocument {
        request,
        name: person.name,
        birth_date: person.birth_date,
        sex: person.sex,
        facts: CheckupFacts {
            facility,
            facility_name,
            examined_on: examination.date,
            document_date,
            report_class,
            programme: examination.programme,
            phase,
            insurer: person.insured.insurer.as_str().to_owned(),
            results,
        },
        insured: person.insured,
    })
}

#[cfg(test)]
mod tests;
