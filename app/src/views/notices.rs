//! `/notices/{id}`: the form with which a person answers.

use crate::{
    form::FieldMistake,
    i18n::{Lang, t},
};
use std::borrow::Cow;
use techo_disclosure::emergency::EmergencyTextError;
use techo_web::form_fields;

form_fields! {
    /// The answer to an emergency.
    pub enum ReplyField {
        /// What the person says.
        Reply = "reply",
    }
}

impl FieldMistake for EmergencyTextError {
    fn words(&self, lang: Lang) -> Cow<'static, str> {
        match self {
            Self::Empty => t(lang, "emergency-text-empty"),
            Self::TooLong => t(lang, "emergency-text-long"),
            Self::PersonalNumber => t(lang, "emergency-text-number"),
        }
    }
}
