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
        set::{KeySet, MasterKey},
    },
    page_watch,
};
use techo_exchange::{csv::RawRow, rows::FileRows};
use techo_intake::{
    ArchiveDocument, CoverageIntake, DocumentTaker, FileHistory, FileImport, ImportCounts, ImportSink,
    LetterPlace, MatchedCounts, ResidentsIntake, RowIntake, VaccinationsIntake, import_documents,
    import_rows,
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
    KeyRing::new([KeySet::derive(1, &MasterKey::new([7; 32]))]).unwrap()
}

fn custody(databases: &TestStores) -> Custody {
    Custody { stores: databases.stores.clone(), keys: keys(), environment: Environment::test(noon(), 1) }
}

/// What an import did, with the sentences of its rejects.
#[derive(Debug)]
pub struct IntakeReport {
    /// How many rows came to what.
    pub counts: ImportCounts,
    /// Why a row was not taken, in their order.
    pub rejects: Vec<String>,
    /// Places of letters that can hardly be shown.
    pub letters: Vec<String>,
}

#[derive(Default)]
struct Notes(Vec<String>, Vec<String>, u64);

impl ImportSink for Notes {
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

    fn progress(&mut self, _counts: &ImportCounts) {}

    fn settled(&mut self, settled: MatchedCounts) {
        self.2 += settled.total();
    }
}

impl TestInstallation {
    /// The name of the engine, for messages.
    pub fn engine(&self) -> &'static str {
        self.databases.engine
    }

    /// Imports a file of one kind, as text.
    pub async fn rows<I: RowIntake>(
        &self,
        sender: &Organisation,
        seen: FileHistory,
        rejected_before: &[i64],
        text: String,
    ) -> IntakeReport {
        let import = FileImport { custody: &self.custody, sender, seen, rejected_before };
        let rows: FileRows<_, I::Format> =
            FileRows::open(Cursor::new(text.into_bytes()), self.custody.environment.today()).unwrap();
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
        self.rows::<ResidentsIntake>(sender, FileHistory::New, &[], text).await
    }

    /// Imports a coverage file.
    ///
    /// # Panics
    /// When the databases fail.
    pub async fn coverage(&self, sender: &Organisation, text: String) -> IntakeReport {
        self.rows::<CoverageIntake>(sender, FileHistory::New, &[], text).await
    }

    /// Imports a vaccinations file.
    ///
    /// # Panics
    /// When the databases fail.
    pub async fn vaccinations(&self, sender: &Organisation, text: String) -> IntakeReport {
        self.rows::<VaccinationsIntake>(sender, FileHistory::New, &[], text).await
    }

    /// The same file once more, after it was taken in whole before.
    pub async fn vaccinations_again(&self, sender: &Organisation, text: String) -> IntakeReport {
        self.rows::<VaccinationsIntake>(sender, FileHistory::Before, &[], text).await
    }

    /// Imports checkup documents.
    ///
    /// # Panics
    /// When the databases fail.
    pub async fn checkups(&self, sender: &Organisation, documents: Vec<Vec<u8>>) -> IntakeReport {
        let import =
            FileImport { custody: &self.custody, sender, seen: FileHistory::New, rejected_before: &[] };
        let mut notes = Notes::default();
        let source = |take: DocumentTaker<'_>| {
            for (i, bytes) in documents.into_iter().enumerate() {
                let _ = take(Ok(ArchiveDocument { path: format!("DATA/{i}.xml"), content: Ok(bytes) }));
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
        let swept = techo_intake::retry_waiting(&self.custody, &mut page_watch::go_on).await.unwrap().total();
        swept + self.settled.swap(0, Ordering::Relaxed)
    }
}

/// Counts in the order in which a report names them: read, inserted, updated, unchanged, deleted, rejected, quarantined.
pub fn report_counts(taken: &IntakeReport) -> [u64; 7] {
    let c = taken.counts;
    assert_eq!(c.read, c.inserted + c.updated + c.unchanged + c.deleted + c.rejected + c.quarantined);
    [c.read, c.inserted, c.updated, c.unchanged, c.deleted, c.rejected, c.quarantined]
}
