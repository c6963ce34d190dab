//! `/consent/mark`: hides a single record, or shows it again.

use crate::{
    Lang, Page,
    form::{DescribeMistakes as _, MistakeText},
    i18n::{date_tag, t},
    parts::{
        consent_words::label_name,
        facts::{fact, facts},
        forms::{error_id, field_error},
        kinds::{kind_name, record_label, record_path},
    },
    views::{
        consent::{MarkField, MarkMistake, own_label_field},
        report::ReportConfirmView,
    },
};
use leptos::prelude::*;
use techo_model::{
    consent::{EmergencyChoice, Label, Mark, MarkChoice, RecordMarking},
    record::RecordKind,
};
use techo_web::form::{FilledForm, FormField as _};

/// `GET /consent/mark?kind=…&id=…`; its form goes to `POST /consent/mark`. A form that comes back without a choice says so.
pub fn consent_mark(
    lang: Lang,
    record: &ReportConfirmView,
    marking: &RecordMarking,
    emergency: EmergencyChoice,
    form: &FilledForm<MarkField, MarkMistake>,
) -> Page {
    let mistakes = form.told(lang);
    // A form that chose nothing comes back with nothing chosen.
    let mark = if form.is_refused() { None } else { Some(marking.mark) };
    let sealed =
        (marking.mark == Some(Mark::Sealed)).then(|| view! { <p>{t(lang, "consent-mark-card")}</p> });
    let body = view! {
        <div class="narrow">
            <h1>{t(lang, "consent-mark-title")}</h1>
            {facts([
                Some(fact(t(lang, "report-kind"), kind_name(lang, record.kind))),
                Some(fact(t(lang, "report-record"), record_label(lang, &record.label))),
                Some(fact(t(lang, "report-date"), date_tag(lang, record.on))),
            ])}
            <p>{t(lang, "consent-mark-lead")}</p>
            <form method="post" action="/consent/mark">
                <input type="hidden" name="kind" value=record.kind.as_str() />
                <input type="hidden" name="id" value=record.id.to_string() />
                {choice(lang, mark, emergency, mistakes.first()).into_any()}
                {risk(lang, emergency)}
                {sealed}
                {(record.kind != RecordKind::Coverage).then(|| labels(lang, marking))}
                {reach(lang, record.kind).into_any()}
                <div class="actions">
                    <button class="button button-primary" type="submit">{t(lang, "consent-mark-button")}</button>
                    <a class="button button-secondary" href=record_path(record.kind, record.id)>
                        {t(lang, "consent-mark-cancel")}
                    </a>
                </div>
            </form>
        </div>
    };
    let home = format!("/consent/mark?kind={}&id={}", record.kind.as_str(), record.id);
    Page::new(t(lang, "consent-mark-title"), body).with_mistakes(lang, home, &mistakes)
}

/// No mark, withheld or sealed, with what each means.
fn choice(
    lang: Lang,
    chosen: Option<Option<Mark>>,
    emergency: EmergencyChoice,
    wrong: Option<&MistakeText>,
) -> impl IntoView + use<> {
    let field = MarkField::Mark.id();
    let (withheld, sealed) = meanings(emergency);
    let option = |value: Option<Mark>, key: &str| {
        let word = MarkChoice::from(value).as_str();
        view! {
            <label class="tick">
                <input type="radio" name="mark" value=word checked=Some(value) == chosen /> <span>{t(lang, key)}</span>
            </label>
        }
    };
    view! {
        <fieldset class="field choice" id=field tabindex="-1" aria-describedby=wrong.map(|_| error_id(field))>
            <legend class="visually-hidden">{t(lang, "consent-mark-title")}</legend>
            {wrong.map(field_error)}
            {option(None, "consent-mark-none")}
            {option(Some(Mark::Withheld), withheld)}
            {option(Some(Mark::Sealed), sealed)}
        </fieldset>
    }
}

/// What sealing may cost; nothing where an emergency opens what is sealed.
fn risk(lang: Lang, emergency: EmergencyChoice) -> Option<impl IntoView> {
    (emergency != EmergencyChoice::AlsoSealed)
        .then(|| view! { <p class="need-script">{t(lang, "consent-mark-risk")}</p> })
}

/// How far a mark reaches: to the place that made the record, and not to the ledger of a municipality.
fn reach(lang: Lang, kind: RecordKind) -> impl IntoView {
    let ledger = (kind == RecordKind::Vaccination)
        .then(|| view! { <p class="quiet">{t(lang, "consent-mark-ledger")}</p> });
    view! { <p class="quiet">{t(lang, "consent-mark-author")}</p> {ledger} }
}

/// What withholding and sealing mean, which depends on what was chosen for emergencies.
fn meanings(emergency: EmergencyChoice) -> (&'static str, &'static str) {
    match emergency {
        EmergencyChoice::Normal => ("consent-mark-withheld", "consent-mark-sealed"),
        EmergencyChoice::AlsoSealed => ("consent-mark-withheld", "consent-mark-sealed-opened"),
        EmergencyChoice::Never => ("consent-mark-withheld-never", "consent-mark-sealed"),
    }
}

/// What the record tells about, as far as it is sensitive: then nobody sees it whom no permit of that name allows.
fn labels(lang: Lang, marking: &RecordMarking) -> impl IntoView + use<> {
    let ticks = Label::ALL.iter().map(|label| {
        view! {
            <label class="tick">
                <input type="checkbox" name=own_label_field(*label) checked=marking.labels.contains(label) />
                " " <span>{label_name(lang, *label)}</span>
            </label>
        }
    });
    view! {
        <fieldset class="field choice">
            <legend>{t(lang, "consent-mark-labels")}</legend>
            <p class="help">{t(lang, "consent-mark-labels-help")}</p>
            {ticks.collect_view()}
        </fieldset>
    }
}
