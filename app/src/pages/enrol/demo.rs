//! `/demo/cards`: made-up holders, with what only they would know.

use crate::{
    Lang, Page,
    i18n::{t, t_with},
    parts::{
        facts::{fact, facts},
        status::{Tone, status},
    },
    views::{
        demo::{DemoCard, DemoCardState, DemoCardsView},
        enrol::card_page,
    },
};
use leptos::prelude::*;
use techo_identity::enrol::CardPurpose;

/// `/demo/cards`.
pub fn demo_cards(lang: Lang, view: &DemoCardsView) -> Page {
    let none = view.cards.is_empty();
    let cards: Vec<_> = view.cards.iter().map(|card| one(lang, card).into_any()).collect();
    let body = view! {
        <h1>{t(lang, "demo-title")}</h1>
        <p class="lead">{t(lang, "demo-text")}</p>
        {none.then(|| view! { <p>{t(lang, "demo-none")}</p> })}
        {(!none).then(|| view! { <ul class="card-row demo-cards">{cards}</ul> })}
        {(view.pages > 1).then(|| paging(lang, view.page, view.pages))}
    };
    Page::new(t(lang, "demo-title"), body)
}

fn one(lang: Lang, card: &DemoCard) -> impl IntoView + use<> {
    let (tone, word) = match card.state {
        DemoCardState::Valid => (Tone::Good, "demo-valid"),
        DemoCardState::OnHold => (Tone::Attention, "demo-on-hold"),
        DemoCardState::Revoked => (Tone::Attention, "demo-revoked"),
        DemoCardState::Expired => (Tone::Attention, "demo-expired"),
    };
    let code = match &card.activation_code {
        Some(code) => view! { <code>{code.clone()}</code> }.into_any(),
        None => t(lang, "demo-code-used").into_any(),
    };
    let age = card.age.map(|age| t_with(lang, "demo-age", [("age", age.into())]));
    view! {
        <li class="card">
            <h2>{card.name.clone()} " " {age.map(|age| view! { <span class="from">{age}</span> })}</h2>
            {facts([
                Some(fact(t(lang, "demo-held"), held(lang, card))),
                Some(fact(t(lang, "demo-pin"), view! { <code>{card.pin.clone()}</code> })),
                Some(fact(t(lang, "demo-code"), code)),
                Some(fact(t(lang, "demo-state"), status(tone, t(lang, word)))),
            ])}
            {uses(lang, card)}
        </li>
    }
}

/// What this person's notebook shows.
fn held(lang: Lang, card: &DemoCard) -> impl IntoView + use<> {
    let counts =
        [("demo-checkups", card.checkups), ("demo-doses", card.doses), ("demo-coverages", card.coverages)];
    let parts = counts.into_iter().filter(|(_, count)| *count > 0);
    let parts: Vec<_> = parts.map(|(key, count)| t_with(lang, key, [("count", count.into())])).collect();
    if parts.is_empty() {
        t(lang, "demo-nothing").to_string()
    } else {
        parts.join(&t(lang, "demo-held-separator"))
    }
}

/// The first use as a button, the others folded away.
fn uses(lang: Lang, card: &DemoCard) -> impl IntoView + use<> {
    let path = |purpose: CardPurpose| format!("{}?card={}", card_page(purpose), card.serial);
    let fragment = card.activation_code.as_ref().map(|code| format!("#code={code}")).unwrap_or_default();
    let enrol = format!("{}{fragment}", path(CardPurpose::Enrol));
    view! {
        <p><a class="button button-primary" href=enrol>{t(lang, "demo-use-enrol")}</a></p>
        <details>
            <summary>{t(lang, "demo-more")}</summary>
            <ul>
                <li><a href=path(CardPurpose::Recover)>{t(lang, "demo-use-recover")}</a></li>
                <li><a href=path(CardPurpose::Link)>{t(lang, "demo-use-link")}</a></li>
                <li><a href=path(CardPurpose::StepUp)>{t(lang, "enrol-step-up-title")}</a></li>
            </ul>
        </details>
    }
}

fn paging(lang: Lang, page: i64, pages: i64) -> impl IntoView {
    let link = |target: i64, key| {
        let there = (1..=pages).contains(&target);
        there.then(|| view! { <a class="button button-secondary" href=format!("/demo/cards?page={target}")>{t(lang, key)}</a> })
    };
    view! {
        <nav class="paging" aria-label=t(lang, "demo-pages")>
            {link(page - 1, "demo-previous")}
            <span>{t_with(lang, "demo-page", [("page", page.into()), ("pages", pages.into())])}</span>
            {link(page + 1, "demo-next")}
        </nav>
    }
}
