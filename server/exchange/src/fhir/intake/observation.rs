//! `Observation`: one laboratory result.

use super::{
    DocumentSender,
    codes::{categories, codings, labels, words},
    element::{Element, Problems},
    parties::{performer, subject},
};
use crate::{
    fhir::{CATEGORY as HL7_CATEGORY, INTERPRETATION, LABORATORY_CATEGORY, UCUM},
    items,
};
use serde_json::Value;
use techo_model::{
    CalendarDate, UnixMillis,
    answer::ItemCode,
    laboratory::{
        Comparator, Interpretation, JLAC10, LaboratoryResult, ReferenceRange, ResultCoding, ResultStatus,
        ResultValue,
    },
};

const STATUS: &str = "preliminary, final, amended, corrected or cancelled is expected";
const CATEGORY: &str = "only category laboratory is taken";
const FOUND: &str = "N, L, LL, H, HH, A, AA, POS, NEG or IND of v3-ObservationInterpretation is expected";
/// A value or a comment in words.
const WORDS: usize = 1_000;
const NAME: usize = 200;
const UNIT: usize = 40;

/// What results share with their report.
pub(super) struct Shared<'a> {
    pub(super) code: Option<&'a str>,
    /// Day, and instant when the report states one.
    pub(super) examined: Option<(CalendarDate, Option<UnixMillis>)>,
    pub(super) sender: DocumentSender<'a>,
}

/// Reads one result.
pub(super) fn read_result<'a>(
    body: &'a Value,
    place: &str,
    shared: &Shared<'_>,
    problems: &'a Problems,
) -> Option<LaboratoryResult> {
    let result = Element::resource(body, place, "Observation", problems)?;
    let labels = labels(&result);
    let status = result.word("status", ResultStatus::parse, STATUS);
    categories(&result, &[(LABORATORY_CATEGORY, "laboratory"), (HL7_CATEGORY, "laboratory")], CATEGORY);
    let named = name(&result);
    agree(&result, shared);
    performer(&result, shared.sender.number);
    let value = value(&result, status);
    plausible(&result, (named.as_ref().map(|(_, coding)| coding), value.as_ref()));
    let interpretation = interpretation(&result);
    let unit = match &value {
        Some(ResultValue::Quantity { unit, ucum, .. }) => Some((unit.as_str(), ucum.as_deref())),
        _ => None,
    };
    let range = range(&result, unit);
    let specimen = result.child("specimen").and_then(|specimen| specimen.needed_text("display", NAME));
    let note = if result.has("note") { result.only("note") } else { None };
    let note = note.and_then(|note| note.needed_text("text", WORDS));
    let (name, coding) = named?;
    Some(LaboratoryResult {
        name,
        coding,
        status: status?,
        value: value?,
        interpretation,
        range,
        specimen,
        note,
        labels,
    })
}

fn name(result: &Element<'_>) -> Option<(String, Vec<ResultCoding>)> {
    let Some(concept) = result.child("code") else {
        result.wrong("code", "a code of the test is needed");
        return None;
    };
    let coding = codings(&concept);
    if coding.is_empty() {
        concept.wrong(
            "coding",
            "a JLAC10 code is needed, or else the sender's own code with a system of its own",
        );
        return None;
    }
    let known = || {
        let jlac10 = coding.iter().find(|coding| coding.system == JLAC10)?;
        Some(items::item(&ItemCode(jlac10.code.clone()))?.name.ja.to_owned())
    };
    let Some(name) = words(&concept, &coding).or_else(known) else {
        concept.wrong("text", "a name of the test is needed");
        return None;
    };
    Some((name, coding))
}

/// What a result says again has to be what the report says.
fn agree(result: &Element<'_>, shared: &Shared<'_>) {
    if result.has("subject") && subject(result).as_deref() != shared.code {
        result.wrong("subject", "another person than that of the report");
    }
    if result.has("effectiveDateTime") {
        let own = result.day("effectiveDateTime", shared.sender.now);
        let (Some((day, at)), Some((of_report, at_report))) = (own, shared.examined) else { return };
        if day != of_report || (at.is_some() && at != at_report) {
            result.wrong(
                "effectiveDateTime",
                "another day or time than that of the report, which alone is kept; send a report for each",
            );
        }
    }
}

