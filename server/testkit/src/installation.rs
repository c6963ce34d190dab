//! An installation on each engine, whose files are imported by the same code as an operator's.

use crate::record_code;
use std::{
    io::{Cursor, Result as IoResult},
    sync::atomic::{AtomicU64, Ordering},
};
use techo_custody::{
    Custody,
    environment::Environment,
    keys::{
        KeyRing,
        set::{KeySet, Master},
    },
    page_watch,
};
use techo_exchange::{csv::RawRow, rows::Rows};
use techo_intake::{
    Counts, CoverageIntake, Document, Import, Intake, LetterPlace, ResidentsIntake, Seen, Settled, Sink,
    Take, VaccinationsIntake, import_documents, import_rows,
};
use techo_model::{CalendarDate, RecordCode, UnixMillis, organisation::Organisation};
use techo_store::testing::{TestStores, each_engine};

/// The day on which everything happens: 2026-11-23, noon in Japan.
pub fn noon() -> UnixMillis {
    UnixMillis(UnixMillis::start_of(CalendarDate::parse("2026-11-23").unwrap()).0 + 12 * 3_600_000)
}

/// Keys and databases on one engine, with the importers.
pub struct TestInstallation {
    /// Keys, databases, and a clock that stands still.
    pub custody: Custody,
    /// The databases, with their engine and addresses.
    pub databases: TestStores,
    /// How much that waited has found its person since it was asked last.
    settled: AtomicU64,
}

/// The same installation on every engine.
pub async fn each_installation() -> Vec<TestInstallation> {
    each_engine().await.into_iter().map(installation_on).collect()
}

/// The installation on some databases.
pub fn installation_on(databases: TestStores) -> TestInstallation {
    TestInstallation { custody: custody(&databases), databases, settled: AtomicU64::new(0) }
}

/// The keys of an installation.
pub fn keys() -> KeyRing {
    KeyRing::new([KeySet::derive(1, &Master::new([7; 32]))]).unwrap()
}

fn custody(databases: &TestStores) -> Custody {
    Custody { stores: databases.stores.clone(), keys: keys(), environment: Environment::test(noon(), 1) }
}

/// What an import did, with the sentences of its rejects.
#[derive(Debug)]
pub struct IntakeReport {
    /// How many rows came to what.
    pub counts: Counts,
    /// Why a row was not taken, in their order.
    pub rejects: Vec<String>,
    /// Places of letters that can hardly be shown.
    pub letters: Vec<String>,
}

#[derive(Default)]
struct Notes(Vec<String>, Vec<String>, u64);

impl Sink for Notes {
    fn rejected_row(&mut self, _line: u64, _raw: &RawRow, reason: &str) -> IoResult<()> {
        self.0.push(reason.to_owned());
        Ok(())
    }

    fn rejected_document(&mut self, path: &str, reason: &str) -> IoResult<()> {
        self.0.push(format!("{path}: {reason}"));
        Ok(())
    }

    fn unshowable_letter(&mut self, place: LetterPlace<'_>) {
        self.1.push(match place {
            LetterPlace::Cell { line, column } => format!("{line} {column}"),
            LetterPlace::Document(path) => path.to_owned(),
        });
    }

    fn progress(&mut self, _counts: &Counts) {}

    fn settled(&mut self, settled: Settled) {
        self.2 += settled.total();
    }
}

impl TestInstallation {
    /// The name of the engine, for messages.
    pub fn engine(&self) -> &'static str {
        self.databases.engine
    }

    /// Imports a file of one kind, as text.
    pub async fn rows<I: Intake>(
        &self,
        sender: &Organisation,
        seen: Seen,
        rejected_before: &[i64],
        text: String,
    ) -> IntakeReport {
        let import = Import { custody: &self.custody, sender, seen, rejected_before };
        let rows: Rows<_, I::Format> =
            Rows::open(Cursor::new(text.into_bytes()), self.custody.environment.today()).unwrap();
        let mut notes = Notes::default();
        let counts = import_rows::<I>(&import, rows, &mut notes).await.unwrap();
        self.settled.fetch_add(notes.2, Ordering::Relaxed);
        IntakeReport { counts, rejects: notes.0, letters: notes.1 }
    }

    /// Imports a residents file.
    ///
    /// # Panics
    /// When the databases fail.
    pub async fn residents(&self, sender: &Organisation, text: String) -> IntakeReport {
        self.rows::<ResidentsIntake>(sender, Seen::New, &[], text).await
    }

    /// Imports a coverage file.
    ///
    /// # Panics
    /// When the databases fail.
    pub async fn coverage(&self, sender: &Organisation, text: String) -> IntakeReport {
        self.rows::<CoverageIntake>(sender, Seen::New, &[], text).await
    }

    /// Imports a vaccinations file.
    ///
    /// # Panics
    /// When the databases fail.
    pub async fn vaccinations(&self, sender: &Organisation, text: String) -> IntakeReport {
        self.rows::<VaccinationsIntake>(sender, Seen::New, &[], text).await
    }

    /// The same file once more, after it was taken in whole before.
    pub async fn vaccinations_again(&self, sender: &Organisation, text: String) -> IntakeReport {
        self.rows::<VaccinationsIntake>(sender, Seen::Before, &[], text).await
    }

    /// Imports checkup documents.
    ///
    /// # Panics
    /// When the databases fail.
    pub async fn checkups(&self, sender: &Organisation, documents: Vec<Vec<u8>>) -> IntakeReport {
        let import = Import { custody: &self.custody, sender, seen: Seen::New, rejected_before: &[] };
        let mut notes = Notes::default();
        let source = |take: Take<'_>| {
            for (i, bytes) in documents.into_iter().enumerate() {
                let _ = take(Ok(Document { path: format!("DATA/{i}.xml"), content: Ok(bytes) }));
            }
        };
        let counts = import_documents(&import, source, &mut notes).await.unwrap();
        self.settled.fetch_add(notes.2, Ordering::Relaxed);
        IntakeReport { counts, rejects: notes.0, letters: notes.1 }
    }

    /// The key of the nth person's records.
    pub fn record_of(&self, n: u64) -> RecordCode {
        let keys = self.custody.keys.current();
        keys.record_code(&keys.person_code(&record_code(n)))
    }

    /// The sweep. Says how much has found its person since it was asked last, by imports and by the sweep.
    pub async fn settle(&self) -> u64 {
        let swept = techo_intake::settle(&self.custody, &mut page_watch::go_on).await.unwrap().total();
        swept + self.settled.swap(0, Ordering::Relaxed)
    }
}

/// Counts in the order in which a report names them: read, inserted, updated, unchanged, deleted, rejected, quarantined.
pub fn report_counts(taken: &IntakeReport) -> [u64; 7] {
    let c = taken.counts;
    assert_eq!(c.read, c.inserted + c.updated + c.unchanged + c.deleted + c.rejected + c.quarantined);
    [c.read, c.inserted, c.updated, c.unchanged, c.deleted, c.rejected, c.quarantined]
}
