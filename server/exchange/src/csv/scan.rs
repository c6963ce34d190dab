//! Where cells begin and end: pure structure, on bytes, before anything is decoded.

use super::{limits::CsvLimits, problem::CsvReason};
use memchr::{memchr, memchr_iter, memchr3};
use std::borrow::Cow;

/// A cell within the scanned bytes, without its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether `""` stands for a quote within.
    pub(super) has_doubled_quotes: bool,
}

impl Cell {
    /// The decoded text of this cell with `""` made `"`.
    pub(super) fn unescaped<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        if self.has_doubled_quotes { Cow::Owned(text.replace("\"\"", "\"")) } else { text }
    }
}

/// What lies at the start of the scanned bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scan {
    /// An empty line of this many bytes, line break included.
    Blank(usize),
    /// A record; its cells are in the list.
    Record {
        /// Bytes, without the final line break.
        length: usize,
        /// Bytes, with it.
        consumed: usize,
        /// Line breaks consumed.
        lines: u64,
    },
    /// A record whose structure is broken.
    Broken {
        /// Why.
        reason: CsvReason,
        /// Index of the cell where it breaks; none when the record as a whole is too long.
        cell: Option<usize>,
        /// Line breaks before that place.
        lines_before: u64,
        /// Bytes to step over, so that reading goes on with the next physical line.
        consumed: usize,
        /// Line breaks among them.
        lines: u64,
    },
    /// A physical line longer than a record may be.
    LineTooLong,
}

/// Finds the cells of the record at the start of `bytes`, which must not be empty and reach either to the end of the
/// input or beyond [`CsvLimits::record`]. `width` is the number of columns, once it is known.
pub(super) fn scan(bytes: &[u8], limits: &CsvLimits, width: Option<usize>, cells: &mut Vec<Cell>) -> Scan {
    cells.clear();
    let Some((line, consumed)) = physical_line(bytes, limits) else { return Scan::LineTooLong };
    let length = without_carriage_return(line);
    if length == 0 {
        return Scan::Blank(consumed);
    }
    if memchr(b'"', line).is_some() {
        let reach = bytes.len().min(limits.record);
        return Quoted { bytes: &bytes[..reach], cut: reach < bytes.len(), width, cells }.scan();
    }
    let mut start = 0;
    for end in memchr_iter(b',', &line[..length]) {
        cells.push(Cell { start, end, has_doubled_quotes: false });
        start = end + 1;
    }
    cells.push(Cell { start, end: length, has_doubled_quotes: false });
    Scan::Record { length, consumed, lines: u64::from(consumed > line.len()) }
}

/// The first physical line without its `\n`, and the bytes it takes with it.
fn physical_line<'b>(bytes: &'b [u8], limits: &CsvLimits) -> Option<(&'b [u8], usize)> {
    let reach = &bytes[..bytes.len().min(limits.record)];
    match memchr(b'\n', reach) {
        Some(at) => Some((&bytes[..at], at + 1)),
        None if bytes.len() <= limits.record => Some((bytes, bytes.len())),
        None => None,
    }
}

fn without_carriage_return(line: &[u8]) -> usize {
    line.len() - usize::from(line.last() == Some(&b'\r'))
}

/// The slow path: a record with quotes, possibly over several lines.
struct Quoted<'a> {
    bytes: &'a [u8],
    /// Whether the input goes on behind `bytes`.
    cut: bool,
    width: Option<usize>,
    cells: &'a mut Vec<Cell>,
}

/// How a cell ended.
enum Ended {
    /// At a comma; the next cell begins here.
    Comma(usize),
    /// At the end of the record: its length and the bytes it takes with the line break.
    Record(usize, usize),
    /// Not properly, because of something at this place.
    Broken(CsvReason, usize),
}