fn value(result: &Element<'_>, status: Option<ResultStatus>) -> Option<ResultValue> {
    let quantity = result.child("valueQuantity").and_then(|quantity| read_quantity(&quantity));
    let text = result.text("valueString", WORDS).map(|text| ResultValue::Text { text });
    let concept = result.child("valueCodeableConcept").and_then(|concept| {
        let coding = codings(&concept);
        let Some(text) = words(&concept, &coding) else {
            concept.wrong("text", "the value in words is needed");
            return None;
        };
        Some(ResultValue::Coded { text, coding })
    });
    let absent = result.child("dataAbsentReason").and_then(|concept| {
        let codings = codings(&concept);
        let Some(reason) = words(&concept, &codings) else {
            concept.wrong("text", "the reason in words is needed");
            return None;
        };
        Some(ResultValue::Absent { reason })
    });
    let values = ["valueQuantity", "valueString", "valueCodeableConcept", "dataAbsentReason"];
    if values.iter().filter(|name| result.has(name)).count() != 1 {
        result.wrong(
            "value",
            "exactly one of valueQuantity, valueString, valueCodeableConcept and dataAbsentReason is needed",
        );
    } else if status == Some(ResultStatus::Cancelled) && !result.has("dataAbsentReason") {
        result.wrong("dataAbsentReason", "a cancelled result has a reason and no value");
    }
    quantity.or(text).or(concept).or(absent)
}

/// A number of a test that our table knows has to be one that can be measured.
fn plausible(result: &Element<'_>, (coding, value): (Option<&Vec<ResultCoding>>, Option<&ResultValue>)) {
    let (Some(coding), Some(ResultValue::Quantity { text, unit, ucum, .. })) = (coding, value) else {
        return;
    };
    let codes = coding.iter().filter(|one| one.system == JLAC10).map(|one| ItemCode(one.code.clone()));
    let unit = ucum.as_ref().unwrap_or(unit);
    if codes.filter_map(|code| items::item(&code)).any(|item| !item.is_plausible_in(text, unit)) {
        result.wrong("valueQuantity", "nobody can have been measured with this value");
    }
}

fn read_quantity(quantity: &Element<'_>) -> Option<ResultValue> {
    let (unit, ucum) = unit_of(quantity);
    let comparator = if quantity.has("comparator") {
        quantity.word("comparator", Comparator::parse, "<, <=, >= or > is expected")
    } else {
        None
    };
    if !quantity.has("value") {
        quantity.wrong("value", "this element is needed");
    }
    Some(ResultValue::Quantity { text: quantity.decimal("value")?, unit, ucum, comparator })
}

/// Unit for people, and its UCUM code.
fn unit_of(quantity: &Element<'_>) -> (String, Option<String>) {
    let (unit, code) = (quantity.text("unit", UNIT), quantity.text("code", UNIT));
    if quantity.has("code") && quantity.pointer("system").as_deref() != Some(UCUM) {
        quantity.wrong("system", "http://unitsofmeasure.org is expected beside a code");
    }
    (unit.or_else(|| code.clone()).unwrap_or_default(), code)
}

fn interpretation(result: &Element<'_>) -> Option<Interpretation> {
    if !result.has("interpretation") {
        return None;
    }
    let concept = result.only("interpretation")?;
    concept.text("text", NAME);
    let found = match codings(&concept).as_slice() {
        [only] if only.system == INTERPRETATION => Interpretation::parse(&only.code),
        _ => None,
    };
    if found.is_none() {
        concept.wrong("coding", FOUND);
    }
    found
}

fn range(result: &Element<'_>, unit: Option<(&str, Option<&str>)>) -> ReferenceRange {
    let range = if result.has("referenceRange") { result.only("referenceRange") } else { None };
    let Some(range) = range else { return ReferenceRange::default() };
    let end = |name| {
        let end = range.child(name)?;
        let (own, ucum) = unit_of(&end);
        let same = |(unit, of_value): (&str, Option<&str>)| match (ucum.as_deref(), of_value) {
            (Some(one), Some(other)) => one == other,
            _ => own.is_empty() || own == unit,
        };
        if !unit.is_none_or(same) {
            end.wrong("unit", "another unit than that of the value");
        }
        end.decimal("value")
    };
    let (low, high) = (end("low"), end("high"));
    if let Some(kind) = range.child("type") {
        kind.text("text", NAME);
        if !codings(&kind).iter().all(|coding| coding.code == "normal") {
            kind.wrong("coding", "only a normal range is taken");
        }
    }
    let text = range.text("text", NAME);
    if !["low", "high", "text"].iter().any(|name| range.has(name)) {
        range.wrong("text", "low, high or text is needed");
    }
    ReferenceRange { low, high, text }
}
