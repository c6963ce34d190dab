//! What is wrong with a form of the console, in words.

use std::borrow::Cow;
use techo_app::{
    form::FieldMistake,
    i18n::{Lang, t},
};
use techo_disclosure::emergency::EmergencyTextError;

/// Why no chart was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodeMistake {
    /// Not eight digits.
    Form,
    /// Nobody's code, or not any more.
    Wrong,
    /// Too many wrong ones.
    Limited,
}

impl FieldMistake for CodeMistake {
    fn words(&self, lang: Lang) -> Cow<'static, str> {
        match self {
            Self::Form => t(lang, "console-code-form"),
            Self::Wrong => t(lang, "console-code-wrong"),
            Self::Limited => t(lang, "console-code-limited"),
        }
    }
}

/// Why a review was not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CloseMistake {
    /// No finding was chosen.
    NoFinding,
    /// The remark.
    Remark(EmergencyTextError),
    /// The emergency is not over yet.
    StillRuns,
    /// Somebody else was quicker.
    ChangedMeanwhile,
}

impl FieldMistake for CloseMistake {
    fn words(&self, lang: Lang) -> Cow<'static, str> {
        match self {
            Self::NoFinding => t(lang, "console-review-choose"),
            Self::Remark(why) => why.words(lang),
            Self::StillRuns => t(lang, "emergency-runs"),
            Self::ChangedMeanwhile => t(lang, "emergency-closed"),
        }
    }
}
