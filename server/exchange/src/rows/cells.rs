//! Typed access to the cells of one record, collecting every problem instead of stopping at the first.

use super::{GoodRow, Parsed, day::day, spreadsheet::is_ruined, text::is_blank};
use crate::csv::{CsvReason, CsvRecord, RejectedRow, RowProblem};
use techo_model::{
    CalendarDate,
    free_text::holds_personal_number,
    text::{is_unseen, is_unshowable},
};

/// The cells of one record and the problems found so far.
pub struct CellReader<'r> {
    record: CsvRecord<'r>,
    today: CalendarDate,
    problems: Vec<RowProblem>,
    unshowable: Vec<String>,
}

impl<'r> CellReader<'r> {
    pub(super) fn new(record: CsvRecord<'r>, today: CalendarDate) -> Self {
        Self { record, today, problems: Vec::new(), unshowable: Vec::new() }
    }

    /// The date in Japan on which the file is read.
    pub fn today(&self) -> CalendarDate {
        self.today
    }

    /// A cell that must be filled. `column` is an index into the layout's columns.
    pub(super) fn required<T>(
        &mut self,
        column: usize,
        parse: impl FnOnce(&'r str) -> Parsed<T>,
    ) -> Option<T> {
        if is_blank(self.record.cell(column)) {
            self.problem(column, CsvReason::Missing);
            return None;
        }
        self.optional(column, parse)
    }

    /// A cell that may be empty or absent.
    pub(super) fn optional<T>(
        &mut self,
        column: usize,
        parse: impl FnOnce(&'r str) -> Parsed<T>,
    ) -> Option<T> {
        let cell = self.record.cell(column);
        if is_blank(cell) {
            return None;
        }
        match acceptable(cell).and_then(|()| parse(cell)) {
            Ok(value) => {
                self.note_unshowable(column);
                Some(value)
            }
            Err(reason) => {
                self.problem(column, reason);
                None
            }
        }
    }

    /// Whether a cell holds anything.
    pub(super) fn is_filled(&self, column: usize) -> bool {
        !is_blank(self.record.cell(column))
    }

    /// A day that must be filled in.
    pub(super) fn required_date(&mut self, column: usize) -> Option<CalendarDate> {
        self.required(column, day)
    }

    /// A day that may be open: empty, or the last day of the year 9999, by which older systems mean "none".
    pub(super) fn optional_date(&mut self, column: usize) -> Option<CalendarDate> {
        let date = self.optional(column, day);
        date.filter(|date| !(date.year() == 9999 && date.civil().month() == 12 && date.civil().day() == 31))
    }

    fn note_unshowable(&mut self, column: usize) {
        let cell = self.record.cell(column);
        if !cell.is_ascii()
            && cell.chars().any(is_unshowable)
            && let Some(name) = self.record.place(column).and_then(|place| place.name)
        {
            self.unshowable.push(name.into_owned());
        }
    }

    /// Notes that something is wrong with a column.
    pub(super) fn problem(&mut self, column: usize, reason: CsvReason) {
        let line = self.record.line();
        self.problems.push(RowProblem { line, column: self.record.place(column), reason });
    }

    /// Notes that a column is wrong unless `holds`. Two values that are not both there cannot contradict each other.
    pub(super) fn expect(&mut self, column: usize, holds: Option<bool>, sentence: &'static str) {
        if holds == Some(false) {
            self.problem(column, CsvReason::Other(sentence));
        }
    }

    /// Notes each cell of the first `columns` columns, save those in `meant`, that holds what may be the number of a person.
    pub(super) fn refuse_personal_numbers(&mut self, columns: usize, meant: &[usize]) {
        for column in (0..columns).filter(|column| !meant.contains(column)) {
            if holds_personal_number(self.record.cell(column)) {
                self.problem(column, CsvReason::PersonalNumber);
            }
        }
    }

    pub(super) fn finish<T>(self, row: Option<T>) -> Result<GoodRow<T>, RejectedRow> {
        let line = self.record.line();
        let raw = self.record.to_raw();
        match row {
            Some(row) if self.problems.is_empty() => {
                Ok(GoodRow { line, row, raw, unshowable: self.unshowable })
            }
            _ => Err(RejectedRow { line, problems: self.problems, raw }),
        }
    }
}

/// What no cell of any column may hold.
fn acceptable(cell: &str) -> Parsed<()> {
    if !cell.is_ascii() && cell.chars().any(is_unseen) {
        return Err(CsvReason::UnseenLetter);
    }
    if is_ruined(cell) { Err(CsvReason::Spreadsheet) } else { Ok(()) }
}
