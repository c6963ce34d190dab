//! The access log as rows for a spreadsheet; how they are written is a matter of the file's format.

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

/// Names of the columns.
pub fn log_columns(lang: Lang) -> [String; 10] {
    COLUMNS.map(|key| t(lang, key).into_owned())
}

/// One line of the log, in the order of [`log_columns`]. Of a line that was erased only its time is known.
pub fn log_row(lang: Lang, line: &ExportLine, names: &HashMap<String, String>) -> [String; 10] {
    let at = line.line.at();
    let at = format!("{} {}", date(lang, at.date_in_japan()), at.time_in_japan());
    let Some(facts) = &line.line.facts else {
        let mut row = [const { String::new() }; 10];
        (row[0], row[1]) = (at, t(lang, "log-who-erased").into_owned());
        return row;
    };
    let behalf = facts.on_behalf.as_ref();
    [
        at,
        who(lang, &facts.actor, names).into_owned(),
        facts.actor.organisation().unwrap_or_default().to_owned(),
        behalf.map(|other| who(lang, other, names).into_owned()).unwrap_or_default(),
        act(lang, facts).into_owned(),
        category(lang, facts.category).into_owned(),
        purpose(lang, facts.purpose).into_owned(),
        facts.count.to_string(),
        initiative(lang, facts.initiative).into_owned(),
        facts.reason.map(|why| reason(lang, why).into_owned()).unwrap_or_default(),
    ]
}
