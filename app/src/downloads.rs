//! The access log as a file for a spreadsheet.

use crate::{
    Lang,
    i18n::{date, t},
    parts::log_words::{act, category, initiative, purpose, reason, who},
};
use std::collections::HashMap;
use techo_citizen::access_log::ExportLine;

const COLUMNS: [&str; 10] = [
    "log-line-at",
    "log-line-who",
    "log-line-number",
    "log-line-behalf",
    "log-line-what",
    "log-file-category",
    "log-line-why",
    "log-line-count",
    "log-line-how",
    "log-line-reason",
];

/// CSV with a byte order mark, so that spreadsheets read it as UTF-8. A cell that a spreadsheet would take for a formula
/// begins with an apostrophe. This is how the file begins; [`access_log_csv`] follows, once for each part of the log.
pub fn access_log_csv_head(lang: Lang) -> String {
    let mut text = String::from("\u{feff}");
    put_row(&mut text, COLUMNS.map(|key| t(lang, key).into_owned()));
    text
}

/// Lines of the log as rows of CSV.
pub fn access_log_csv(lang: Lang, lines: &[ExportLine], names: &HashMap<String, String>) -> String {
    let mut text = String::new();
    for ExportLine { line, .. } in lines {
        let at = line.at();
        let at = format!("{} {}", date(lang, at.date_in_japan()), at.time_in_japan());
        let row = match &line.facts {
            None => {
                let mut row = [const { String::new() }; 10];
                (row[0], row[1]) = (at, t(lang, "log-who-erased").into_owned());
                row
            }
            Some(facts) => [
                at,
                who(lang, &facts.actor, names).into_owned(),
                facts.actor.organisation().unwrap_or_default().to_owned(),
                facts
                    .on_behalf
                    .as_ref()
                    .map(|other| who(lang, other, names).into_owned())
                    .unwrap_or_default(),
                act(lang, facts).into_owned(),
                category(lang, facts.category).into_owned(),
                purpose(lang, facts.purpose).into_owned(),
                facts.count.to_string(),
                initiative(lang, facts.initiative).into_owned(),
                facts.reason.map(|why| reason(lang, why).into_owned()).unwrap_or_default(),
            ],
        };
        put_row(&mut text, row);
    }
    text
}

fn put_row(text: &mut String, cells: [String; 10]) {
    let cells = cells.map(|cell| quoted(&cell));
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// A cell in quotes, and safe to open.
fn quoted(cell: &str) -> String {
    let is_formula = cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || cell.starts_with(['\t', '\r', '\n']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_a_spreadsheet_would_run_is_made_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1"] {
            assert!(quoted(formula).starts_with("\"'"), "{formula}");
        }
        assert_eq!(quoted("さくら\"医院\""), "\"さくら\"\"医院\"\"\"");
    }
}
