//! A small town for tests: files as text, imported by the same code as an operator's, on every engine.
#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::unwrap_used,
    reason = "each test binary uses its own part of the town, and helpers of tests fail like tests"
)]

pub mod documents;

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
};
use techo_exchange::{csv::RawRow, rows::Rows};
use techo_intake::{
    Counts, CoverageIntake, Document, Import, Intake, Kind, LetterPlace, ResidentsIntake, Seen, Settled,
    Sink, Take, VaccinationsIntake, import_documents, import_rows,
};
use techo_model::{
    CalendarDate, RecordCode, UnixMillis,
    number::{MunicipalityCode, MyNumber, ResidentRecordCode},
    organisation::{Organisation, OrganisationKind},
};
use techo_store::testing::{TestStores, each_engine};

/// The day on which everything happens: 2026-11-23, noon in Japan.
pub fn noon() -> UnixMillis {
    UnixMillis(UnixMillis::start_of(CalendarDate::parse("2026-11-23").unwrap()).0 + 12 * 3_600_000)
}

/// A domain on one engine, with the databases that it works on.
pub struct Town {
    pub custody: Custody,
    pub databases: TestStores,
    /// How much that waited has found its person since it was asked last.
    settled: AtomicU64,
}

/// The same town on every engine.
pub async fn towns() -> Vec<Town> {
    each_engine().await.into_iter().map(town_of).collect()
}

/// The town on some databases.
pub fn town_of(databases: TestStores) -> Town {
    Town { custody: custody(&databases), databases, settled: AtomicU64::new(0) }
}

/// The keys of the town.
pub fn keys() -> KeyRing {
    KeyRing::new([KeySet::derive(1, &Master::new([7; 32]))]).unwrap()
}

fn custody(databases: &TestStores) -> Custody {
    Custody { stores: databases.stores.clone(), keys: keys(), environment: Environment::test(noon(), 1) }
}

/// The municipality that most tests speak for.
pub fn city() -> Organisation {
    municipality(13_999)
}

/// A made-up municipality.
pub fn municipality(five: u32) -> Organisation {
    let id = MunicipalityCode::with_check_digit(five).as_str().to_owned();
    Organisation { id, kind: OrganisationKind::Municipality, name: "架空市".into() }
}

/// A made-up insurer.
pub fn insurer(id: &str) -> Organisation {
    Organisation { id: id.into(), kind: OrganisationKind::Insurer, name: "架空健康保険組合".into() }
}

/// 住民票コード of the nth made-up person.
pub fn record_code(n: u64) -> ResidentRecordCode {
    ResidentRecordCode::with_check_digit(3_000_000_000 + n)
}

/// 個人番号 of the nth made-up person.
pub fn my_number(n: u64) -> MyNumber {
    MyNumber::with_check_digit(50_000_000_000 + n)
}

/// What an import did, with the sentences of its rejects.
#[derive(Debug)]
pub struct Taken {
    pub counts: Counts,
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

impl Town {
    /// The name of the engine, for messages.
    pub fn engine(&self) -> &'static str {
        self.databases.engine
    }

    /// Imports rows of one kind: the header of its columns, then rows as `列=値` pairs separated by `|`.
    pub async fn rows<I: Intake>(
        &self,
        sender: &Organisation,
        seen: Seen,
        rejected_before: &[i64],
        text: String,
    ) -> Taken {
        let import = Import { custody: &self.custody, sender, seen, rejected_before };
        let rows: Rows<_, I::Format> =
            Rows::open(Cursor::new(text.into_bytes()), self.custody.environment.today()).unwrap();
        let mut notes = Notes::default();
        let counts = import_rows::<I>(&import, rows, &mut notes).await.unwrap();
        self.settled.fetch_add(notes.2, Ordering::Relaxed);
        Taken { counts, rejects: notes.0, letters: notes.1 }
    }

    pub async fn residents(&self, sender: &Organisation, text: String) -> Taken {
        self.rows::<ResidentsIntake>(sender, Seen::New, &[], text).await
    }

    pub async fn coverage(&self, sender: &Organisation, text: String) -> Taken {
        self.rows::<CoverageIntake>(sender, Seen::New, &[], text).await
    }

    pub async fn vaccinations(&self, sender: &Organisation, text: String) -> Taken {
        self.rows::<VaccinationsIntake>(sender, Seen::New, &[], text).await
    }

