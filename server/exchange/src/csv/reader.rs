//! One record after another, each either good or rejected with its reasons; nothing is lost in silence.

use super::{
    diagnosis::{cause, mark_length},
    encoding::CsvEncoding,
    guard::guard_length,
    header::{CsvColumn, CsvHeader, HeaderProblem, OpenError},
    limits::CsvLimits,
    problem::{ColumnPosition, CsvReason, RowProblem},
    record::{CsvRecord, RawRow, RejectedRow},
    scan::{Cell, Scan, scan},
    window::Window,
};
use std::{
    borrow::Cow,
    io::{self, Read},
    ops::Range,
};

/// What the reader found next.
pub enum CsvEntry<'r> {
    /// A well-formed record.
    Record(CsvRecord<'r>),
    /// A record that is broken; reading goes on behind it.
    Rejected(RejectedRow),
}

/// Reads the records of one file. Any `Read` will do: the reader does its own buffering.
pub struct CsvReader<R> {
    window: Window<R>,
    limits: CsvLimits,
    header: CsvHeader,
    body: Body,
}

/// Scratch space of the record at hand, kept from one record to the next.
#[derive(Default)]
struct Body {
    scanned: Vec<Cell>,
    /// Decoded text.
    text: String,
    /// Where the cells lie in the text.
    cells: Vec<Range<usize>>,
}

impl<R: Read> CsvReader<R> {
    /// Reads the header row and matches it with the columns of a layout.
    ///
    /// # Errors
    /// Everything that is wrong with the header row, or that the input cannot be read.
    pub fn open(input: R, columns: &'static [CsvColumn]) -> Result<Self, OpenError> {
        Self::open_with_limits(input, columns, CsvLimits::default())
    }

    /// [`Self::open`] with other limits than the usual ones.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with_limits(
        input: R,
        columns: &'static [CsvColumn],
        limits: CsvLimits,
    ) -> Result<Self, OpenError> {
        let mut window = Window::new(input, limits.window(), limits.record + 1);
        let header = read_header(&mut window, columns, &limits)?;
        Ok(Self { window, limits, header, body: Body::default() })
    }

    /// The header of the file.
    pub fn header(&self) -> &CsvHeader {
        &self.header
    }

    /// The next record; nothing at the end of the file. Empty lines, and rows of nothing but commas, are stepped over.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn read(&mut self) -> io::Result<Option<CsvEntry<'_>>> {
        Ok(match self.advance()? {
            None => None,
            Some(Err(rejected)) => Some(CsvEntry::Rejected(rejected)),
            Some(Ok(line)) => {
                let Body { text, cells, .. } = &self.body;
                Some(CsvEntry::Record(CsvRecord { line, text, cells, header: &self.header }))
            }
        })
    }

    /// The line of the next good record, which is in `body` then, or the next bad one.
    fn advance(&mut self) -> io::Result<Option<Result<u64, RejectedRow>>> {
        loop {
            self.window.fill()?;
            let ahead = self.window.ahead();
            if ahead.is_empty() {
                return Ok(None);
            }
            let line = self.window.line();
            let width = Some(self.header.width());
            return Ok(Some(match scan(ahead, &self.limits, width, &mut self.body.scanned) {
                Scan::Blank(bytes) => {
                    self.window.consume(bytes, 1);
                    continue;
                }
                Scan::Record { length, consumed, lines }
                    if self.body.is_blank(&ahead[..length], self.header.encoding()) =>
                {
                    self.window.consume(consumed, lines);
                    continue;
                }
                Scan::Record { length, consumed, lines } => {
                    let record = &ahead[..length];
                    let result = self.body.take(record, &self.header, &self.limits).map_err(|fault| {
                        let raw = self.body.raw(record, &self.header);
                        fault.rejected(line, &self.header, raw)
                    });
                    self.window.consume(consumed, lines);
                    result.map(|()| line)
                }
                Scan::Broken { reason, cell, lines_before, consumed, lines } => {
                    let raw = self.raw_text(consumed);
                    self.window.consume(consumed, lines);
                    Err(Fault { reason, cell, lines_before }.rejected(line, &self.header, raw))
                }
                Scan::LineTooLong => {
                    let raw = self.raw_text(self.limits.record);
                    self.window.skip_line()?;
                    let fault = Fault { reason: CsvReason::RecordTooLong, cell: None, lines_before: 0 };
                    Err(fault.rejected(line, &self.header, raw))
                }
            }));
        }
    }

    /// The next `length` bytes as they stand, for a row whose cells cannot be told apart.
    fn raw_text(&self, length: usize) -> RawRow {
        RawRow::of_line(&self.header.encoding().decode_lossy(&self.window.ahead()[..length]))
    }
}

