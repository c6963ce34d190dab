//! `/privacy`: what is kept, why, for how long, and who may see it, in plain words.

use crate::{
    Lang, Page,
    i18n::{date, t, t_with},
    parts::facts::{fact, facts},
    views::PRIVACY_VERSION,
};
use leptos::prelude::*;
use techo_model::CalendarDate;

/// Who may see what.
const WHO: [&str; 4] = ["privacy-who-you", "privacy-who-author", "privacy-who-not", "privacy-who-operator"];

/// `/privacy`.
pub fn privacy(lang: Lang) -> Page {
    let version = CalendarDate::parse(PRIVACY_VERSION).expect("the version of the text is a date");
    let body = view! {
        <div class="narrow">
            <h1>{t(lang, "privacy-title")}</h1>
            <p class="lead">{t(lang, "privacy-lead")}</p>
            <p class="quiet">{t_with(lang, "privacy-version", [("date", date(lang, version).into())])}</p>
            {kept(lang).into_any()}
            {paragraphs(lang, "privacy-number-title", &["privacy-number-text"])}
            {paragraphs(lang, "privacy-why-title", &["privacy-why-text"])}
            {until(lang).into_any()}
            {points(lang, "privacy-who-title", &WHO)}
            {points(lang, "privacy-rights-title", &["privacy-rights-see", "privacy-rights-report", "privacy-rights-correct"])}
            {paragraphs(lang, "privacy-cookie-title", &["privacy-cookie-text"])}
        </div>
    };
    Page::new(t(lang, "privacy-title"), body)
}

fn kept(lang: Lang) -> impl IntoView {
    let pairs = [
        ("privacy-keep-who", "privacy-keep-who-text"),
        ("privacy-keep-checkups", "privacy-keep-checkups-text"),
        ("privacy-keep-vaccinations", "privacy-keep-vaccinations-text"),
        ("privacy-keep-coverage", "privacy-keep-coverage-text"),
        ("privacy-keep-key", "privacy-keep-key-text"),
        ("privacy-keep-log", "privacy-keep-log-text"),
    ];
    pairs_under(lang, "privacy-keep-title", pairs)
}

fn until(lang: Lang) -> impl IntoView {
    let pairs = [
        ("privacy-until-records", "privacy-until-records-text"),
        ("privacy-until-who", "privacy-until-who-text"),
        ("privacy-until-key", "privacy-until-key-text"),
        ("privacy-until-session", "privacy-until-session-text"),
        ("privacy-until-code", "privacy-until-code-text"),
        ("privacy-until-log", "privacy-until-log-text"),
    ];
    pairs_under(lang, "privacy-until-title", pairs)
}

fn pairs_under<const N: usize>(lang: Lang, title: &str, pairs: [(&str, &str); N]) -> impl IntoView + use<N> {
    let pairs = pairs.map(|(term, text)| Some(fact(t(lang, term), t(lang, text))));
    view! { <section class="definitions"><h2>{t(lang, title)}</h2>{facts(pairs)}</section> }
}

fn paragraphs(lang: Lang, title: &str, texts: &[&str]) -> impl IntoView + use<> {
    let all: Vec<_> = texts.iter().map(|key| view! { <p>{t(lang, key)}</p> }).collect();
    view! { <section><h2>{t(lang, title)}</h2>{all}</section> }
}

fn points(lang: Lang, title: &str, texts: &[&str]) -> impl IntoView + use<> {
    let all: Vec<_> = texts.iter().map(|key| view! { <li>{t(lang, key)}</li> }).collect();
    view! { <section><h2>{t(lang, title)}</h2><ul class="spaced">{all}</ul></section> }
}
