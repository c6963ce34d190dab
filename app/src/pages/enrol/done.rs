//! The last step: what works now and what to do next.

use crate::{Lang, i18n::t, views::enrol::CardPurpose};
use leptos::prelude::*;

pub(super) fn done(lang: Lang, purpose: CardPurpose) -> impl IntoView {
    let text = match purpose {
        CardPurpose::Enrol => "enrol-done-text",
        CardPurpose::Recover => "enrol-recover-done-text",
        CardPurpose::Link => "enrol-link-done-text",
        CardPurpose::StepUp => "enrol-step-up-done-text",
    };
    let passkeys = matches!(purpose, CardPurpose::Enrol | CardPurpose::Recover);
    view! {
        <h2>{t(lang, "enrol-done-title")}</h2>
        <p class="lead">{t(lang, text)}</p>
        <p class="actions"><a class="button button-primary" href="/home">{t(lang, "enrol-done-home")}</a></p>
        {passkeys.then(|| view! {
            <p>{t(lang, "enrol-done-second")} " " <a href="/settings/passkeys">{t(lang, "enrol-done-second-link")}</a></p>
        })}
    }
}
