//! Running sessions, ending one of them, and "sign out everywhere".

use crate::{
    Lang,
    i18n::{date_time_tag, t, t_with},
    parts::{
        facts::{fact, facts},
        status::{Tone, status},
    },
    views::passkeys::{SessionCursor, SessionLine},
};
use leptos::prelude::*;

pub(super) fn sessions(lang: Lang, all: &[SessionLine]) -> impl IntoView + use<> {
    let others = all.iter().any(|session| session.place == SessionCursor::Elsewhere);
    let lines: Vec<_> = all.iter().map(|session| line(lang, session)).collect();
    view! {
        <section>
            <h2>{t(lang, "sessions-title")}</h2>
            <ul class="cards">{lines}</ul>
            {if others { end_others(lang).into_any() } else { view! { <p>{t(lang, "sessions-only-here")}</p> }.into_any() }}
            <form method="post" action="/settings/sessions/end-all">
                <button class="button button-secondary" type="submit">{t(lang, "sessions-end-all")}</button>
            </form>
        </section>
    }
}

fn line(lang: Lang, session: &SessionLine) -> impl IntoView + use<> {
    let device = match session.device.as_str() {
        "" => t(lang, "sessions-unknown"),
        device => device.to_owned().into(),
    };
    let here = session.place == SessionCursor::Here;
    let end = (!here).then(|| {
        let to = format!("/settings/sessions/{}/end", session.id);
        let spoken = t_with(lang, "sessions-end-one-spoken", [("device", device.as_ref().into())]);
        view! {
            <form method="post" action=to>
                <button class="button button-secondary" type="submit" aria-label=spoken>{t(lang, "sessions-end-one")}</button>
            </form>
        }
    });
    view! {
        <li class="card">
            <h3>{device} " " {here.then(|| status(Tone::Good, t(lang, "sessions-here")))}</h3>
            {facts([
                Some(fact(t(lang, "sessions-started"), date_time_tag(lang, session.started_at))),
                Some(fact(t(lang, "sessions-seen"), date_time_tag(lang, session.last_seen_at))),
            ])}
            {end}
        </li>
    }
}

fn end_others(lang: Lang) -> impl IntoView {
    view! {
        <p>{t(lang, "sessions-end-text")}</p>
        <form method="post" action="/settings/sessions/end-others">
            <button class="button button-secondary" type="submit">{t(lang, "sessions-end")}</button>
        </form>
    }
}
