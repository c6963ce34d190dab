//! What stands around a page of the console, and the words of both languages for templates.

use super::menu::ConsoleMenu;
use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use techo_app::{
    Lang,
    form::MistakeText,
    i18n::{date, date_and_time, t},
    views::frame::PortalEdition,
};
use techo_identity::staff::StaffMember;
use techo_model::{CalendarDate, UnixMillis};
use techo_web::problem::HttpError;

/// The frame of a page.
pub struct ConsoleFrame {
    /// Language.
    pub lang: Lang,
    /// Key of the title.
    pub title: &'static str,
    /// Path of the style sheet.
    pub css: String,
    /// Path of this page: the language switch comes back to it.
    pub path: String,
    /// Who is signed in.
    pub member: Option<StaffMember>,
    /// Where each role works.
    pub areas: ConsoleMenu,
    /// Whether this is the demo.
    pub edition: PortalEdition,
    /// Key of a sentence about what the last form did.
    pub flash: Option<String>,
    /// What is wrong with the form of this page: first in its title, and first on it.
    pub mistakes: Vec<MistakeText>,
}

impl ConsoleFrame {
    /// The frame of a page whose form comes back.
    #[must_use]
    pub fn with_mistakes(self, mistakes: Vec<MistakeText>) -> Self {
        Self { mistakes, ..self }
    }

    /// What is wrong with a field.
    pub fn mistake(&self, field: &str) -> Option<&str> {
        let found = self.mistakes.iter().find(|mistake| mistake.field.as_deref() == Some(field));
        found.map(|mistake| &*mistake.words)
    }

    /// The text with this key.
    pub fn t(&self, key: &str) -> String {
        t(self.lang, key).into_owned()
    }

    /// The code of the language.
    pub fn code(&self) -> &'static str {
        self.lang.code()
    }

    /// The other language, for the switch.
    pub fn other(&self) -> &'static str {
        self.lang.other().code()
    }

    /// The other language's name for itself.
    pub fn other_name(&self) -> String {
        t(self.lang.other(), "language-name").into_owned()
    }

    /// Whether this is the demo.
    pub fn is_demo(&self) -> bool {
        self.edition == PortalEdition::Demo
    }

    /// A day in words.
    pub fn date(&self, day: &CalendarDate) -> String {
        date(self.lang, *day).to_string()
    }

    /// An instant in words.
    pub fn time(&self, at: &UnixMillis) -> String {
        date_and_time(self.lang, *at).to_string()
    }

    /// Where the signed-in person works, and who they are.
    pub fn whoami(&self) -> Option<String> {
        let member = self.member.as_ref()?;
        let place = member.organisation().map(|organisation| organisation.name.as_str());
        Some(match place {
            Some(place) => format!("{place}　{}", member.name()),
            None => format!("{}　{}", self.t("console-operator"), member.name()),
        })
    }

    /// The menu of the signed-in person: path and text.
    pub fn menu(&self) -> Vec<(&'static str, String)> {
        let areas = self.member.as_ref().map(|member| self.areas.entries_of(member.role()));
        let entries = areas.into_iter().flatten();
        entries.filter_map(|entry| Some((entry.path, self.t(entry.text?)))).collect()
    }
}

/// A template as an answer.
pub fn show(template: &impl Template) -> Result<Response, HttpError> {
    let html = template.render().map_err(|error| HttpError::Broken(format!("template: {error}").into()))?;
    Ok(Html(html).into_response())
}
