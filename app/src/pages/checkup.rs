//! `/checkups/{id}`: one checkup whole.

use crate::{
    Lang, Page,
    i18n::{date, date_and_time, date_tag, date_time_tag, t, t_with},
    parts::{
        cells::{answer_text, item_name, range_text, said, value_text},
        facts::{fact, fact_if, facts},
        judgements::{Normal, judgement},
        kinds::report_path,
        standing::review_note,
    },
};
use leptos::prelude::*;
use techo_domain::portal::{
    checkups::{CheckupView, EarlierVersion, ItemRow, RowGroup, Standing},
    records::RecordKind,
};
use techo_model::checkup::Phase;

/// `/checkups/{id}`.
pub fn checkup(lang: Lang, view: &CheckupView) -> Page {
    let title = t_with(lang, "checkup-title", [("date", date(lang, view.column.examined_on).into())]);
    let open = view.column.standing == Standing::Open;
    let groups: Vec<_> = view.groups.iter().map(|group| results(lang, group).into_any()).collect();
    let report = report_path(RecordKind::Checkup, view.column.id.0);
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
    let answer = |answer: &Option<_>| answer.as_ref().map(|answer| answer_text(lang, answer));
    facts([
        fact_if(t(lang, "checkups-metabolic"), answer(&column.metabolic)),
        fact_if(t(lang, "checkups-guidance"), answer(&column.guidance)),
        Some(fact(t(lang, "checkup-facility"), column.facility_name.clone())),
        Some(fact(t(lang, "checkup-insurer"), view.insurer.clone())),
        Some(fact(t(lang, "checkup-document"), date_tag(lang, view.document_date))),
        Some(fact(t(lang, "checkup-received"), date_time_tag(lang, view.received_at))),
        Some(fact(t(lang, "checkup-phase"), phase)),
    ])
}

fn results(lang: Lang, group: &RowGroup) -> impl IntoView + use<> {
    let rows: Vec<_> = group.rows.iter().map(|row| result(lang, row)).collect();
    view! {
        <table class="results">
            <caption>{said(lang, group.name)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t(lang, "checkups-item")}</th>
                    <th scope="col">{t(lang, "checkup-value")}</th>
                    <th scope="col">{t(lang, "checkup-judgements")}</th>
                    <th scope="col">{t(lang, "checkup-range")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn result(lang: Lang, row: &ItemRow) -> Option<impl IntoView + use<>> {
    let cell = row.cells.first()?.as_ref()?;
    let range = range_text(lang, cell.range_low.as_deref(), cell.range_high.as_deref());
    Some(view! {
        <tr>
            <th scope="row">{item_name(lang, &row.name)}</th>
            <td>{value_text(lang, &cell.value, &row.unit)}</td>
            <td>{cell.judgement.map(|judged| judgement(lang, judged, Normal::Shown))}</td>
            <td>{range}</td>
        </tr>
    })
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
