//! One observation: what was asked, what came out, and what the sender thought of it.

use super::{
    dom::{all, attribute, children, is, one_of, only, problem, seen, text},
    problem::{DocumentFault, DocumentProblem},
    value::{absent, decimal, is_plausible, value},
};
use crate::{
    cda::oid,
    items::{self, CheckupItem},
};
use roxmltree::Node;
use techo_model::{
    answer::ItemCode,
    checkup::{ItemResult, ItemValue, Judgement, Phase},
    text::normalise,
};

const LONGEST_CODE: usize = 64;
const LONGEST_NAME: usize = 200;

/// The result of an observation; none when it only holds others together.
pub(super) fn observation(node: Node<'_, '_>, phase: Phase) -> Result<Option<ItemResult>, DocumentProblem> {
    let has_value = children(node, "value").next().is_some();
    let holds_others = node.children().any(|child| is(child, "entryRelationship") || is(child, "component"));
    let code = only(node, "code", "項目コード")?;
    let Some(item) = code.map(item_code).transpose()?.flatten() else {
        let fault = if has_value { Some(DocumentFault::NoItemCode) } else { None };
        return fault.map_or(Ok(None), |fault| Err(problem(code.unwrap_or(node), fault)));
    };
    let negated = attribute(node, "negationInd") == Some("true");
    if !has_value && holds_others && !negated {
        return Ok(None);
    }
    let interpretation = interpretation(node)?;
    if negated && let Some(value) = children(node, "value").find(|value| says_something(*value)) {
        return Err(problem(value, DocumentFault::AbsentAndPresent));
    }
    let known = items::item(&item);
    let value = if negated { absent("未実施") } else { value(node, known, phase, interpretation)? };
    let spent = matches!(value, ItemValue::Quantity { bound: Some(_), .. }) && first_is_null(node);
    let (range_low, range_high) = reference_range(node, known)?;
    let sender_name = code.and_then(|code| attribute(code, "displayName")).map(shortened);
    if let (Some(code), Some(name)) = (code, &sender_name) {
        seen(code, name, "項目の名前")?;
    }
    Ok(Some(ItemResult {
        sender_name,
        item,
        value,
        judgement: interpretation.filter(|_| !spent),
        range_low,
        range_high,
        method: method(node)?,
    }))
}

/// 項目コード; none for the `nullFlavor` code of a series. A code of another system than the item table's keeps the
/// system in front, so that it is never taken for one of ours.
fn item_code(node: Node<'_, '_>) -> Result<Option<ItemCode>, DocumentProblem> {
    let Some(code) = attribute(node, "code") else { return Ok(None) };
    let code = normalise(code);
    let system = attribute(node, "codeSystem").unwrap_or(oid::ITEM);
    let code = if [oid::ITEM, oid::ITEM_FHIR].contains(&system) { code } else { format!("{system}#{code}") };
    let plain = code.len() <= LONGEST_CODE && code.bytes().all(|b| b.is_ascii_graphic());
    if plain {
        Ok(Some(ItemCode(code)))
    } else {
        Err(problem(node, DocumentFault::Malformed("項目コード")))
    }
}

fn shortened(name: &str) -> String {
    name.chars().take(LONGEST_NAME).collect()
}

/// What the sender thought of the value.
fn interpretation(node: Node<'_, '_>) -> Result<Option<Judgement>, DocumentProblem> {
    let code = only(node, "interpretationCode", "判定")?.and_then(|code| attribute(code, "code"));
    Ok(code.map(|code| match code {
        "N" => Judgement::Normal,
        "L" | "LL" | "LX" => Judgement::Low,
        "H" | "HH" | "HX" => Judgement::High,
        _ => Judgement::Abnormal,
    }))
}

/// Whether a value says more than that there is none.
fn says_something(value: Node<'_, '_>) -> bool {
    ["value", "code"].iter().any(|name| attribute(value, name).is_some()) || text(value).is_some()
}

/// Whether L or H stands for the bound of a `nullFlavor` quantity and not for a judgement.
fn first_is_null(node: Node<'_, '_>) -> bool {
    children(node, "value").next().is_some_and(|value| attribute(value, "nullFlavor").is_some())
}

fn method(node: Node<'_, '_>) -> Result<Option<String>, DocumentProblem> {
    let method = only(node, "methodCode", "検査方法")?;
    let code = method.and_then(|method| attribute(method, "code")).map(normalise);
    Ok(code.filter(|code| code.len() <= LONGEST_CODE && code.bytes().all(|b| b.is_ascii_graphic())))
}

/// Both ends of the reference range; an end that is no number, or one that nobody can reach, is as good as none.
fn reference_range(
    node: Node<'_, '_>,
    item: Option<&CheckupItem>,
) -> Result<(Option<String>, Option<String>), DocumentProblem> {
    const WHAT: &str = "基準値";
    let ranges = all(node, &["referenceRange", "observationRange", "value"]);
    let Some(range) = one_of(ranges.into_iter(), WHAT)? else { return Ok((None, None)) };
    let end = |name| {
        let Some(end) = only(range, name, WHAT)? else { return Ok(None) };
        let unit = attribute(end, "unit").or(item.and_then(|item| item.ucum)).unwrap_or("1");
        let text = attribute(end, "value").and_then(decimal);
        Ok(text.filter(|text| is_plausible(item, text, unit)))
    };
    Ok((end("low")?, end("high")?))
}
