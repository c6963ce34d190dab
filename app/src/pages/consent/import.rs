//! `/consent/import`: choices from a file, which become a draft; or why they do not.

use crate::{
    Lang, Page,
    form::{DescribeMistakes as _, FieldMistake, MistakeText},
    i18n::{t, t_with},
    parts::forms::{described, field_class, field_error, textarea_text},
    views::consent::{ConsentImportPage, ImportField, ImportMistake},
};
use leptos::prelude::*;
use std::borrow::Cow;
use techo_citizen::consent::ConsentFault;
use techo_web::form::FormField as _;

/// `GET /consent/import`, and the answer to `POST` when the file was refused.
pub fn consent_import(lang: Lang, page: &ConsentImportPage) -> Page {
    let mistakes = page.form.told(lang);
    let unchanged = page.form.is_refused().then(|| view! { <p>{t(lang, "consent-import-unchanged")}</p> });
    let body = view! {
        <div class="narrow">
            {unchanged}
            <h1>{t(lang, "consent-import-title")}</h1>
            <p class="lead">{t(lang, "consent-import-lead")}</p>
            <p>{t(lang, "consent-import-nobody")}</p>
            <form method="post" action="/consent/import" enctype="multipart/form-data">
                <input type="hidden" name="base" value=page.base.to_string() />
                <div class="field">
                    <label for="file">{t(lang, "consent-import-file")}</label>
                    <input type="file" id="file" name="file" accept=".json,application/json,application/fhir+json" />
                </div>
                {text(lang, page, mistakes.first()).into_any()}
                <div class="actions">
                    <button class="button button-primary" type="submit">{t(lang, "consent-import-button")}</button>
                    <a class="button button-secondary" href="/consent">{t(lang, "consent-title")}</a>
                </div>
            </form>
        </div>
    };
    Page::new(t(lang, "consent-import-title"), body).with_mistakes(lang, "/consent/import", &mistakes)
}

fn text(lang: Lang, page: &ConsentImportPage, wrong: Option<&MistakeText>) -> impl IntoView + use<> {
    let (field, name) = (ImportField::Text.id(), ImportField::Text.name());
    let place = page.form.mistake(ImportField::Text).and_then(|mistake| match mistake {
        ImportMistake::Refused(problem) => {
            Some(t_with(lang, "consent-import-place", [("place", problem.place.as_str().into())]))
        }
        ImportMistake::Nothing | ImportMistake::TooMany => None,
    });
    let help = format!("{field}-help");
    let described = described(field, wrong, &help);
    view! {
        <div class=field_class(wrong)>
            <label for=field>{t(lang, "consent-import-text")}</label>
            <p class="help" id=help>{t(lang, "consent-import-text-help")}</p>
            {wrong.map(field_error)}
            {place.map(|place| view! { <p class="help consent-import-place">{place}</p> })}
            <textarea class="code-text" id=field name=name rows="12" spellcheck="false" autocomplete="off" aria-describedby=described
                aria-invalid=wrong.map(|_| "true")>{textarea_text(page.form.shown(ImportField::Text))}</textarea>
        </div>
    }
}

impl FieldMistake for ImportMistake {
    fn words(&self, lang: Lang) -> Cow<'static, str> {
        match self {
            Self::Nothing => t(lang, "consent-import-nothing"),
            Self::TooMany => t(lang, "consent-import-too-many"),
            Self::Refused(problem) => t(lang, fault(problem.fault)),
        }
    }
}

/// In words for whoever chose the file, not for whoever made it.
fn fault(fault: ConsentFault) -> &'static str {
    match fault {
        ConsentFault::TooLarge => "consent-import-too-large",
        ConsentFault::NoJson => "consent-import-no-json",
        ConsentFault::NoConsent => "consent-import-no-consent",
        ConsentFault::Twice => "consent-import-twice",
        ConsentFault::NotSupported => "consent-import-not-supported",
        ConsentFault::Missing => "consent-import-missing",
        ConsentFault::Shape | ConsentFault::Other => "consent-import-other",
        ConsentFault::NamesSomebody => "consent-import-names-somebody",
        ConsentFault::Unknown => "consent-import-unknown",
        ConsentFault::Time => "consent-import-time",
        ConsentFault::Backwards => "consent-import-backwards",
        ConsentFault::NotYet => "consent-import-not-yet",
        ConsentFault::HalfLabel => "consent-import-half-label",
        ConsentFault::Nothing => "consent-import-rule-nothing",
        ConsentFault::BothAtOnce => "consent-import-both",
        ConsentFault::SameRule => "consent-import-same-rule",
    }
}