/// What is wrong with a record and in which cell, from 0.
struct Fault {
    reason: CsvReason,
    cell: Option<usize>,
    lines_before: u64,
}

impl Fault {
    fn in_cell(reason: CsvReason, cell: usize) -> Self {
        Self { reason, cell: Some(cell), lines_before: 0 }
    }

    fn rejected(self, line: u64, header: &CsvHeader, raw: RawRow) -> RejectedRow {
        let column = self.cell.map(|cell| ColumnPosition {
            number: cell + 1,
            name: header.name_at(cell).map(|name| Cow::Owned(name.to_owned())),
        });
        let problem = RowProblem { line: line + self.lines_before, column, reason: self.reason };
        RejectedRow { line, problems: vec![problem], raw }
    }
}

/// Whether all cells of a record are empty or hold nothing but white space, as spreadsheets write rows without content.
fn is_blank(record: &[u8], cells: &[Cell], encoding: CsvEncoding) -> bool {
    let blank = |cell: &Cell| {
        let bytes = &record[cell.start..cell.end];
        !bytes.first().is_some_and(u8::is_ascii_graphic)
            && encoding.decode_lossy(bytes).chars().all(char::is_whitespace)
    };
    cells.iter().all(blank)
}

impl Body {
    fn is_blank(&self, record: &[u8], encoding: CsvEncoding) -> bool {
        is_blank(record, &self.scanned, encoding)
    }

    /// Checks one record and takes its text.
    fn take(&mut self, record: &[u8], header: &CsvHeader, limits: &CsvLimits) -> Result<(), Fault> {
        let (expected, found) = (header.width(), self.scanned.len());
        if expected != found {
            return Err(Fault { reason: CsvReason::Ragged { expected, found }, cell: None, lines_before: 0 });
        }
        if let Some(cell) = self.scanned.iter().position(|cell| cell.end - cell.start > limits.cell) {
            return Err(Fault::in_cell(CsvReason::CellTooLong(limits.cell), cell));
        }
        if let Some((cell, reason)) = control_character(record, &self.scanned) {
            return Err(Fault::in_cell(reason, cell));
        }
        self.decode(record, header.encoding())
    }

    fn decode(&mut self, record: &[u8], encoding: CsvEncoding) -> Result<(), Fault> {
        self.text.clear();
        self.cells.clear();
        if !self.scanned.iter().any(|cell| cell.has_doubled_quotes)
            && let Ok(text) = std::str::from_utf8(record)
            && (encoding == CsvEncoding::Utf8 || text.is_ascii())
        {
            self.text.push_str(text);
            self.cells.extend(self.scanned.iter().map(|cell| {
                let guard = text.get(cell.start..cell.end).map_or(0, guard_length);
                cell.start + guard..cell.end
            }));
            return Ok(());
        }
        for (index, cell) in self.scanned.iter().enumerate() {
            let Some(text) = encoding.decode(&record[cell.start..cell.end]) else {
                return Err(Fault::in_cell(CsvReason::Undecodable(encoding), index));
            };
            let (start, text) = (self.text.len(), cell.unescaped(text));
            self.text.push_str(&text[guard_length(&text)..]);
            self.cells.push(start..self.text.len());
        }
        Ok(())
    }

