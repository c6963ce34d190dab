//! A trend line as SVG, made on the server, with a table of the same values beside it.

mod scale;

use super::{
    cells::{range_text, said},
    judgements::{Normal, judgement},
};
use crate::{
    Lang,
    i18n::{date, date_tag, t, t_with},
};
use leptos::prelude::*;
use scale::Scale;
use techo_citizen::checkups::{ItemTrend, TrendPoint};
use techo_model::checkup::Judgement;

/// One item over the years.
pub(crate) fn trend(lang: Lang, trend: &ItemTrend) -> impl IntoView + use<> {
    let id = format!("trend-{}", trend.item.0);
    let range = range_text(lang, trend.range.0.as_deref(), trend.range.1.as_deref());
    let note = range.map(|range| t_with(lang, "checkups-trend-range", [("range", range.into())]));
    let left_out = (trend.left_out > 0)
        .then(|| t_with(lang, "checkups-trend-left-out", [("count", trend.left_out.into())]));
    let unit =
        (!trend.unit.is_empty()).then(|| view! { <span class="unit">{format!("（{}）", trend.unit)}</span> });
    view! {
        <section class="card trend" aria-labelledby=id.clone()>
            <h3 id=id.clone()>{said(lang, trend.name)}{unit}</h3>
            {drawing(lang, trend, &id)}
            {note.map(|note| view! { <p class="quiet">{note}</p> })}
            {left_out.map(|left_out| view! { <p class="quiet">{left_out}</p> })}
            <details>
                <summary>{t(lang, "checkups-trend-table")}</summary>
                {table(lang, trend)}
            </details>
        </section>
    }
}

fn drawing(lang: Lang, trend: &ItemTrend, id: &str) -> Option<impl IntoView + use<>> {
    let scale = Scale::of(trend)?;
    let (title, text) = (format!("{id}-name"), format!("{id}-text"));
    let labelled = format!("{title} {text}");
    let view_box = format!("0 0 {} {}", scale::WIDTH, scale::HEIGHT);
    let points: Vec<_> = trend.points.iter().map(|point| mark(&scale, point)).collect();
    let band = scale.band(trend).map(|(top, height)| {
        view! { <rect class="trend-range" x=scale::LEFT.to_string() y=top width=scale::INNER.to_string() height=height /> }
    });
    let labels: Vec<_> = scale
        .year_labels(trend)
        .into_iter()
        .map(|(x, year)| view! { <text class="trend-year" x=x y=scale::YEARS text-anchor="middle">{year}</text> })
        .collect();
    Some(view! {
        <svg class="trend-drawing" viewBox=view_box role="img" aria-labelledby=labelled>
            <title id=title>{said(lang, trend.name)}</title>
            <desc id=text>{description(lang, trend)}</desc>
            {band}
            <polyline class="trend-line" points=scale.line(trend) fill="none" />
            {points}
            {labels}
        </svg>
    })
}

/// A point with its value; values outside their range are squares on their corner, not just another colour.
fn mark(scale: &Scale, point: &TrendPoint) -> impl IntoView + use<> {
    let (x, y) = scale.place(point);
    let outside = point.judgement.is_some_and(|judged| judged != Judgement::Normal);
    let shape = if outside {
        let path = format!("M{x:.1} {:.1}l7 7l-7 7l-7 -7z", y - 7.0);
        view! { <path class="trend-point trend-outside" d=path /> }.into_any()
    } else {
        view! { <circle class="trend-point" cx=format!("{x:.1}") cy=format!("{y:.1}") r="5" /> }.into_any()
    };
    view! {
        {shape}
        <text class="trend-value" x=format!("{x:.1}") y=format!("{:.1}", y - 12.0) text-anchor="middle">{point.text.clone()}</text>
    }
}

fn description(lang: Lang, trend: &ItemTrend) -> String {
    let (Some(first), Some(last)) = (trend.points.first(), trend.points.last()) else { return String::new() };
    let values = [
        ("from", date(lang, first.on).into()),
        ("first", first.text.as_str().into()),
        ("to", date(lang, last.on).into()),
        ("last", last.text.as_str().into()),
        ("count", trend.points.len().into()),
    ];
    t_with(lang, "checkups-trend-desc", values).into_owned()
}

fn table(lang: Lang, trend: &ItemTrend) -> impl IntoView + use<> {
    let rows: Vec<_> = trend
        .points
        .iter()
        .rev()
        .map(|point| {
            let judged = point.judgement.map(|judged| judgement(lang, judged, Normal::Shown));
            view! {
                <tr>
                    <th scope="row">{date_tag(lang, point.on)}</th>
                    <td class="number">{point.text.clone()} " " {judged}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <table class="plain-table">
            <caption class="visually-hidden">{said(lang, trend.name)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t(lang, "checkups-trend-date")}</th>
                    <th scope="col">{t(lang, "checkups-trend-value")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
