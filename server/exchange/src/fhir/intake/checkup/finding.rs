//! One item of a checkup (`JP_Observation_eCheckupGeneral`).

use super::{Part, around::Around, pass_over, points, target};
use crate::{
    fhir::{
        CATEGORY, INTERPRETATION, UCUM,
        intake::{
            codes::{codings, words},
            element::{Element, Problems},
        },
        observation::{ITEM, METHOD},
    },
    items::{self, CheckupItem, ItemKind},
};
use techo_model::{
    CalendarDate,
    answer::{ItemCode, ListedAnswer},
    checkup::{Bound, ItemResult, ItemValue, Judgement, Phase},
};

const WORDS: usize = 1_000;
const NAME: usize = 200;
const UNIT: usize = 40;

/// What the findings share.
pub(super) struct Shared<'a> {
    pub(super) around: &'a Around<'a>,
    pub(super) examined_on: Option<CalendarDate>,
}

pub(super) fn read<'a>(part: &Part<'a>, shared: &Shared<'_>, problems: &'a Problems) -> Option<ItemResult> {
    let finding = part.element("Observation", problems)?;
    pass_over(&finding, &["identifier"]);
    agree(&finding, shared);
    category(&finding);
    let named = item(&finding);
    let known = named.as_ref().and_then(|(code, _)| items::item(code));
    let value = value(&finding, known, shared.examined_on.map(Phase::on));
    let judgement = judgement(&finding);
    let (range_low, range_high) = range(&finding);
    let method = method(&finding);
    let (item, name) = named?;
    let sender_name = if known.is_some() { None } else { name };
    Some(ItemResult { item, sender_name, value: value?, judgement, range_low, range_high, method })
}

/// What a finding says again has to be what the document says.
fn agree(finding: &Element<'_>, shared: &Shared<'_>) {
    points(finding, "subject", shared.around.patient);
    let day = finding.day_alone("effectiveDateTime", shared.around.sender.now);
    if day.is_some() && shared.examined_on.is_some() && day != shared.examined_on {
        finding.wrong("effectiveDateTime", "another day than that of the examination");
    }
    if finding.has("performer") {
        let performer = finding.only("performer").and_then(|performer| target(&performer));
        if performer.as_deref() != Some(shared.around.place) {
            finding.wrong("performer", "a reference to the Organization is expected");
        }
    }
    let status = finding.pointer("status");
    let expected = if finding.has("dataAbsentReason") { ["final", "cancelled"] } else { ["final", "final"] };
    if !status.as_deref().is_some_and(|status| expected.contains(&status)) {
        finding.wrong("status", "final is expected, or cancelled beside dataAbsentReason");
    }
}

/// What an item is about is known from its code, so a category has only to be one.
fn category(finding: &Element<'_>) {
    for concept in if finding.has("category") { finding.children("category", 1) } else { Vec::new() } {
        concept.text("text", NAME);
        if !codings(&concept).iter().all(|one| one.system == CATEGORY) {
            concept.wrong("coding", "a category of HL7 is expected");
        }
    }
}

fn item(finding: &Element<'_>) -> Option<(ItemCode, Option<String>)> {
    let concept = finding.child("code");
    let codings = concept.as_ref().map(codings).unwrap_or_default();
    let name = concept.as_ref().and_then(|concept| words(concept, &codings));
    match codings.as_slice() {
        [one]
            if one.system == ITEM
                && one.code.len() == 17
                && one.code.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            Some((ItemCode(one.code.clone()), name))
        }
        _ => {
            finding.wrong(
                "code",
                "exactly one item code of urn:oid:1.2.392.200119.6.1005 (JLAC10, 17 characters) is expected",
            );
            None
        }
    }
}

