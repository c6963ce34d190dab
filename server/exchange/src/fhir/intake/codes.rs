//! Codes and labels of what is sent.

use super::element::Element;
use crate::fhir::LABEL;
use std::collections::BTreeSet;
use techo_model::{
    consent::Label,
    laboratory::{JLAC10, ResultCoding, is_jlac10},
};

/// Sensitivity codes of HL7 v3.
const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const NAME: usize = 200;
const CODINGS: usize = 10;

/// The labels of `meta.security`. An unknown one is a problem: what it hides would be shown.
pub(super) fn labels(resource: &Element<'_>) -> BTreeSet<Label> {
    let Some(meta) = resource.child("meta") else { return BTreeSet::new() };
    // Which profile it claims changes nothing, and when it changed elsewhere neither.
    for passed_over in ["profile", "versionId", "lastUpdated", "source"] {
        meta.raw(passed_over);
    }
    let mut labels = BTreeSet::new();
    for security in meta.children("security", 20) {
        let (system, code) = (security.pointer("system"), security.pointer("code"));
        security.text("display", NAME);
        match (system.as_deref(), code.as_deref()) {
            (Some(system), Some(code)) => match label(system, code) {
                Some(label) => drop(labels.insert(label)),
                None => security.wrong("code", "this label is not known here, so it cannot be kept"),
            },
            _ => security.wrong("code", "system and code of a label are needed"),
        }
    }
    labels
}

fn label(system: &str, code: &str) -> Option<Label> {
    match (system, code) {
        (LABEL, _) => Label::parse(code),
        (ACT_CODE, "PSY" | "MH") => Some(Label::MentalHealth),
        (ACT_CODE, "HIV" | "STD") => Some(Label::HivSti),
        (ACT_CODE, "SEX") => Some(Label::Reproductive),
        (ACT_CODE, "GDIS") => Some(Label::Genetic),
        (ACT_CODE, "SDV" | "DV") => Some(Label::Abuse),
        (ACT_CODE, "ETH" | "SUD") => Some(Label::SubstanceUse),
        _ => None,
    }
}

/// `coding`, as far as each has a system and a code.
pub(super) fn codings(concept: &Element<'_>) -> Vec<ResultCoding> {
    let read = |coding: &Element<'_>| {
        let (system, code) = (coding.needed_text("system", 256), coding.needed_text("code", 64));
        let display = coding.text("display", NAME);
        let (system, code) = (system?, code?);
        if system == JLAC10 && !is_jlac10(&code) {
            coding.wrong("code", "this has not the shape of a JLAC10 code (15 or 17 characters)");
        }
        Some(ResultCoding { system, code, display })
    };
    if !concept.has("coding") {
        return Vec::new();
    }
    concept.children("coding", CODINGS).iter().filter_map(read).collect()
}

/// Words of a concept: its text, or else what its first code is called.
pub(super) fn words(concept: &Element<'_>, codings: &[ResultCoding]) -> Option<String> {
    let text = concept.text("text", NAME);
    text.or_else(|| codings.iter().find_map(|coding| coding.display.clone()))
}

/// Whether one of these codes is in a list of concepts, each of which has to be known.
pub(super) fn categories(resource: &Element<'_>, known: &[(&str, &str)], what: &'static str) {
    let all = resource.children("category", 10);
    let mut found = false;
    for concept in &all {
        concept.text("text", NAME);
        for coding in codings(concept) {
            let is_known = known.contains(&(&coding.system, &coding.code));
            found |= is_known;
            if !is_known {
                concept.wrong("coding", what);
            }
        }
    }
    if !found {
        resource.wrong("category", what);
    }
}
