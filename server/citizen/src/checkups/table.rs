//! Puts the results of several checkups side by side: one row an item, one cell a checkup.

use super::{ItemRow, ResultCell, RowGroup, results};
use crate::values::{CellValue, ItemName};
use std::collections::{BTreeMap, HashMap};
use techo_exchange::items::{self, CheckupItem, ItemGroup};
use techo_model::{
    answer::ItemCode,
    checkup::{ItemResult, ItemValue},
};

/// Which row a result belongs to, in display order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct CellPosition {
    group: ItemGroup,
    item: Measure,
    /// A unit other than the table's: such values are not to be compared, so they get a row of their own.
    odd_unit: Option<String>,
    /// A document may carry one measure by two methods: the second must not push the first out.
    nth: u8,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Measure {
    /// Row in the item table, which all methods of one measure share.
    Known(u16),
    /// An item that the table does not know.
    Unknown(String),
}

/// The groups of one checkup.
pub(crate) fn groups_of(results: Vec<ItemResult>) -> Vec<RowGroup> {
    groups(vec![results])
}

/// The table of some checkups; `checkups` runs parallel to the columns.
pub(super) fn groups(checkups: Vec<Vec<ItemResult>>) -> Vec<RowGroup> {
    let width = checkups.len();
    let mut rows: BTreeMap<CellPosition, ItemRow> = BTreeMap::new();
    for (index, results) in checkups.into_iter().enumerate() {
        let mut seen: HashMap<CellPosition, u8> = HashMap::with_capacity(results.len());
        for result in results {
            let item = items::item(&result.item);
            let mut place = place(&result, item);
            let times = seen.entry(place.clone()).or_default();
            place.nth = *times;
            *times = times.saturating_add(1);
            let row = rows.entry(place).or_insert_with_key(|place| empty_row(&result, item, place, width));
            row.cells[index] = Some(cell(result));
        }
    }
    in_groups(rows)
}

fn in_groups(rows: BTreeMap<CellPosition, ItemRow>) -> Vec<RowGroup> {
    let mut groups: Vec<(ItemGroup, RowGroup)> = Vec::new();
    for (place, mut row) in rows {
        row.question_changed = answers_differ(&row);
        match groups.last_mut() {
            Some((group, open)) if *group == place.group => open.rows.push(row),
            _ => groups.push((place.group, RowGroup { name: place.group.name(), rows: vec![row] })),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn place(result: &ItemResult, item: Option<&CheckupItem>) -> CellPosition {
    let measure =
        item.map_or_else(|| Measure::Unknown(result.item.0.clone()), |item| Measure::Known(item.row));
    CellPosition {
        group: item.map_or(ItemGroup::Other, |item| item.group),
        item: measure,
        odd_unit: odd_unit(result, item).map(str::to_owned),
        nth: 0,
    }
}

/// The unit as sent, when it is not the one of the item table.
pub(super) fn odd_unit<'a>(result: &'a ItemResult, item: Option<&CheckupItem>) -> Option<&'a str> {
    let ItemValue::Quantity { unit, .. } = &result.value else { return None };
    let expected = item.map_or(["1"; 2], |item| [item.ucum.unwrap_or("1"), item.unit.unwrap_or("1")]);
    (!unit.is_empty() && !expected.contains(&unit.as_str())).then_some(unit)
}

fn empty_row(result: &ItemResult, item: Option<&CheckupItem>, place: &CellPosition, width: usize) -> ItemRow {
    let ItemCode(code) = &result.item;
    let usual = item.and_then(|item| item.unit).unwrap_or_default();
    ItemRow {
        item: result.item.clone(),
        name: item.map_or_else(
            || ItemName::Sender(result.sender_name.as_ref().unwrap_or(code).clone()),
            |item| ItemName::Known(item.name),
        ),
        unit: place.odd_unit.as_deref().unwrap_or(usual).to_owned(),
        cells: vec![None; width],
        question_changed: false,
    }
}

fn cell(result: ItemResult) -> ResultCell {
    ResultCell {
        value: match result.value {
            ItemValue::Quantity { text, bound: Some(bound), .. } => CellValue::Limit { text, bound },
            ItemValue::Quantity { text, bound: None, .. } => CellValue::Number { text, bound: None },
            ItemValue::Coded(answer) => CellValue::Answer(results::view(answer)),
            ItemValue::Text { text } => CellValue::Text(text),
            ItemValue::Absent { reason } => CellValue::Absent(reason),
        },
        judgement: result.judgement,
        range_low: result.range_low,
        range_high: result.range_high,
    }
}

/// Whether the answers of a row were chosen from more than one list.
fn answers_differ(row: &ItemRow) -> bool {
    let mut lists = row.cells.iter().flatten().filter_map(|cell| match &cell.value {
        CellValue::Answer(answer) => Some(&answer.list),
        _ => None,
    });
    let first = lists.next();
    lists.any(|list| Some(list) != first)
}