    /// The cells of a record that was scanned but not taken; in one piece when the header has no place for them all.
    fn raw(&self, record: &[u8], header: &CsvHeader) -> RawRow {
        if self.scanned.len() > header.width() {
            return RawRow::of_line(&header.encoding().decode_lossy(record));
        }
        let text = |cell: &Cell| {
            let text = cell.unescaped(header.encoding().decode_lossy(&record[cell.start..cell.end]));
            text[guard_length(&text)..].to_owned()
        };
        let kept = self.scanned.iter().enumerate().filter(|(position, _)| !header.is_ignored(*position));
        RawRow::of_cells(kept.map(|(_, cell)| text(cell)))
    }
}

/// The first control character that no cell may hold: all of ASCII's but the tab and, within quotes, line breaks.
fn control_character(record: &[u8], cells: &[Cell]) -> Option<(usize, CsvReason)> {
    // Without a branch inside, so that the compiler checks many bytes at once; faults are rare.
    let suspicious = record.iter().fold(false, |any, b| any | (*b < 0x20) | (*b == 0x7f));
    if !suspicious {
        return None;
    }
    let refused = |b: &u8| b.is_ascii_control() && !matches!(b, b'\t' | b'\n' | b'\r');
    cells.iter().enumerate().find_map(|(index, cell)| {
        let bytes = &record[cell.start..cell.end];
        let quoted = cell.start > 0 && record[cell.start - 1] == b'"';
        let found = bytes.iter().find(|b| refused(b) || (**b == b'\r' && !quoted))?;
        let reason = match *found {
            0 => CsvReason::Nul,
            b'\r' => CsvReason::LoneCarriageReturn,
            _ => CsvReason::ControlCharacter,
        };
        Some((index, reason))
    })
}

fn read_header<R: Read>(
    window: &mut Window<R>,
    columns: &'static [CsvColumn],
    limits: &CsvLimits,
) -> Result<CsvHeader, OpenError> {
    window.fill()?;
    let mark = mark_length(window.ahead())?;
    window.consume(mark, 0);
    let mut cells = Vec::new();
    loop {
        window.fill()?;
        let ahead = window.ahead();
        if ahead.is_empty() {
            return Err(HeaderProblem::Empty.into());
        }
        let found = match scan(ahead, limits, None, &mut cells) {
            Scan::Blank(bytes) => {
                window.consume(bytes, 1);
                continue;
            }
            Scan::Record { length, consumed, lines } => {
                let record = &ahead[..length];
                if is_blank(record, &cells, CsvEncoding::of_header(record).unwrap_or(CsvEncoding::Utf8)) {
                    window.consume(consumed, lines);
                    continue;
                }
                match header_of(record, &cells, columns, limits) {
                    Ok(header) => {
                        window.consume(consumed, lines);
                        return Ok(header);
                    }
                    Err(found) => found,
                }
            }
            Scan::Broken { reason, .. } => HeaderProblem::Malformed(reason).into(),
            Scan::LineTooLong => HeaderProblem::Malformed(CsvReason::RecordTooLong).into(),
        };
        return Err(cause(ahead, columns, found));
    }
}

fn header_of(
    record: &[u8],
    cells: &[Cell],
    columns: &'static [CsvColumn],
    limits: &CsvLimits,
) -> Result<CsvHeader, OpenError> {
    if cells.len() > limits.columns {
        return Err(HeaderProblem::TooManyColumns(limits.columns).into());
    }
    if let Some((_, reason)) = control_character(record, cells) {
        return Err(HeaderProblem::Malformed(reason).into());
    }
    let encoding = CsvEncoding::of_header(record).ok_or(HeaderProblem::Undecodable)?;
    let name = |cell: &Cell| encoding.decode_lossy(&record[cell.start..cell.end]).into_owned();
    let names: Vec<String> = cells.iter().map(name).collect();
    CsvHeader::matched(encoding, &names, columns).map_err(OpenError::Header)
}
