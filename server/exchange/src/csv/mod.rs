//! Comma-separated files (RFC 4180): our own streaming reader of them as Japanese offices write them, and the one writer.
//!
//! Why not a stock reader: a stock reader takes everything after a forgotten quote for one record and calls it good.
//! This one reports the quote with its line and column and goes on with the next line. Memory does not grow with the
//! file: one window of [`CsvLimits::window`] bytes is all it holds.
//!
//! The parts, in the order in which bytes pass them: `window` (bytes from the input), `scan` (where cells begin and
//! end), `encoding` (bytes to text), `header` (which column stands where), [`CsvReader`] (one record after another). [`CsvWriter`] writes, in a
//! [`CsvDialect`].
//! A new file layout needs nothing here: it states its columns in [`crate::rows`].

mod diagnosis;
mod encoding;
mod guard;
mod header;
mod limits;
mod problem;
mod reader;
mod record;
mod scan;
mod window;
mod writer;

pub use encoding::CsvEncoding;
pub use header::{ColumnPresence, CsvColumn, CsvHeader, HeaderProblem, IGNORED_COLUMN, OpenError};
pub use limits::CsvLimits;
pub use problem::{ColumnPosition, CsvReason, RowProblem};
pub use reader::{CsvEntry, CsvReader};
pub use record::{CsvRecord, RawRow, RejectedRow};
pub use writer::{CsvDialect, CsvWriter};

#[cfg(test)]
mod tests;
