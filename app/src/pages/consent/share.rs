//! `/share`: eight digits for the counter of a clinic.

use crate::{
    Lang, Page,
    i18n::{date_time_tag, t, t_with},
    islands::ShareWatch,
    parts::status::{Tone, status},
};
use leptos::prelude::*;
use techo_disclosure::clinic::{ShareCode, ShareCodeState};

/// `/share`. The code stands there, in the session that made it, until it is used or over; then the page says what became of it.
pub fn share(lang: Lang, state: &ShareCodeState, code: Option<&ShareCode>) -> Page {
    let made = code.is_some();
    let shown = match code {
        Some(code) => digits(lang, code).into_any(),
        None => became(lang, state).into_any(),
    };
    let button = if made || *state != ShareCodeState::None { "share-make-new" } else { "share-make" };
    let class = if made { "button button-secondary" } else { "button button-primary button-large" };
    let body = view! {
        <h1>{t(lang, "share-title")}</h1>
        <p>{t(lang, "share-intro")}</p>
        {shown}
        <form method="post" action="/share">
            <button type="submit" class=class>{t(lang, button)}</button>
        </form>
        <section>
            <h2>{t(lang, "share-how-title")}</h2>
            <ol>
                <li>{t(lang, "share-how-make")}</li>
                <li>{t(lang, "share-how-tell")}</li>
                <li>{t(lang, "share-how-see")}</li>
            </ol>
            <p>{t(lang, "share-what")}</p>
        </section>
    };
    Page::new(t(lang, "share-title"), body)
}

fn digits(lang: Lang, code: &ShareCode) -> impl IntoView + use<> {
    let (front, back) = code.digits.split_at(code.digits.len() / 2);
    let (front, back) = (front.to_owned(), back.to_owned());
    let until = date_time_tag(lang, code.expires_at);
    view! {
        <div class="card share-code" role="status">
            <p>{t(lang, "share-your-code")}</p>
            <p class="share-digits"><span>{front}</span> " " <span>{back}</span></p>
            <p>{t(lang, "share-until")} " " {until}</p>
            <p>{t(lang, "share-once")}</p>
            <p><a href="/share">{t(lang, "share-check")}</a></p>
            <ShareWatch state="/share/state".to_owned() page="/share".to_owned() />
        </div>
    }
}

fn became(lang: Lang, state: &ShareCodeState) -> Option<impl IntoView + use<>> {
    let (tone, word, text, at) = match state {
        ShareCodeState::None => return None,
        ShareCodeState::Open { expires_at } => {
            (Tone::Quiet, "share-open", t(lang, "share-open-text"), Some(*expires_at))
        }
        ShareCodeState::Expired => (Tone::Quiet, "share-expired", t(lang, "share-expired-text"), None),
        ShareCodeState::Held { expires_at, by } => (
            Tone::Quiet,
            "share-held",
            t_with(lang, "share-held-text", [("by", by.as_str().into())]),
            Some(*expires_at),
        ),
        ShareCodeState::Begun { ended_at, by } => (
            Tone::Quiet,
            "share-begun",
            t_with(lang, "share-begun-text", [("by", by.as_str().into())]),
            Some(*ended_at),
        ),
        ShareCodeState::Used { at, by } => (
            Tone::Good,
            "share-used",
            t_with(lang, "share-used-text", [("by", by.as_str().into())]),
            Some(*at),
        ),
    };
    let at = at.map(|at| view! { <p>{date_time_tag(lang, at)}</p> });
    Some(view! {
        <div class="card">
            <p>{status(tone, t(lang, word))}</p>
            <p>{text}</p>
            {at}
        </div>
    })
}
