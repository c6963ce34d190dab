//! Pages for what went wrong: what happened, and what to do next.

use crate::{
    Lang, Page,
    i18n::{t, t_with},
    parts::header::PLACES,
    views::{errors::ErrorView, frame::PageViewer},
};
use leptos::prelude::*;

/// The page for an error. Whoever is signed in is offered the main pages, everybody else the first one.
pub fn error(lang: Lang, view: &ErrorView, viewer: PageViewer) -> Page {
    let (title, text) = match view {
        ErrorView::NotFound => ("error-not-found-title", t(lang, "error-not-found-text")),
        ErrorView::Refused { .. } => ("error-refused-title", t(lang, "error-refused-text")),
        ErrorView::BelowAge => ("error-below-age-title", t(lang, "error-below-age-text")),
        ErrorView::Stale => ("error-stale-title", t(lang, "error-stale-text")),
        ErrorView::Limit { retry_after } => {
            let minutes = (retry_after + 59).div_euclid(60).max(1);
            ("error-limit-title", t_with(lang, "error-limit-text", [("minutes", minutes.into())]))
        }
        ErrorView::TooLarge => ("error-too-large-title", t(lang, "error-too-large-text")),
        ErrorView::TooSlow => ("error-too-slow-title", t(lang, "error-too-slow-text")),
        ErrorView::Busy => ("error-busy-title", t(lang, "error-busy-text")),
        ErrorView::Away => ("error-away-title", t(lang, "error-away-text")),
        ErrorView::Broken { .. } => ("error-broken-title", t(lang, "error-broken-text")),
    };
    let reference = match view {
        ErrorView::Refused { reference } | ErrorView::Broken { reference } => Some(reference.clone()),
        ErrorView::NotFound
        | ErrorView::BelowAge
        | ErrorView::Stale
        | ErrorView::Limit { .. }
        | ErrorView::TooLarge
        | ErrorView::TooSlow
        | ErrorView::Busy
        | ErrorView::Away => None,
    };
    let body = view! {
        <div class="narrow">
            <h1>{t(lang, title)}</h1>
            <p class="lead">{text}</p>
            {reference.map(|reference| view! {
                <p class="card">{t(lang, "error-reference")} " " <code>{reference}</code></p>
            })}
            {match (viewer, view) {
                (PageViewer::Stranger, _) => home(lang).into_any(),
                // Every other page would say the same.
                (PageViewer::SignedIn(_), ErrorView::BelowAge) => sign_out(lang).into_any(),
                (PageViewer::SignedIn(_), _) => places(lang).into_any(),
            }}
        </div>
    };
    Page::new(t(lang, title), body)
}

fn home(lang: Lang) -> impl IntoView {
    view! { <p class="actions"><a class="button button-primary" href="/">{t(lang, "error-home")}</a></p> }
}

fn sign_out(lang: Lang) -> impl IntoView {
    view! {
        <form class="actions" method="post" action="/sign-out">
            <button class="button button-primary" type="submit">{t(lang, "sign-out")}</button>
        </form>
    }
}

fn places(lang: Lang) -> impl IntoView {
    let links = PLACES.iter().map(|(path, name, _)| view! { <li><a href=*path>{t(lang, name)}</a></li> });
    view! {
        <h2>{t(lang, "error-places")}</h2>
        <ul>{links.collect_view()}</ul>
    }
}
