//! A run of the generator, read back by the readers that an operator's import uses.

use std::{
    fs::File,
    path::{Path, PathBuf},
};
use techo_exchange::{
    archive::CheckupPackage,
    cda,
    rows::{CoverageRows, FileRows, ResidentRows, RowFormat, VaccinationRows},
};
use techo_model::{
    checkup::CheckupDocument, coverage::CoverageRow, resident::ResidentRow, vaccination::VaccinationRow,
};
use techo_synth::{FileKind, ListedFile, SynthManifest, SynthOptions, reference_date};
use tempfile::TempDir;

/// A folder of files.
pub struct Run {
    pub folder: TempDir,
    pub manifest: SynthManifest,
}

/// A document with where it came from.
pub struct Read {
    pub document: CheckupDocument,
    pub sender: String,
}

impl Run {
    pub fn new(residents: u32, seed: u64) -> Self {
        let folder = TempDir::new().unwrap();
        let manifest = techo_synth::write(folder.path(), &SynthOptions { residents, seed }).unwrap();
        Self { folder, manifest }
    }

    pub fn files(&self, kind: FileKind) -> impl Iterator<Item = (&ListedFile, PathBuf)> {
        let listed = self.manifest.files.iter().filter(move |file| file.kind == kind);
        listed.map(|file| (file, self.folder.path().join(&file.path)))
    }

    pub fn residents(&self) -> Vec<ResidentRow> {
        self.files(FileKind::Residents)
            .flat_map(|(_, path)| {
                all(ResidentRows::open(File::open(path).unwrap(), reference_date()).unwrap())
            })
            .collect()
    }

    pub fn coverage(&self) -> Vec<CoverageRow> {
        self.files(FileKind::Coverage)
            .flat_map(|(_, path)| {
                all(CoverageRows::open(File::open(path).unwrap(), reference_date()).unwrap())
            })
            .collect()
    }

    pub fn vaccinations(&self) -> Vec<VaccinationRow> {
        self.files(FileKind::Vaccinations)
            .flat_map(|(_, path)| {
                all(VaccinationRows::open(File::open(path).unwrap(), reference_date()).unwrap())
            })
            .collect()
    }

    pub fn documents(&self) -> Vec<Read> {
        self.files(FileKind::Checkups).flat_map(|(file, path)| documents(&path, &file.sender)).collect()
    }
}

fn documents(path: &Path, sender: &str) -> Vec<Read> {
    let mut package = CheckupPackage::open(File::open(path).unwrap()).unwrap();
    let mut documents = Vec::new();
    for entry in package.documents() {
        let entry = entry.unwrap_or_else(|problem| panic!("{}: {problem:?}", path.display()));
        let document = cda::read_on(&entry.bytes, reference_date())
            .unwrap_or_else(|problem| panic!("{}: {problem:?}", entry.path));
        documents.push(Read { document, sender: sender.to_owned() });
    }
    documents
}

fn all<F: RowFormat>(rows: FileRows<File, F>) -> Vec<F::Row> {
    rows.map(|row| row.unwrap_or_else(|problem| panic!("{problem:?}")).row).collect()
}
