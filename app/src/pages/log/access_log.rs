//! `/access-log`: who looked, by day, newest first; the owner's own looks folded away.

mod form;
mod line;
mod one;
mod systems;

pub use one::access_log_line;

use crate::{
    Lang, Page,
    form::DescribeMistakes as _,
    i18n::{date_tag, date_time_tag, t, t_with},
    parts::facts::{fact, facts},
    views::access_log::{LogField, LogMistake},
};
use leptos::prelude::*;
use techo_citizen::access_log::{AccessLogView, LastCheckpoint, LogDay, LogFilter};
use techo_web::form::FilledForm;

/// `/access-log`, with the form as it was filled in.
pub fn access_log(lang: Lang, view: &AccessLogView, filled: &FilledForm<LogField, LogMistake>) -> Page {
    let days: Vec<_> = view.days.iter().map(|one| day(lang, view, one).into_any()).collect();
    let body = view! {
        <h1>{t(lang, "log-title")}</h1>
        <p class="lead">{t(lang, "log-lead")}</p>
        {form::form(lang, &view.filter, filled).into_any()}
        {days.is_empty().then(|| nothing(lang, &view.filter).into_any())}
        {days}
        {pages(lang, view).into_any()}
        {downloads(lang).into_any()}
        {seal(lang, view.seal.as_ref()).into_any()}
    };
    let mistakes = filled.told(lang);
    Page::new(t(lang, "log-title"), body).at("/access-log").with_mistakes(lang, "/access-log", &mistakes)
}

fn nothing(lang: Lang, filter: &LogFilter) -> impl IntoView + use<> {
    let (title, text) = if filter.is_narrow() {
        ("log-none-title", "log-none-text")
    } else {
        ("log-empty-title", "log-empty-text")
    };
    let all =
        filter.is_narrow().then(|| view! { <p><a href="/access-log">{t(lang, "log-show-all")}</a></p> });
    view! {
        <div class="card empty">
            <h2>{t(lang, title)}</h2>
            <p>{t(lang, text)}</p>
            {all}
        </div>
    }
}

fn day(lang: Lang, view: &AccessLogView, day: &LogDay) -> impl IntoView + use<> {
    let lines: Vec<_> = day.lines.iter().map(|one| line::line(lang, view, one).into_any()).collect();
    let list = (!lines.is_empty()).then(|| view! { <ul class="log">{lines}</ul> });
    let own: Vec<_> = day.own.iter().map(|one| line::own(lang, one).into_any()).collect();
    let count = t_with(lang, "log-own", [("count", own.len().into())]);
    let own = (!own.is_empty()).then(|| {
        view! {
            <details class="log-own">
                <summary>{count}</summary>
                <ul class="log-quiet">{own}</ul>
            </details>
        }
    });
    let systems = systems::list(lang, view, day).map(IntoAny::into_any);
    view! {
        <section class="log-day">
            <h2>{date_tag(lang, day.on)}</h2>
            {list}
            {systems}
            {own}
        </section>
    }
}

fn pages(lang: Lang, view: &AccessLogView) -> Option<impl IntoView + use<>> {
    let newest = view.filter.before.map(|_| form::turn(lang, &view.filter, None, "log-newest"));
    let older = view.older.map(|before| form::turn(lang, &view.filter, Some(before), "log-older"));
    let any = newest.is_some() || older.is_some();
    any.then(|| view! { <div class="actions log-pages">{older} {newest}</div> })
}

fn downloads(lang: Lang) -> impl IntoView {
    view! {
        <section class="card log-downloads" aria-labelledby="downloads">
            <h2 id="downloads">{t(lang, "log-download-title")}</h2>
            <p>{t(lang, "log-download-text")}</p>
            <ul>
                <li><a href="/access-log/download.csv">{t(lang, "log-download-csv")}</a></li>
                <li><a href="/access-log/download.jsonl">{t(lang, "log-download-jsonl")}</a></li>
            </ul>
            <p class="quiet">{t(lang, "log-print")}</p>
        </section>
    }
}

fn seal(lang: Lang, seal: Option<&LastCheckpoint>) -> impl IntoView + use<> {
    let known = seal.map(|seal| {
        facts([
            Some(fact(t(lang, "log-seal-size"), seal.size.to_string())),
            Some(fact(t(lang, "log-seal-root"), view! { <code class="long">{seal.root.clone()}</code> })),
            Some(fact(t(lang, "log-seal-at"), date_time_tag(lang, seal.signed_at))),
            Some(fact(t(lang, "log-seal-key"), view! { <code class="long">{seal.key.clone()}</code> })),
        ])
    });
    let none = known.is_none().then(|| view! { <p>{t(lang, "log-seal-none")}</p> });
    view! {
        <section class="card" aria-labelledby="seal">
            <h2 id="seal">{t(lang, "log-seal-title")}</h2>
            <p>{t(lang, "log-seal-text")}</p>
            <ol class="spaced">
                <li>{t(lang, "log-seal-how-1")}</li>
                <li>{t(lang, "log-seal-how-2")}</li>
                <li>{t(lang, "log-seal-how-3")}</li>
            </ol>
            {known}
            {none}
        </section>
    }
}
