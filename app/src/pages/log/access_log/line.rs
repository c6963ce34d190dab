//! One line in the list.

use crate::{
    Lang,
    i18n::{t, t_with},
    parts::{
        log_words::{act, initiative, purpose, reason, who},
        status::{Tone, status},
    },
};
use leptos::prelude::*;
use std::borrow::Cow;
use techo_audit::log::{
    Action,
    line::{LineActor, LineFacts, LogLine},
};
use techo_citizen::access_log::AccessLogView;
use techo_model::{EventId, account::AccountEvent};

/// The page of a line.
pub(super) fn path(event: EventId) -> String {
    format!("/access-log/{event}")
}

/// A line that stands out: anything but a look of the owner.
pub(super) fn line(lang: Lang, view: &AccessLogView, line: &LogLine) -> impl IntoView + use<> {
    let time = line.at().time_in_japan();
    let Some(facts) = &line.facts else { return erased(lang, line.event, time).into_any() };
    let name = who(lang, &facts.actor, &view.names);
    let spoken = |key| t_with(lang, key, [("time", time.as_str().into()), ("who", name.clone().into())]);
    let asked = view.questions.iter().find(|question| question.event == line.event);
    let ask = match asked {
        Some(question) if question.answered_at.is_some() => {
            status(Tone::Good, t(lang, "log-answered")).into_any()
        }
        Some(_) => status(Tone::Quiet, t(lang, "log-asked")).into_any(),
        None if facts.actor != LineActor::Owner => {
            let to = format!("{}#ask", path(line.event));
            view! { <a href=to aria-label=spoken("log-ask-spoken")>{t(lang, "log-ask")}</a> }.into_any()
        }
        None => ().into_any(),
    };
    view! {
        <li>
            <p class="log-who"><span class="log-time">{time.clone()}</span> <strong>{name.clone()}</strong> {mark(lang, facts)}</p>
            <p>{act(lang, facts)}</p>
            {what_to_do(lang, facts).map(|words| view! { <p>{words}</p> })}
            <p class="quiet">{circumstances(lang, view, facts)}</p>
            <p class="log-links">
                <a href=path(line.event) aria-label=spoken("log-details-spoken")>{t(lang, "log-details")}</a>
                {ask}
                {block(lang, facts, &name)}
            </p>
        </li>
    }
    .into_any()
}

/// What the owner can do about a line that may be somebody else's doing.
pub(super) fn what_to_do(lang: Lang, facts: &LineFacts) -> Option<Cow<'static, str>> {
    match facts.action {
        Action::Account(AccountEvent::SignInRefused) => Some(t(lang, "log-sign-in-refused-do")),
        Action::Account(AccountEvent::CardLinked) => Some(t(lang, "log-card-linked-do")),
        _ => None,
    }
}

/// The way to the choices about sharing, where the organisation can be shut out.
fn block(lang: Lang, facts: &LineFacts, name: &str) -> Option<impl IntoView + use<>> {
    let number = facts.actor.organisation()?;
    let spoken = t_with(lang, "log-block-spoken", [("who", name.to_owned().into())]);
    Some(view! { <a href=format!("/consent?block={number}") aria-label=spoken>{t(lang, "log-block")}</a> })
}

fn erased(lang: Lang, event: EventId, time: String) -> impl IntoView {
    view! {
        <li>
            <p class="log-who"><span class="log-time">{time}</span> <strong>{t(lang, "log-who-erased")}</strong></p>
            <p><a href=path(event)>{t(lang, "log-details")}</a></p>
        </li>
    }
}

/// A look of the owner, in one line.
pub(super) fn own(lang: Lang, line: &LogLine) -> impl IntoView + use<> {
    let what = line.facts.as_ref().map(|facts| act(lang, facts));
    view! {
        <li><span class="log-time">{line.at().time_in_japan()}</span> " " <a href=path(line.event)>{what}</a></li>
    }
}

/// What must catch the eye.
pub(super) fn mark(lang: Lang, facts: &LineFacts) -> Option<AnyView> {
    match facts.action {
        Action::Refuse => Some(status(Tone::Stopped, t(lang, "log-refused")).into_any()),
        Action::Emergency => Some(status(Tone::Attention, t(lang, "log-emergency")).into_any()),
        _ => None,
    }
}

fn circumstances(lang: Lang, view: &AccessLogView, facts: &LineFacts) -> String {
    let mut parts = vec![purpose(lang, facts.purpose), initiative(lang, facts.initiative)];
    if let Some(other) = &facts.on_behalf {
        let other = who(lang, other, &view.names);
        parts.push(t_with(lang, "log-on-behalf", [("who", other.into())]));
    }
    parts.extend(facts.reason.map(|why| reason(lang, why)));
    parts.join(if lang == Lang::Ja { " ・ " } else { " · " })
}
