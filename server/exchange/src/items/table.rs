//! Reads `data/items.tsv` once. The data is compiled in and tested, so a bad line is a bug and not an input.

use super::{CheckupItem, FindingRule, ItemDuty, ItemGroup, ItemKind, Presence, answers};
use std::{collections::HashMap, sync::LazyLock};
use techo_model::text::BilingualText;

/// Every item in display order.
pub fn all() -> &'static [CheckupItem] {
    &TABLE.items
}

pub(super) fn find(code: &str) -> Option<&'static CheckupItem> {
    TABLE.by_code.get(code).and_then(|index| TABLE.items.get(*index))
}

struct Table {
    items: Vec<CheckupItem>,
    by_code: HashMap<&'static str, usize>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| read(include_str!("../../data/items.tsv")));

fn read(data: &'static str) -> Table {
    let mut items: Vec<CheckupItem> = Vec::new();
    let mut rows: HashMap<(&str, &str), u16> = HashMap::new();
    for (order, line) in (0..).zip(data.lines().filter(|line| !line.starts_with('#'))) {
        let mut item = read_line(line, order).unwrap_or_else(|| unreachable!("items.tsv is tested: {line}"));
        // Analyte and identification are the first nine characters of JLAC10; material and method follow.
        item.row = *rows.entry((&item.code[..9], item.name.ja)).or_insert(order);
        items.push(item);
    }
    let by_code = items.iter().enumerate().map(|(index, item)| (item.code, index)).collect();
    Table { items, by_code }
}

fn read_line(line: &'static str, order: u16) -> Option<CheckupItem> {
    let columns: Vec<&'static str> = line.split('\t').collect();
    let [
        code,
        group,
        kind,
        picture,
        bytes,
        unit,
        ucum,
        method_code,
        third,
        fourth,
        duty,
        finding,
        ja,
        en,
        method_ja,
        method_en,
    ] = columns[..]
    else {
        return None;
    };
    Some(CheckupItem {
        code,
        name: BilingualText { ja, en },
        group: ItemGroup::from_id(group)?,
        kind: kind_of(kind)?,
        picture: given(picture),
        max_bytes: bytes.parse().ok()?,
        unit: given(unit),
        ucum: given(ucum),
        method_code: given(method_code),
        method: given(method_ja).zip(given(method_en)).map(|(ja, en)| BilingualText { ja, en }),
        order,
        row: order,
        duty: duty_of(duty)?,
        finding: given(finding).map(finding_of).map_or(Some(None), |rule| rule.map(Some))?,
        in_third: presence_of(third)?,
        in_fourth: presence_of(fourth)?,
    })
}

fn given(cell: &'static str) -> Option<&'static str> {
    Some(cell).filter(|cell| *cell != "-")
}

fn kind_of(cell: &str) -> Option<ItemKind> {
    match cell {
        "PQ" => Some(ItemKind::Quantity),
        "CD" => Some(ItemKind::Coded),
        "CO" => Some(ItemKind::Ordinal),
        "ST" => Some(ItemKind::Text),
        _ => None,
    }
}

fn duty_of(cell: &str) -> Option<ItemDuty> {
    match cell {
        "required" => Some(ItemDuty::Required),
        "detailed" => Some(ItemDuty::Detailed),
        "if-done" => Some(ItemDuty::IfDone),
        "-" => Some(ItemDuty::Outside),
        _ => cell.strip_prefix("one-of-")?.chars().next().map(ItemDuty::OneOf),
    }
}

fn finding_of(cell: &str) -> Option<FindingRule> {
    let number = |prefix| cell.strip_prefix(prefix).and_then(|digits| digits.parse().ok());
    number("=")
        .map(FindingRule::Is)
        .or_else(|| number(">=").map(FindingRule::AtLeast))
        .or_else(|| number("!=").map(FindingRule::Not))
}

fn presence_of(cell: &'static str) -> Option<Presence> {
    match cell {
        "x" => Some(Presence::Absent),
        "-" => Some(Presence::WithoutList),
        number => answers::by_number(number).map(Presence::WithList),
    }
}
