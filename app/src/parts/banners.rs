//! What the frame says above a page: what a form did, trouble with the card, a privacy page to agree to.

use super::icons::{Icon, icon};
use crate::{
    Lang, PageFrame,
    i18n::{date, t, t_with},
    views::{
        PRIVACY_VERSION,
        frame::{Notice, NoticeTone, PageBanner},
    },
};
use leptos::prelude::*;
use techo_identity::enrol::CardWarning;

pub(crate) fn banners(frame: &PageFrame<'_>) -> impl IntoView + use<> {
    let lang = frame.lang;
    let shown: Vec<_> = frame
        .banners
        .iter()
        .map(|banner| match banner {
            PageBanner::Notice(notice) => done(lang, *notice).into_any(),
            PageBanner::CardWarning(trouble) => card(lang, *trouble).into_any(),
            PageBanner::AgreeToPrivacy => agree(lang, frame.path).into_any(),
        })
        .collect();
    (!shown.is_empty()).then(|| view! { <div class="banners">{shown}</div> })
}

fn done(lang: Lang, notice: Notice) -> impl IntoView {
    let (look, role, sign) = match notice.tone() {
        NoticeTone::Done => ("banner banner-done", "status", Icon::Done),
        NoticeTone::NotDone => ("banner banner-attention", "alert", Icon::Attention),
    };
    let link = (notice == Notice::Recovered)
        .then(|| view! { <a href="/settings/passkeys">{t(lang, "notice-recovered-link")}</a> });
    view! {
        <div class=look role=role>
            {icon(sign)}
            <p>{t(lang, notice_text(notice))} " " {link}</p>
        </div>
    }
}

fn notice_text(notice: Notice) -> &'static str {
    match notice {
        Notice::SignedOut => "notice-signed-out",
        Notice::Welcome => "notice-welcome",
        Notice::Recovered => "notice-recovered",
        Notice::PasskeyAdded => "notice-passkey-added",
        Notice::PasskeyRenamed => "notice-passkey-renamed",
        Notice::PasskeyRemoved => "notice-passkey-removed",
        Notice::PasskeyConfirmed => "notice-passkey-confirmed",
        Notice::SignedOutElsewhere => "notice-signed-out-elsewhere",
        Notice::SessionEnded => "notice-session-ended",
        Notice::ReportFiled => "notice-report-filed",
        Notice::ReplySent => "notice-reply-sent",
        Notice::PrivacyAgreed => "notice-privacy-agreed",
        Notice::PrivacyChanged => "notice-privacy-changed",
        Notice::ConsentSaved => "consent-receipt-saved",
        Notice::ConsentDropped => "notice-consent-dropped",
        Notice::ConsentNotSaved => "notice-consent-not-saved",
        Notice::ConsentNoDraft => "notice-consent-no-draft",
        Notice::MarkSaved => "notice-mark-saved",
        Notice::MarkNotSaved => "notice-mark-not-saved",
        Notice::CheckedAskAgain => "notice-checked-ask-again",
        Notice::CheckedNotDone => "notice-checked-not-done",
        Notice::CheckedNothingWaits => "notice-checked-nothing-waits",
        Notice::ExportLocked => "notice-export-locked",
        Notice::ExportRunning => "notice-export-running",
        Notice::CardLinked => "notice-card-linked",
        Notice::QuestionAsked => "notice-question-asked",
    }
}

fn card(lang: Lang, trouble: CardWarning) -> impl IntoView {
    let (key, day) = match trouble {
        CardWarning::StatusUnknown { until } => ("card-trouble-unknown", until),
        CardWarning::EndsSoon { on } => ("card-trouble-ends-soon", on),
        CardWarning::Ended { until } => ("card-trouble-ended", until),
    };
    let renew = !matches!(trouble, CardWarning::StatusUnknown { .. });
    view! {
        <section class="banner banner-attention" aria-label=t(lang, "card-trouble-label")>
            {icon(Icon::Attention)}
            <div>
                <p>{t_with(lang, key, [("date", date(lang, day.date_in_japan()).into())])}</p>
                {renew.then(|| view! { <p><a href="/settings/card">{t(lang, "card-trouble-link")}</a></p> })}
            </div>
        </section>
    }
}

fn agree(lang: Lang, path: &str) -> impl IntoView + use<> {
    view! {
        <section class="banner banner-attention" aria-label=t(lang, "privacy-agree-label")>
            {icon(Icon::Info)}
            <div>
                <p>{t(lang, "privacy-agree-text")} " " <a href="/privacy">{t(lang, "privacy-agree-read")}</a></p>
                <form method="post" action="/privacy/agree">
                    <input type="hidden" name="version" value=PRIVACY_VERSION />
                    <input type="hidden" name="back" value=path.to_owned() />
                    <button class="button button-secondary" type="submit">{t(lang, "privacy-agree-button")}</button>
                </form>
            </div>
        </section>
    }
}
