//! The three row files (residents, coverage, vaccinations): columns, typed cells, plausibility.
//!
//! To add a layout: one file with its columns, a [`RowFormat`] and tests; a line here; a fuzz target. The layouts are
//! our own (no public official layout was found); `docs/FORMATS.md` has the columns.

mod cells;
mod coverage;
mod day;
mod residents;
mod spreadsheet;
mod text;
mod timestamp;
pub(crate) mod vaccinations;
pub mod write;

pub use cells::CellReader;
pub use coverage::CoverageLayout;
pub use residents::ResidentsLayout;
pub use vaccinations::VaccinationsLayout;

use crate::csv::{CsvColumn, CsvEntry, CsvHeader, CsvReader, CsvReason, OpenError, RawRow, RejectedRow};
use std::{
    io::{self, Read},
    marker::PhantomData,
};
use techo_model::CalendarDate;

/// What a parser of one cell answers.
type Parsed<T> = Result<T, CsvReason>;

/// A layout: its columns, and how a record becomes a typed row.
pub trait RowFormat {
    /// The typed row.
    type Row;
    /// The columns, in the order of the documentation; a file may have them in any order.
    const COLUMNS: &'static [CsvColumn];
    /// Indices of the columns that are for a 個人番号 or a 住民票コード; no other cell may hold what could be one.
    const PERSONAL_NUMBERS: &'static [usize];

    /// Reads one record. Every problem goes into `cells`; the result counts only when there was none.
    fn parse(cells: &mut CellReader<'_>) -> Option<Self::Row>;
}

/// A good row with its place and its raw form, so that a later check can still reject it whole.
pub struct GoodRow<T> {
    /// Physical line on which the row begins, counted from 1.
    pub line: u64,
    /// The typed row.
    pub row: T,
    /// The row as it stood in the file.
    pub raw: RawRow,
    /// Columns with a letter that can hardly be shown, which the sender should repair.
    pub unshowable: Vec<String>,
}

/// Why there is no good row.
#[derive(Debug)]
pub enum RecordsError {
    /// This row is rejected; the rest goes on.
    Row(RejectedRow),
    /// The input cannot be read any further; the iterator ends here.
    Io(io::Error),
}

/// The rows of one file, in order: an iterator whose memory does not grow with the file.
pub struct FileRows<R, F> {
    reader: CsvReader<R>,
    today: CalendarDate,
    failed: bool,
    format: PhantomData<fn() -> F>,
}

/// Rows of a residents file.
pub type ResidentRows<R> = FileRows<R, ResidentsLayout>;
/// Rows of a coverage file.
pub type CoverageRows<R> = FileRows<R, CoverageLayout>;
/// Rows of a vaccinations file.
pub type VaccinationRows<R> = FileRows<R, VaccinationsLayout>;

impl<R: Read, F: RowFormat> FileRows<R, F> {
    /// Opens a file. `today` is the date in Japan against which future dates are judged.
    ///
    /// # Errors
    /// The header row is not right, or the input cannot be read.
    pub fn open(input: R, today: CalendarDate) -> Result<Self, OpenError> {
        let reader = CsvReader::open(input, F::COLUMNS)?;
        Ok(Self { reader, today, failed: false, format: PhantomData })
    }

    /// The header of the file.
    pub fn header(&self) -> &CsvHeader {
        self.reader.header()
    }
}

impl<R: Read, F: RowFormat> Iterator for FileRows<R, F> {
    type Item = Result<GoodRow<F::Row>, RecordsError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        match self.reader.read() {
            Ok(None) => None,
            Ok(Some(CsvEntry::Rejected(rejected))) => Some(Err(RecordsError::Row(rejected))),
            Ok(Some(CsvEntry::Record(record))) => {
                let mut cells = CellReader::new(record, self.today);
                let row = F::parse(&mut cells);
                cells.refuse_personal_numbers(F::COLUMNS.len(), F::PERSONAL_NUMBERS);
                Some(cells.finish(row).map_err(RecordsError::Row))
            }
            Err(error) => {
                self.failed = true;
                Some(Err(RecordsError::Io(error)))
            }
        }
    }
}

#[cfg(test)]
mod tests;