impl Quoted<'_> {
    fn scan(mut self) -> Scan {
        let mut at = 0;
        loop {
            let ended =
                if self.bytes.get(at) == Some(&b'"') { self.quoted_cell(at) } else { self.plain_cell(at) };
            match ended {
                Ended::Comma(next) => at = next,
                Ended::Record(_, consumed) if self.cut && self.bytes.get(consumed - 1) != Some(&b'\n') => {
                    return self.broken(CsvReason::RecordTooLong, 0);
                }
                Ended::Record(length, consumed) => {
                    if let Some(reason) = self.ragged_over_lines() {
                        return self.broken(reason, length);
                    }
                    return Scan::Record { length, consumed, lines: line_breaks(&self.bytes[..consumed]) };
                }
                Ended::Broken(reason, place) => return self.broken(reason, place),
            }
        }
    }

    fn plain_cell(&mut self, start: usize) -> Ended {
        match memchr3(b',', b'\n', b'"', &self.bytes[start..]).map(|n| start + n) {
            Some(at) if self.bytes[at] == b'"' => Ended::Broken(CsvReason::QuoteInsideCell, at),
            Some(at) if self.bytes[at] == b',' => {
                self.cells.push(Cell { start, end: at, has_doubled_quotes: false });
                Ended::Comma(at + 1)
            }
            line_end => {
                let end = line_end.unwrap_or(self.bytes.len());
                let length = start + without_carriage_return(&self.bytes[start..end]);
                self.cells.push(Cell { start, end: length, has_doubled_quotes: false });
                Ended::Record(length, line_end.map_or(end, |at| at + 1))
            }
        }
    }

    fn quoted_cell(&mut self, open: usize) -> Ended {
        let start = open + 1;
        let Some((end, has_doubled_quotes)) = closing_quote(self.bytes, start) else {
            return Ended::Broken(CsvReason::UnterminatedQuote, open);
        };
        let ended = match &self.bytes[end + 1..] {
            [b',', ..] => Ended::Comma(end + 2),
            [b'\n', ..] => Ended::Record(end + 1, end + 2),
            [b'\r', b'\n', ..] => Ended::Record(end + 1, end + 3),
            [] | [b'\r'] => Ended::Record(end + 1, self.bytes.len()),
            // A quote that closes on a later line and is not followed by a comma is the opening quote of a cell of
            // that line: the fault lies where the first one was opened.
            _ if memchr(b'\n', &self.bytes[start..end]).is_some() => {
                return Ended::Broken(CsvReason::UnterminatedQuote, open);
            }
            _ => return Ended::Broken(CsvReason::TextAfterQuote, end),
        };
        self.cells.push(Cell { start, end, has_doubled_quotes });
        ended
    }

    /// Whether the record spans several lines and has not as many cells as the header.
    fn ragged_over_lines(&self) -> Option<CsvReason> {
        let (expected, found) = (self.width?, self.cells.len());
        self.first_over_a_line_end().filter(|_| expected != found)?;
        Some(CsvReason::Ragged { expected, found })
    }

    /// The first cell that runs over the end of a line.
    fn first_over_a_line_end(&self) -> Option<usize> {
        self.cells.iter().position(|cell| memchr(b'\n', &self.bytes[cell.start..cell.end]).is_some())
    }

    /// A record that breaks behind a cell of several lines most likely broke there: that cell's quote was never meant
    /// to close so late. Blaming it lets the lines in between go in as the rows that they are.
    fn broken(self, reason: CsvReason, place: usize) -> Scan {
        let (reason, cell, place) = match (reason, self.first_over_a_line_end()) {
            (CsvReason::RecordTooLong, _) => (CsvReason::RecordTooLong, None, place),
            (
                CsvReason::TextAfterQuote | CsvReason::QuoteInsideCell | CsvReason::Ragged { .. },
                Some(cell),
            ) => (CsvReason::UnterminatedQuote, Some(cell), self.cells[cell].start - 1),
            // Every cell before the broken one is in the list.
            (reason, _) => (reason, Some(self.cells.len()), place),
        };
        let consumed = memchr(b'\n', &self.bytes[place..]).map_or(self.bytes.len(), |n| place + n + 1);
        Scan::Broken {
            reason,
            cell,
            lines_before: line_breaks(&self.bytes[..place]),
            consumed,
            lines: line_breaks(&self.bytes[..consumed]),
        }
    }
}

/// Where the quote that was opened before `start` closes, and whether doubled quotes lie within.
fn closing_quote(bytes: &[u8], start: usize) -> Option<(usize, bool)> {
    let mut at = start;
    let mut doubled = false;
    loop {
        at += memchr(b'"', &bytes[at..])?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some((at, doubled));
        }
        doubled = true;
        at += 2;
    }
}

fn line_breaks(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}
