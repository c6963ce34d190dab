//! The first step: what is needed, and agreeing to the privacy page.

use crate::{
    Lang,
    i18n::t,
    islands::KeepCode,
    parts::{
        forms::{Mistake, error_id, error_summary, field_error},
        icons::{Icon, icon},
    },
    views::{
        PRIVACY_VERSION,
        enrol::{AgreeForm, Reader},
    },
};
use leptos::prelude::*;

const FORM: &str = "agree-form";
const TICK: &str = "agree";

/// Form to `/enrol/agree` with `version`, `agree` (`yes`) and, in the demo, `card`.
pub(super) fn agree(lang: Lang, form: AgreeForm, reader: &Reader) -> impl IntoView + use<> {
    let mistake = mistake(form).map(|key| Mistake { field: TICK.to_owned(), words: t(lang, key) });
    let described = mistake.as_ref().map(|mistake| error_id(&mistake.field));
    let card = match reader {
        Reader::Demo(Some(card)) => Some(card.serial.clone()),
        Reader::Demo(None) | Reader::None => None,
    };
    view! {
        {mistake.as_ref().map(|mistake| error_summary(lang, std::slice::from_ref(mistake)))}
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
            <div class=if mistake.is_some() { "field field-wrong" } else { "field" }>
                {mistake.as_ref().map(field_error)}
                <label class="tick">
                    <input type="checkbox" id=TICK name="agree" value="yes" aria-describedby=described
                        aria-invalid=mistake.is_some().then_some("true") />
                    <span>{t(lang, "enrol-agree-tick")} " " <span class="required">{t(lang, "field-required")}</span></span>
                </label>
            </div>
            <button class="button button-primary button-large" type="submit">{t(lang, "enrol-agree-button")}</button>
        </form>
        <KeepCode form=FORM.to_owned() />
    }
}

fn mistake(form: AgreeForm) -> Option<&'static str> {
    match form {
        AgreeForm::Fresh => None,
        AgreeForm::NotTicked => Some("enrol-agree-missing"),
        AgreeForm::Changed => Some("enrol-agree-changed"),
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
