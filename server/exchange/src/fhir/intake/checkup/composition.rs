//! The head of a document, with its sections.

use super::{Part, Parts, around, around::Around, finding, pass_over, points, target};
use crate::{
    cda::oid,
    fhir::{
        document::{CLASS, SECTION, VERSION},
        intake::{
            RESULTS,
            codes::codings,
            element::{Element, Problems},
        },
        report::{CHECKUP, DOCUMENT},
    },
};
use std::collections::BTreeSet;
use techo_model::{
    checkup::{CheckupFacts, ItemResult, Phase},
    laboratory::ResultCoding,
};

const CLASSES: [&str; 7] = ["10", "40", "41", "42", "43", "44", "90"];
const PROGRAMMES: [&str; 8] = ["000", "010", "020", "030", "040", "060", "090", "990"];
const SECTIONS: [&str; 9] = ["01011", "01012", "01990", "01021", "01022", "01031", "01032", "01910", "01920"];

pub(super) fn read<'a>(
    part: &Part<'a>,
    parts: &Parts<'a>,
    around: &Around<'_>,
    problems: &'a Problems,
) -> Option<CheckupFacts> {
    let head = part.element("Composition", problems)?;
    pass_over(&head, &["language", "identifier"]);
    version(&head);
    if head.pointer("status").as_deref() != Some("final") {
        head.wrong("status", "final is expected");
    }
    let kind = head.child("type").and_then(|concept| only(&concept));
    if !kind.is_some_and(|kind| kind.system == DOCUMENT && kind.code == CHECKUP) {
        head.wrong("type", "53576-5 of doc-typecodes is expected");
    }
    head.text("title", 200);
    points(&head, "subject", around.patient);
    points(&head, "encounter", around.visit);
    authors(&head, parts, around);
    let class = class(&head);
    let written_on = head.day_alone("date", around.sender.now);
    let event = event(&head, around);
    let examined_on = event.as_ref().map(|(_, day)| *day);
    if written_on.is_some_and(|day| examined_on.is_some_and(|examined_on| day < examined_on)) {
        head.wrong("date", "this is before the examination");
    }
    let shared = finding::Shared { around, examined_on };
    let results = sections(&head, parts, &shared, problems);
    let (programme, examined_on) = event?;
    Some(CheckupFacts {
        facility: around.sender.number.to_owned(),
        facility_name: String::new(),
        examined_on,
        document_date: written_on?,
        report_class: class?,
        programme,
        phase: Phase::on(examined_on),
        insurer: String::new(),
        results,
    })
}

/// The version that the profile demands. Not kept: the date of the document says which is the newer one.
fn version(head: &Element<'_>) {
    for extension in if head.has("extension") { head.children("extension", 1) } else { Vec::new() } {
        pass_over(&extension, &["valueString", "_valueString"]);
        if extension.pointer("url").as_deref() != Some(VERSION) {
            extension.wrong("url", "only the version of the document is taken");
        }
    }
}

/// The only code of a concept.
fn only(concept: &Element<'_>) -> Option<ResultCoding> {
    concept.text("text", 200);
    let mut all = codings(concept);
    all.pop().filter(|_| all.is_empty())
}

fn authors(head: &Element<'_>, parts: &Parts<'_>, around: &Around<'_>) {
    let signers: Vec<&str> = parts.of("Practitioner").map(|part| part.url.as_str()).collect();
    for author in head.children("author", 3) {
        let to = target(&author);
        if !to.as_deref().is_some_and(|to| to == around.place || signers.contains(&to)) {
            author.wrong("reference", "a reference to a Practitioner or the Organization is expected");
        }
    }
    if head.has("custodian") {
        points(head, "custodian", around.place);
    }
}

fn class(head: &Element<'_>) -> Option<String> {
    let special = format!("urn:oid:{}", oid::REPORT_CLASS_FHIR);
    let cda = format!("urn:oid:{}", oid::REPORT_CLASS);
    let systems = [special.as_str(), cda.as_str(), CLASS];
    let coding = head.only("category").and_then(|concept| only(&concept));
    let class =
        coding.filter(|one| systems.contains(&one.system.as_str()) && CLASSES.contains(&one.code.as_str()));
    if class.is_none() {
        head.wrong("category", "one 報告区分 is expected: 10, 40 to 44 or 90");
    }
    Some(class?.code)
}

/// プログラム種別 and the day of the examination.
fn event(head: &Element<'_>, around: &Around<'_>) -> Option<(String, techo_model::CalendarDate)> {
    let Some(event) = head.only("event") else {
        head.wrong("event", "one event is needed");
        return None;
    };
    for detail in if event.has("detail") { event.children("detail", 1) } else { Vec::new() } {
        if target(&detail).as_deref() != Some(around.visit) {
            detail.wrong("reference", "a reference to the Encounter is expected");
        }
    }
    let day = around::period(&event, around.sender);
    let coding = event.only("code").and_then(|concept| only(&concept));
    let system = format!("urn:oid:{}", oid::PROGRAMME);
    let known = coding.filter(|one| one.system == system && PROGRAMMES.contains(&one.code.as_str()));
    let Some(known) = known else {
        event.wrong("code", "one プログラム種別 is expected; 000 when it is not known");
        return None;
    };
    let programme = if known.code == "000" { String::new() } else { known.code };
    Some((programme, day?))
}

/// The findings in the order of the sections. Which section one stands in is not kept: its item says what it is.
fn sections<'a>(
    head: &Element<'a>,
    parts: &Parts<'a>,
    shared: &finding::Shared<'_>,
    problems: &'a Problems,
) -> Vec<ItemResult> {
    let (mut results, mut used) = (Vec::new(), BTreeSet::new());
    for section in head.children("section", SECTIONS.len()) {
        section.text("title", 200);
        narrative(&section);
        let code = section.child("code").and_then(|concept| only(&concept));
        if !code.is_some_and(|code| code.system == SECTION && SECTIONS.contains(&code.code.as_str())) {
            section.wrong("code", "a section of results or answers is expected");
        }
        for reference in section.children("entry", RESULTS) {
            let to = target(&reference);
            let found = parts.of("Observation").find(|part| Some(&part.url) == to.as_ref());
            match found {
                Some(part) if used.insert(part.place.as_str()) => {
                    let Some(result) = finding::read(part, shared, problems) else { continue };
                    match results.iter().find(|known: &&ItemResult| known.item == result.item) {
                        Some(known) if known.agrees_with(&result) => {}
                        Some(_) => {
                            problems.add(&part.place, "another Observation of this item says otherwise");
                        }
                        None => results.push(result),
                    }
                }
                _ => reference.wrong("reference", "an Observation that nothing else points at is expected"),
            }
        }
    }
    for part in parts.of("Observation").filter(|part| !used.contains(part.place.as_str())) {
        problems.add(&part.place, "no section points at this");
    }
    if used.is_empty() {
        head.wrong("section", "a checkup has at least one finding");
    }
    results
}

/// A narrative that repeats the entries.
fn narrative(section: &Element<'_>) {
    let Some(text) = section.child("text") else { return };
    if text.pointer("status").as_deref() != Some("generated") {
        text.wrong("status", "only a narrative that repeats the entries (generated) may be there");
    }
    text.raw("div");
}
