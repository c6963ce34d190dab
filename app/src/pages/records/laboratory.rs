//! 検査: the list of laboratory reports on `/checkups`, and `/checkups/laboratory/{id}`.

use crate::{
    Lang, Page,
    i18n::{date, date_tag, date_time_tag, t, t_with},
    parts::{
        cells::{item_name, range_text, value_text},
        facts::{fact, fact_if, facts},
        judgements::{Normal, judgement},
        kinds::{mark_path, record_path, report_path},
        results::results_table,
        standing::review_note,
        status::{Tone, status},
    },
};
use leptos::prelude::*;
use std::borrow::Cow;
use techo_citizen::laboratory::{LaboratoryLine, LaboratoryRow, LaboratoryView};
use techo_model::{
    laboratory::{ReferenceRange, ReportStatus},
    record::{RecordKind, ReviewState},
};

/// The section of `/checkups`; nothing when there are no reports.
pub(super) fn section(lang: Lang, lines: &[LaboratoryLine]) -> Option<impl IntoView + use<>> {
    let items: Vec<_> = lines.iter().map(|one| line(lang, one)).collect();
    (!items.is_empty()).then(|| {
        view! {
            <section aria-labelledby="laboratory">
                <h2 id="laboratory">{t(lang, "laboratory-title")}</h2>
                <p>{t(lang, "laboratory-lead")}</p>
                <ul class="held">{items}</ul>
            </section>
        }
    })
}

fn line(lang: Lang, one: &LaboratoryLine) -> impl IntoView + use<> {
    let about = match one.standing {
        ReviewState::Open => {
            let count = t_with(lang, "laboratory-count", [("count", one.results.into())]);
            view! { <span class="quiet">{count}</span> " " {early(lang, one.status)} }.into_any()
        }
        ReviewState::UnderReview { .. } => status(Tone::Attention, t(lang, "checkups-review")).into_any(),
    };
    view! {
        <li>
            <span class="held-name">
                <a href=record_path(RecordKind::Laboratory, one.id.0)>{date_tag(lang, one.examined_on)}</a>
                " "
                {one.sender_name.clone()}
            </span>
            <span>{about}</span>
        </li>
    }
}

/// A report that may still change says so.
fn early(lang: Lang, of: ReportStatus) -> Option<impl IntoView + use<>> {
    let key = match of {
        ReportStatus::Partial => "laboratory-partial",
        ReportStatus::Preliminary => "laboratory-preliminary",
        ReportStatus::Amended | ReportStatus::Corrected => "laboratory-corrected",
        ReportStatus::Appended => "laboratory-appended",
        ReportStatus::Final | ReportStatus::EnteredInError => return None,
    };
    Some(status(Tone::Attention, t(lang, key)))
}

/// `/checkups/laboratory/{id}`.
pub fn laboratory(lang: Lang, view: &LaboratoryView) -> Page {
    let line = &view.line;
    let title = t_with(lang, "laboratory-report-title", [("date", date(lang, line.examined_on).into())]);
    let open = line.standing == ReviewState::Open;
    let (mark, report) =
        (mark_path(RecordKind::Laboratory, line.id.0), report_path(RecordKind::Laboratory, line.id.0));
    let caption = line.title.clone().map_or_else(|| t(lang, "laboratory-results"), Cow::Owned);
    let body = view! {
        <p><a href="/checkups#laboratory">{t(lang, "laboratory-back")}</a></p>
        <h1>{title.clone()}</h1>
        {review_note(lang, line.standing)}
        {about(lang, view).into_any()}
        {open.then(|| view! {
            <h2>{t(lang, "checkup-results")}</h2>
            <p class="quiet">{t(lang, "laboratory-note")}</p>
            {table(lang, caption, &view.rows).into_any()}
            <p class="report"><a href=mark>{t(lang, "consent-mark-link")}</a></p>
            <p class="report"><a href=report>{t(lang, "checkup-report")}</a></p>
        })}
    };
    Page::new(title, body)
}

fn about(lang: Lang, view: &LaboratoryView) -> impl IntoView + use<> {
    let open = view.line.standing == ReviewState::Open;
    let corrected = (view.changed_at > view.received_at && open).then_some(view.changed_at);
    facts([
        Some(fact(t(lang, "laboratory-sender"), view.line.sender_name.clone())),
        fact_if(t(lang, "laboratory-state"), early(lang, view.line.status).filter(|_| open)),
        fact_if(t(lang, "laboratory-issued"), view.issued_at.map(|at| date_time_tag(lang, at))),
        Some(fact(t(lang, "checkup-received"), date_time_tag(lang, view.received_at))),
        fact_if(t(lang, "laboratory-changed"), corrected.map(|at| date_time_tag(lang, at))),
    ])
}

/// Results as a table; without any range there is no column for it.
pub(in crate::pages) fn table(
    lang: Lang,
    caption: Cow<'static, str>,
    rows: &[LaboratoryRow],
) -> impl IntoView + use<> {
    let ranges: Vec<_> = rows.iter().map(|row| range(lang, &row.range)).collect();
    let any_range = ranges.iter().any(Option::is_some);
    let rows: Vec<_> =
        rows.iter().zip(ranges).map(|(row, range)| result(lang, row, any_range.then_some(range))).collect();
    results_table(lang, caption, any_range, rows)
}

/// `range` is none where the table has no such column.
fn result(lang: Lang, row: &LaboratoryRow, range: Option<Option<String>>) -> impl IntoView + use<> {
    let specimen = row.specimen.clone().map(|of| view! { " " <span class="quiet">{of}</span> });
    let note = row.note.clone().map(|note| view! { <p class="quiet">{note}</p> });
    view! {
        <tr>
            <th scope="row">{item_name(lang, &row.name)} {specimen}</th>
            <td>
                <span class="value">{value_text(lang, &row.value, &row.unit)}</span>
                " "
                {row.judgement.map(|judged| judgement(lang, judged, Normal::Shown))}
                {note}
            </td>
            {range.map(|range| view! { <td>{range}</td> })}
        </tr>
    }
}

/// What the sender wrote in words goes before what it wrote in numbers.
fn range(lang: Lang, range: &ReferenceRange) -> Option<String> {
    range.text.clone().or_else(|| range_text(lang, range.low.as_deref(), range.high.as_deref()))
}
