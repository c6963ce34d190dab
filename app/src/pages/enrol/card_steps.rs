//! `/enrol`, `/enrol/recover`, `/settings/card`, `/settings/verify/card`: the same steps for four purposes.

use super::{agree, card};
use crate::{
    Lang, Page,
    form::DescribeMistakes as _,
    i18n::t,
    parts::{
        passkeys::{PasskeyUse, passkey_button, what_is_a_passkey},
        progress::progress,
    },
    views::enrol::{EnrolStep, EnrolView, card_page},
};
use leptos::prelude::*;
use techo_identity::enrol::CardPurpose;

/// The page of a purpose at its step.
pub fn enrol(lang: Lang, view: &EnrolView) -> Page {
    let title = match view.purpose {
        CardPurpose::Enrol => t(lang, "enrol-title"),
        CardPurpose::Recover => t(lang, "enrol-recover-title"),
        CardPurpose::Link => t(lang, "enrol-link-title"),
        CardPurpose::StepUp => t(lang, "enrol-step-up-title"),
    };
    let step = match &view.step {
        EnrolStep::Agree(form) => agree::agree(lang, form, &view.reader).into_any(),
        EnrolStep::ReadCard => card::read_card(lang, view).into_any(),
        EnrolStep::CreatePasskey => create_passkey(lang).into_any(),
    };
    let body = view! {
        <div class="narrow">
            <h1>{title.clone()}</h1>
            {steps(lang, view).into_any()}
            {step}
        </div>
    };
    let mistakes = match &view.step {
        EnrolStep::Agree(form) => form.told(lang),
        EnrolStep::ReadCard | EnrolStep::CreatePasskey => Vec::new(),
    };
    Page::new(title, body).with_mistakes(lang, card_page(view.purpose), &mistakes)
}

/// Where this step stands; the card alone has no list of steps.
fn steps(lang: Lang, view: &EnrolView) -> Option<impl IntoView + use<>> {
    const ENROL: &[&str] = &["enrol-step-agree", "enrol-step-card", "enrol-step-passkey"];
    let all = match view.purpose {
        CardPurpose::Enrol => ENROL,
        CardPurpose::Recover => &ENROL[1..],
        CardPurpose::Link | CardPurpose::StepUp => return None,
    };
    let wanted = match view.step {
        EnrolStep::Agree(_) => "enrol-step-agree",
        EnrolStep::ReadCard => "enrol-step-card",
        EnrolStep::CreatePasskey => "enrol-step-passkey",
    };
    let now = all.iter().position(|step| *step == wanted).unwrap_or(0);
    Some(progress(lang, all, now))
}

fn create_passkey(lang: Lang) -> impl IntoView {
    view! {
        <h2>{t(lang, "enrol-passkey-title")}</h2>
        <p>{t(lang, "enrol-passkey-text")}</p>
        {passkey_button(lang, PasskeyUse::Register)}
        {what_is_a_passkey(lang)}
    }
}
