//! The value of an observation by its data type.
//!
//! A quantity outside the measuring range comes in two shapes: a second `value` of type CD with `L` or `H` (the
//! ministry's), or `nullFlavor` with interpretationCode `L` or `H`, or HL7's own `NINF` and `PINF`.

use super::{
    dom::{attribute, children, one_of, path, problem, seen, text},
    problem::{DocumentFault, DocumentProblem},
};
use crate::{
    cda::oid,
    items::{CheckupItem, ItemKind, is_countable},
};
use roxmltree::Node;
use techo_model::{
    answer::ListedAnswer,
    checkup::{Bound, ItemValue, Judgement, Phase},
    text::normalise,
};

const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
const WHAT: &str = "結果の値";
const LONGEST_TEXT: usize = 4_000;
const LONGEST_DECIMAL: usize = 24;
const LONGEST_CODE: usize = 64;

/// Reads the values of an observation that was carried out.
pub(super) fn value(
    node: Node<'_, '_>,
    item: Option<&'static CheckupItem>,
    phase: Phase,
    interpretation: Option<Judgement>,
) -> Result<ItemValue, DocumentProblem> {
    // A bound beside a value belongs to it; two values, or two bounds, are two results of which one would be lost.
    let bounds = children(node, "value").filter(|value| out_of_range(*value).is_some());
    let bound_of_range = one_of(bounds, WHAT)?.and_then(out_of_range);
    let values = children(node, "value").filter(|value| out_of_range(*value).is_none());
    let Some(value) = one_of(values, WHAT)? else {
        return Ok(match (bound_of_range, attribute(node, "nullFlavor")) {
            (Some(Bound::Below), _) => absent("入力最小値以下"),
            (Some(Bound::Above), _) => absent("入力最大値以上"),
            (None, Some(flavor)) => absent(reason(flavor)),
            (None, None) => {
                return Err(DocumentProblem::new(value_place(node), DocumentFault::Missing("結果の値")));
            }
        });
    };
    match kind(value, item) {
        ItemKind::Quantity => quantity(value, item, bound_of_range, interpretation),
        ItemKind::Coded | ItemKind::Ordinal => coded(value, item, phase),
        ItemKind::Text => free_text(value),
    }
}

/// What stands for a value that there is not.
pub(super) fn absent(reason: &str) -> ItemValue {
    ItemValue::Absent { reason: reason.to_owned() }
}

/// The place of a value that is missing altogether.
fn value_place(node: Node<'_, '_>) -> String {
    format!("{}/value", path(node))
}

/// Which side of the measuring range a judgement names.
fn bound_of(judgement: Judgement) -> Option<Bound> {
    match judgement {
        Judgement::Low => Some(Bound::Below),
        Judgement::High => Some(Bound::Above),
        Judgement::Normal | Judgement::Abnormal => None,
    }
}

/// The second value of a quantity outside the measuring range.
fn out_of_range(value: Node<'_, '_>) -> Option<Bound> {
    if attribute(value, "codeSystem") != Some(oid::INTERPRETATION) {
        return None;
    }
    match attribute(value, "code")? {
        "L" | "LX" => Some(Bound::Below),
        "H" | "HX" => Some(Bound::Above),
        _ => None,
    }
}

/// The declared data type; where there is none, what the value looks like, then what the item table says.
fn kind(value: Node<'_, '_>, item: Option<&'static CheckupItem>) -> ItemKind {
    let declared = value.attribute((SCHEMA_INSTANCE, "type")).map(str::trim);
    match declared.map(|name| name.rsplit(':').next().unwrap_or(name)) {
        Some("PQ" | "INT" | "REAL") => ItemKind::Quantity,
        Some("CD" | "CE" | "CV" | "CS") => ItemKind::Coded,
        Some("CO") => ItemKind::Ordinal,
        Some(_) => ItemKind::Text,
        None if value.has_attribute("value") => ItemKind::Quantity,
        None if value.has_attribute("code") => ItemKind::Coded,
        None => item.map_or(ItemKind::Text, |item| item.kind),
    }
}

