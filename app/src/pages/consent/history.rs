//! `/consent/history` and receipts.

use super::overview::sentences;
use crate::{
    Lang, Page,
    i18n::{date_and_time, date_time_tag, t, t_with},
    parts::facts::{fact, facts},
};
use leptos::prelude::*;
use std::borrow::Cow;
use techo_citizen::consent::{ConsentHistory, ConsentVersion, VersionOrigin};

/// `/consent/history`.
pub fn consent_history(lang: Lang, history: &ConsentHistory) -> Page {
    let versions = history.versions.iter();
    let items: Vec<_> = versions.map(|one| line(lang, one, history.newest).into_any()).collect();
    let older = history.older.map(|before| {
        let address = format!("/consent/history?before={before}");
        view! { <p><a href=address>{t(lang, "consent-history-older")}</a></p> }
    });
    let none = items.is_empty().then(|| view! { <p>{t(lang, "consent-history-none")}</p> });
    let body = view! {
        <h1>{t(lang, "consent-history-title")}</h1>
        <p class="lead">{t(lang, "consent-history-lead")}</p>
        {none}
        <ol class="consent-versions">{items}</ol>
        {older}
        <p><a href="/consent">{t(lang, "consent-title")}</a></p>
    };
    Page::new(t(lang, "consent-history-title"), body)
}

fn line(lang: Lang, one: &ConsentVersion, newest: i64) -> impl IntoView + use<> {
    let number = t_with(lang, "consent-history-line", [("version", one.version.into())]);
    let back = (one.version != newest).then(|| {
        view! {
            <form method="post" action="/consent/restore">
                <input type="hidden" name="base" value=newest.to_string() />
                <input type="hidden" name="version" value=one.version.to_string() />
                <button class="button button-secondary" type="submit">
                    {t(lang, "consent-history-back")} <span class="visually-hidden">" " {number.clone()}</span>
                </button>
            </form>
        }
    });
    view! {
        <li class="card">
            <h2>{number} " " {date_time_tag(lang, one.changed_at)}</h2>
            {origin(lang, one.origin).map(|words| view! { <p>{words}</p> })}
            {sentences(&one.shown)}
            <div class="actions">
                <a class="button button-secondary" href=format!("/consent/receipts/{}", one.version)>
                    {t(lang, "consent-history-receipt")}
                </a>
                {back}
            </div>
        </li>
    }
}

/// How a version came, unless it was chosen on the page.
fn origin(lang: Lang, origin: VersionOrigin) -> Option<Cow<'static, str>> {
    match origin {
        VersionOrigin::Page => None,
        VersionOrigin::Restore { version } => {
            Some(t_with(lang, "consent-history-restored", [("version", version.into())]))
        }
        VersionOrigin::Import => Some(t(lang, "consent-history-imported")),
    }
}

/// `/consent/receipts/{version}`.
pub fn consent_receipt(lang: Lang, one: &ConsentVersion) -> Page {
    let title = t_with(lang, "consent-receipt-title", [("version", one.version.into())]);
    let body = view! {
        <div class="narrow">
            <h1>{title.clone()}</h1>
            {facts([Some(fact(t(lang, "consent-receipt-at"), date_time_tag(lang, one.changed_at)))])}
            {origin(lang, one.origin).map(|words| view! { <p>{words}</p> })}
            <h2>{t(lang, "consent-receipt-words")}</h2>
            {sentences(&one.shown)}
            <div class="actions">
                <a class="button button-primary" href=format!("/consent/receipts/{}/file", one.version)>
                    {t(lang, "consent-receipt-download")}
                </a>
                <a class="button button-secondary" href="/consent">{t(lang, "consent-title")}</a>
            </div>
            <p class="quiet">{t(lang, "consent-receipt-print")}</p>
        </div>
    };
    Page::new(title, body)
}

/// The receipt as plain text, one sentence a line.
pub fn consent_receipt_text(lang: Lang, one: &ConsentVersion) -> String {
    let title = t_with(lang, "consent-receipt-title", [("version", one.version.into())]);
    let at = date_and_time(lang, one.changed_at);
    let mut text = format!("{title}\n{}: {at}\n", t(lang, "consent-receipt-at"));
    for line in origin(lang, one.origin).as_deref().into_iter().chain([""]) {
        text.push_str(line);
        text.push('\n');
    }
    for sentence in &one.shown {
        text.push_str(sentence);
        text.push('\n');
    }
    text
}
