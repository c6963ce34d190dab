//! A checkup as a document.

use super::{CheckupComposition, DocumentReader, document};
use crate::fhir::{ExaminationContext, FhirResource, ResourceKind, ResultObservation, observation};
use serde_json::{Value, json};
use techo_model::{
    CalendarDate, UnixMillis,
    answer::ItemCode,
    checkup::{ItemResult, ItemValue},
};
use uuid::Uuid;

const WEIGHT: &str = "9N006000000000001";
const SMOKING: &str = "9N736000000000011";

fn address(name: &str) -> Uuid {
    let mut bytes = [0; 16];
    name.bytes().enumerate().for_each(|(at, byte)| bytes[at % 16] = byte.wrapping_add(bytes[at % 16]));
    Uuid::from_bytes(bytes)
}

fn made(class: &str, programme: &str, items: &[&str]) -> FhirResource {
    made_for(DocumentReader::Other, (class, programme), items)
}

fn made_for(reader: DocumentReader, (class, programme): (&str, &str), items: &[&str]) -> FhirResource {
    let day = CalendarDate::parse("2025-09-10").expect("a day");
    let of = ExaminationContext {
        patient: "p",
        examined_on: day,
        changed_at: UnixMillis(0),
        facility: "1319999999",
        facility_name: "架空健診センター",
    };
    let finding = |item: &&str| {
        let value = ItemValue::Text { text: "1".into() };
        let result = ItemResult {
            item: ItemCode((*item).into()),
            sender_name: None,
            value,
            judgement: None,
            range_low: None,
            range_high: None,
            method: None,
        };
        observation(&ResultObservation { id: format!("o-{item}"), of, result: &result })
    };
    let patient = FhirResource {
        kind: ResourceKind::Patient,
        id: "p".into(),
        changed_at: UnixMillis(0),
        when: None,
        tokens: Vec::new(),
        refers_to: Vec::new(),
        body: json!({ "resourceType": "Patient", "name": [{ "text": "山田花子" }] }),
    };
    document(&CheckupComposition {
        id: "b".into(),
        number: "n".into(),
        of,
        written_on: day,
        class,
        programme,
        reader,
        made_at: UnixMillis(0),
        patient: &patient,
        findings: &items.iter().map(finding).collect::<Vec<_>>(),
        address: &address,
    })
}

fn head(resource: &FhirResource) -> &Value {
    &resource.body["entry"][0]["resource"]
}

fn sections(resource: &FhirResource) -> Vec<&str> {
    let all = head(resource)["section"].as_array().expect("sections").iter();
    all.map(|section| section["code"]["coding"][0]["code"].as_str().expect("a code")).collect()
}

#[test]
fn results_and_answers_have_a_section_each_and_an_empty_one_is_not_there() {
    let both = [WEIGHT, SMOKING];
    assert_eq!(sections(&made("10", "010", &both)), ["01011", "01012"]);
    assert_eq!(sections(&made("10", "010", &[SMOKING])), ["01012"]);
    assert_eq!(sections(&made("10", "020", &both)), ["01021", "01022"]);
    assert_eq!(sections(&made("41", "030", &both)), ["01031", "01032"]);
    assert_eq!(sections(&made("90", "", &[WEIGHT])), ["01910"]);
}

#[test]
fn a_class_or_a_programme_that_tells_of_a_pregnancy_or_of_what_was_screened_is_said_in_general() {
    let code = |resource: &FhirResource, at: &str| head(resource).pointer(at).cloned().expect("a code");
    for (class, said) in
        [("10", "10"), ("40", "40"), ("41", "41"), ("42", "40"), ("43", "40"), ("44", "40"), ("90", "90")]
    {
        assert_eq!(code(&made(class, "", &[WEIGHT]), "/category/0/coding/0/code"), said);
    }
    for (programme, said) in [("010", "010"), ("060", "000"), ("090", "000"), ("", "000"), ("990", "990")] {
        assert_eq!(code(&made("10", programme, &[WEIGHT]), "/event/0/code/0/coding/0/code"), said);
    }
}

#[test]
fn its_author_is_told_the_class_and_the_programme_that_it_said() {
    for (class, programme) in [("42", "040"), ("43", "060"), ("44", "090"), ("40", "010"), ("10", "990")] {
        let resource = made_for(DocumentReader::Author, (class, programme), &[WEIGHT]);
        let code = |at: &str| head(&resource).pointer(at).cloned().expect("a code");
        assert_eq!(code("/category/0/coding/0/code"), class);
        assert_eq!(code("/event/0/code/0/coding/0/code"), programme);
    }
}

#[test]
fn what_nobody_told_us_is_marked_as_absent_and_an_address_as_withheld() {
    let resource = made("10", "010", &[WEIGHT]);
    let of = |kind: &str| {
        let all = resource.body["entry"].as_array().expect("entries").iter().map(|entry| &entry["resource"]);
        all.clone().find(|body| body["resourceType"] == kind).expect("the entry").clone()
    };
    let why = |value: &Value| value["extension"][0]["valueCode"].clone();
    assert_eq!(why(&of("Patient")["address"][0]["_text"]), "masked");
    assert_eq!(why(&of("Patient")["name"][0]["_family"]), "unknown");
    assert_eq!(why(&of("Practitioner")["name"][0]), "unknown");
    assert_eq!(why(&head(&resource)["extension"][0]["_valueString"]), "unknown");
}
