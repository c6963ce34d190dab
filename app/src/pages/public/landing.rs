//! `/`: what this is, and the two ways in.

use crate::{
    Lang, Page,
    i18n::t,
    parts::icons::{Icon, icon},
};
use leptos::prelude::*;

/// `/` for somebody who is not signed in.
pub fn landing(lang: Lang) -> Page {
    let body = view! {
        <section class="hero">
            {drawing()}
            <h1>{t(lang, "landing-title")}</h1>
            <p class="lead">{t(lang, "landing-lead")}</p>
            <p class="actions">
                <a class="button button-primary" href="/sign-in">{t(lang, "landing-sign-in")}</a>
                <a class="button button-secondary" href="/enrol">{t(lang, "landing-enrol")}</a>
            </p>
        </section>
        {what(lang).into_any()}
        {first_time(lang).into_any()}
        {safe(lang).into_any()}
    };
    Page::new(t(lang, "landing-title"), body)
}

fn what(lang: Lang) -> impl IntoView {
    let things = [
        (Icon::Checkup, "landing-checkups", "landing-checkups-text"),
        (Icon::Vaccination, "landing-vaccinations", "landing-vaccinations-text"),
        (Icon::Coverage, "landing-coverage", "landing-coverage-text"),
    ];
    let cards = things.map(|(picture, name, text)| {
        view! {
            <li class="card">
                <h3>{icon(picture)} {t(lang, name)}</h3>
                <p>{t(lang, text)}</p>
            </li>
        }
    });
    view! {
        <section>
            <h2>{t(lang, "landing-what-title")}</h2>
            <ul class="card-row">{cards.into_iter().collect_view()}</ul>
        </section>
    }
}

fn first_time(lang: Lang) -> impl IntoView {
    let steps = [
        ("landing-first-prepare", "landing-first-prepare-text"),
        ("landing-first-card", "landing-first-card-text"),
        ("landing-first-passkey", "landing-first-passkey-text"),
    ];
    let items = steps.map(|(name, text)| view! { <li><h3>{t(lang, name)}</h3><p>{t(lang, text)}</p></li> });
    view! {
        <section>
            <h2>{t(lang, "landing-first-title")}</h2>
            <ol class="steps">{items.into_iter().collect_view()}</ol>
        </section>
    }
}

fn safe(lang: Lang) -> impl IntoView {
    let promises = ["landing-safe-you", "landing-safe-apart", "landing-safe-wrong"];
    let items =
        promises.map(|promise| view! { <li>{icon(Icon::Shield)} <span>{t(lang, promise)}</span></li> });
    view! {
        <section>
            <h2>{t(lang, "landing-safe-title")}</h2>
            <ul class="promises">{items.into_iter().collect_view()}</ul>
            <p><a href="/privacy">{t(lang, "landing-safe-link")}</a></p>
        </section>
    }
}

/// A notebook with a line that goes up and down, for wide screens only.
fn drawing() -> impl IntoView {
    view! {
        <svg class="hero-art" viewBox="0 0 220 200" width="220" height="200" aria-hidden="true">
            <rect class="art-shade" x="46" y="22" width="150" height="170" rx="14" />
            <rect class="art-paper" x="36" y="10" width="150" height="170" rx="14" />
            <path class="art-rings" d="M24 40h24M24 76h24M24 112h24M24 148h24" />
            <path class="art-line" d="M66 46h60M66 66h92" />
            <path class="art-pulse" d="M62 122h24l10-30 16 52 14-40 8 18h32" />
            <circle class="art-badge" cx="178" cy="168" r="24" />
            <path class="art-check" d="m167 168 8 9 15-17" />
        </svg>
    }
}