fn value(finding: &Element<'_>, known: Option<&CheckupItem>, phase: Option<Phase>) -> Option<ItemValue> {
    const VALUES: [&str; 4] = ["valueQuantity", "valueString", "valueCodeableConcept", "dataAbsentReason"];
    let quantity = finding.child("valueQuantity").and_then(|quantity| read_quantity(&quantity, known));
    let text = finding.text("valueString", WORDS).map(|text| ItemValue::Text { text });
    let coded = finding.child("valueCodeableConcept").and_then(|concept| answer(&concept, known, phase));
    let absent = finding.child("dataAbsentReason").and_then(|concept| {
        let codings = codings(&concept);
        let reason = words(&concept, &codings);
        if reason.is_none() {
            concept.wrong("text", "the reason in words is needed");
        }
        Some(ItemValue::Absent { reason: reason? })
    });
    let there: Vec<&str> = VALUES.into_iter().filter(|name| finding.has(name)).collect();
    let fitting = known.map(|item| match item.kind {
        ItemKind::Quantity => "valueQuantity",
        ItemKind::Coded | ItemKind::Ordinal => "valueCodeableConcept",
        ItemKind::Text => "valueString",
    });
    match there.as_slice() {
        ["dataAbsentReason"] => {}
        [one] if fitting.is_none_or(|fitting| fitting == *one) => {}
        [_] => finding.wrong("value", "this item has another kind of value"),
        _ => finding.wrong(
            "value",
            "exactly one of valueQuantity, valueString, valueCodeableConcept and dataAbsentReason is needed",
        ),
    }
    quantity.or(text).or(coded).or(absent)
}

fn read_quantity(quantity: &Element<'_>, known: Option<&CheckupItem>) -> Option<ItemValue> {
    let bound = match quantity.pointer("comparator").as_deref() {
        None => None,
        Some("<") => Some(Bound::Below),
        Some(">") => Some(Bound::Above),
        Some(_) => {
            quantity.wrong("comparator", "< or > is expected");
            None
        }
    };
    let unit = unit(quantity);
    if !quantity.has("value") {
        quantity.wrong("value", "this element is needed");
    }
    let text = quantity.decimal("value")?;
    if known.is_some_and(|item| !item.is_plausible_in(&text, &unit)) {
        quantity.wrong("value", "nobody can have been measured with this value");
    }
    Some(ItemValue::Quantity { text, unit, bound })
}

/// The UCUM code; `1` for a number without a unit.
fn unit(quantity: &Element<'_>) -> String {
    let (unit, code) = (quantity.text("unit", UNIT), quantity.text("code", UNIT));
    if quantity.has("code") && quantity.pointer("system").as_deref() != Some(UCUM) {
        quantity.wrong("system", "http://unitsofmeasure.org is expected beside a code");
    }
    code.or(unit).unwrap_or_else(|| "1".to_owned())
}

fn answer(concept: &Element<'_>, known: Option<&CheckupItem>, phase: Option<Phase>) -> Option<ItemValue> {
    concept.text("text", NAME);
    let mut all = codings(concept);
    let (Some(one), true) = (all.pop(), all.is_empty()) else {
        concept.wrong("coding", "exactly one code is expected");
        return None;
    };
    let list = one.system.strip_prefix("urn:oid:").unwrap_or_default();
    let wanted = known.zip(phase).and_then(|(item, phase)| item.answer_list(phase));
    if list.is_empty() || wanted.is_some_and(|wanted| wanted != list) {
        concept
            .wrong("coding", "the answer list of this item, in force on that day, is expected as urn:oid:…");
    }
    Some(ItemValue::Coded(ListedAnswer { list: list.to_owned(), code: one.code }))
}

fn judgement(finding: &Element<'_>) -> Option<Judgement> {
    if !finding.has("interpretation") {
        return None;
    }
    let concept = finding.only("interpretation")?;
    concept.text("text", NAME);
    let found = match codings(&concept).as_slice() {
        [one] if one.system == INTERPRETATION => match one.code.as_str() {
            "N" => Some(Judgement::Normal),
            "L" => Some(Judgement::Low),
            "H" => Some(Judgement::High),
            "A" => Some(Judgement::Abnormal),
            _ => None,
        },
        _ => None,
    };
    if found.is_none() {
        concept.wrong("coding", "N, L, H or A of v3-ObservationInterpretation is expected");
    }
    found
}

fn range(finding: &Element<'_>) -> (Option<String>, Option<String>) {
    let range = if finding.has("referenceRange") { finding.only("referenceRange") } else { None };
    let Some(range) = range else { return (None, None) };
    let end = |name| {
        let end = range.child(name)?;
        pass_over(&end, &["unit", "system", "code"]);
        end.decimal("value")
    };
    (end("low"), end("high"))
}

/// 検査方法コード.
fn method(finding: &Element<'_>) -> Option<String> {
    let concept = finding.child("method")?;
    concept.text("text", NAME);
    match codings(&concept).as_slice() {
        [one] if one.system == METHOD => Some(one.code.clone()),
        _ => {
            concept.wrong("coding", "one code of urn:oid:1.2.392.200119.6.1007 is expected");
            None
        }
    }
}
