//! The documents of a ministry package (特定健診 ZIP), one after another, without unpacking anything to disk.
//!
//! A package has one folder with `DATA/` (documents), `CLAIMS/`, `XSD/`, an index and a summary; only the documents
//! matter here. The directory is walked twice and never held: of each entry of the first walk two numbers and a hash stay,
//! some bytes each, so that memory grows neither with the size of documents nor noticeably with their number. An entry
//! that is broken or hostile is a problem of that entry; the rest goes on. Why this reader is our own: the `zip` crate
//! trusts the number of entries that the end record states, and holds the whole directory in its stable interface.

mod directory;
mod limits;
mod name;
mod problem;
mod survey;
#[cfg(test)]
mod tests;
mod unpack;

pub use limits::PackageLimits;
pub use problem::{EntryFault, EntryProblem, OpenError};

use directory::{Extent, Header, Walk};
use name::{EntryName, Role, begins_like_an_archive};
use std::io::{self, BufReader, ErrorKind, Read, Seek};
use survey::Survey;

/// Whether bytes begin like a package rather than like a single document.
pub fn looks_like_package(head: &[u8]) -> bool {
    head.starts_with(b"PK")
}

/// A document of a package.
pub struct ArchiveEntry {
    /// Its path within the package.
    pub path: String,
    /// Its bytes, for [`crate::cda::read`].
    pub bytes: Vec<u8>,
}

/// A package whose directory has been looked through once.
pub struct CheckupPackage<R> {
    package: BufReader<R>,
    extent: Extent,
    limits: PackageLimits,
    /// Names that stand more than once, as hashes.
    repeated: Vec<u64>,
    /// Which entries are documents: XML outside any folder `DATA` only where there is no such folder; otherwise it is
    /// told that it was not taken.
    role: Role,
}

impl<R: Read + Seek> CheckupPackage<R> {
    /// Opens a package.
    ///
    /// # Errors
    /// It is no ZIP, contradicts itself, has too many entries or no document, or cannot be read.
    pub fn open(package: R) -> Result<Self, OpenError> {
        Self::open_with_limits(package, PackageLimits::default())
    }

    /// [`Self::open`] with other limits than the usual ones.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with_limits(package: R, limits: PackageLimits) -> Result<Self, OpenError> {
        let mut package = BufReader::new(package);
        let extent = Extent::find(&mut package).map_err(not_opened)?;
        let survey = Survey::of(&mut package, extent, &limits)?;
        Ok(Self { package, extent, limits, repeated: survey.repeated, role: survey.role })
    }

    /// The documents from the first one on.
    pub fn documents(&mut self) -> PackageDocuments<'_, R> {
        PackageDocuments { walk: Walk::over(self.extent), package: self, expanded: 0, ended: false }
    }
}

/// The documents of one package, in the order of its directory.
pub struct PackageDocuments<'p, R> {
    walk: Walk,
    package: &'p mut CheckupPackage<R>,
    expanded: u64,
    ended: bool,
}

impl<R: Read + Seek> Iterator for PackageDocuments<'_, R> {
    type Item = Result<ArchiveEntry, EntryProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let read = match self.walk.next(&mut self.package.package)? {
                Ok(header) => self.read(&header),
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

impl<R: Read + Seek> PackageDocuments<'_, R> {
    /// One entry; nothing when it is harmless and no document.
    fn read(&mut self, header: &Header) -> Option<Result<ArchiveEntry, EntryProblem>> {
        let name = EntryName::new(&header.name);
        let path = name.shown(self.package.limits.path);
        let checked = self.check(header, &name);
        let checked = match name.role() {
            role if checked.is_err() || role == self.package.role => checked,
            Role::Loose => Err(EntryFault::OutsideData),
            _ => return None,
        };
        let bytes = checked.and_then(|()| self.unpack(header));
        Some(
            bytes
                .map(|bytes| ArchiveEntry { path: path.clone(), bytes })
                .map_err(|fault| EntryProblem { path, fault }),
        )
    }

    /// What the directory says about an entry, whether it is a document or not.
    fn check(&self, header: &Header, name: &EntryName) -> Result<(), EntryFault> {
        if !name.is_safe(self.package.limits.path) {
            return Err(EntryFault::UnsafeName);
        }
        if header.is_symlink() {
            return Err(EntryFault::SymbolicLink);
        }
        if header.is_encrypted() {
            return Err(EntryFault::Encrypted);
        }
        if name.role() == Role::NestedArchive {
            return Err(EntryFault::NestedArchive);
        }
        if self.package.repeated.binary_search(&name.fingerprint()).is_ok() {
            return Err(EntryFault::NameTwice);
        }
        Ok(())
    }

    fn unpack(&mut self, header: &Header) -> Result<Vec<u8>, EntryFault> {
        let limits = self.package.limits;
        let bytes = unpack::unpack(&mut self.package.package, header, &limits)?;
        self.expanded += bytes.len() as u64;
        if self.expanded > limits.total_bytes {
            return Err(EntryFault::TotalTooLarge(limits.total_bytes));
        }
        if begins_like_an_archive(&bytes) { Err(EntryFault::NestedArchive) } else { Ok(bytes) }
    }
}

/// The end of a piece of a file, unless no file is that long.
fn within_file(start: u64, length: u64) -> Option<u64> {
    start.checked_add(length)
}

fn not_opened(error: OpenError) -> OpenError {
    match error {
        OpenError::Io(error) if is_damage(&error) => OpenError::NotAZip,
        other => other,
    }
}

fn directory_fault(error: &io::Error) -> EntryFault {
    if is_damage(error) { EntryFault::DirectoryDamaged } else { EntryFault::Io(error.kind()) }
}

fn read_fault(error: &io::Error) -> EntryFault {
    if is_damage(error) { EntryFault::Damaged } else { EntryFault::Io(error.kind()) }
}

/// Whether the bytes are to blame rather than the disk or the network.
fn is_damage(error: &io::Error) -> bool {
    use ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    matches!(error.kind(), InvalidData | InvalidInput | Other | UnexpectedEof)
}
