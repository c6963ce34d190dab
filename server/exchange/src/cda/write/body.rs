//! The results: one observation per item.

use super::xml::Xml;
use crate::{
    cda::oid,
    items::{self, CheckupItem, ItemDuty, ItemKind},
};
use techo_model::checkup::{Bound, CheckupDocument, DocumentRequest, ItemResult, ItemValue, Judgement};

/// The word by which a sender says that a test was not done; written as `negationInd`.
const NOT_DONE: &str = "未実施";

pub(super) fn write(xml: &mut Xml, document: &CheckupDocument) {
    let results: &[ItemResult] = match document.request {
        DocumentRequest::Keep => &document.facts.results,
        DocumentRequest::Delete => &[],
    };
    let (usual, additional): (Vec<_>, Vec<_>) = results.iter().partition(|result| belongs(result));
    xml.open("component", &[]);
    xml.open("structuredBody", &[]);
    section(xml, "01010", "検査・問診結果セクション", &usual);
    if !additional.is_empty() {
        section(xml, "01990", "任意追加項目セクション", &additional);
    }
    xml.close("structuredBody");
    xml.close("component");
}

fn belongs(result: &ItemResult) -> bool {
    items::item(&result.item).is_some_and(|item| item.duty != ItemDuty::Outside)
}

fn section(xml: &mut Xml, code: &str, title: &str, results: &[&ItemResult]) {
    xml.open("component", &[]);
    xml.open("section", &[]);
    xml.empty("code", &[("code", code), ("codeSystem", oid::SECTION), ("displayName", title)]);
    xml.leaf("title", title);
    xml.open("text", &[]);
    xml.open("list", &[]);
    if results.is_empty() {
        xml.leaf("item", "記載なし");
    }
    for result in results {
        xml.leaf("item", &line(result));
    }
    xml.close("list");
    xml.close("text");
    for result in results {
        xml.open("entry", &[]);
        observation(xml, result);
        xml.close("entry");
    }
    xml.close("section");
    xml.close("component");
}

/// The narrative line that a person without our software would read.
fn line(result: &ItemResult) -> String {
    let item = items::item(&result.item);
    let unit = item.and_then(|item| item.unit).unwrap_or_default();
    let value = match &result.value {
        ItemValue::Quantity { text, bound, .. } => match bound {
            Some(Bound::Below) => format!("{text}{unit}未満"),
            Some(Bound::Above) => format!("{text}{unit}超"),
            None => format!("{text}{unit}"),
        },
        ItemValue::Coded(answer) => items::answer_label(&answer.list, &answer.code)
            .map_or_else(|| answer.code.clone(), |label| label.ja.to_owned()),
        ItemValue::Text { text } => text.clone(),
        ItemValue::Absent { reason } => reason.clone(),
    };
    format!("{} {value}", name(result, item))
}

fn name<'a>(result: &'a ItemResult, item: Option<&'a CheckupItem>) -> &'a str {
    result.sender_name.as_deref().or(item.map(|item| item.name.ja)).unwrap_or(&result.item.0)
}

fn observation(xml: &mut Xml, result: &ItemResult) {
    let item = items::item(&result.item);
    let not_done = matches!(&result.value, ItemValue::Absent { reason } if reason == NOT_DONE);
    let mut attributes = vec![("classCode", "OBS"), ("moodCode", "EVN")];
    if not_done {
        attributes.push(("negationInd", "true"));
    }
    xml.open("observation", &attributes);
    xml.empty(
        "code",
        &[("code", &result.item.0), ("codeSystem", oid::ITEM), ("displayName", name(result, item))],
    );
    if !not_done {
        value(xml, result, item);
    }
    if let Some(code) = interpretation(result) {
        xml.empty("interpretationCode", &[("code", code)]);
    }
    if let Some(method) = &result.method {
        xml.empty("methodCode", &[("code", method), ("codeSystem", oid::METHOD)]);
    }
    reference_range(xml, result);
    xml.close("observation");
}

fn value(xml: &mut Xml, result: &ItemResult, item: Option<&CheckupItem>) {
    match &result.value {
        ItemValue::Quantity { text, unit, bound } => {
            let mut attributes = vec![("xsi:type", "PQ")];
            if bound.is_some() {
                attributes.push(("nullFlavor", "NI"));
            }
            attributes.extend([("value", text.as_str()), ("unit", unit.as_str())]);
            xml.empty("value", &attributes);
        }
        ItemValue::Coded(answer) => {
            let label = items::answer_label(&answer.list, &answer.code);
            let mut attributes = vec![
                ("xsi:type", kind(item)),
                ("code", answer.code.as_str()),
                ("codeSystem", answer.list.as_str()),
            ];
            attributes.extend(label.map(|label| ("displayName", label.ja)));
            xml.empty("value", &attributes);
        }
        ItemValue::Text { text } => {
            xml.open("value", &[("xsi:type", "ST")]);
            xml.text(text);
            xml.close("value");
        }
        ItemValue::Absent { .. } => {
            xml.empty("value", &[("xsi:type", kind(item)), ("nullFlavor", "NI")]);
        }
    }
}

fn kind(item: Option<&CheckupItem>) -> &'static str {
    match item.map(|item| item.kind) {
        Some(ItemKind::Quantity) => "PQ",
        Some(ItemKind::Ordinal) => "CO",
        Some(ItemKind::Text) => "ST",
        Some(ItemKind::Coded) | None => "CD",
    }
}

fn interpretation(result: &ItemResult) -> Option<&'static str> {
    if let ItemValue::Quantity { bound: Some(bound), .. } = &result.value {
        return Some(match bound {
            Bound::Below => "L",
            Bound::Above => "H",
        });
    }
    result.judgement.map(|judgement| match judgement {
        Judgement::Normal => "N",
        Judgement::Low => "L",
        Judgement::High => "H",
        Judgement::Abnormal => "A",
    })
}

fn reference_range(xml: &mut Xml, result: &ItemResult) {
    let ItemValue::Quantity { unit, .. } = &result.value else { return };
    if result.range_low.is_none() && result.range_high.is_none() {
        return;
    }
    xml.open("referenceRange", &[("typeCode", "REFV")]);
    xml.open("observationRange", &[("classCode", "OBS"), ("moodCode", "EVN.CRT")]);
    xml.open("value", &[("xsi:type", "IVL_PQ")]);
    for (end, limit) in [("low", &result.range_low), ("high", &result.range_high)] {
        if let Some(limit) = limit {
            xml.empty(end, &[("value", limit), ("unit", unit)]);
        }
    }
    xml.close("value");
    xml.close("observationRange");
    xml.close("referenceRange");
}
