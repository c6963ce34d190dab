//! Rows as bytes, in every way that `docs/FORMATS.md` allows.

use super::{dice::Dice, layout::Layout};

/// A row: a cell for each column of the file.
#[derive(Clone)]
pub struct Row {
    pub cells: Vec<String>,
    /// Which column is broken, and the cell that belongs there.
    pub broken: Option<(usize, String)>,
    /// On which line it stands, once it is written.
    pub line: usize,
}

/// A file with its rows.
pub struct Written {
    pub names: Vec<&'static str>,
    pub rows: Vec<Row>,
    pub bytes: Vec<u8>,
}

/// A file about the people from `first` on, of which about one in `bad_share` is broken in one cell.
pub fn generate(dice: &mut Dice, layout: &Layout, first: u64, bad_share: Option<u64>) -> Written {
    let mut columns: Vec<_> = layout.columns.iter().collect();
    columns.retain(|column| column.required || !dice.one_in(3));
    dice.shuffle(&mut columns);
    let rows = (first..first + 40)
        .map(|n| {
            let mut cells: Vec<String> = columns.iter().map(|column| (column.good)(dice, n)).collect();
            let broken = bad_share.filter(|share| dice.one_in(*share)).map(|_| {
                let place = usize::try_from(dice.below(columns.len() as u64)).unwrap();
                let bad = (*dice.pick(columns[place].bad)).to_owned();
                (place, std::mem::replace(&mut cells[place], bad))
            });
            Row { cells, broken, line: 0 }
        })
        .collect();
    let names = columns.iter().map(|column| column.name).collect();
    let mut written = Written { names, rows, bytes: Vec::new() };
    written.write(dice);
    written
}

impl Written {
    /// Writes the rows down and notes their lines.
    pub fn write(&mut self, dice: &mut Dice) {
        let line_break = *dice.pick(&["\n", "\r\n"]);
        let mut text = String::new();
        let mut line = 1;
        for _ in 0..dice.below(2) {
            text.push_str(line_break);
            line += 1;
        }
        let shown: Vec<String> = self.names.iter().map(|name| cell(dice, name)).collect();
        text.push_str(&shown.join(","));
        text.push_str(line_break);
        for row in &mut self.rows {
            line += 1;
            if dice.one_in(8) {
                text.push_str(&[",", " ,　", ""][usize::try_from(dice.below(3)).unwrap()].repeat(3));
                text.push_str(line_break);
                line += 1;
            }
            row.line = line;
            let cells: Vec<String> = row.cells.iter().map(|text| cell(dice, text)).collect();
            text.push_str(&cells.join(","));
            text.push_str(line_break);
        }
        if dice.one_in(3) {
            text.truncate(text.len() - line_break.len());
        }
        self.bytes = encoded(dice, &text);
    }

    pub fn good(&self) -> u64 {
        self.rows.iter().filter(|row| row.broken.is_none()).count() as u64
    }

    pub fn bad(&self) -> u64 {
        self.rows.len() as u64 - self.good()
    }
}

fn cell(dice: &mut Dice, text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) || dice.one_in(4) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn encoded(dice: &mut Dice, text: &str) -> Vec<u8> {
    match dice.below(3) {
        0 => [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(),
        1 => match encoding_rs::SHIFT_JIS.encode(text) {
            (bytes, _, false) => bytes.into_owned(),
            _ => text.as_bytes().to_vec(),
        },
        _ => text.as_bytes().to_vec(),
    }
}

/// A cell as a rejects file has it, without the guard against formulas.
pub fn without_guard(cell: &str) -> &str {
    let behind = cell.trim_start_matches('\'');
    let guarded = behind.len() < cell.len()
        && (behind.starts_with(['\t', '\r', '\n'])
            || behind.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']));
    if guarded { &cell[1..] } else { cell }
}
