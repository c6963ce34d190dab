//! `/settings/passkeys`: passkeys and running sessions.

mod line;
mod sessions;

use crate::{
    Lang, Page,
    form::{DescribeMistakes as _, MistakeText},
    i18n::t,
    views::passkeys::{PasskeysView, RenameForm},
};
use leptos::prelude::*;
pub(super) use line::{about, name};
use techo_identity::passkey::PasskeyState;

/// `/settings/passkeys`.
pub fn passkeys(lang: Lang, view: &PasskeysView) -> Page {
    let mistakes = view.rename.as_ref().map(|form| told(lang, form)).unwrap_or_default();
    let working = view.passkeys.iter().filter(|passkey| passkey.state == PasskeyState::Active).count();
    let lines: Vec<_> = view
        .passkeys
        .iter()
        .map(|passkey| {
            let form = view.rename.as_ref().filter(|form| form.id == passkey.id);
            line::line(lang, passkey, form.zip(mistakes.first())).into_any()
        })
        .collect();
    let body = view! {
        <h1>{t(lang, "passkeys-title")}</h1>
        <section>
            <h2>{t(lang, "passkeys-list")}</h2>
            {(working == 1).then(|| view! { <p>{t(lang, "passkeys-only-one")}</p> })}
            <ul class="cards">{lines}</ul>
        </section>
        <section class="card add-passkey">
            <h2>{t(lang, "passkeys-add-title")}</h2>
            <p>{t(lang, "passkeys-add-text")}</p>
            <p><a class="button button-primary" href="/settings/passkeys/add">{t(lang, "passkeys-add")}</a></p>
        </section>
        {sessions::sessions(lang, &view.sessions).into_any()}
    };
    Page::new(t(lang, "passkeys-title"), body).with_mistakes(lang, "/settings/passkeys", &mistakes)
}

/// Id of the field for the new name of a passkey.
fn name_field(id: techo_model::PasskeyId) -> String {
    format!("nickname-{id}")
}

/// There is a field for each passkey.
fn told(lang: Lang, rename: &RenameForm) -> Vec<MistakeText> {
    rename.form.told_at(lang, |_| name_field(rename.id))
}
