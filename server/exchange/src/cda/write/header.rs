//! Who, where and when: everything before the structured body.

use super::{DocumentEnvelope, PostalAddress, xml::Xml};
use crate::cda::oid;
use techo_model::checkup::CheckupDocument;

pub(super) fn write(xml: &mut Xml, document: &CheckupDocument, envelope: &DocumentEnvelope<'_>) {
    let facts = &document.facts;
    let written_on = facts.document_date.compact();
    xml.empty("typeId", &[("extension", "POCD_HD000040"), ("root", "2.16.840.1.113883.1.3")]);
    no_id(xml);
    xml.empty("code", &[("code", &facts.report_class), ("codeSystem", oid::REPORT_CLASS)]);
    xml.empty("effectiveTime", &[("value", &written_on)]);
    xml.empty("confidentialityCode", &[("code", "N")]);
    person(xml, document, envelope);
    xml.open("author", &[]);
    xml.empty("time", &[("value", &written_on)]);
    xml.open("assignedAuthor", &[]);
    no_id(xml);
    facility(xml, document, envelope);
    xml.close("assignedAuthor");
    xml.close("author");
    custodian(xml);
    examination(xml, document, envelope);
}

fn person(xml: &mut Xml, document: &CheckupDocument, envelope: &DocumentEnvelope<'_>) {
    let insured = &document.insured;
    xml.open("recordTarget", &[]);
    xml.open("patientRole", &[]);
    xml.empty("id", &[("extension", insured.insurer.as_str()), ("root", oid::INSURER)]);
    if let Some(symbol) = &insured.symbol {
        xml.empty("id", &[("extension", &full_width(symbol)), ("root", oid::SYMBOL)]);
    }
    xml.empty("id", &[("extension", &full_width(&insured.number)), ("root", oid::NUMBER)]);
    if let Some(branch) = &insured.branch {
        xml.empty("id", &[("extension", &format!("{branch:0>2}")), ("root", oid::BRANCH)]);
    }
    place(xml, envelope.person);
    xml.open("patient", &[]);
    if let Some(name) = &document.name {
        xml.leaf("name", name);
    }
    xml.empty("administrativeGenderCode", &[("code", document.sex.as_str()), ("codeSystem", oid::SEX)]);
    xml.empty("birthTime", &[("value", &document.birth_date.compact())]);
    xml.close("patient");
    xml.close("patientRole");
    xml.close("recordTarget");
}

fn examination(xml: &mut Xml, document: &CheckupDocument, envelope: &DocumentEnvelope<'_>) {
    let facts = &document.facts;
    xml.open("documentationOf", &[]);
    xml.open("serviceEvent", &[]);
    xml.empty("code", &[("code", &facts.programme), ("codeSystem", oid::PROGRAMME)]);
    xml.empty("effectiveTime", &[("value", &facts.examined_on.compact())]);
    xml.open("performer", &[("typeCode", "PRF")]);
    xml.open("assignedEntity", &[]);
    no_id(xml);
    facility(xml, document, envelope);
    xml.close("assignedEntity");
    xml.close("performer");
    xml.close("serviceEvent");
    xml.close("documentationOf");
}

fn facility(xml: &mut Xml, document: &CheckupDocument, envelope: &DocumentEnvelope<'_>) {
    xml.open("representedOrganization", &[]);
    xml.empty("id", &[("extension", &document.facts.facility), ("root", oid::FACILITY)]);
    xml.leaf("name", &document.facts.facility_name);
    xml.empty("telecom", &[("value", &format!("tel:{}", envelope.facility_phone))]);
    place(xml, envelope.facility);
    xml.close("representedOrganization");
}

fn custodian(xml: &mut Xml) {
    xml.open("custodian", &[]);
    xml.open("assignedCustodian", &[]);
    xml.open("representedCustodianOrganization", &[]);
    no_id(xml);
    xml.close("representedCustodianOrganization");
    xml.close("assignedCustodian");
    xml.close("custodian");
}

fn place(xml: &mut Xml, place: PostalAddress<'_>) {
    xml.open("addr", &[]);
    xml.leaf("postalCode", place.postal_code);
    xml.text(place.address);
    xml.close("addr");
}

fn no_id(xml: &mut Xml) {
    xml.empty("id", &[("nullFlavor", "NI")]);
}

fn full_width(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_graphic() { wide(c) } else { c }).collect()
}

/// Full-width forms stand at a fixed distance from ASCII.
fn wide(c: char) -> char {
    char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c)
}
