//! The one writer of comma-separated files, in named dialects.
//!
//! To add a dialect: a variant of [`CsvDialect`], and an arm in each of its functions; the tests below go through all of them.

use super::guard::guarded;
use std::{
    borrow::Cow,
    io::{self, Write},
};

/// How a file is written, by who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvDialect {
    /// For programs: RFC 4180 to the letter, CRLF, quotes only where they are needed.
    Rfc4180,
    /// For people who open the file in a spreadsheet program: a byte order mark, every cell in quotes, nothing that would run.
    Spreadsheet,
    /// For people who mend rows in a spreadsheet program and send them again: as [`CsvDialect::Spreadsheet`], but with quotes only where they
    /// are needed and LF, as the lines of other tools.
    Correction,
}

/// Spreadsheet programs in Japan take UTF-8 for CP932 unless it begins with this mark.
const MARK: &str = "\u{FEFF}";

impl CsvDialect {
    /// Every dialect.
    pub const ALL: [Self; 3] = [Self::Rfc4180, Self::Spreadsheet, Self::Correction];

    /// Whether people open such a file in a program that runs formulas. Then a cell that would run begins with an apostrophe, which our reader
    /// takes away again.
    pub fn is_opened_by_people(self) -> bool {
        match self {
            Self::Rfc4180 => false,
            Self::Spreadsheet | Self::Correction => true,
        }
    }

    fn quotes_every_cell(self) -> bool {
        match self {
            Self::Spreadsheet => true,
            Self::Rfc4180 | Self::Correction => false,
        }
    }

    fn line_end(self) -> &'static [u8] {
        match self {
            Self::Rfc4180 | Self::Spreadsheet => b"\r\n",
            Self::Correction => b"\n",
        }
    }
}

/// Writes the rows of one file. It does not buffer.
#[derive(Debug)]
pub struct CsvWriter<W> {
    out: W,
    dialect: CsvDialect,
}

impl<W: Write> CsvWriter<W> {
    /// Begins a file with its row of column names.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin<C: AsRef<str>>(
        mut out: W,
        dialect: CsvDialect,
        columns: impl IntoIterator<Item = C>,
    ) -> io::Result<Self> {
        if dialect.is_opened_by_people() {
            out.write_all(MARK.as_bytes())?;
        }
        let mut writer = Self { out, dialect };
        writer.row(columns)?;
        Ok(writer)
    }

    /// Goes on with a file that another writer of the same dialect began.
    pub fn go_on(out: W, dialect: CsvDialect) -> Self {
        Self { out, dialect }
    }

    /// Writes one row.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn row<C: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = C>) -> io::Result<()> {
        for (i, cell) in cells.into_iter().enumerate() {
            if i > 0 {
                self.out.write_all(b",")?;
            }
            self.cell(cell.as_ref())?;
        }
        self.out.write_all(self.dialect.line_end())
    }

    /// What it writes into, with everything that was written.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn cell(&mut self, cell: &str) -> io::Result<()> {
        let cell = if self.dialect.is_opened_by_people() { guarded(cell) } else { Cow::Borrowed(cell) };
        if self.dialect.quotes_every_cell() || cell.contains(['"', ',', '\r', '\n']) {
            write!(self.out, "\"{}\"", cell.replace('"', "\"\""))
        } else {
            self.out.write_all(cell.as_bytes())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::{CsvColumn, CsvEntry, CsvReader};
    use proptest::prelude::*;

    const COLUMNS: &[CsvColumn] =
        &[CsvColumn::required("名"), CsvColumn::required("数"), CsvColumn::optional("備考")];

    fn written(dialect: CsvDialect, rows: &[[&str; 3]]) -> String {
        let mut writer = CsvWriter::begin(Vec::new(), dialect, ["名", "数", "備考"]).unwrap();
        rows.iter().for_each(|row| writer.row(row).unwrap());
        String::from_utf8(writer.into_inner()).unwrap()
    }

    fn read(text: &str) -> Vec<Vec<String>> {
        let mut reader = CsvReader::open(text.as_bytes(), COLUMNS).unwrap();
        let mut rows = Vec::new();
        while let Some(entry) = reader.read().unwrap() {
            let CsvEntry::Record(record) = entry else { panic!("our own row is refused") };
            rows.push((0..3).map(|column| record.cell(column).to_owned()).collect());
        }
        rows
    }

    #[test]
    fn a_cell_with_a_comma_a_quote_or_a_line_break_is_quoted_and_others_are_not() {
        let rows = [["a", "b,c", "d\"e"], ["f\ng", "", "=1"]];
        assert_eq!(
            written(CsvDialect::Rfc4180, &rows),
            "名,数,備考\r\na,\"b,c\",\"d\"\"e\"\r\n\"f\ng\",,=1\r\n"
        );
        assert_eq!(
            written(CsvDialect::Correction, &rows),
            "\u{feff}名,数,備考\na,\"b,c\",\"d\"\"e\"\n\"f\ng\",,'=1\n"
        );
    }

    #[test]
    fn a_cell_that_a_spreadsheet_would_run_is_made_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1"] {
            let text = written(CsvDialect::Spreadsheet, &[[formula, "さくら\"医院\"", ""]]);
            let expected = format!("\"'{formula}\",\"さくら\"\"医院\"\"\",\"\"\r\n");
            assert_eq!(text, format!("{MARK}\"名\",\"数\",\"備考\"\r\n{expected}"));
        }
    }

    /// Cells with what makes writing hard: separators, quotes, line breaks, formulas with and without apostrophes.
    const CELLS: &str = "('{0,2}[ 　\t]?[-=+@＝＋－＠])?([^\\x00-\\x1f\\x7f]|[,\"\r\n]){0,10}";

    proptest! {
        #[test]
        fn what_is_written_in_any_dialect_is_read_back_letter_for_letter(
            rows in prop::collection::vec(prop::array::uniform3(CELLS), 0..10),
        ) {
            for dialect in CsvDialect::ALL {
                // The reader cannot know who wrote a file: an apostrophe before a formula is a guard to it, whoever put it there.
                let is_unclear = |cell: &String| !dialect.is_opened_by_people() && {
                    cell.starts_with('\'') && guarded(cell) != *cell
                };
                // Rows without content are stepped over.
                let is_blank = |row: &[String; 3]| row.iter().all(|cell| cell.trim().is_empty() && guarded(cell) == *cell);
                let kept: Vec<_> =
                    rows.iter().filter(|row| !row.iter().any(is_unclear) && !is_blank(row)).collect();
                let cells: Vec<_> = kept.iter().map(|row| row.each_ref().map(String::as_str)).collect();
                prop_assert_eq!(read(&written(dialect, &cells)), kept.iter().map(|row| row.to_vec()).collect::<Vec<_>>());
            }
        }

        #[test]
        fn no_cell_that_people_open_begins_with_a_formula(cell in CELLS) {
            for dialect in CsvDialect::ALL.into_iter().filter(|dialect| dialect.is_opened_by_people()) {
                let writer = CsvWriter::begin(Vec::new(), dialect, [&cell]).unwrap();
                let text = String::from_utf8(writer.into_inner()).unwrap();
                let line_end = std::str::from_utf8(dialect.line_end()).unwrap();
                let written = text.strip_prefix(MARK).and_then(|rest| rest.strip_suffix(line_end)).unwrap();
                let unquoted = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                let seen = unquoted.unwrap_or(written);
                prop_assert!(!seen.starts_with(['\t', '\r', '\n']), "{seen:?}");
                prop_assert!(!seen.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{seen:?}");
            }
        }
    }
}
