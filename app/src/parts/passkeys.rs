//! The passkey button with everything around it.

use super::island_texts::{failure_texts, passkey_texts};
use crate::{
    Lang,
    i18n::t,
    islands::{PasskeyButton, PasskeyCeremony},
};
use leptos::prelude::*;

/// The three uses of a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PasskeyUse {
    SignIn,
    Register,
    Verify,
}

/// The button, and what to do without script.
pub(crate) fn passkey_button(lang: Lang, used_for: PasskeyUse) -> impl IntoView {
    let (ceremony, text, begin, finish) = match used_for {
        PasskeyUse::SignIn => {
            (PasskeyCeremony::Get, "passkey-sign-in", "/passkey/sign-in/begin", "/passkey/sign-in/finish")
        }
        PasskeyUse::Register => {
            (PasskeyCeremony::Create, "passkey-create", "/passkey/register/begin", "/passkey/register/finish")
        }
        PasskeyUse::Verify => {
            (PasskeyCeremony::Get, "passkey-verify", "/passkey/verify/begin", "/passkey/verify/finish")
        }
    };
    let (begin, finish) = (begin.to_owned(), finish.to_owned());
    let mut failure = failure_texts(lang);
    if used_for == PasskeyUse::SignIn {
        failure.refused = t(lang, "failure-sign-in-refused").into();
    }
    view! {
        <PasskeyButton ceremony begin finish texts=passkey_texts(lang, text) failure />
        {need_script(lang)}
    }
}

/// What to say to a browser without script.
pub(crate) fn need_script(lang: Lang) -> impl IntoView {
    view! { <noscript><p class="need-script">{t(lang, "need-script")}</p></noscript> }
}

/// What a passkey is, for those who wonder.
pub(crate) fn what_is_a_passkey(lang: Lang) -> impl IntoView {
    view! {
        <details>
            <summary>{t(lang, "passkey-what")}</summary>
            <p>{t(lang, "passkey-what-text")}</p>
            <p>{t(lang, "passkey-what-where")}</p>
        </details>
    }
}
