//! One record: its cells by the columns of a layout, and its raw form.

use super::{
    header::CsvHeader,
    problem::{ColumnPosition, RowProblem},
};
use std::{borrow::Cow, fmt, ops::Range};
use zeroize::Zeroize;

/// A well-formed record, borrowed from the reader.
#[derive(Clone, Copy)]
pub struct CsvRecord<'r> {
    pub(super) line: u64,
    pub(super) text: &'r str,
    pub(super) cells: &'r [Range<usize>],
    pub(super) header: &'r CsvHeader,
}

impl<'r> CsvRecord<'r> {
    /// Physical line on which the record begins, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The cell of a column of the layout, by its index there; empty when the file lacks the column.
    pub fn cell(&self, column: usize) -> &'r str {
        let range = self.header.position(column).and_then(|position| self.cells.get(position));
        range.and_then(|range| self.text.get(range.clone())).unwrap_or("")
    }

    /// Where a column of the layout stands in this file.
    pub fn place(&self, column: usize) -> Option<ColumnPosition> {
        let number = self.header.position(column)? + 1;
        Some(ColumnPosition { number, name: self.header.column(column).map(|c| Cow::Borrowed(c.name)) })
    }

    /// A copy of all cells but those of the column エラー, in the order of [`CsvHeader::names`].
    pub fn to_raw(&self) -> RawRow {
        let kept = self.cells.iter().enumerate().filter(|(position, _)| !self.header.is_ignored(*position));
        RawRow::of_cells(kept.map(|(_, range)| self.text.get(range.clone()).unwrap_or("")))
    }
}

/// A row as it stood in the file, with everything that may be secret in it: written to the rejects file and nowhere
/// else. Wiped when dropped; prints nothing of its content.
#[derive(Clone, PartialEq, Eq)]
pub struct RawRow {
    text: String,
    ends: Option<Vec<usize>>,
}

impl RawRow {
    /// A row whose structure is broken: its text as one piece.
    pub(super) fn of_line(text: &str) -> Self {
        Self { text: text.trim_end_matches(['\r', '\n']).to_owned(), ends: None }
    }

    /// A row whose cells are known.
    pub(super) fn of_cells<T: AsRef<str>>(cells: impl Iterator<Item = T>) -> Self {
        let mut row = Self { text: String::with_capacity(256), ends: Some(Vec::with_capacity(24)) };
        for cell in cells {
            row.text.push_str(cell.as_ref());
            row.ends.get_or_insert_default().push(row.text.len());
        }
        row
    }

    /// The cells in the order of [`CsvHeader::names`]; for a row whose structure is broken one cell with its whole text.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        let ends = self.ends.clone().unwrap_or_else(|| vec![self.text.len()]);
        let mut start = 0;
        ends.into_iter().map(move |end| self.text.get(std::mem::replace(&mut start, end)..end).unwrap_or(""))
    }

    /// How many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Whether the row's structure was broken, so that [`Self::cells`] gives its text in one piece.
    pub fn is_unsplit(&self) -> bool {
        self.ends.is_none()
    }
}

impl fmt::Debug for RawRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawRow(…)")
    }
}

impl Drop for RawRow {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

/// A row that does not go in: every problem that was found, and the row as it stood in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// Physical line on which the row begins, counted from 1.
    pub line: u64,
    /// At least one.
    pub problems: Vec<RowProblem>,
    /// The row itself, for the rejects file only.
    pub raw: RawRow,
}

impl RejectedRow {
    /// All problems in one line, for the column エラー of the rejects file.
    pub fn summary(&self) -> String {
        self.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ／ ")
    }
}
