//! What was opened in an emergency, by whom and why, and the person's answer to it.

use crate::{
    Lang,
    form::DescribeMistakes as _,
    i18n::{date_time_tag, t, t_with},
    parts::{
        facts::{fact, facts},
        forms::{described, field_class, field_error, textarea_text},
    },
    views::notices::ReplyField,
};
use leptos::prelude::*;
use techo_disclosure::emergency::{ClosedReview, EmergencyTextError, EmergencyView, TEXT_MAX};
use techo_model::{
    NoticeId,
    emergency::{Finding, FoundBy},
};
use techo_web::form::{FilledForm, FormField as _};

/// The part of a notice's page that is about an emergency; its form goes to `POST /notices/{id}/reply`.
pub(super) fn emergency(
    lang: Lang,
    notice: NoticeId,
    view: &EmergencyView,
    form: &FilledForm<ReplyField, EmergencyTextError>,
) -> impl IntoView + use<> {
    let who = match (&view.subject_name, &view.subject_role) {
        (Some(name), Some(role)) => format!("{name}（{role}）"),
        (Some(name), None) => name.clone(),
        (None, _) => view.subject.clone(),
    };
    view! {
        <section class="card">
            <h2>{t(lang, "emergency-title")}</h2>
            {facts([
                Some(fact(t(lang, "emergency-who"), who)),
                Some(fact(t(lang, "emergency-reason"), view! { <span class="quoted">{view.reason.clone()}</span> })),
                Some(fact(t(lang, "emergency-found-by"), t(lang, found_by(view.found_by)))),
                Some(fact(t(lang, "emergency-from"), date_time_tag(lang, view.time.declared_at))),
                Some(fact(t(lang, "emergency-until"), date_time_tag(lang, view.time.ends_at))),
            ])}
            {review(lang, view.review.as_ref())}
        </section>
        {reply(lang, notice, view, form)}
    }
}

/// The words of how somebody was found.
pub fn found_by(by: FoundBy) -> &'static str {
    match by {
        FoundBy::Card => "emergency-found-card",
        FoundBy::ShareCode => "emergency-found-share-code",
        FoundBy::ClinicCode => "emergency-found-clinic-code",
        FoundBy::Demographics => "emergency-found-demographics",
    }
}

/// The words of a finding.
pub fn finding(finding: Finding) -> &'static str {
    match finding {
        Finding::Justified => "emergency-justified",
        Finding::NotJustified => "emergency-not-justified",
        Finding::Unclear => "emergency-unclear",
    }
}

fn review(lang: Lang, review: Option<&ClosedReview>) -> AnyView {
    let Some(review) = review else {
        return view! { <p class="quiet">{t(lang, "emergency-not-reviewed")}</p> }.into_any();
    };
    view! {
        <h3>{t(lang, "emergency-review")}</h3>
        {facts([
            Some(fact(t(lang, "emergency-finding"), t(lang, finding(review.finding)))),
            Some(fact(t(lang, "emergency-remark"), view! { <span class="quoted">{review.remark.clone()}</span> })),
            Some(fact(t(lang, "emergency-reviewed-at"), date_time_tag(lang, review.at))),
        ])}
    }
    .into_any()
}

fn reply(
    lang: Lang,
    notice: NoticeId,
    view: &EmergencyView,
    form: &FilledForm<ReplyField, EmergencyTextError>,
) -> impl IntoView + use<> {
    let standing = view.reply.as_ref().map(|(text, _)| text.as_str()).unwrap_or_default();
    let typed = if form.is_refused() { form.shown(ReplyField::Reply) } else { standing };
    let (field, mistakes) = (ReplyField::Reply.id(), form.told(lang));
    let wrong = mistakes.first();
    let described = described(field, wrong, "reply-help");
    view! {
        <section class="card">
            <h2>{t(lang, "emergency-reply-title")}</h2>
            {view.reply.as_ref().map(|(text, at)| facts([
                Some(fact(t(lang, "emergency-replied-at"), date_time_tag(lang, *at))),
                Some(fact(t(lang, "emergency-replied"), view! { <span class="quoted">{text.clone()}</span> })),
            ]))}
            <form method="post" action=format!("/notices/{notice}/reply")>
                <div class=field_class(wrong)>
                    <label for=field>{t(lang, "emergency-reply-label")}</label>
                    <p class="help" id="reply-help">
                        {t_with(lang, "emergency-reply-help", [("max", TEXT_MAX.into())])}
                    </p>
                    {wrong.map(field_error)}
                    <textarea id=field name=field rows="5" required maxlength=TEXT_MAX.to_string()
                        aria-describedby=described aria-invalid=wrong.map(|_| "true")>{textarea_text(typed)}</textarea>
                </div>
                <button class="button button-primary" type="submit">{t(lang, "emergency-reply-button")}</button>
            </form>
        </section>
    }
}
