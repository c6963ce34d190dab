//! One entry: its own header, which must say what the directory says, and its bytes.

use super::{
    directory::{Header, read_at, u16_at, u32_at},
    limits::PackageLimits,
    problem::EntryFault,
    read_fault,
};
use flate2::{Crc, read::DeflateDecoder};
use std::io::{Read, Seek, SeekFrom};

const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const LOCAL: usize = 30;

/// The unpacked bytes of an entry.
pub(super) fn unpack(
    package: &mut (impl Read + Seek),
    header: &Header,
    limits: &PackageLimits,
) -> Result<Vec<u8>, EntryFault> {
    if ![STORED, DEFLATED].contains(&header.method) {
        return Err(EntryFault::UnsupportedCompression);
    }
    within(header.packed, header.unpacked, limits)?;
    let data = data_place(package, header)?;
    package.seek(SeekFrom::Start(data)).map_err(|error| read_fault(&error))?;
    let packed = package.take(header.packed);
    let mut bytes = Vec::with_capacity(usize::try_from(header.unpacked).unwrap_or(0));
    // One byte more than stated is enough to see that the statement is wrong.
    let most = header.unpacked + 1;
    let used = if header.method == STORED {
        packed.take(most).read_to_end(&mut bytes).map_err(|error| read_fault(&error))? as u64
    } else {
        let mut unpacked = DeflateDecoder::new(packed).take(most);
        unpacked.read_to_end(&mut bytes).map_err(|error| read_fault(&error))?;
        unpacked.get_ref().total_in()
    };
    within(header.packed, bytes.len() as u64, limits)?;
    let mut crc = Crc::new();
    crc.update(&bytes);
    let whole = bytes.len() as u64 == header.unpacked && used == header.packed && crc.sum() == header.crc;
    if whole { Ok(bytes) } else { Err(EntryFault::Damaged) }
}

/// Where the bytes begin. An entry that is called something else in its own header, or packed otherwise, would be another
/// one for a reader who goes by that.
fn data_place(package: &mut (impl Read + Seek), header: &Header) -> Result<u64, EntryFault> {
    let local =
        read_at(package, header.place, LOCAL + header.name.len()).map_err(|error| read_fault(&error))?;
    let extra = u64::from(u16_at(&local, 28));
    let sizes = (u32_at(&local, 18), u32_at(&local, 22));
    // Zeros where sizes follow behind the bytes, ones where they stand in the extra field.
    let size_agrees = |own: u32, stated: u64| own == 0 || own == u32::MAX || u64::from(own) == stated;
    let same = local.starts_with(b"PK\x03\x04")
        && u16_at(&local, 8) == header.method
        && u16_at(&local, 6) & 1 == header.flags & 1
        && usize::from(u16_at(&local, 26)) == header.name.len()
        && local[LOCAL..] == header.name
        && size_agrees(sizes.0, header.packed)
        && size_agrees(sizes.1, header.unpacked);
    if same { Ok(header.place + local.len() as u64 + extra) } else { Err(EntryFault::Damaged) }
}

fn within(packed: u64, unpacked: u64, limits: &PackageLimits) -> Result<(), EntryFault> {
    if unpacked > limits.entry_bytes {
        return Err(EntryFault::TooLarge(limits.entry_bytes));
    }
    if unpacked >= limits.ratio_from && unpacked > packed.saturating_mul(limits.ratio) {
        return Err(EntryFault::RatioTooHigh(limits.ratio));
    }
    Ok(())
}
