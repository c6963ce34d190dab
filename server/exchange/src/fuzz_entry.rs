//! What the fuzz targets under `fuzz/` call, and what `tests/exchange/replay_corpus.rs` calls with the same files on the stable
//! toolchain: one function a parser. Each takes any bytes, must not panic in the parser, and asserts what holds for
//! every input.
//!
//! To add a parser: a function here and in [`ALL`], a target of four lines, a folder of small files in `fuzz/corpus`.

use crate::{
    archive, cda,
    csv::{CsvColumn, CsvEntry, CsvLimits, CsvReader, RowProblem},
    eligibility::request,
    fhir::{
        consent as fhir_consent,
        intake::{self, DocumentSender},
    },
    rows::{CoverageLayout, FileRows, RecordsError, ResidentsLayout, RowFormat, VaccinationsLayout},
};
use std::io::Cursor;
use techo_model::{CalendarDate, UnixMillis, checkup::DocumentRequest, laboratory::ReportStatus};

/// A function that takes any bytes.
pub type EntryFunction = fn(&[u8]);

/// Every target by the name of its corpus folder.
pub const ALL: [(&str, EntryFunction); 9] = [
    ("csv", csv),
    ("residents", residents),
    ("coverage", coverage),
    ("vaccinations", vaccinations),
    ("cda", cda),
    ("eligibility", eligibility),
    ("consent", consent),
    ("intake", intake),
    ("archive", archive),
];

const COLUMNS: &[CsvColumn] =
    &[CsvColumn::required("名"), CsvColumn::required("数"), CsvColumn::optional("備考")];

/// Structure of CSV, with limits so small that an input of a few hundred bytes reaches them.
pub fn csv(bytes: &[u8]) {
    let limits = CsvLimits { cell: 48, record: 96, columns: 8 };
    let Ok(mut reader) = CsvReader::open_with_limits(bytes, COLUMNS, limits) else { return };
    let physical = 1 + memchr::memchr_iter(b'\n', bytes).count() as u64;
    let mut former = 0;
    while let Some(entry) = reader.read().expect("memory can always be read") {
        let line = match entry {
            CsvEntry::Record(record) => record.line(),
            CsvEntry::Rejected(rejected) => {
                assert_problems(&rejected.problems, physical);
                rejected.line
            }
        };
        assert!(line > former && line <= physical, "every row begins on a line of its own");
        former = line;
    }
}

/// A residents file.
pub fn residents(bytes: &[u8]) {
    rows::<ResidentsLayout>(bytes);
}

/// A coverage file.
pub fn coverage(bytes: &[u8]) {
    rows::<CoverageLayout>(bytes);
}

/// A vaccinations file.
pub fn vaccinations(bytes: &[u8]) {
    rows::<VaccinationsLayout>(bytes);
}

fn rows<F: RowFormat>(bytes: &[u8]) {
    let today = CalendarDate::new(2026, 11, 23).expect("a day of the calendar");
    let Ok(rows) = FileRows::<_, F>::open(bytes, today) else { return };
    let physical = 1 + memchr::memchr_iter(b'\n', bytes).count() as u64;
    let width = rows.header().names().count();
    for row in rows {
        match row {
            Ok(good) => assert_eq!(good.raw.cells().count(), width, "a good row has all its cells"),
            Err(RecordsError::Row(rejected)) => {
                assert_problems(&rejected.problems, physical);
                assert!(rejected.raw.cells().count() <= width, "a rejected row fits into the rejects file");
            }
            Err(RecordsError::Io(error)) => panic!("memory can always be read: {error}"),
        }
    }
}

fn assert_problems(problems: &[RowProblem], physical: u64) {
    assert!(!problems.is_empty(), "a rejected row says why");
    assert!(
        problems.iter().all(|problem| (1..=physical).contains(&problem.line)),
        "a problem lies in the file"
    );
}

/// One checkup document.
pub fn cda(bytes: &[u8]) {
    let today = CalendarDate::new(2026, 11, 23).expect("a day of the calendar");
    if let Ok(document) = cda::read_on(bytes, today) {
        let facts = &document.facts;
        assert!(facts.examined_on <= facts.document_date && facts.document_date <= today.plus_days(1));
        assert!(cda::read(bytes).is_ok_and(|again| again == document), "what comes in can be read later");
    }
    match cda::read(bytes) {
        Ok(document) => {
            let facts = &document.facts;
            assert!(document.request == DocumentRequest::Delete || !facts.results.is_empty());
            assert!(!document.insured.number.is_empty() && facts.facility.len() == 10);
            assert!(document.birth_date <= facts.examined_on);
        }
        Err(problem) => assert!(!problem.place.is_empty() && problem.to_string().contains('：')),
    }
}

/// A `CoverageEligibilityRequest`.
pub fn eligibility(bytes: &[u8]) {
    match request::read(bytes) {
        Ok(request) => assert!(!request.patient.value.is_empty()),
        Err(problem) => assert!(problem.place.starts_with("CoverageEligibilityRequest")),
    }
}

/// A `Consent`. What was read can be written, and means the same again.
pub fn consent(bytes: &[u8]) {
    let now = UnixMillis(1_795_000_000_000);
    match fhir_consent::read(bytes, now) {
        Ok(state) => {
            let version = fhir_consent::StatedVersion { number: 1, chosen_at: now };
            let written =
                fhir_consent::write(&state, version).expect("what was read can be written").to_string();
            assert_eq!(fhir_consent::read(written.as_bytes(), now), Ok(state));
        }
        Err(problem) => assert!(problem.place.starts_with("Consent") || problem.place.starts_with("line ")),
    }
}

/// Resources that are sent: what is taken is worth keeping, and whoever is refused is told why.
pub fn intake(bytes: &[u8]) {
    let Ok(body) = serde_json::from_slice(bytes) else { return };
    let sender = DocumentSender { number: "1310000001", now: UnixMillis(1_795_000_000_000) };
    for read in [intake::diagnostic_report, intake::transaction] {
        match read(&body, sender) {
            Ok(sent) => {
                let report = &sent.report;
                assert!(!report.results.is_empty() || report.status == ReportStatus::EnteredInError);
                assert!(report.results.iter().all(|result| !result.coding.is_empty()));
            }
            Err(problems) => assert!(!problems.is_empty()),
        }
    }
    if let Err(problems) = intake::immunization(&body, sender) {
        assert!(!problems.is_empty());
    }
}

/// A package, with limits so small that an input of a few hundred bytes reaches them.
pub fn archive(bytes: &[u8]) {
    let limits = archive::PackageLimits {
        entries: 20,
        entry_bytes: 4096,
        total_bytes: 16 * 1024,
        ratio: 20,
        ratio_from: 1024,
        path: 100,
    };
    let Ok(mut package) = archive::CheckupPackage::open_with_limits(Cursor::new(bytes), limits) else {
        return;
    };
    let mut total = 0;
    for (index, document) in package.documents().enumerate() {
        assert!(index <= limits.entries, "no more items than entries, and one for the directory");
        if let Ok(entry) = document {
            assert!(entry.bytes.len() as u64 <= limits.entry_bytes);
            assert!(entry.path.split(['/', '\\']).all(|part| part != "..") && !entry.path.starts_with('/'));
            total += entry.bytes.len() as u64;
            cda(&entry.bytes);
        }
    }
    assert!(total <= limits.total_bytes);
}
