//! ZIP packages in the ministry's layout: a folder of the package's name with `DATA/`, an index and a summary.
//!
//! A package takes so many documents at most, so that neither its directory nor a reader's grows without end.

use super::make_folder;
use crate::{
    SynthError,
    calendar::day,
    document::{Submission, Submitted},
    insurers::{INSURERS, InsurerIndex},
    manifest::{FileKind, ListedFile},
    numbers,
};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};
use techo_exchange::cda::write::{self, PackageFacts};
use techo_model::{CalendarDate, number::InsurerNumber};
use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

/// Documents of one package.
const LARGEST: u32 = 5_000;

/// The packages of all insurers.
pub(crate) struct Packages {
    root: PathBuf,
    open: BTreeMap<(Submission, InsurerIndex), OpenPackage>,
    /// How many packages each insurer has sent in each submission.
    sent: BTreeMap<(Submission, InsurerIndex), u8>,
    done: Vec<((Submission, InsurerIndex, String), ListedFile)>,
}

struct OpenPackage {
    facts: PackageFacts,
    path: PathBuf,
    zip: ZipWriter<BufWriter<File>>,
    options: SimpleFileOptions,
}

impl Packages {
    /// No package yet.
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), open: BTreeMap::new(), sent: BTreeMap::new(), done: Vec::new() }
    }

    /// Puts a document into the package of its insurer.
    pub(crate) fn add(&mut self, submitted: &Submitted, xml: &[u8]) -> Result<(), SynthError> {
        let key = (submitted.submission, submitted.insurer);
        if !self.open.contains_key(&key) {
            let nth = self.sent.entry(key).or_insert(0);
            let opened = OpenPackage::create(&self.root, submitted, *nth)?;
            *nth += 1;
            self.open.insert(key, opened);
        }
        let package = self.open.get_mut(&key).expect("opened above");
        package.add(xml)?;
        if package.facts.documents >= LARGEST {
            self.close(key)?;
        }
        Ok(())
    }

    /// Finishes all packages and lists them, first submissions first.
    pub(crate) fn finish(mut self) -> Result<Vec<ListedFile>, SynthError> {
        while let Some(key) = self.open.keys().next().copied() {
            self.close(key)?;
        }
        self.done.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(self.done.into_iter().map(|(_, listed)| listed).collect())
    }

    fn close(&mut self, key: (Submission, InsurerIndex)) -> Result<(), SynthError> {
        let Some(package) = self.open.remove(&key) else { return Ok(()) };
        let stem = package.facts.stem();
        package.finish()?;
        let listed = ListedFile {
            kind: FileKind::Checkups,
            sender: INSURERS[key.1].number().as_str().to_owned(),
            path: format!("{}/{stem}.zip", FileKind::Checkups),
        };
        self.done.push(((key.0, key.1, stem), listed));
        Ok(())
    }
}

impl OpenPackage {
    fn create(root: &Path, submitted: &Submitted, nth: u8) -> Result<Self, SynthError> {
        let (created_on, sequence) = moment(submitted.submission, nth);
        let facts = PackageFacts {
            sender: INSURERS[submitted.insurer].number(),
            receiver: receiver(),
            created_on,
            sequence,
            documents: 0,
        };
        let path = root.join(format!("{}/{}.zip", FileKind::Checkups, facts.stem()));
        make_folder(&path)?;
        let file = File::create(&path).map_err(|source| SynthError::at(&path, source))?;
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(noon(created_on))
            .unix_permissions(0o644);
        Ok(Self { facts, path, zip: ZipWriter::new(BufWriter::with_capacity(64 * 1024, file)), options })
    }

    fn add(&mut self, xml: &[u8]) -> Result<(), SynthError> {
        self.facts.documents += 1;
        let PackageFacts { sender, created_on, sequence, documents, .. } = &self.facts;
        let name = format!("h{:0>10}{}{sequence}1{documents:06}.xml", sender.as_str(), created_on.compact());
        self.entry(&format!("DATA/{name}"), xml)
    }

    fn finish(mut self) -> Result<(), SynthError> {
        let (index, summary) = (write::index(&self.facts), write::summary(&self.facts));
        self.entry("ix08_V08.xml", &index)?;
        self.entry("su08_V08.xml", &summary)?;
        let path = self.path;
        let mut out = self.zip.finish().map_err(|error| zip_error(&path, error))?;
        out.flush().map_err(|source| SynthError::at(&path, source))
    }

    fn entry(&mut self, name: &str, bytes: &[u8]) -> Result<(), SynthError> {
        let name = format!("{}/{name}", self.facts.stem());
        self.zip.start_file(name, self.options).map_err(|error| zip_error(&self.path, error))?;
        self.zip.write_all(bytes).map_err(|source| SynthError::at(&self.path, source))
    }
}

/// The n-th package of a submission: day and 回数 on that day, ten a day.
fn moment(submission: Submission, nth: u8) -> (CalendarDate, u8) {
    let first = match submission {
        Submission::First => day(2026, 11, 9),
        Submission::Second => day(2026, 11, 20),
    };
    (first.plus_days(i32::from(nth / 10)), nth % 10)
}

/// 提出先. No number for a portal is published, so this one of prefecture 61 is ours.
fn receiver() -> InsurerNumber {
    numbers::insurer_number("9961001")
}

fn noon(date: CalendarDate) -> DateTime {
    let civil = date.civil();
    let part = |value: i8| u8::try_from(value).unwrap_or(1);
    let year = u16::try_from(civil.year()).unwrap_or(1980);
    DateTime::from_date_and_time(year, part(civil.month()), part(civil.day()), 12, 0, 0).unwrap_or_default()
}

fn zip_error(path: &Path, error: ZipError) -> SynthError {
    SynthError::at(path, error.into())
}