fn quantity(
    value: Node<'_, '_>,
    item: Option<&'static CheckupItem>,
    bound_of_range: Option<Bound>,
    interpretation: Option<Judgement>,
) -> Result<ItemValue, DocumentProblem> {
    let flavor = attribute(value, "nullFlavor");
    let bound = bound_of_range.or_else(|| match flavor? {
        "NINF" => Some(Bound::Below),
        "PINF" => Some(Bound::Above),
        _ => interpretation.and_then(bound_of),
    });
    let Some(written) = attribute(value, "value") else {
        return match (bound, flavor) {
            (Some(Bound::Below), _) => Ok(absent("入力最小値以下")),
            (Some(Bound::Above), _) => Ok(absent("入力最大値以上")),
            (None, Some(flavor)) => Ok(absent(reason(flavor))),
            (None, None) => Err(problem(value, DocumentFault::Missing("測定値"))),
        };
    };
    if flavor.is_some() && bound.is_none() {
        return Err(problem(value, DocumentFault::AbsentAndPresent));
    }
    let text = decimal(written).ok_or_else(|| problem(value, DocumentFault::NotANumber))?;
    let unit = attribute(value, "unit").or(item.and_then(|item| item.ucum)).unwrap_or("1");
    if unit.chars().count() > LONGEST_CODE {
        return Err(problem(value, DocumentFault::TooLong("単位")));
    }
    seen(value, unit, "単位")?;
    if !is_plausible(item, &text, unit) {
        return Err(problem(value, DocumentFault::Implausible));
    }
    Ok(ItemValue::Quantity { text, unit: unit.to_owned(), bound })
}

/// Whether somebody can have been measured with a number in this unit.
pub(super) fn is_plausible(item: Option<&CheckupItem>, text: &str, unit: &str) -> bool {
    item.map_or_else(|| is_countable(text), |item| item.is_plausible_in(text, unit))
}

fn coded(
    value: Node<'_, '_>,
    item: Option<&'static CheckupItem>,
    phase: Phase,
) -> Result<ItemValue, DocumentProblem> {
    let Some(code) = attribute(value, "code").map(normalise) else {
        return match attribute(value, "nullFlavor") {
            Some(flavor) => Ok(absent(reason(flavor))),
            None => Err(problem(value, DocumentFault::Missing("回答コード"))),
        };
    };
    let fallback = || item.and_then(|item| item.answer_list(phase));
    let list = attribute(value, "codeSystem").or_else(fallback);
    let list = list.ok_or_else(|| problem(value, DocumentFault::NoAnswerList))?;
    let plain = |text: &str| text.len() <= LONGEST_CODE && text.bytes().all(|b| b.is_ascii_graphic());
    if !plain(&code) || !plain(list) {
        return Err(problem(value, DocumentFault::Malformed("回答コード")));
    }
    Ok(ItemValue::Coded(ListedAnswer { list: list.to_owned(), code }))
}

fn free_text(value: Node<'_, '_>) -> Result<ItemValue, DocumentProblem> {
    let written = text(value).or_else(|| attribute(value, "value").map(str::to_owned));
    match (written, attribute(value, "nullFlavor")) {
        (Some(text), _) if text.chars().count() > LONGEST_TEXT => {
            Err(problem(value, DocumentFault::TooLong("文章の結果")))
        }
        (Some(text), _) => {
            seen(value, &text, "文章の結果")?;
            Ok(ItemValue::Text { text })
        }
        (None, Some(flavor)) => Ok(absent(reason(flavor))),
        (None, None) => Ok(absent("記載なし")),
    }
}

/// What a nullFlavor means by the ministry's rules; other codes stay as they are.
fn reason(flavor: &str) -> &str {
    match flavor {
        "NI" => "測定不可能",
        other if other.len() <= 8 && other.bytes().all(|b| b.is_ascii_alphabetic()) => other,
        _ => "理由不明",
    }
}

/// A finite decimal in half width, as the sender wrote it; nothing when it is none.
pub(super) fn decimal(text: &str) -> Option<String> {
    let text = normalise(text);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if digits(whole) && digits(fraction) && text.len() <= LONGEST_DECIMAL { Some(text) } else { None }
}
