//! `/coverage`: the state today, and every period that is known.

mod period;

use crate::{
    Lang, Page,
    i18n::{date, t, t_with},
    parts::{
        letters::readable,
        status::{Tone, status},
    },
};
use leptos::prelude::*;
use period::period;
use techo_citizen::coverage::CoverageView;
use techo_disclosure::coverage::CurrentCoverage;

/// `/coverage`.
pub fn coverage(lang: Lang, view: &CoverageView) -> Page {
    let periods: Vec<_> = view.periods.iter().map(|one| period(lang, one).into_any()).collect();
    let none = periods.is_empty();
    let as_of = t_with(lang, "coverage-as-of", [("date", date(lang, view.as_of).into())]);
    let body = view! {
        <h1>{t(lang, "coverage-title")}</h1>
        {now(lang, &view.now).into_any()}
        <p class="quiet">{as_of}</p>
        <p><a href="/share">{t(lang, "coverage-share-link")}</a></p>
        {none.then(|| view! {
            <div class="card empty">
                <h2>{t(lang, "coverage-empty-title")}</h2>
                <p>{t(lang, "coverage-empty-text")}</p>
            </div>
        })}
        {(!none).then(|| view! { <section><h2>{t(lang, "coverage-periods")}</h2>{periods}</section> })}
    };
    Page::new(t(lang, "coverage-title"), body)
}

fn now(lang: Lang, now: &CurrentCoverage) -> impl IntoView + use<> {
    let (tone, word, lines) = match now {
        CurrentCoverage::Valid { insurer_name, burden_percent } => {
            let insurer = t_with(
                lang,
                "coverage-now-valid-text",
                [("insurer", readable(lang, insurer_name).as_ref().into())],
            );
            let burden = t_with(lang, "coverage-now-burden", [("burden", (burden_percent / 10).into())]);
            (Tone::Good, "coverage-now-valid", vec![insurer, burden])
        }
        CurrentCoverage::Pending { since } => {
            let text = t_with(lang, "coverage-now-pending-text", [("date", date(lang, *since).into())]);
            (Tone::Attention, "coverage-now-pending", vec![text, t(lang, "coverage-now-pending-help")])
        }
        CurrentCoverage::Unknown => {
            (Tone::Quiet, "coverage-now-unknown", vec![t(lang, "coverage-now-unknown-text")])
        }
    };
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <p>{line}</p> }).collect();
    let class = match tone {
        Tone::Good => "card now now-good",
        Tone::Attention => "card now now-attention",
        Tone::Quiet | Tone::Stopped => "card now",
    };
    view! {
        <div class=class>
            <p class="now-word">{status(tone, t(lang, word))}</p>
            {lines}
        </div>
    }
}
