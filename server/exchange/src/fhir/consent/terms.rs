//! Our words and the codes of others for them.

use super::{
    element::{Element, Found},
    problem::{ConsentFault, Read},
};
use crate::fhir::{FACILITY_NUMBER, INSURER_NUMBER};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use techo_model::consent::Label;

/// Our categories, and [`NO_CATEGORY`].
pub(super) const CATEGORY: &str = "urn:techo:consent-category";
/// For a permit that names labels alone, and so opens nothing: without any code R4 would read "everything".
pub(super) const NO_CATEGORY: &str = "none";
/// A label that HL7 has no code of the same extent for.
const OWN_LABEL: &str = "urn:techo:consent-label";
/// A class of organisations.
pub(super) const CLASS: &str = "urn:techo:organisation-class";
/// A professional, by the id that the organisation gave (`subject_id`).
pub(super) const SUBJECT: &str = "urn:techo:subject-id";
/// 自治体コード (6).
const MUNICIPALITY_NUMBER: &str = "urn:techo:municipality-code";
pub(super) const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
pub(super) const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

/// "Normal": what carries no sensitive label.
const NORMAL: (&str, &str) = (CONFIDENTIALITY, "N");

/// The codes of a label, all of which have to be named.
fn codes(label: Label) -> &'static [(&'static str, &'static str)] {
    match label {
        Label::MentalHealth => &[(ACT_CODE, "PSY")],
        Label::HivSti => &[(ACT_CODE, "HIV"), (ACT_CODE, "STD")],
        // HL7's SEX is wider: all of sexuality. As a permit it would open more than was chosen.
        Label::Reproductive => &[(OWN_LABEL, "reproductive")],
        Label::Genetic => &[(ACT_CODE, "GDIS")],
        Label::Abuse => &[(ACT_CODE, "SDV")],
        Label::SubstanceUse => &[(ACT_CODE, "ETH")],
    }
}

/// Whether a list of labels also means what has none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    /// Yes: a permit.
    Too,
    /// No: a deny.
    Not,
}

pub(super) fn coding(system: &str, code: &str) -> Value {
    json!({ "system": system, "code": code })
}

pub(super) fn concept(system: &str, code: &str) -> Value {
    json!({ "coding": [coding(system, code)] })
}

pub(super) fn write_labels(labels: &BTreeSet<Label>, plain: Plain) -> Value {
    let normal = (plain == Plain::Too).then_some(NORMAL);
    let named = labels.iter().flat_map(|label| codes(*label).iter().copied());
    normal.into_iter().chain(named).map(|(system, code)| coding(system, code)).collect()
}

pub(super) fn read_labels(found: &Found<'_>, plain: Plain) -> Read<BTreeSet<Label>> {
    let mut named = Vec::new();
    for item in found.items()? {
        let pair = read_coding(&item)?;
        let known = (plain == Plain::Too && pair == NORMAL)
            || Label::ALL.iter().any(|label| codes(*label).contains(&pair));
        if !known || named.contains(&pair) {
            return Err(item.is(ConsentFault::Unknown));
        }
        named.push(pair);
    }
    if plain == Plain::Too && !named.contains(&NORMAL) {
        return Err(found.is(ConsentFault::NotSupported));
    }
    let of = |label: &Label| codes(*label).iter().filter(|pair| named.contains(pair)).count();
    if Label::ALL.iter().any(|label| (1..codes(*label).len()).contains(&of(label))) {
        return Err(found.is(ConsentFault::HalfLabel));
    }
    Ok(Label::ALL.iter().copied().filter(|label| of(label) > 0).collect())
}

/// The system of an official number, which its length tells.
pub(super) fn number_system(number: &str) -> Option<&'static str> {
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    match number.len() {
        6 if digits => Some(MUNICIPALITY_NUMBER),
        8 if digits => Some(INSURER_NUMBER),
        10 if digits => Some(FACILITY_NUMBER),
        _ => None,
    }
}

/// `system` and `code` of a Coding, which has nothing else.
pub(super) fn read_coding<'a>(found: &Found<'a>) -> Read<(&'a str, &'a str)> {
    pair(found.element()?, "code")
}

/// `system` and `value` of an Identifier, which has nothing else.
pub(super) fn read_identifier<'a>(found: &Found<'a>) -> Read<(&'a str, &'a str)> {
    pair(found.element()?, "value")
}

fn pair<'a>(mut element: Element<'a>, second: &'static str) -> Read<(&'a str, &'a str)> {
    let pair = (element.need("system")?.text()?, element.need(second)?.text()?);
    element.end()?;
    Ok(pair)
}

/// The code of a Coding of this system.
pub(super) fn read_code<'a>(found: &Found<'a>, system: &str) -> Read<&'a str> {
    let (of, code) = read_coding(found)?;
    if of == system { Ok(code) } else { Err(found.is(ConsentFault::Unknown)) }
}

/// The code of a CodeableConcept with one Coding of this system.
pub(super) fn read_concept<'a>(found: &Found<'a>, system: &str) -> Read<&'a str> {
    let mut element = found.element()?;
    let code = read_code(&element.need("coding")?.only()?, system)?;
    element.end()?;
    Ok(code)
}
