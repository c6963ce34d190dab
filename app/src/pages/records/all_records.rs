//! `/records`: everything that is held about a person, from whom, and "this is not mine".

use crate::{
    Lang, Page,
    i18n::{date, date_tag, date_time_tag, t, t_with},
    parts::{
        facts::{fact, facts},
        kinds::{kind_name, kind_path, mark_path, record_label, record_path, report_path},
        status::{Tone, status},
    },
};
use leptos::prelude::*;
use techo_citizen::records::{HeldRecord, RecordsView, ReportView, SourceGroup};
use techo_model::record::{RecordKind, ReviewState};

/// As many records of one source are shown at once; more are folded away.
const SHOWN_AT_ONCE: usize = 6;

/// `/records`.
pub fn records(lang: Lang, view: &RecordsView) -> Page {
    let sources: Vec<_> = view.sources.iter().map(|group| source(lang, group).into_any()).collect();
    let none = sources.is_empty();
    let body = view! {
        <h1>{t(lang, "records-title")}</h1>
        <p class="lead">{t(lang, "records-lead")}</p>
        {none.then(|| view! {
            <div class="card empty">
                <h2>{t(lang, "records-empty-title")}</h2>
                <p>{t(lang, "records-empty-text")}</p>
            </div>
        })}
        {sources}
        {reports(lang, &view.reports)}
    };
    Page::new(t(lang, "records-title"), body)
}

fn source(lang: Lang, group: &SourceGroup) -> impl IntoView + use<> {
    let number =
        t_with(lang, "records-organisation-number", [("number", group.organisation.as_str().into())]);
    let from = group.organisation_name.clone().map_or(number, Into::into);
    let count = t_with(lang, "records-count", [("count", group.records.len().into())]);
    let lines: Vec<_> = group.records.iter().map(|record| line(lang, group.kind, record)).collect();
    let list = view! { <ul class="held">{lines}</ul> };
    let list = if group.records.len() > SHOWN_AT_ONCE {
        let open = t_with(lang, "records-list", [("count", group.records.len().into())]);
        view! { <details><summary>{open}</summary>{list}</details> }.into_any()
    } else {
        list.into_any()
    };
    view! {
        <section class="card">
            <h2>{kind_name(lang, group.kind)} " " <span class="from">{t_with(lang, "records-from", [("organisation", from.into())])}</span></h2>
            <p class="quiet">
                {count} " ・ " {t(lang, "records-last")} " " {date_time_tag(lang, group.last_received_at)}
            </p>
            <p><a href=kind_path(group.kind)>{t(lang, "records-open")}</a></p>
            {list}
        </section>
    }
}

fn line(lang: Lang, kind: RecordKind, record: &HeldRecord) -> impl IntoView + use<> {
    let label = record_label(lang, &record.label);
    let action = match record.standing {
        ReviewState::UnderReview { .. } => status(Tone::Attention, t(lang, "records-review")).into_any(),
        ReviewState::Open => {
            let values = || [("record", label.clone().into()), ("date", date(lang, record.on).into())];
            let mark = t_with(lang, "consent-mark-link-spoken", values());
            let report = t_with(lang, "records-report-spoken", values());
            let small = |path, spoken, words| {
                view! { <a class="button button-secondary button-small" href=path aria-label=spoken>{t(lang, words)}</a> }
            };
            view! {
                <span class="held-actions">
                    {small(mark_path(kind, record.id), mark, "consent-mark-link")}
                    {small(report_path(kind, record.id), report, "records-report")}
                </span>
            }
            .into_any()
        }
    };
    view! {
        <li>
            <span class="held-name"><a href=record_path(kind, record.id)>{label}</a> {date_tag(lang, record.on)}</span>
            {action}
        </li>
    }
}

fn reports(lang: Lang, all: &[ReportView]) -> Option<impl IntoView + use<>> {
    let items: Vec<_> = all.iter().map(|report| reported(lang, report)).collect();
    (!items.is_empty()).then(|| view! { <section><h2>{t(lang, "records-reports")}</h2>{items}</section> })
}

fn reported(lang: Lang, report: &ReportView) -> impl IntoView + use<> {
    let (key, at) = match report.closed_at {
        Some(at) => ("records-report-closed", at),
        None => ("records-report-open", report.opened_at),
    };
    let state = t_with(lang, key, [("date", date(lang, at.date_in_japan()).into())]);
    view! {
        <div class="card">
            <p><strong>{kind_name(lang, report.kind)}</strong> " " {state}</p>
            {facts([Some(fact(t(lang, "records-report-number"), view! { <code>{report.id.spoken()}</code> }))])}
        </div>
    }
}
