//! Finished sentences for the islands.

use crate::{
    Lang,
    i18n::{t, t_with},
    islands::{CardTexts, FailureTexts, PasskeyTexts, SessionTexts},
};

/// For requests.
pub(crate) fn failure_texts(lang: Lang) -> FailureTexts {
    FailureTexts {
        offline: t(lang, "failure-offline").into(),
        refused: t(lang, "failure-refused").into(),
        below_age: t(lang, "error-below-age-text").into(),
        limit: t(lang, "failure-limit").into(),
        stale: t(lang, "failure-stale").into(),
        broken: t(lang, "failure-broken").into(),
        reference: t(lang, "failure-reference").into(),
    }
}

/// For the passkey button with this text on it.
pub(crate) fn passkey_texts(lang: Lang, button: &str) -> PasskeyTexts {
    PasskeyTexts {
        button: t(lang, button).into(),
        busy: t(lang, "passkey-busy").into(),
        unsupported: t(lang, "passkey-unsupported").into(),
        cancelled: t(lang, "passkey-cancelled").into(),
        already: t(lang, "passkey-already").into(),
        failed: t(lang, "passkey-failed").into(),
    }
}

/// For the card reader.
pub(crate) fn card_texts(lang: Lang) -> CardTexts {
    CardTexts {
        pin: t(lang, "card-pin").into(),
        pin_help: t(lang, "card-pin-help").into(),
        code: t(lang, "card-code").into(),
        code_help: t(lang, "card-code-help").into(),
        required: t(lang, "field-required").into(),
        button: t(lang, "card-button").into(),
        busy: t(lang, "card-busy").into(),
        pin_form: t(lang, "card-pin-form").into(),
        code_form: t(lang, "card-code-form").into(),
        pin_wrong: t_with(lang, "card-pin-wrong", [("count", "#".into())]).into(),
        locked: t(lang, "card-locked").into(),
    }
}

/// For the warning before a session ends.
pub(crate) fn session_texts(lang: Lang) -> SessionTexts {
    SessionTexts {
        soon: t(lang, "session-soon").into(),
        idle: t(lang, "session-idle").into(),
        absolute: t(lang, "session-absolute").into(),
        go_on: t(lang, "session-go-on").into(),
        understood: t(lang, "session-understood").into(),
        sign_out: t(lang, "sign-out").into(),
        over: t(lang, "session-over").into(),
        over_text: t(lang, "session-over-text").into(),
        sign_in: t(lang, "sign-in").into(),
    }
}
