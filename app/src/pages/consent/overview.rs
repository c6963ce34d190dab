//! `/consent`: what holds now in sentences, quick choices, and everything in detail.

use super::{detail, find, place};
use crate::{
    Lang, Page,
    form::{DescribeMistakes as _, MistakeText},
    i18n::{date_and_time, t, t_with},
    parts::{
        consent_words::consent_words,
        forms::{field_class, field_error, mistake_at},
    },
    views::consent::{ConsentField, ConsentPage},
};
use leptos::prelude::*;
use techo_web::form::FormField as _;

/// `/consent`.
pub fn consent(lang: Lang, page: &ConsentPage) -> Page {
    let view = &page.view;
    let mistakes = page.mistakes.told(lang);
    let since = view.changed_at.map_or_else(
        || t(lang, "consent-default"),
        |at| t_with(lang, "consent-since", [("date", date_and_time(lang, at).into())]),
    );
    let body = view! {
        <h1>{t(lang, "consent-title")}</h1>
        <p class="lead">{t(lang, "consent-lead")}</p>
        {page.has_draft.then(|| draft(lang))}
        <section class="card">
            <h2>{t(lang, "consent-now-title")}</h2>
            <p>{since}</p>
            {sentences(&consent_words(lang, &view.state, &view.places))}
            <p><a href="/consent/history">{t(lang, "consent-history-link")}</a></p>
        </section>
        {find::find(lang, page).into_any()}
        {quick(lang, page, &mistakes).into_any()}
        {detail::detail(lang, page, &mistakes).into_any()}
        {files(lang).into_any()}
    };
    Page::new(t(lang, "consent-title"), body).with_mistakes(lang, "/consent", &mistakes)
}

/// Sentences as a list.
pub(super) fn sentences(words: &[String]) -> impl IntoView + use<> {
    let items: Vec<_> = words.iter().map(|sentence| view! { <li>{sentence.clone()}</li> }).collect();
    view! { <ul class="spaced consent-words">{items}</ul> }
}

fn draft(lang: Lang) -> impl IntoView {
    view! {
        <section class="card consent-draft">
            <h2>{t(lang, "consent-draft-title")}</h2>
            <p>{t(lang, "consent-draft-text")} " " <a href="/consent/preview">{t(lang, "consent-draft-link")}</a></p>
        </section>
    }
}

/// Choices as a file, out and in.
fn files(lang: Lang) -> impl IntoView {
    view! {
        <section aria-labelledby="files">
            <h2 id="files">{t(lang, "consent-files-title")}</h2>
            <p>{t(lang, "consent-files-text")}</p>
            <div class="actions">
                <a class="button button-secondary" href="/consent/fhir.json">{t(lang, "consent-export-link")}</a>
                <a class="button button-secondary" href="/consent/import">{t(lang, "consent-import-title")}</a>
            </div>
        </section>
    }
}

fn quick(lang: Lang, page: &ConsentPage, mistakes: &[MistakeText]) -> impl IntoView + use<> {
    let places = &page.view.places;
    let base = page.view.version.to_string();
    let one = |preset: &'static str, name: &str, more: Option<AnyView>| {
        view! {
            <li class="card">
                <form method="post" action="/consent/preset">
                    <input type="hidden" name="base" value=base.clone() />
                    <input type="hidden" name="preset" value=preset />
                    <p><strong>{t(lang, name)}</strong></p>
                    <p class="help">{t(lang, "consent-author")}</p>
                    {more}
                    <button class="button button-secondary" type="submit">
                        {t(lang, "consent-preset-button")}
                        <span class="visually-hidden">" " {t(lang, name)}</span>
                    </button>
                </form>
            </li>
        }
    };
    let choose = (!places.is_empty()).then(|| {
        let field = ConsentField::PresetPlace;
        let wrong = mistake_at(mistakes, field.id());
        let select = place::choose_place(lang, field, places, ("", wrong));
        view! {
            <div class=field_class(wrong)>
                <label for=field.id()>{t(lang, "consent-preset-place")}</label>
                {wrong.map(field_error)}
                {select}
            </div>
        }
        .into_any()
    });
    let regular = choose.map(|choose| one("regular", "consent-preset-regular", Some(choose)));
    view! {
        <section aria-labelledby="quick">
            <h2 id="quick">{t(lang, "consent-quick-title")}</h2>
            <p>{t(lang, "consent-quick-text")}</p>
            <ul class="card-row consent-presets">
                {one("treating", "consent-preset-treating", None)}
                {regular}
                {one("nobody", "consent-preset-nobody", None)}
            </ul>
        </section>
    }
}
