//! The directory at the end of a package: where it lies, and what it says about each entry.
//!
//! It is walked by its size. The number that the end record states has sixteen bits and starts anew at 65,536 in files of
//! programs that do not mind, so it is only compared. Whatever would let two readers see two different packages is
//! refused: a second end record, bytes before the first entry, entries that overlap.

use super::{problem::OpenError, within_file};
use std::io::{self, Read, Seek, SeekFrom};

/// Length of an end record without its comment.
const END: usize = 22;
const LOCATOR: u64 = 20;
const END_64: usize = 56;
const LONGEST_COMMENT: u64 = 0xffff;
/// Bytes of the directory that are in memory at once; one header always fits.
const CHUNK: usize = 256 * 1024;
const HEADER: usize = 46;

/// Where the directory lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) start: u64,
    pub(super) end: u64,
    /// How many entries it has, as the end record says.
    stated: u64,
    /// Whether the number has all its bits.
    is_wide: bool,
}

impl Extent {
    /// Finds the directory by the end record.
    pub(super) fn find(package: &mut (impl Read + Seek)) -> Result<Self, OpenError> {
        let length = package.seek(SeekFrom::End(0))?;
        if length == 0 {
            return Err(OpenError::Empty);
        }
        let reach = length.min(LONGEST_COMMENT + END as u64);
        let tail = read_at(package, length - reach, usize::try_from(reach).unwrap_or(usize::MAX))?;
        let at = only_end_record(&tail)?;
        let record = &tail[at..];
        let position = length - reach + at as u64;
        let narrow = Narrow {
            disks: u16_at(record, 4) | u16_at(record, 6),
            entries: u16_at(record, 10).into(),
            size: u32_at(record, 12).into(),
            start: u32_at(record, 16).into(),
        };
        let (extent, ends_at) = match wide_end(package, position)? {
            Some((wide, at)) => (wide.agreeing_with(&narrow)?, at),
            None => (narrow.extent()?, position),
        };
        match extent.end {
            end if end == ends_at => Ok(extent),
            end if end < ends_at => Err(OpenError::ExtraBytes),
            _ => Err(OpenError::NotAZip),
        }
    }

    /// Whether so many entries are what the end record means.
    pub(super) fn has(&self, entries: u64) -> bool {
        entries == self.stated || (!self.is_wide && entries & 0xffff == self.stated)
    }
}

/// The place of the one record whose comment ends where the file does.
fn only_end_record(tail: &[u8]) -> Result<usize, OpenError> {
    let fits = |at: &usize| {
        let record = &tail[*at..];
        record.len() >= END && record.len() == END + usize::from(u16_at(record, 20))
    };
    let mut found = memchr::memmem::find_iter(tail, b"PK\x05\x06").filter(fits);
    match (found.next(), found.next()) {
        (Some(at), None) => Ok(at),
        (Some(_), Some(_)) => Err(OpenError::TwoDirectories),
        (None, _) => Err(OpenError::NotAZip),
    }
}

/// The numbers of the common end record.
struct Narrow {
    disks: u16,
    entries: u64,
    size: u64,
    start: u64,
}

impl Narrow {
    fn extent(&self) -> Result<Extent, OpenError> {
        if self.disks != 0 {
            return Err(OpenError::Split);
        }
        Ok(Extent { start: self.start, end: self.start + self.size, stated: self.entries, is_wide: false })
    }
}

/// The same of the end record of ZIP64.
struct Wide {
    disks: u32,
    entries: u64,
    size: u64,
    start: u64,
}

impl Wide {
    /// Its extent, unless the common record, where it is not saturated, says something else.
    fn agreeing_with(&self, narrow: &Narrow) -> Result<Extent, OpenError> {
        let agrees = |narrow: u64, most: u64, wide: u64| narrow == most || narrow == wide;
        let same = agrees(narrow.entries, 0xffff, self.entries)
            && agrees(narrow.size, 0xffff_ffff, self.size)
            && agrees(narrow.start, 0xffff_ffff, self.start);
        if !same {
            return Err(OpenError::TwoDirectories);
        }
        if self.disks != 0 {
            return Err(OpenError::Split);
        }
        let end = self.start.checked_add(self.size).ok_or(OpenError::NotAZip)?;
        Ok(Extent { start: self.start, end, stated: self.entries, is_wide: true })
    }
}

