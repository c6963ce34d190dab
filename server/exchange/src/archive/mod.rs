//! The documents of a ministry package (特定健診 ZIP), one after another, without unpacking anything to disk.
//!
//! A package has one folder with `DATA/` (documents), `CLAIMS/`, `XSD/`, an index and a summary; only the documents
//! matter here. The central directory is walked twice and never held, so that memory grows neither with the number of
//! documents nor with their size. An entry that is broken or hostile is a problem of that entry; the rest goes on.
//!
//! The walk uses an interface of the `zip` crate that is marked unstable, hence its exact version in the workspace; its
//! stable interface holds every entry of the directory in memory before one can ask how many there are.

mod limits;
mod name;
mod problem;
#[cfg(test)]
mod tests;

pub use limits::Limits;
pub use problem::{EntryFault, EntryProblem, OpenError};

use name::{EntryName, Role, begins_like_an_archive};
use std::io::{self, BufReader, ErrorKind, Read, Seek};
use zip::{
    CompressionMethod, ZipReadOptions,
    read::{Config, ZipFileEntry},
    result::ZipError,
    unstable::read::{ZipIterable, ZipIterableFiles},
};

/// Whether bytes begin like a package rather than like a single document.
pub fn looks_like_package(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// A document of a package.
pub struct Entry {
    /// Its path within the package.
    pub path: String,
    /// Its bytes, for [`crate::cda::read`].
    pub bytes: Vec<u8>,
}

/// A package whose directory has been looked through once.
pub struct Package<R> {
    zip: ZipIterable<BufReader<R>>,
    limits: Limits,
    /// Which entries are documents: XML outside any folder `DATA` only where there is no such folder.
    roles: &'static [Role],
}

impl<R: Read + Seek> Package<R> {
    /// Opens a package.
    ///
    /// # Errors
    /// It is no ZIP, has too many entries or no document, or cannot be read.
    pub fn open(package: R) -> Result<Self, OpenError> {
        Self::open_with_limits(package, Limits::default())
    }

    /// [`Self::open`] with other limits than the usual ones.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with_limits(package: R, limits: Limits) -> Result<Self, OpenError> {
        let mut zip = ZipIterable::try_new(BufReader::new(package), Config::default()).map_err(not_opened)?;
        if zip.len() > limits.entries {
            return Err(OpenError::TooManyEntries(limits.entries));
        }
        let (mut documents, mut loose, mut hostile) = (false, false, false);
        for entry in zip.files().map_err(not_opened)?.map_while(Result::ok) {
            let name = EntryName::new(entry.name_raw());
            let role = name.role();
            documents |= role == Role::Document;
            loose |= role == Role::Loose;
            hostile |= role == Role::NestedArchive || !name.is_safe(limits.path);
        }
        // What is hostile is reported entry by entry, so a package of nothing else is not called empty.
        if !documents && !loose && !hostile {
            return Err(OpenError::NoDocuments);
        }
        let roles: &[Role] = if documents { &[Role::Document] } else { &[Role::Loose] };
        Ok(Self { zip, limits, roles })
    }

    /// The documents from the first one on.
    ///
    /// # Errors
    /// The package cannot be read any more.
    pub fn documents(&mut self) -> Result<Documents<'_, R>, OpenError> {
        let files = self.zip.files().map_err(not_opened)?;
        Ok(Documents { files, limits: self.limits, roles: self.roles, expanded: 0, ended: false })
    }
}

/// The documents of one package, in the order of its directory.
pub struct Documents<'p, R> {
    files: &'p mut ZipIterableFiles<BufReader<R>>,
    limits: Limits,
    roles: &'static [Role],
    expanded: u64,
    ended: bool,
}

impl<R: Read + Seek> Iterator for Documents<'_, R> {
    type Item = Result<Entry, EntryProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let read = match self.files.next()? {
                Ok(entry) => self.read(entry),
                Err(error) => {
                    let fault = directory_fault(&error);
                    Some(Err(EntryProblem { path: "（ZIPの目次）".to_owned(), fault }))
                }
            };
            if let Some(Err(problem)) = &read {
                self.ended = problem.fault.ends_the_package();
            }
            if read.is_some() {
                return read;
            }
        }
        None
    }
}