    /// The same file once more, after it was taken in whole before.
    pub async fn vaccinations_again(&self, sender: &Organisation, text: String) -> Taken {
        self.rows::<VaccinationsIntake>(sender, Seen::Before, &[], text).await
    }

    pub async fn checkups(&self, sender: &Organisation, documents: Vec<Vec<u8>>) -> Taken {
        let import = Import { custody: &self.custody, sender, seen: Seen::New, rejected_before: &[] };
        let mut notes = Notes::default();
        let source = |take: Take<'_>| {
            for (i, bytes) in documents.into_iter().enumerate() {
                let _ = take(Ok(Document { path: format!("DATA/{i}.xml"), content: Ok(bytes) }));
            }
        };
        let counts = import_documents(&import, source, &mut notes).await.unwrap();
        self.settled.fetch_add(notes.2, Ordering::Relaxed);
        Taken { counts, rejects: notes.0, letters: notes.1 }
    }

    /// The key of the nth person's records.
    pub fn record_of(&self, n: u64) -> RecordCode {
        let keys = self.custody.keys.current();
        keys.record_code(&keys.person_code(&record_code(n)))
    }

    /// The sweep. Says how much has found its person since it was asked last, by imports and by the sweep.
    pub async fn settle(&self) -> u64 {
        let swept = techo_intake::settle(&self.custody).await.unwrap().total();
        swept + self.settled.swap(0, Ordering::Relaxed)
    }
}

/// Counts in the order in which a report names them: read, inserted, updated, unchanged, deleted, rejected, quarantined.
pub fn seven(taken: &Taken) -> [u64; 7] {
    let c = taken.counts;
    assert_eq!(c.read, c.inserted + c.updated + c.unchanged + c.deleted + c.rejected + c.quarantined);
    [c.read, c.inserted, c.updated, c.unchanged, c.deleted, c.rejected, c.quarantined]
}

/// A person of a residents file: number, name, birth date, further cells as column and value.
pub type PersonRow<'a> = (u64, &'a str, &'a str, &'a [(&'a str, &'a str)]);

/// A residents file.
pub fn residents_file(sender: &Organisation, people: &[PersonRow<'_>]) -> String {
    let mut extra: Vec<&str> =
        people.iter().flat_map(|person| person.3.iter().map(|(column, _)| *column)).collect();
    extra.sort_unstable();
    extra.dedup();
    let mut text = String::from("住民票コード,個人番号,氏名,氏名カナ,生年月日,性別,自治体コード");
    extra.iter().for_each(|column| text.push_str(&format!(",{column}")));
    text.push('\n');
    for (n, name, birth, cells) in people {
        let (code, number) = (record_code(*n).digits(), my_number(*n).digits());
        text.push_str(&format!("{code},{number},{name},テスト,{birth},2,{}", sender.id));
        for column in &extra {
            let value = cells.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value);
            text.push_str(&format!(",{value}"));
        }
        text.push('\n');
    }
    text
}

/// A coverage file. Each row: person, 番号, 枝番, 取得日, 喪失日, 更新日時.
pub fn coverage_file(sender: &Organisation, rows: &[(u64, &str, &str, &str, &str, &str)]) -> String {
    let mut text = String::from(
        "個人番号,保険者番号,記号,番号,枝番,本人家族区分,資格取得日,資格喪失日,喪失事由,負担割合,保険者名,更新日時\n",
    );
    for (n, number, branch, from, to, stated) in rows {
        let reason = if to.is_empty() { "" } else { "退職" };
        text.push_str(&format!(
            "{},{},１２,{number},{branch},1,{from},{to},{reason},30,{},{stated}\n",
            my_number(*n).digits(),
            sender.id,
            sender.name
        ));
    }
    text
}

/// A vaccinations file. Each row: person, 接種日, 疾病, 回数, ロット番号, 取消.
pub fn vaccinations_file(sender: &Organisation, rows: &[(u64, &str, &str, u32, &str, &str)]) -> String {
    let mut text = String::from("住民票コード,接種日,疾病,回数,接種区分,ロット番号,自治体コード,取消\n");
    for (n, on, vaccine, number, lot, cancelled) in rows {
        let code = record_code(*n).digits();
        text.push_str(&format!("{code},{on},{vaccine},{number},定期,{lot},{},{cancelled}\n", sender.id));
    }
    text
}

/// The kinds, so that an unused import is no reason to leave one out.
pub const KINDS: &[Kind] = Kind::ALL;
