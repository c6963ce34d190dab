//! `/records/report`: asked before a record is frozen.

use crate::{
    Lang, Page,
    i18n::{date_tag, t},
    parts::{
        facts::{fact, fact_if, facts},
        kinds::{kind_name, record_label},
    },
    views::report::ReportConfirmView,
};
use leptos::prelude::*;

/// `GET /records/report?kind=…&id=…`; its form goes to `POST /records/report` with `kind` and `id`.
pub fn report(lang: Lang, view: &ReportConfirmView) -> Page {
    let which = facts([
        Some(fact(t(lang, "report-kind"), kind_name(lang, view.kind))),
        Some(fact(t(lang, "report-record"), record_label(lang, &view.label))),
        Some(fact(t(lang, "report-date"), date_tag(lang, view.on))),
        fact_if(t(lang, "report-from"), view.organisation_name.clone()),
    ]);
    let body = view! {
        <div class="narrow">
            <h1>{t(lang, "report-title")}</h1>
            <h2>{t(lang, "report-which")}</h2>
            {which}
            <h2>{t(lang, "report-what")}</h2>
            <ul class="spaced">
                <li>{t(lang, "report-what-hidden")}</li>
                <li>{t(lang, "report-what-check")}</li>
                <li>{t(lang, "report-what-back")}</li>
            </ul>
            <div class="actions">
                <form method="post" action="/records/report">
                    <input type="hidden" name="kind" value=view.kind.as_str() />
                    <input type="hidden" name="id" value=view.id.to_string() />
                    <button class="button button-danger" type="submit">{t(lang, "report-button")}</button>
                </form>
                <a class="button button-secondary" href="/records">{t(lang, "report-cancel")}</a>
            </div>
        </div>
    };
    Page::new(t(lang, "report-title"), body)
}
