//! `/settings/passkeys/{id}/remove`: asked before a passkey goes.

use super::passkeys::{about, name};
use crate::{
    Lang, Page,
    i18n::t,
    views::passkeys::{LastPasskey, PasskeyUse, RemovePasskeyView},
};
use leptos::prelude::*;

/// `GET /settings/passkeys/{id}/remove`; its form posts to the same path.
pub fn remove_passkey(lang: Lang, view: &RemovePasskeyView) -> Page {
    let passkey = &view.passkey;
    let path = format!("/settings/passkeys/{}/remove", passkey.id);
    let warning = match (view.last, passkey.use_now) {
        (LastPasskey::CardFirst, _) => Some("remove-last"),
        (LastPasskey::CardShown, _) => Some("remove-last-shown"),
        (LastPasskey::No, PasskeyUse::ThisSession) => Some("remove-this"),
        (LastPasskey::No, PasskeyUse::Elsewhere) => None,
    };
    let go_on = if view.last == LastPasskey::CardFirst {
        view! { <a class="button button-primary" href="/settings/verify/card">{t(lang, "remove-last-card")}</a> }.into_any()
    } else {
        view! {
            <form method="post" action=path>
                <button class="button button-danger" type="submit">{t(lang, "remove-button")}</button>
            </form>
        }
        .into_any()
    };
    let body = view! {
        <div class="narrow">
            <h1>{t(lang, "remove-title")}</h1>
            <div class="card">
                <h2>{name(lang, passkey)}</h2>
                {about(lang, passkey)}
            </div>
            <p>{t(lang, "remove-text")}</p>
            {warning.map(|key| view! { <p><strong>{t(lang, key)}</strong></p> })}
            <div class="actions">
                {go_on}
                <a class="button button-secondary" href="/settings/passkeys">{t(lang, "remove-cancel")}</a>
            </div>
        </div>
    };
    Page::new(t(lang, "remove-title"), body)
}
