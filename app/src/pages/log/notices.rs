//! `/notices` and `/notices/{id}`.

mod emergency;
mod words;

pub use emergency::{finding, found_by};

use crate::{
    Lang, Page,
    form::DescribeMistakes as _,
    i18n::{date_time_tag, t, t_with},
    parts::{
        facts::{fact, fact_if, facts},
        log_words::organisation,
        status::{Tone, status},
    },
    views::notices::ReplyField,
};
use leptos::prelude::*;
use techo_citizen::notices::{NoticeView, NoticesView};
use techo_disclosure::emergency::{EmergencyTextError, EmergencyView};
use techo_web::form::FilledForm;

/// `/notices`; its form goes to `POST /notices/read`.
pub fn notices(lang: Lang, view: &NoticesView) -> Page {
    let lines: Vec<_> = view.notices.iter().map(|notice| line(lang, notice).into_any()).collect();
    let content = if lines.is_empty() {
        view! {
            <div class="card empty">
                <h2>{t(lang, "notices-empty-title")}</h2>
                <p>{t(lang, "notices-empty-text")}</p>
            </div>
        }
        .into_any()
    } else {
        view! { <ul class="notices">{lines}</ul> }.into_any()
    };
    let unread = (view.unread > 0).then(|| {
        view! {
            <form class="actions" method="post" action="/notices/read">
                <p>{t_with(lang, "notices-unread", [("count", view.unread.into())])}</p>
                <button class="button button-secondary button-small" type="submit">{t(lang, "notices-all-read")}</button>
            </form>
        }
    });
    let body = view! {
        <h1>{t(lang, "notices-title")}</h1>
        <p class="lead">{t(lang, "notices-lead")}</p>
        {unread}
        {content}
    };
    Page::new(t(lang, "notices-title"), body)
}

fn line(lang: Lang, notice: &NoticeView) -> impl IntoView + use<> {
    let is_new = notice.read_at.is_none();
    let class = if is_new { "notice-new" } else { "notice-read" };
    view! {
        <li class=class>
            <p>
                {is_new.then(|| status(Tone::Attention, t(lang, "notices-new")))}
                " "
                <a href=format!("/notices/{}", notice.id)>{t(lang, words::title(notice.kind))}</a>
            </p>
            <p class="quiet">{whose(lang, notice)} " " {date_time_tag(lang, notice.at)}</p>
        </li>
    }
}

fn whose(lang: Lang, notice: &NoticeView) -> Option<String> {
    let number = notice.organisation.as_ref()?;
    Some(organisation(lang, number, notice.organisation_name.as_ref()).into_owned())
}

/// `/notices/{id}`, with the emergency that it speaks of and an answer to it that was not taken.
pub fn notice(
    lang: Lang,
    view: &NoticeView,
    about: Option<&EmergencyView>,
    form: &FilledForm<ReplyField, EmergencyTextError>,
) -> Page {
    let title = t(lang, words::title(view.kind));
    let by = whose(lang, view);
    let text = words::text(lang, view.kind, by.as_deref());
    let links: Vec<_> = words::links(view)
        .into_iter()
        .map(|(to, key)| view! { <li><a href=to>{t(lang, key)}</a></li> })
        .collect();
    let body = view! {
        <div class="narrow">
            <h1>{title.clone()}</h1>
            <p>{text}</p>
            {words::may_be_a_stranger(view.kind).then(|| view! { <p>{t(lang, "notices-not-you")}</p> })}
            {facts([
                Some(fact(t(lang, "notices-at"), date_time_tag(lang, view.at))),
                fact_if(t(lang, "notices-organisation"), by),
            ])}
            {about.map(|about| emergency::emergency(lang, view.id, about, form))}
            <ul class="spaced">{links}</ul>
            <p><a href="/notices">{t(lang, "notices-back")}</a></p>
        </div>
    };
    Page::new(title, body).with_mistakes(lang, format!("/notices/{}", view.id), &form.told(lang))
}
