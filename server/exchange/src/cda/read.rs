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

pub use guard::{DocumentLimits, looks_like_xml};
pub use problem::{DocumentFault, DocumentProblem};

use crate::cda::NAMESPACE;
use dom::path;
use roxmltree::{Document, Node, ParsingOptions};
use techo_model::{
    CalendarDate,
    checkup::{CheckupDocument, CheckupFacts, DocumentRequest, Phase},
};

/// Reads one 特定健診 document (CDA R2, UTF-8 or Shift_JIS by its declaration) that was taken over before. Its dates are
/// as they were found good then.
///
/// # Errors
/// The first thing that keeps the document from being read, with its place.
pub fn read(bytes: &[u8]) -> Result<CheckupDocument, DocumentProblem> {
    parsed(bytes, None)
}

/// [`read`] for a document that comes in. `today` is the date in Japan: nothing in it may lie later than tomorrow.
///
/// # Errors
/// As [`read`].
pub fn read_on(bytes: &[u8], today: CalendarDate) -> Result<CheckupDocument, DocumentProblem> {
    parsed(bytes, Some(today))
}

fn parsed(bytes: &[u8], today: Option<CalendarDate>) -> Result<CheckupDocument, DocumentProblem> {
    let limits = DocumentLimits::default();
    let text = guard::text(bytes, &limits)?;
    guard::check_nesting(&text, &limits)?;
    let options = ParsingOptions { nodes_limit: limits.nodes, ..ParsingOptions::default() };
    let document =
        Document::parse_with_options(&text, options).map_err(|error| guard::refused(&error, &text))?;
    checkup(document.root_element(), today)
}

fn checkup(root: Node<'_, '_>, today: Option<CalendarDate>) -> Result<CheckupDocument, DocumentProblem> {
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
        return Err(DocumentProblem::new(path(examination.time), DocumentFault::BeforeBirth));
    }
    if let Some(today) = today {
        let dates = Dates { born: person.birth_date, examined: &examination, written: document_date };
        dates.check(root, today)?;
    }
    let phase = Phase::on(examination.date);
    let results = body::results(root, phase)?;
    if results.is_empty() && request == DocumentRequest::Keep {
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

/// Nobody is examined at a higher age; a higher one is a slip of era or century.
const OLDEST_YEARS: i16 = 130;

/// The dates of a document that comes in.
struct Dates<'d, 'a, 'i> {
    born: CalendarDate,
    examined: &'d header::Examination<'a, 'i>,
    written: CalendarDate,
}

impl Dates<'_, '_, '_> {
    /// Examination and document in this order, and neither later than tomorrow. The newest document wins, so one from a
    /// far future could never be corrected.
    fn check(&self, root: Node<'_, '_>, today: CalendarDate) -> Result<(), DocumentProblem> {
        let tomorrow = today.plus_days(1);
        let (examined, at) = (self.examined.date, || path(self.examined.time));
        if examined.age_since(self.born) > OLDEST_YEARS {
            return Err(DocumentProblem::new(header::birth_place(root), DocumentFault::TooOld("生年月日")));
        }
        if self.examined.end.unwrap_or(examined).max(examined) > tomorrow {
            return Err(DocumentProblem::new(at(), DocumentFault::InTheFuture("健診実施日")));
        }
        if self.examined.end.is_some_and(|end| end < examined) {
            return Err(DocumentProblem::new(at(), DocumentFault::Malformed("健診実施日")));
        }
        let written = |fault| DocumentProblem::new("/ClinicalDocument/effectiveTime", fault);
        if self.written > tomorrow {
            return Err(written(DocumentFault::InTheFuture("文書の作成日")));
        }
        if self.written < examined {
            return Err(written(DocumentFault::WrittenBeforeExamined));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
