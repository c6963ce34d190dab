//! One passkey with what can be done with it.

use super::name_field;
use crate::{
    Lang,
    form::MistakeText,
    i18n::{date_tag, date_time_tag, t},
    parts::{
        facts::{fact, facts},
        forms::{described, field_class, field_error},
        status::{Tone, status},
    },
    views::passkeys::{PasskeyLine, PasskeyUse, RenameField, RenameForm},
};
use leptos::prelude::*;
use std::borrow::Cow;
use techo_identity::passkey::{PasskeyState, PasskeyStorage};

pub(crate) fn name(lang: Lang, passkey: &PasskeyLine) -> Cow<'static, str> {
    if passkey.nickname.is_empty() { t(lang, "passkeys-unnamed") } else { passkey.nickname.clone().into() }
}

pub(super) fn line(
    lang: Lang,
    passkey: &PasskeyLine,
    wrong: Option<(&RenameForm, &MistakeText)>,
) -> impl IntoView + use<> {
    let this = passkey.use_now == PasskeyUse::ThisSession;
    view! {
        <li class="card">
            <h3>{name(lang, passkey)}</h3>
            {this.then(|| view! { <p class="quiet">{t(lang, "passkeys-this")}</p> })}
            {about(lang, passkey)}
            {(passkey.state == PasskeyState::Suspended).then(|| confirm(lang, passkey))}
            {rename(lang, passkey, wrong)}
            <p>
                <a href=format!("/settings/passkeys/{}/remove", passkey.id)>
                    {t(lang, "passkeys-remove")}
                    <span class="visually-hidden">{format!(" {}", name(lang, passkey))}</span>
                </a>
            </p>
        </li>
    }
}

/// Kind, dates and state.
pub(crate) fn about(lang: Lang, passkey: &PasskeyLine) -> impl IntoView + use<> {
    let (kind, help) = match passkey.storage {
        PasskeyStorage::Synced => ("passkeys-synced", "passkeys-synced-help"),
        PasskeyStorage::DeviceBound => ("passkeys-device", "passkeys-device-help"),
    };
    let (tone, word) = match passkey.state {
        PasskeyState::Active => (Tone::Good, "passkeys-active"),
        PasskeyState::Suspended => (Tone::Attention, "passkeys-unconfirmed"),
    };
    let used = match passkey.last_used_at {
        Some(at) => date_time_tag(lang, at).into_any(),
        None => t(lang, "passkeys-never").into_any(),
    };
    facts([
        Some(fact(t(lang, "passkeys-state"), status(tone, t(lang, word)))),
        Some(fact(t(lang, "passkeys-storage"), view! { {t(lang, kind)} " " {t(lang, help)} })),
        Some(fact(t(lang, "passkeys-created"), date_tag(lang, passkey.created_at.date_in_japan()))),
        Some(fact(t(lang, "passkeys-used"), used)),
    ])
}

fn confirm(lang: Lang, passkey: &PasskeyLine) -> impl IntoView + use<> {
    view! {
        <p>{t(lang, "passkeys-unconfirmed-text")}</p>
        <form method="post" action=format!("/settings/passkeys/{}/confirm", passkey.id)>
            <button class="button button-secondary" type="submit">{t(lang, "passkeys-confirm")}</button>
        </form>
    }
}

/// Form to `/settings/passkeys/{id}/name` with `nickname`; open when it came back with a mistake.
fn rename(
    lang: Lang,
    passkey: &PasskeyLine,
    wrong: Option<(&RenameForm, &MistakeText)>,
) -> impl IntoView + use<> {
    let field = name_field(passkey.id);
    let help = format!("{field}-help");
    let typed = wrong
        .map_or(passkey.nickname.as_str(), |(rename, _)| rename.form.shown(RenameField::Nickname))
        .to_owned();
    let wrong = wrong.map(|(_, mistake)| mistake);
    let described = described(&field, wrong, &help);
    view! {
        <details open=wrong.is_some()>
            <summary>{t(lang, "passkeys-rename")}</summary>
            <form method="post" action=format!("/settings/passkeys/{}/name", passkey.id) novalidate>
                <div class=field_class(wrong)>
                    <label for=field.clone()>{t(lang, "passkeys-name")}</label>
                    <p class="help" id=help>{t(lang, "passkeys-name-help")}</p>
                    <input id=field.clone() name="nickname" type="text" autocomplete="off" value=typed
                        aria-describedby=described aria-invalid=wrong.map(|_| "true") />
                    {wrong.map(field_error)}
                </div>
                <button class="button button-secondary" type="submit">{t(lang, "passkeys-save")}</button>
            </form>
        </details>
    }
}
