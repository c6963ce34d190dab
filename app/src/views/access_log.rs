//! `/access-log`: the form that narrows it down, and the question about a line.

use crate::{
    Lang,
    form::{FieldMistake, form_mistakes},
    i18n::{t, t_with},
};
use std::borrow::Cow;
use techo_citizen::access_log::{LogFilter, LogTopic};
use techo_web::{form::FilledForm, form_fields};

/// Longest text that is searched for, in characters.
pub const SEARCH_MAX: usize = 60;

form_fields! {
    /// What part of the log somebody wants to see.
    pub enum LogField {
        /// Whose looks.
        Whose = "whose",
        /// Which kind.
        Kind = "kind",
        /// First day.
        From = "from",
        /// Last day.
        To = "to",
        /// Name or number of an organisation.
        Search = "q",
        /// The number before which the page begins.
        Before = "before",
    }
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogMistake {
    /// A day that is no date.
    NoDate,
    /// A last day before the first.
    Reversed,
    /// More than [`SEARCH_MAX`] characters.
    TooLong,
}

impl FieldMistake for LogMistake {
    fn words(&self, lang: Lang) -> Cow<'static, str> {
        match self {
            Self::NoDate => t(lang, "log-filter-wrong-date"),
            Self::Reversed => t(lang, "log-filter-wrong-reversed"),
            Self::TooLong => t_with(lang, "log-filter-wrong-long", [("max", SEARCH_MAX.into())]),
        }
    }
}

/// The form as it stands above what a filter found.
pub fn filter_form(filter: &LogFilter) -> FilledForm<LogField, LogMistake> {
    let day = |day: Option<techo_model::CalendarDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let kind = filter.kind.map(LogTopic::as_str).unwrap_or_default();
    FilledForm::default()
        .with(LogField::Whose, filter.whose.as_str())
        .with(LogField::Kind, kind)
        .with(LogField::From, day(filter.from))
        .with(LogField::To, day(filter.to))
        .with(LogField::Search, filter.search.clone())
}

form_fields! {
    /// The question about a line.
    pub enum AskField {
        /// What is asked.
        Topic = "topic",
    }
}

form_mistakes! {
    /// What is wrong with it.
    pub enum AskMistake {
        /// Nothing that can be asked was chosen.
        NoTopic = "ask-wrong",
    }
}
