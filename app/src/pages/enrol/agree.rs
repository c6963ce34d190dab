//! The first step: what is needed, and agreeing to the privacy page.

use crate::{
    Lang,
    form::DescribeMistakes as _,
    i18n::t,
    islands::KeepCode,
    parts::{
        forms::{error_id, field_class, field_error},
        icons::{Icon, icon},
    },
    views::{
        PRIVACY_VERSION,
        enrol::{AgreeField, AgreeMistake, CardReaderKind},
    },
};
use leptos::prelude::*;
use techo_web::form::{FilledForm, FormField as _};

const FORM: &str = "agree-form";

/// Form to `/enrol/agree` with `version`, `agree` (`yes`) and, in the demo, `card`.
pub(super) fn agree(
    lang: Lang,
    form: &FilledForm<AgreeField, AgreeMistake>,
    reader: &CardReaderKind,
) -> impl IntoView + use<> {
    let tick = AgreeField::Agree.id();
    let mistakes = form.told(lang);
    let mistake = mistakes.first();
    let described = mistake.map(|_| error_id(tick));
    let card = match reader {
        CardReaderKind::Demo(Some(card)) => Some(card.serial.clone()),
        CardReaderKind::Demo(None) | CardReaderKind::None => None,
    };
    view! {
        <h2>{t(lang, "enrol-agree-title")}</h2>
        {needed(lang)}
        <h3>{t(lang, "enrol-agree-summary")}</h3>
        <ul>
            <li>{t(lang, "enrol-agree-keep")}</li>
            <li>{t(lang, "promise-who-sees")}</li>
            <li>{t(lang, "enrol-agree-number")}</li>
        </ul>
        <p><a href="/privacy" target="_blank" rel="noopener">{t(lang, "enrol-agree-read")}</a></p>
        <form id=FORM method="post" action="/enrol/agree" novalidate>
            <input type="hidden" name="version" value=PRIVACY_VERSION />
            {card.map(|serial| view! { <input type="hidden" name="card" value=serial /> })}
            <div class=field_class(mistake)>
                {mistake.map(field_error)}
                <label class="tick">
                    <input type="checkbox" id=tick name="agree" value="yes" aria-describedby=described
                        aria-invalid=mistake.is_some().then_some("true") />
                    <span>{t(lang, "enrol-agree-tick")} " " <span class="required">{t(lang, "field-required")}</span></span>
                </label>
            </div>
            <button class="button button-primary button-large" type="submit">{t(lang, "enrol-agree-button")}</button>
        </form>
        <KeepCode form=FORM.to_owned() />
    }
}

fn needed(lang: Lang) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="needed">
            <h3 id="needed">{t(lang, "enrol-need")}</h3>
            <ul class="with-icons">
                <li>{icon(Icon::Card)} <span>{t(lang, "enrol-need-card")}</span></li>
                <li>{icon(Icon::Key)} <span>{t(lang, "enrol-need-pin")}</span></li>
                <li>{icon(Icon::Letter)} <span>{t(lang, "enrol-need-letter")}</span></li>
            </ul>
            <p>{t(lang, "enrol-need-age")}</p>
        </section>
    }
}