/// The end record of ZIP64 and its place, when its locator stands before the common one.
fn wide_end(package: &mut (impl Read + Seek), end: u64) -> Result<Option<(Wide, u64)>, OpenError> {
    let Some(at) = end.checked_sub(LOCATOR) else { return Ok(None) };
    let locator = read_at(package, at, 20)?;
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    let place = u64_at(&locator, 8);
    if place.checked_add(END_64 as u64).is_none_or(|needed| needed > at) {
        return Err(OpenError::NotAZip);
    }
    let record = read_at(package, place, END_64)?;
    if !record.starts_with(b"PK\x06\x06") {
        return Err(OpenError::NotAZip);
    }
    let wide = Wide {
        disks: u32_at(&record, 16) | u32_at(&record, 20),
        entries: u64_at(&record, 32),
        size: u64_at(&record, 40),
        start: u64_at(&record, 48),
    };
    Ok(Some((wide, place)))
}

/// What the directory says about one entry.
pub(super) struct Header {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) unpacked: u64,
    /// Where its own header lies.
    pub(super) place: u64,
    attributes: u32,
}

impl Header {
    /// A password, or an encryption of another kind.
    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & 0x2041 != 0
    }

    /// By the mode that Unix programs store.
    pub(super) fn is_symlink(&self) -> bool {
        (self.attributes >> 16) & 0o170_000 == 0o120_000
    }

    /// The first byte that cannot belong to this entry; its own header may be longer, never shorter.
    pub(super) fn least_end(&self) -> u64 {
        self.place.saturating_add(30 + self.name.len() as u64).saturating_add(self.packed)
    }
}

/// Walks over the directory; never holds more than a chunk of it.
pub(super) struct Walk {
    at: u64,
    end: u64,
    chunk: Vec<u8>,
    chunk_start: u64,
}

impl Walk {
    pub(super) fn over(extent: Extent) -> Self {
        Self { at: extent.start, end: extent.end, chunk: Vec::new(), chunk_start: extent.start }
    }

    /// The next entry; nothing at the end. `InvalidData` where the directory is broken.
    pub(super) fn next(&mut self, package: &mut (impl Read + Seek)) -> Option<io::Result<Header>> {
        if self.at >= self.end {
            return None;
        }
        let header = self.header(package);
        if header.is_err() {
            self.at = self.end;
        }
        Some(header)
    }

    fn header(&mut self, package: &mut (impl Read + Seek)) -> io::Result<Header> {
        let fixed = self.bytes(package, HEADER)?;
        if !fixed.starts_with(b"PK\x01\x02") {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(fixed, at)));
        let length = HEADER + name + extra + comment;
        let whole = self.bytes(package, length)?;
        let mut header = Header {
            name: whole[HEADER..HEADER + name].to_vec(),
            flags: u16_at(whole, 8),
            method: u16_at(whole, 10),
            crc: u32_at(whole, 16),
            packed: u32_at(whole, 20).into(),
            unpacked: u32_at(whole, 24).into(),
            place: u32_at(whole, 42).into(),
            attributes: u32_at(whole, 38),
        };
        widen(&mut header, &whole[HEADER + name..HEADER + name + extra])?;
        self.at += length as u64;
        Ok(header)
    }

    /// So many bytes from here on.
    fn bytes(&mut self, package: &mut (impl Read + Seek), length: usize) -> io::Result<&[u8]> {
        if within_file(self.at, length as u64).is_none_or(|end| end > self.end) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let held = self.chunk_start + self.chunk.len() as u64;
        if self.at < self.chunk_start || self.at + length as u64 > held {
            let rest = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
            self.chunk = read_at(package, self.at, rest.min(CHUNK))?;
            self.chunk_start = self.at;
        }
        let from = usize::try_from(self.at - self.chunk_start).unwrap_or(usize::MAX);
        self.chunk.get(from..from + length).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// Takes the sizes that do not fit into 32 bits from the extra field of ZIP64.
fn widen(header: &mut Header, mut extra: &[u8]) -> io::Result<()> {
    let mut wide: &[u8] = &[];
    while extra.len() >= 4 {
        let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(content) = extra.get(4..4 + length) else { break };
        if id == 1 {
            wide = content;
        }
        extra = &extra[4 + length..];
    }
    for field in [&mut header.unpacked, &mut header.packed, &mut header.place] {
        if *field == 0xffff_ffff {
            let bytes = wide.get(..8).ok_or(io::ErrorKind::InvalidData)?;
            *field = u64_at(bytes, 0);
            wide = &wide[8..];
        }
    }
    Ok(())
}

pub(super) fn read_at(package: &mut (impl Read + Seek), at: u64, length: usize) -> io::Result<Vec<u8>> {
    package.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::with_capacity(length);
    package.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
