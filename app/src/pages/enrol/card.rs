//! The step with the card in the reader.

use crate::{
    Lang,
    i18n::{t, t_with},
    islands::{CardReader, CardTransport, CodeField},
    parts::{
        island_texts::{card_texts, failure_texts},
        passkeys::need_script,
    },
    views::enrol::{CardReaderKind, ChosenCard, EnrolView},
};
use leptos::prelude::*;
use techo_identity::enrol::CardPurpose;

pub(super) fn read_card(lang: Lang, view: &EnrolView) -> impl IntoView + use<> {
    let intro = match view.purpose {
        CardPurpose::Enrol => None,
        CardPurpose::Recover => Some("enrol-recover-text"),
        CardPurpose::Link => Some("enrol-link-text"),
        CardPurpose::StepUp => Some("enrol-step-up-text"),
    };
    let reader = match &view.reader {
        CardReaderKind::None => view! { <p class="card">{t(lang, "enrol-card-none")}</p> }.into_any(),
        CardReaderKind::Demo(None) => choose(lang).into_any(),
        CardReaderKind::Demo(Some(card)) => demo_reader(lang, view.purpose, card).into_any(),
    };
    view! {
        {intro.map(|key| view! { <p class="lead">{t(lang, key)}</p> })}
        <h2>{t(lang, "enrol-card-title")}</h2>
        {reader}
        {help(lang, view.purpose)}
        {view.back.clone().map(|page| view! { <p><a href=page>{t(lang, "remove-cancel")}</a></p> })}
    }
}

fn choose(lang: Lang) -> impl IntoView {
    view! {
        <div class="card">
            <p>{t(lang, "enrol-card-demo-none")}</p>
            <p><a class="button button-primary" href="/demo/cards">{t(lang, "enrol-card-demo-choose")}</a></p>
        </div>
    }
}

fn demo_reader(lang: Lang, purpose: CardPurpose, card: &ChosenCard) -> impl IntoView + use<> {
    let code_field = match purpose {
        CardPurpose::Enrol => CodeField::Asked,
        CardPurpose::Recover | CardPurpose::Link => CodeField::Optional,
        CardPurpose::StepUp => CodeField::NotAsked,
    };
    let mut texts = card_texts(lang);
    if code_field == CodeField::Optional {
        texts.code = t(lang, "card-code-optional").into();
        texts.code_help = t(lang, "card-code-optional-help").into();
    }
    let transport = CardTransport::Demo { serial: card.serial.clone() };
    let chosen = t_with(lang, "enrol-card-demo-chosen", [("name", card.name.as_str().into())]);
    view! {
        <p>{t(lang, "enrol-card-text")}</p>
        <p class="card in-reader">{chosen} " " <a href="/demo/cards">{t(lang, "enrol-card-demo-other")}</a></p>
        <CardReader purpose=purpose.as_str().to_owned() transport code_field texts
            failure=failure_texts(lang) />
        {need_script(lang)}
    }
}

fn help(lang: Lang, purpose: CardPurpose) -> impl IntoView {
    view! {
        <details>
            <summary>{t(lang, "enrol-card-help-pin")}</summary>
            <p>{t(lang, "enrol-card-help-pin-text")}</p>
        </details>
        {(purpose == CardPurpose::Link).then(|| view! {
            <p><a href="/settings/verify/card">{t(lang, "enrol-link-old-card")}</a></p>
        })}
        {(purpose != CardPurpose::StepUp).then(|| view! {
            <details>
                <summary>{t(lang, "enrol-card-help-code")}</summary>
                <p>{t(lang, "enrol-card-help-code-text")}</p>
            </details>
        })}
    }
}
