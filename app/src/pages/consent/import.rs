//! `/consent/import`: choices from a file, which become a draft; or why they do not.

use crate::{
    Lang, Page,
    i18n::{t, t_with},
    parts::forms::{Mistake, error_id, error_summary, field_error, textarea_text},
    views::consent::{ConsentImportPage, ImportMistake},
};
use leptos::prelude::*;
use std::borrow::Cow;
use techo_citizen::consent::Fault;

const FIELD: &str = "text";

/// `GET /consent/import`, and the answer to `POST` when the file was refused.
pub fn consent_import(lang: Lang, page: &ConsentImportPage) -> Page {
    let wrong = page.mistake.as_ref().map(|mistake| words(lang, mistake));
    let mistake = wrong.clone().map(|words| Mistake { field: FIELD.to_owned(), words });
    let summary = mistake.as_ref().map(|one| {
        let same = Mistake { field: FIELD.to_owned(), words: one.words.clone() };
        view! { {error_summary(lang, &[same])} <p>{t(lang, "consent-import-unchanged")}</p> }
    });
    let body = view! {
        <div class="narrow">
            {summary}
            <h1>{t(lang, "consent-import-title")}</h1>
            <p class="lead">{t(lang, "consent-import-lead")}</p>
            <p>{t(lang, "consent-import-nobody")}</p>
            <form method="post" action="/consent/import" enctype="multipart/form-data">
                <input type="hidden" name="base" value=page.base.to_string() />
                <div class="field">
                    <label for="file">{t(lang, "consent-import-file")}</label>
                    <input type="file" id="file" name="file" accept=".json,application/json,application/fhir+json" />
                </div>
                {text(lang, page, mistake.as_ref()).into_any()}
                <div class="actions">
                    <button class="button button-primary" type="submit">{t(lang, "consent-import-button")}</button>
                    <a class="button button-secondary" href="/consent">{t(lang, "consent-title")}</a>
                </div>
            </form>
        </div>
    };
    let done = Page::new(t(lang, "consent-import-title"), body);
    if wrong.is_some() { done.with_errors(lang, "/consent/import") } else { done }
}

fn text(lang: Lang, page: &ConsentImportPage, mistake: Option<&Mistake>) -> impl IntoView + use<> {
    let place = page.mistake.as_ref().and_then(|mistake| match mistake {
        ImportMistake::Refused(problem) => {
            Some(t_with(lang, "consent-import-place", [("place", problem.place.as_str().into())]))
        }
        ImportMistake::Nothing | ImportMistake::TooMany => None,
    });
    let help = format!("{FIELD}-help");
    let described = mistake.map_or_else(|| help.clone(), |_| format!("{} {help}", error_id(FIELD)));
    view! {
        <div class=if mistake.is_some() { "field field-wrong" } else { "field" }>
            <label for=FIELD>{t(lang, "consent-import-text")}</label>
            <p class="help" id=help>{t(lang, "consent-import-text-help")}</p>
            {mistake.map(field_error)}
            {place.map(|place| view! { <p class="help consent-import-place">{place}</p> })}
            <textarea class="code-text" id=FIELD name=FIELD rows="12" spellcheck="false" autocomplete="off" aria-describedby=described
                aria-invalid=mistake.map(|_| "true")>{textarea_text(&page.text)}</textarea>
        </div>
    }
}

fn words(lang: Lang, mistake: &ImportMistake) -> Cow<'static, str> {
    let key = match mistake {
        ImportMistake::Nothing => "consent-import-nothing",
        ImportMistake::TooMany => "consent-import-too-many",
        ImportMistake::Refused(problem) => fault(problem.fault),
    };
    t(lang, key)
}

/// In words for whoever chose the file, not for whoever made it.
fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::TooLarge => "consent-import-too-large",
        Fault::NoJson => "consent-import-no-json",
        Fault::NoConsent => "consent-import-no-consent",
        Fault::Twice => "consent-import-twice",
        Fault::NotSupported => "consent-import-not-supported",
        Fault::Missing => "consent-import-missing",
        Fault::Shape | Fault::Other => "consent-import-other",
        Fault::NamesSomebody => "consent-import-names-somebody",
        Fault::Unknown => "consent-import-unknown",
        Fault::Time => "consent-import-time",
        Fault::Backwards => "consent-import-backwards",
        Fault::NotYet => "consent-import-not-yet",
        Fault::HalfLabel => "consent-import-half-label",
        Fault::Nothing => "consent-import-rule-nothing",
        Fault::BothAtOnce => "consent-import-both",
        Fault::SameRule => "consent-import-same-rule",
    }
}
