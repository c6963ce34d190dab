//! Trend lines of the measures that people follow over years.

use super::{CheckupColumn, ItemTrend, TrendPoint, table::odd_unit};
use std::collections::HashMap;
use techo_exchange::items::{self, KEY_ITEMS, KeyItem};
use techo_model::checkup::{ItemResult, ItemValue};

type ByCode<'a> = HashMap<&'a str, &'a ItemResult>;

/// The trends of some checkups, newest first as in the columns. Frozen checkups have no results and so no points.
pub(super) fn trends(columns: &[CheckupColumn], results: &[Vec<ItemResult>]) -> Vec<ItemTrend> {
    let by_code: Vec<ByCode<'_>> = results.iter().map(|results| by_code(results)).collect();
    KEY_ITEMS.iter().filter_map(|key| trend(key, columns, &by_code)).collect()
}

fn by_code(results: &[ItemResult]) -> ByCode<'_> {
    results.iter().map(|result| (result.item.0.as_str(), result)).collect()
}

fn trend(key: &KeyItem, columns: &[CheckupColumn], checkups: &[ByCode<'_>]) -> Option<ItemTrend> {
    let mut shown: Option<&ItemResult> = None;
    let mut range = (None, None);
    let mut left_out = 0;
    let mut points = Vec::new();
    for (column, checkup) in columns.iter().zip(checkups) {
        let Some((result, value, text)) = key.codes.iter().find_map(|code| measured(checkup.get(code)?))
        else {
            left_out += usize::from(
                key.codes.iter().any(|code| checkup.get(code).is_some_and(|result| is_quantity(result))),
            );
            continue;
        };
        if shown.is_none() {
            shown = Some(result);
        }
        if range == (None, None) {
            range = (result.range_low.clone(), result.range_high.clone());
        }
        let judgement = result.judgement;
        points.push(TrendPoint { on: column.examined_on, value, text: text.to_owned(), judgement });
    }
    points.reverse();
    let item = items::item(&shown?.item)?;
    (points.len() >= 2).then(|| ItemTrend {
        item: techo_model::answer::ItemCode(item.code.to_owned()),
        name: key.name,
        unit: item.unit.unwrap_or_default().to_owned(),
        points,
        low: number(range.0.as_deref()),
        high: number(range.1.as_deref()),
        range,
        left_out,
    })
}

fn is_quantity(result: &ItemResult) -> bool {
    matches!(result.value, ItemValue::Quantity { .. })
}

/// A value that can stand on a line: a number within the measuring range, in the unit of the item table.
fn measured(result: &ItemResult) -> Option<(&ItemResult, f64, &str)> {
    let ItemValue::Quantity { text, bound: None, .. } = &result.value else { return None };
    if odd_unit(result, items::item(&result.item)).is_some() {
        return None;
    }
    Some((result, number(Some(text))?, text))
}

fn number(text: Option<&str>) -> Option<f64> {
    text?.trim().parse().ok().filter(|value: &f64| value.is_finite())
}
