//! `/settings/verify` and `/settings/passkeys/add`: a passkey used once more, and one more passkey.

use crate::{
    Lang, Page,
    i18n::t,
    parts::passkeys::{PasskeyUse, passkey_button},
    views::passkeys::VerifyFor,
};
use leptos::prelude::*;

/// `/settings/verify`: a fresh check before something that matters. Where to go then, the server keeps.
pub fn verify(lang: Lang, reason: VerifyFor) -> Page {
    let text = match reason {
        VerifyFor::AddPasskey => "verify-add",
        VerifyFor::RemovePasskey => "verify-remove",
        VerifyFor::ConfirmPasskey => "verify-confirm",
        VerifyFor::LinkCard => "verify-link",
        VerifyFor::Consent => "verify-consent",
        VerifyFor::Mark => "verify-mark",
        VerifyFor::Download => "verify-download",
        VerifyFor::ShareCode => "verify-share",
        VerifyFor::NotMine => "verify-report",
    };
    let back = match reason {
        VerifyFor::Consent => "/consent/preview",
        VerifyFor::Mark | VerifyFor::NotMine => "/records",
        VerifyFor::Download => "/home",
        VerifyFor::ShareCode => "/share",
        _ => "/settings/passkeys",
    };
    let body = view! {
        <div class="narrow">
            <h1>{t(lang, "verify-title")}</h1>
            <p class="lead">{t(lang, text)}</p>
            {passkey_button(lang, PasskeyUse::Verify)}
            {(reason != VerifyFor::LinkCard).then(|| view! {
                <p><a href="/settings/verify/card">{t(lang, "verify-card-link")}</a></p>
            })}
            <p><a href=back>{t(lang, "remove-cancel")}</a></p>
        </div>
    };
    Page::new(t(lang, "verify-title"), body)
}

/// `/settings/passkeys/add`, after a fresh check.
pub fn add_passkey(lang: Lang) -> Page {
    let body = view! {
        <div class="narrow">
            <h1>{t(lang, "add-title")}</h1>
            <p class="lead">{t(lang, "add-text")}</p>
            {passkey_button(lang, PasskeyUse::Register)}
            <p><a href="/settings/passkeys">{t(lang, "remove-cancel")}</a></p>
        </div>
    };
    Page::new(t(lang, "add-title"), body)
}
