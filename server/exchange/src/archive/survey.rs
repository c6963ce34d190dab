//! The first walk over a directory: what the package holds, and whether it is one package for every reader.

use super::{
    directory::{Extent, Walk},
    is_damage,
    limits::PackageLimits,
    name::{EntryName, Role},
    problem::OpenError,
};
use std::io::{Read, Seek};

/// What the first walk found.
pub(super) struct Survey {
    /// Hashes of names that stand more than once, in order.
    pub(super) repeated: Vec<u64>,
    /// Which entries are documents.
    pub(super) role: Role,
}

#[derive(Default)]
struct Notes {
    /// First and last byte of each entry, as far as the directory says.
    extents: Vec<(u64, u64)>,
    names: Vec<u64>,
    documents: bool,
    loose: bool,
    hostile: bool,
    broken: bool,
}

impl Survey {
    pub(super) fn of(
        package: &mut (impl Read + Seek),
        extent: Extent,
        limits: &PackageLimits,
    ) -> Result<Self, OpenError> {
        let notes = Notes::take(package, extent, limits)?;
        // A directory that breaks off is told when it is read: what stands before goes in.
        if !notes.broken {
            if !extent.has(notes.names.len() as u64) {
                return Err(OpenError::CountDisagrees);
            }
            one_behind_the_other(notes.extents, extent.start)?;
        }
        // What is hostile is reported entry by entry, so a package of nothing else is not called empty.
        if !notes.documents && !notes.loose && !notes.hostile {
            return Err(OpenError::NoDocuments);
        }
        let role = if notes.documents { Role::Document } else { Role::Loose };
        Ok(Self { repeated: repeated(notes.names), role })
    }
}

impl Notes {
    fn take(
        package: &mut (impl Read + Seek),
        extent: Extent,
        limits: &PackageLimits,
    ) -> Result<Self, OpenError> {
        let mut notes = Self::default();
        let mut walk = Walk::over(extent);
        while let Some(header) = walk.next(package) {
            let header = match header {
                Ok(header) => header,
                Err(error) if is_damage(&error) => {
                    notes.broken = true;
                    return Ok(notes);
                }
                Err(error) => return Err(error.into()),
            };
            if notes.names.len() == limits.entries {
                return Err(OpenError::TooManyEntries(limits.entries));
            }
            let name = EntryName::new(&header.name);
            let role = name.role();
            notes.documents |= role == Role::Document;
            notes.loose |= role == Role::Loose;
            notes.hostile |= role == Role::NestedArchive || !name.is_safe(limits.path);
            notes.names.push(name.fingerprint());
            notes.extents.push((header.place, header.least_end()));
        }
        Ok(notes)
    }
}

/// Entries lie one behind the other between the start of the file and the directory; nothing lies before the first.
fn one_behind_the_other(mut extents: Vec<(u64, u64)>, directory: u64) -> Result<(), OpenError> {
    extents.sort_unstable();
    if extents.first().map_or(directory, |(start, _)| *start) != 0 {
        return Err(OpenError::ExtraBytes);
    }
    let overlap = extents.windows(2).any(|pair| pair[0].1 > pair[1].0);
    if overlap || extents.last().is_some_and(|(_, end)| *end > directory) {
        return Err(OpenError::Overlapping);
    }
    Ok(())
}

fn repeated(mut names: Vec<u64>) -> Vec<u64> {
    names.sort_unstable();
    let mut repeated: Vec<u64> =
        names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    repeated.dedup();
    repeated
}
