//! `/checkups/{id}`: one checkup whole.

use crate::{
    Lang, Page,
    i18n::{date, date_and_time, date_tag, date_time_tag, t, t_with},
    parts::{
        cells::{answer_text, cell_range, item_name, said, value_text},
        facts::{fact, fact_if, facts},
        judgements::{Normal, judgement},
        kinds::{mark_path, report_path},
        letters::readable,
        results::results_table,
        standing::review_note,
    },
};
use leptos::prelude::*;
use techo_citizen::checkups::{CheckupView, EarlierVersion, ItemRow, ResultCell, RowGroup};
use techo_model::{
    checkup::Phase,
    record::{RecordKind, ReviewState},
};

/// `/checkups/{id}`.
pub fn checkup(lang: Lang, view: &CheckupView) -> Page {
    let title = t_with(lang, "checkup-title", [("date", date(lang, view.column.examined_on).into())]);
    let open = view.column.standing == ReviewState::Open;
    let groups: Vec<_> = view.groups.iter().map(|group| results(lang, group).into_any()).collect();
    let report = report_path(RecordKind::Checkup, view.column.id.0);
    let mark = mark_path(RecordKind::Checkup, view.column.id.0);
    let body = view! {
        <p><a href="/checkups">{t(lang, "checkup-back")}</a></p>
        <h1>{title.clone()}</h1>
        {review_note(lang, view.column.standing)}
        {about(lang, view).into_any()}
        {open.then(|| view! {
            <h2>{t(lang, "checkup-results")}</h2>
            <p class="quiet">{t(lang, "checkup-note")}</p>
            {groups}
        })}
        {earlier(lang, &view.earlier)}
        {open.then(|| view! { <p class="report"><a href=mark>{t(lang, "consent-mark-link")}</a></p> })}
        {open.then(|| view! { <p class="report"><a href=report>{t(lang, "checkup-report")}</a></p> })}
    };
    Page::new(title, body)
}

fn about(lang: Lang, view: &CheckupView) -> impl IntoView + use<> {
    let column = &view.column;
    let phase = match column.phase {
        Phase::Third => t(lang, "checkup-phase-3"),
        Phase::Fourth => t(lang, "checkup-phase-4"),
    };
    let open = column.standing == ReviewState::Open;
    let answer =
        |answer: &Option<_>| answer.as_ref().filter(|_| open).map(|answer| answer_text(lang, answer));
    facts([
        fact_if(t(lang, "checkups-metabolic"), answer(&column.metabolic)),
        fact_if(t(lang, "checkups-guidance"), answer(&column.guidance)),
        Some(fact(t(lang, "checkup-facility"), readable(lang, &column.facility_name).into_owned())),
        // A place that sends its own checkup names no insurer.
        fact_if(t(lang, "checkup-insurer"), Some(view.insurer.clone()).filter(|number| !number.is_empty())),
        Some(fact(t(lang, "checkup-document"), date_tag(lang, view.document_date))),
        Some(fact(t(lang, "checkup-received"), date_time_tag(lang, view.received_at))),
        Some(fact(t(lang, "checkup-phase"), phase)),
    ])
}

/// One group as a table; groups without any range, like the questions, have no column for it.
pub(in crate::pages) fn results(lang: Lang, group: &RowGroup) -> impl IntoView + use<> {
    let found: Vec<_> =
        group.rows.iter().filter_map(|row| Some((row, row.cells.first()?.as_ref()?))).collect();
    let ranges: Vec<_> = found.iter().map(|(_, cell)| cell_range(lang, cell)).collect();
    let any_range = ranges.iter().any(Option::is_some);
    let rows: Vec<_> = found
        .into_iter()
        .zip(ranges)
        .map(|((row, cell), range)| result(lang, row, cell, any_range.then_some(range)))
        .collect();
    results_table(lang, said(lang, group.name), any_range, rows)
}

/// `range` is none where the table has no such column.
fn result(
    lang: Lang,
    row: &ItemRow,
    cell: &ResultCell,
    range: Option<Option<String>>,
) -> impl IntoView + use<> {
    view! {
        <tr>
            <th scope="row">{item_name(lang, &row.name)}</th>
            <td>
                <span class="value">{value_text(lang, &cell.value, &row.unit)}</span>
                " "
                {cell.judgement.map(|judged| judgement(lang, judged, Normal::Shown))}
            </td>
            {range.map(|range| view! { <td>{range}</td> })}
        </tr>
    }
}

fn earlier(lang: Lang, versions: &[EarlierVersion]) -> Option<impl IntoView + use<>> {
    let lines: Vec<_> = versions
        .iter()
        .map(|version| {
            let values = [
                ("document", date(lang, version.document_date).into()),
                ("replaced", date_and_time(lang, version.replaced_at).into()),
            ];
            view! { <li>{t_with(lang, "checkup-earlier-line", values)}</li> }
        })
        .collect();
    (!lines.is_empty()).then(|| view! { <h2>{t(lang, "checkup-earlier")}</h2> <ul>{lines}</ul> })
}
