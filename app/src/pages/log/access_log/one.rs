//! `/access-log/{id}`: one line in full, the question about it, its proof.

use super::line::{mark, path};
use crate::{
    Lang, Page,
    form::DescribeMistakes as _,
    i18n::{date, date_time_tag, t, t_with},
    parts::{
        facts::{Fact, fact, fact_if, facts},
        forms::{error_id, field_error},
        log_words::{act, initiative, purpose, reason, who},
        status::{Tone, status},
    },
    views::access_log::{AskField, AskMistake},
};
use leptos::prelude::*;
use std::collections::HashMap;
use techo_audit::log::line::{LineActor, LineFacts, LogLine};
use techo_citizen::access_log::{LineQuestion, LineSealing, LogLineView};
use techo_model::{EventId, notice::QuestionTopic};
use techo_web::form::{FilledForm, FormField as _};

/// `/access-log/{id}`; its form goes to `POST /access-log/{id}/ask` with `topic`.
pub fn access_log_line(lang: Lang, view: &LogLineView, filled: &FilledForm<AskField, AskMistake>) -> Page {
    let line = &view.line;
    let known = match &line.facts {
        Some(said) => facts(said_facts(lang, view, said)).into_any(),
        None => view! { <p>{t(lang, "log-erased-text")}</p> }.into_any(),
    };
    let by_others = line.facts.as_ref().is_some_and(|said| said.actor != LineActor::Owner);
    let ask = match &view.question {
        Some(question) => Some(asked(lang, question).into_any()),
        None => by_others.then(|| form(lang, line.event, filled).into_any()),
    };
    let body = view! {
        <div class="narrow">
            <h1>{t(lang, "log-line-title")}</h1>
            {line.facts.as_ref().and_then(|said| mark(lang, said)).map(|mark| view! { <p>{mark}</p> })}
            {known}
            {ask}
            {proof(lang, line, view.sealed).into_any()}
            <p><a href="/access-log">{t(lang, "log-line-back")}</a></p>
        </div>
    };
    Page::new(t(lang, "log-line-title"), body).with_mistakes(lang, path(line.event), &filled.told(lang))
}

fn said_facts(lang: Lang, view: &LogLineView, said: &LineFacts) -> Vec<Option<Fact>> {
    let number = said.actor.organisation().map(str::to_owned);
    let names: HashMap<_, _> = number.clone().zip(view.organisation_name.clone()).into_iter().collect();
    let count =
        (said.count > 0).then(|| t_with(lang, "log-line-count-value", [("count", said.count.into())]));
    vec![
        Some(fact(t(lang, "log-line-at"), date_time_tag(lang, said.at))),
        Some(fact(t(lang, "log-line-who"), who(lang, &said.actor, &names))),
        fact_if(t(lang, "log-line-number"), number),
        fact_if(t(lang, "log-line-behalf"), said.on_behalf.as_ref().map(|other| who(lang, other, &names))),
        Some(fact(t(lang, "log-line-what"), act(lang, said))),
        fact_if(t(lang, "log-line-count"), count),
        Some(fact(t(lang, "log-line-why"), purpose(lang, said.purpose))),
        Some(fact(t(lang, "log-line-how"), initiative(lang, said.initiative))),
        fact_if(t(lang, "log-line-reason"), said.reason.map(|why| reason(lang, why))),
        Some(fact(t(lang, "log-line-seq"), view.line.seq.to_string())),
    ]
}

/// The first topic is chosen, unless the form comes back because none was.
fn form(lang: Lang, event: EventId, filled: &FilledForm<AskField, AskMistake>) -> impl IntoView + use<> {
    let (field, mistakes, is_first) = (AskField::Topic.id(), filled.told(lang), !filled.is_refused());
    let wrong = mistakes.first();
    let choices: Vec<_> = QuestionTopic::ALL
        .iter()
        .enumerate()
        .map(|(i, topic)| {
            let name = topic.as_str();
            let id = format!("topic-{name}");
            view! {
                <label class="tick" for=id.clone()>
                    <input id=id.clone() type="radio" name="topic" value=name checked={i == 0 && is_first} />
                    <span>{t(lang, topic_key(*topic))}</span>
                </label>
            }
        })
        .collect();
    view! {
        <section class="card" id="ask">
            <h2>{t(lang, "ask-title")}</h2>
            <p>{t(lang, "ask-text")}</p>
            <form method="post" action=format!("{}/ask", path(event))>
                <fieldset id=field tabindex="-1" aria-describedby=wrong.map(|_| error_id(field))>
                    <legend>{t(lang, "ask-topic")}</legend>
                    {wrong.map(field_error)}
                    {choices}
                </fieldset>
                <p class="actions"><button class="button button-primary" type="submit">{t(lang, "ask-button")}</button></p>
            </form>
        </section>
    }
}

fn asked(lang: Lang, question: &LineQuestion) -> impl IntoView + use<> {
    let (tone, key, at) = match question.answered_at {
        Some(at) => (Tone::Good, "ask-state-answered", at),
        None => (Tone::Quiet, "ask-state-open", question.asked_at),
    };
    let state = t_with(lang, key, [("date", date(lang, at.date_in_japan()).into())]);
    view! {
        <section class="card" id="ask">
            <h2>{t(lang, "ask-state-title")}</h2>
            <p>{t(lang, topic_key(question.topic))}</p>
            <p>{status(tone, state)}</p>
            {facts([Some(fact(t(lang, "ask-number"), view! { <code class="long">{question.id.to_string()}</code> }))])}
        </section>
    }
}

fn topic_key(topic: QuestionTopic) -> &'static str {
    match topic {
        QuestionTopic::Why => "ask-topic-why",
        QuestionTopic::Who => "ask-topic-who",
        QuestionTopic::Unknown => "ask-topic-unknown",
        QuestionTopic::TooMuch => "ask-topic-too-much",
    }
}

fn proof(lang: Lang, line: &LogLine, sealed: LineSealing) -> Option<impl IntoView + use<>> {
    let offer = match sealed {
        LineSealing::Erased => return None,
        LineSealing::NotYet => view! { <p>{t(lang, "log-line-proof-wait")}</p> }.into_any(),
        LineSealing::Yes => {
            let to = format!("{}/proof", path(line.event));
            view! {
                <p>
                    <a class="button button-secondary" href=to>{t(lang, "log-line-proof-button")}</a>
                </p>
            }
            .into_any()
        }
    };
    Some(view! {
        <section class="card">
            <h2>{t(lang, "log-line-proof-title")}</h2>
            <p>{t(lang, "log-line-proof-text")}</p>
            {offer}
        </section>
    })
}
