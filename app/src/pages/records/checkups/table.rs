//! The table of all years: one column a checkup, one row an item.

use crate::{
    Lang,
    i18n::{t, year_of_era},
    parts::{
        cells::{answer_text, cell_range, item_name, said, value_text},
        judgements::{Normal, judgement},
        letters::readable,
        status::{Tone, status},
    },
};
use leptos::prelude::*;
use techo_citizen::{
    checkups::{CheckupColumn, CheckupsView, ItemRow, ResultCell, RowGroup},
    values::{AnswerView, CellValue},
};
use techo_model::record::ReviewState;

/// Id of the note about questions that changed.
pub(super) const CHANGED: &str = "changed";

pub(super) fn by_year(lang: Lang, view: &CheckupsView) -> impl IntoView + use<> {
    let width = (view.columns.len() + 1).to_string();
    let heads: Vec<_> = view.columns.iter().map(|column| head(lang, column)).collect();
    let groups: Vec<_> = view.groups.iter().map(|group| rows(lang, group, &width).into_any()).collect();
    view! {
        <table class="by-year">
            <caption class="visually-hidden">{t(lang, "checkups-table")}</caption>
            <thead>
                <tr>
                    <th scope="col" class="item">{t(lang, "checkups-item")}</th>
                    {heads}
                </tr>
            </thead>
            <tbody>
                {overall(lang, "checkups-metabolic", view, |column| column.metabolic.as_ref())}
                {overall(lang, "checkups-guidance", view, |column| column.guidance.as_ref())}
            </tbody>
            {groups}
        </table>
    }
}

fn head(lang: Lang, column: &CheckupColumn) -> impl IntoView + use<> {
    let civil = column.examined_on.civil();
    let (year, rest) = match lang {
        Lang::Ja => (format!("{}年", civil.year()), format!("{}月{}日", civil.month(), civil.day())),
        Lang::En => (civil.year().to_string(), civil.strftime("%-d %b").to_string()),
    };
    let review = matches!(column.standing, ReviewState::UnderReview { .. })
        .then(|| status(Tone::Attention, t(lang, "checkups-review")));
    view! {
        <th scope="col">
            <a href=format!("/checkups/{}", column.id)>
                <time datetime=column.examined_on.to_string()>
                    <span class="year">{year}</span>
                    " "
                    <span class="day">{rest}</span>
                </time>
            </a>
            <span class="era">{year_of_era(lang, column.examined_on)}</span>
            <span class="facility">{readable(lang, &column.facility_name).into_owned()}</span>
            {review}
        </th>
    }
}

/// A row made from the heads of the checkups, left out when none has it.
fn overall(
    lang: Lang,
    name: &str,
    view: &CheckupsView,
    answer: fn(&CheckupColumn) -> Option<&AnswerView>,
) -> Option<AnyView> {
    let open = |column: &&CheckupColumn| column.standing == ReviewState::Open;
    let answers: Vec<_> =
        view.columns.iter().map(|column| Some(column).filter(open).and_then(answer)).collect();
    let some = answers.iter().any(Option::is_some);
    let cells: Vec<_> = answers
        .into_iter()
        .map(|answer| match answer {
            Some(answer) => view! { <td>{answer_text(lang, answer)}</td> }.into_any(),
            None => nothing(lang).into_any(),
        })
        .collect();
    some.then(|| view! { <tr><th scope="row" class="item">{t(lang, name)}</th>{cells}</tr> }.into_any())
}

fn rows(lang: Lang, group: &RowGroup, width: &str) -> impl IntoView + use<> {
    let rows: Vec<_> = group.rows.iter().map(|row| item(lang, row)).collect();
    view! {
        <tbody>
            <tr class="group">
                <th scope="rowgroup" colspan=width.to_owned()><span>{said(lang, group.name)}</span></th>
            </tr>
            {rows}
        </tbody>
    }
}

fn item(lang: Lang, row: &ItemRow) -> impl IntoView + use<> {
    let range = common_range(lang, row);
    let own_ranges = range.is_none();
    let unit = (!row.unit.is_empty()).then(|| view! { <span class="unit">{row.unit.clone()}</span> });
    let changed = row.question_changed.then(|| {
        view! { <a class="changed" href=format!("#{CHANGED}")>{t(lang, "checkups-changed")}</a> }
    });
    let cells: Vec<_> = row
        .cells
        .iter()
        .map(|found| match found {
            Some(found) => cell(lang, found, own_ranges).into_any(),
            None => nothing(lang).into_any(),
        })
        .collect();
    view! {
        <tr>
            <th scope="row" class="item">
                {item_name(lang, &row.name)}
                " "
                {unit}
                {range.map(|range| view! { <span class="range">{range_words(lang, range)}</span> })}
                {changed}
            </th>
            {cells}
        </tr>
    }
}

/// The range of all cells when they agree; then it stands once, beside the name.
fn common_range(lang: Lang, row: &ItemRow) -> Option<String> {
    let mut ranges = row.cells.iter().flatten().map(|cell| cell_range(lang, cell));
    let first = ranges.next()??;
    ranges.all(|range| range.as_ref() == Some(&first)).then_some(first)
}

fn range_words(lang: Lang, range: String) -> std::borrow::Cow<'static, str> {
    crate::i18n::t_with(lang, "checkups-range", [("range", range.into())])
}

fn cell(lang: Lang, cell: &ResultCell, own_ranges: bool) -> impl IntoView + use<> {
    let class = match cell.value {
        CellValue::Number { .. } | CellValue::Limit { .. } => "number",
        CellValue::Answer(_) | CellValue::Text(_) | CellValue::Absent(_) => "words",
    };
    let range = cell_range(lang, cell).filter(|_| own_ranges);
    // A number within its range needs no tick; an answer like "negative" does, or nobody sees that it is a good one.
    let normal = if matches!(cell.value, CellValue::Answer(_)) { Normal::Shown } else { Normal::Spoken };
    view! {
        <td class=class>
            {value_text(lang, &cell.value, "")}
            " "
            {cell.judgement.map(|judged| judgement(lang, judged, normal))}
            {range.map(|range| view! { <span class="range">{range_words(lang, range)}</span> })}
        </td>
    }
}

/// Stays empty: whatever stood here could be taken for a result.
fn nothing(lang: Lang) -> impl IntoView {
    view! {
        <td class="nothing">
            <span class="visually-hidden">{t(lang, "checkups-none-spoken")}</span>
        </td>
    }
}
