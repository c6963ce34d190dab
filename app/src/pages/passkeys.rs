//! `/settings/passkeys`: passkeys and running sessions.

mod line;
mod sessions;

use crate::{
    Lang, Page,
    i18n::t,
    parts::forms::{Mistake, error_summary},
    views::passkeys::{NicknameProblem, PasskeyState, PasskeysView, RenameForm},
};
use leptos::prelude::*;
pub(super) use line::{about, name};

/// `/settings/passkeys`.
pub fn passkeys(lang: Lang, view: &PasskeysView) -> Page {
    let mistake = view.rename.as_ref().map(|form| mistake(lang, form));
    let working = view.passkeys.iter().filter(|passkey| passkey.state == PasskeyState::Active).count();
    let lines: Vec<_> = view
        .passkeys
        .iter()
        .map(|passkey| {
            let form = view.rename.as_ref().filter(|form| form.id == passkey.id);
            line::line(lang, passkey, form.zip(mistake.as_ref())).into_any()
        })
        .collect();
    let body = view! {
        {mistake.as_ref().map(|mistake| error_summary(lang, std::slice::from_ref(mistake)))}
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
    let page = Page::new(t(lang, "passkeys-title"), body);
    if view.rename.is_some() { page.with_errors(lang, "/settings/passkeys") } else { page }
}

/// Id of the field for the new name of a passkey.
fn name_field(id: techo_model::PasskeyId) -> String {
    format!("nickname-{id}")
}

fn mistake(lang: Lang, form: &RenameForm) -> Mistake {
    let words = match form.problem {
        NicknameProblem::Empty => t(lang, "passkeys-name-empty"),
        NicknameProblem::TooLong => t(lang, "passkeys-name-long"),
        NicknameProblem::PersonalNumber => t(lang, "passkeys-name-number"),
    };
    Mistake { field: name_field(form.id), words }
}
