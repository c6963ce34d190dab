//! Synthetic Japan: made-up people in real file layouts, for the demo, for tests and for measuring.
//!
//! [`write`] makes the files of a number of residents: the same bytes for the same number, seed and version. Everything
//! is invented: あけぼの県 (prefecture 61) with its municipalities, insurers and facilities does not exist, telephone
//! numbers begin with digits that no carrier has, mail goes to `example.jp`. Check digits are right. The world stands
//! still on [`reference_date`]; there is no clock.
//!
//! Households are made one after another and forgotten once written, so memory does not grow with their number.
//! To add a story that every run should tell, see `household/story.rs`; for values, `health/`; for layouts, `files/`.

mod calendar;
mod coverage;
mod dice;
mod document;
mod facilities;
mod files;
mod health;
mod household;
mod insurers;
mod manifest;
mod names;
mod numbers;
mod places;
mod resident;
mod vaccination;
mod writer;

pub use calendar::reference_date;
pub use manifest::{FileKind, ListedFile, SynthManifest};

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Residents of a demo.
pub const DEFAULT_RESIDENTS: u32 = 300;
/// Seed of a demo.
pub const DEFAULT_SEED: u64 = 2026;

/// What to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SynthOptions {
    /// Count of residents. The first belong to households that each tell one story.
    pub residents: u32,
    /// Where chance begins.
    pub seed: u64,
}

impl Default for SynthOptions {
    fn default() -> Self {
        Self { residents: DEFAULT_RESIDENTS, seed: DEFAULT_SEED }
    }
}

/// Why files could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{} に書き込めません（{source}）", path.display())]
pub struct SynthError {
    path: PathBuf,
    source: io::Error,
}

impl SynthError {
    fn at(path: &Path, source: io::Error) -> Self {
        Self { path: path.to_owned(), source }
    }
}

/// Writes the files of `options` and `manifest.json` into a folder, which is made when it is missing.
///
/// # Errors
/// A file or the folder cannot be written; the error names it.
pub fn write(folder: &Path, options: &SynthOptions) -> Result<SynthManifest, SynthError> {
    let manifest = writer::write(folder, options)?;
    let path = folder.join("manifest.json");
    let text = serde_json::to_string_pretty(&manifest).expect("text and lists always serialise");
    std::fs::write(&path, text + "\n").map_err(|source| SynthError::at(&path, source))?;
    Ok(manifest)
}

/// [`write()`], then says on `out` what stands where.
///
/// # Errors
/// As [`write()`], and when nothing can be said.
pub fn run(folder: &Path, options: &SynthOptions, out: &mut impl Write) -> Result<SynthManifest, SynthError> {
    let manifest = write(folder, options)?;
    for file in &manifest.files {
        writeln!(out, "{}\t{}\t{}", file.kind, file.sender, folder.join(&file.path).display())
            .map_err(|source| SynthError::at(folder, source))?;
    }
    Ok(manifest)
}