impl<R: Read + Seek> Documents<'_, R> {
    /// One entry; nothing when it is harmless and no document.
    fn read(&mut self, entry: ZipFileEntry<'static>) -> Option<Result<Entry, EntryProblem>> {
        let name = EntryName::new(entry.name_raw());
        let path = name.shown(self.limits.path);
        let checked = check(&entry, &name, &self.limits);
        if checked.is_ok() && !self.roles.contains(&name.role()) {
            return None;
        }
        let bytes = checked.and_then(|()| self.unpack(entry));
        Some(
            bytes
                .map(|bytes| Entry { path: path.clone(), bytes })
                .map_err(|fault| EntryProblem { path, fault }),
        )
    }

    fn unpack(&mut self, entry: ZipFileEntry<'static>) -> Result<Vec<u8>, EntryFault> {
        let limits = self.limits;
        check_sizes(&entry, &limits)?;
        let packed = entry.compressed_size();
        let mut bytes = Vec::with_capacity(usize::try_from(entry.size()).unwrap_or(0));
        let file = entry.with_reader(self.files.reader_mut(), ZipReadOptions::new()).map_err(entry_fault)?;
        file.take(limits.entry_bytes + 1).read_to_end(&mut bytes).map_err(|error| read_fault(&error))?;
        let unpacked = bytes.len() as u64;
        within(packed, unpacked, &limits)?;
        self.expanded += unpacked;
        if self.expanded > limits.total_bytes {
            return Err(EntryFault::TotalTooLarge(limits.total_bytes));
        }
        if begins_like_an_archive(&bytes) { Err(EntryFault::NestedArchive) } else { Ok(bytes) }
    }
}

/// What the directory says about an entry, whether it is a document or not.
fn check(entry: &ZipFileEntry<'_>, name: &EntryName, limits: &Limits) -> Result<(), EntryFault> {
    if !name.is_safe(limits.path) {
        return Err(EntryFault::UnsafeName);
    }
    if entry.is_symlink() {
        return Err(EntryFault::SymbolicLink);
    }
    if entry.encrypted() {
        return Err(EntryFault::Encrypted);
    }
    if name.role() == Role::NestedArchive { Err(EntryFault::NestedArchive) } else { Ok(()) }
}

/// The sizes that the directory states, before anything is unpacked on their word.
fn check_sizes(entry: &ZipFileEntry<'_>, limits: &Limits) -> Result<(), EntryFault> {
    if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
        return Err(EntryFault::UnsupportedCompression);
    }
    within(entry.compressed_size(), entry.size(), limits)
}

fn within(packed: u64, unpacked: u64, limits: &Limits) -> Result<(), EntryFault> {
    if unpacked > limits.entry_bytes {
        return Err(EntryFault::TooLarge(limits.entry_bytes));
    }
    if unpacked >= limits.ratio_from && unpacked > packed.saturating_mul(limits.ratio) {
        return Err(EntryFault::RatioTooHigh(limits.ratio));
    }
    Ok(())
}

fn not_opened(error: ZipError) -> OpenError {
    match error {
        ZipError::Io(error) if !is_damage(&error) => OpenError::Io(error),
        _ => OpenError::NotAZip,
    }
}

fn directory_fault(error: &ZipError) -> EntryFault {
    match error {
        ZipError::Io(error) if !is_damage(error) => EntryFault::Io(error.kind()),
        _ => EntryFault::DirectoryDamaged,
    }
}

fn entry_fault(error: ZipError) -> EntryFault {
    match error {
        ZipError::Io(error) => read_fault(&error),
        ZipError::CompressionMethodNotSupported(_) => EntryFault::UnsupportedCompression,
        _ => EntryFault::Damaged,
    }
}

fn read_fault(error: &io::Error) -> EntryFault {
    if is_damage(error) { EntryFault::Damaged } else { EntryFault::Io(error.kind()) }
}

/// Whether the bytes are to blame rather than the disk or the network.
fn is_damage(error: &io::Error) -> bool {
    use ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    matches!(error.kind(), InvalidData | InvalidInput | Other | UnexpectedEof)
}
