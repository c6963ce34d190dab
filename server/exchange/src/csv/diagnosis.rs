//! What a file is whose first row cannot be read, so that its sender is told that and not a consequence of it.

use super::header::{CsvColumn, HeaderProblem, OpenError};
use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, UTF_16BE, UTF_16LE};

/// As much of a file as is looked at; every header of ours is shorter.
const HEAD: usize = 4096;

const UTF_16: &str = "UTF-16";
const OTHERS: [(&Encoding, &str); 4] =
    [(UTF_16LE, UTF_16), (UTF_16BE, UTF_16), (ISO_2022_JP, "ISO-2022-JP（JISコード）"), (EUC_JP, "EUC-JP")];

/// The mark at the start of a file: how many bytes belong to it, or what is wrong with it.
pub(super) fn mark_length(start: &[u8]) -> Result<usize, HeaderProblem> {
    const UTF_8: &[u8] = b"\xef\xbb\xbf";
    match start {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Err(HeaderProblem::OtherEncoding("UTF-32")),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(HeaderProblem::OtherEncoding(UTF_16)),
        _ => match start.strip_prefix(UTF_8) {
            Some(rest) if rest.starts_with(UTF_8) => Err(HeaderProblem::TwoMarks),
            Some(_) => Ok(UTF_8.len()),
            None => Ok(0),
        },
    }
}

/// The cause of a header that could not be read, where the file shows one; else what was found.
pub(super) fn cause(start: &[u8], columns: &[CsvColumn], found: OpenError) -> OpenError {
    if !matches!(found, OpenError::Header(_)) {
        return found;
    }
    let head = &start[..start.len().min(HEAD)];
    if let Some(name) = other_encoding(head, columns) {
        return HeaderProblem::OtherEncoding(name).into();
    }
    if has_lone_carriage_return(head) { HeaderProblem::LoneCarriageReturns.into() } else { found }
}

/// The encoding in which the head of the file has the name of one of our columns.
fn other_encoding(head: &[u8], columns: &[CsvColumn]) -> Option<&'static str> {
    let has_column = |text: &str| columns.iter().any(|column| text.contains(column.name));
    let decoded = |encoding: &'static Encoding| encoding.decode_without_bom_handling(head).0;
    OTHERS.iter().find(|(encoding, _)| has_column(&decoded(encoding))).map(|(_, name)| *name)
}

/// A carriage return in the first line that is not the first half of a line break.
fn has_lone_carriage_return(head: &[u8]) -> bool {
    let line = head.split(|b| *b == b'\n').next().unwrap_or_default();
    line.strip_suffix(b"\r").unwrap_or(line).contains(&b'\r')
}
