//! Searches, as a system writes them.

use super::{KINDS, Kind, Resource, capability, openapi, search::Search};
use serde_json::json;
use techo_model::{CalendarDate, UnixMillis};

const CODE: &str = "018f0000-0000-7000-8000-000000000000";

fn read(kind: Kind, pairs: &[(&str, &str)]) -> Result<Search, String> {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Search::read(kind, &pairs).map_err(|problem| format!("{}: {}", problem.code, problem.text))
}

fn observation(date: &str, code: &str) -> Resource {
    let date = CalendarDate::parse(date).expect("a date");
    Resource {
        kind: Kind::Observation,
        id: "x".into(),
        changed_at: UnixMillis::start_of(date),
        date: Some(date),
        tokens: vec![("code", "urn:oid:1.2.392.200119.6.1005".into(), code.into())],
        refers_to: Vec::new(),
        body: json!({}),
    }
}

#[test]
fn every_kind_has_one_line() {
    for facts in &KINDS {
        assert_eq!(Kind::from_name(facts.name), Some(facts.kind));
        assert_eq!(facts.kind.name(), facts.name);
    }
}

#[test]
fn a_search_without_a_person_is_refused() {
    let refused = read(Kind::Observation, &[("code", "9N001000000000001")]);
    assert!(refused.is_err_and(|text| text.starts_with("required: one of patient, subject")));
}

#[test]
fn what_is_not_understood_is_refused_by_name() {
    for (name, value, told) in [
        ("pateint", CODE, "not-supported: pateint is no parameter"),
        ("code:in", "x", "not-supported: code:in has a modifier"),
        ("_include", "Observation:device", "not-supported: _include asks"),
        ("_sort", "date", "not-supported: _sort is no parameter"),
        ("date", "ap2026", "invalid: date: eq, ne"),
        ("date", "2026-02-30", "invalid: date: eq, ne"),
        ("date", "2026-1-1", "invalid: date"),
        ("_count", "many", "invalid: _count"),
        ("_format", "xml", "not-supported: _format"),
        ("code", "", "invalid: code"),
        ("a\"b", "", "not-supported: a parameter is"),
        ("patient", "018f0000-0000-7000-8000-000000000001", "invalid: patient: another"),
        ("patient", "Patient/1,2", "invalid: patient: one code"),
    ] {
        let refused = read(Kind::Observation, &[("patient", CODE), (name, value)]);
        assert!(refused.as_ref().is_err_and(|text| text.starts_with(told)), "{name}={value}: {refused:?}");
    }
}

#[test]
fn dates_are_compared_as_ranges_in_japan() {
    let resource = observation("2026-05-20", "a");
    for (value, holds) in [
        ("2026", true),
        ("2026-05", true),
        ("2026-05-20", true),
        ("eq2026-05-19", false),
        ("ne2026-05-20", false),
        ("ge2026-05-20", true),
        ("gt2026-05-20", false),
        ("gt2026-05-19", true),
        ("le2026-05-20", true),
        ("lt2026-05-20", false),
        ("sa2026-05", false),
        ("sa2026-04", true),
        ("eb2026-06", true),
        ("lt2026", false),
    ] {
        let search = read(Kind::Observation, &[("patient", CODE), ("date", value)]).expect(value);
        assert_eq!(search.matches(&resource), holds, "{value}");
    }
    let at = "2026-05-19T15:00:00Z";
    let search = read(Kind::Observation, &[("patient", CODE), ("_lastUpdated", at)]).expect("an instant");
    assert!(search.matches(&resource), "midnight in Japan");
}

#[test]
fn tokens_match_by_system_and_code_and_a_comma_is_an_or() {
    let resource = observation("2026-05-20", "a");
    for (value, holds) in [
        ("a", true),
        ("b", false),
        ("b,a", true),
        ("urn:oid:1.2.392.200119.6.1005|a", true),
        ("urn:oid:1.2.392.200119.6.1005|", true),
        ("http://loinc.org|a", false),
        ("|a", false),
    ] {
        let search = read(Kind::Observation, &[("patient", CODE), ("code", value)]).expect(value);
        assert_eq!(search.matches(&resource), holds, "{value}");
    }
}

#[test]
fn the_statement_and_the_document_name_the_same_types_and_parameters() {
    let statement = capability::statement("http://x", "1", "2026-11-27");
    let document = openapi::document("http://x", "1");
    for facts in &KINDS {
        assert!(document["paths"][format!("/fhir/{}", facts.name)]["get"].is_object());
        let told = statement["rest"][0]["resource"].as_array().expect("types");
        let told = told.iter().find(|told| told["type"] == facts.name).expect("the type");
        assert_eq!(told["searchInclude"], json!(facts.includes));
    }
}
