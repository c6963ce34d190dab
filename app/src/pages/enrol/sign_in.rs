//! `/sign-in`: one button, no name to type.

use crate::{
    Lang, Page,
    i18n::t,
    parts::passkeys::{PasskeyUse, passkey_button, what_is_a_passkey},
};
use leptos::prelude::*;

/// `/sign-in`.
pub fn sign_in(lang: Lang) -> Page {
    let body = view! {
        <div class="narrow">
            <h1>{t(lang, "sign-in-title")}</h1>
            <p class="lead">{t(lang, "sign-in-lead")}</p>
            {passkey_button(lang, PasskeyUse::SignIn)}
            {what_is_a_passkey(lang)}
            <section>
                <h2>{t(lang, "sign-in-first")}</h2>
                <p>{t(lang, "sign-in-first-text")}</p>
                <p><a class="button button-secondary" href="/enrol">{t(lang, "sign-in-first-link")}</a></p>
            </section>
            <section>
                <h2>{t(lang, "sign-in-lost")}</h2>
                <p>{t(lang, "sign-in-lost-text")}</p>
                <p><a href="/enrol/recover">{t(lang, "sign-in-lost-link")}</a></p>
            </section>
        </div>
    };
    Page::new(t(lang, "sign-in-title"), body)
}
