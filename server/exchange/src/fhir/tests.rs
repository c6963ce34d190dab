//! Searches, as a system writes them.

use super::{
    FhirResource, KINDS, ResourceKind, TimeSpan, bundle, capability, openapi, prune_empty,
    search::ResourceSearch,
};
use serde_json::{Value, json};
use techo_model::{CalendarDate, UnixMillis};

const CODE: &str = "018f0000-0000-7000-8000-000000000000";

fn read(kind: ResourceKind, pairs: &[(&str, &str)]) -> Result<ResourceSearch, String> {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    ResourceSearch::read(kind, &pairs).map_err(|problem| format!("{}: {}", problem.code, problem.text))
}

fn observation(date: &str, code: &str) -> FhirResource {
    let date = CalendarDate::parse(date).expect("a date");
    FhirResource {
        kind: ResourceKind::Observation,
        id: "x".into(),
        changed_at: UnixMillis::start_of(date),
        when: Some(TimeSpan::of_day(date)),
        tokens: vec![("code", "urn:oid:1.2.392.200119.6.1005".into(), code.into())],
        refers_to: Vec::new(),
        body: json!({}),
    }
}

#[test]
fn every_kind_has_one_line() {
    for facts in &KINDS {
        assert_eq!(ResourceKind::from_name(facts.name), Some(facts.kind));
        assert_eq!(facts.kind.name(), facts.name);
    }
}

#[test]
fn a_search_without_a_person_is_refused() {
    let refused = read(ResourceKind::Observation, &[("code", "9N001000000000001")]);
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
        ("date", "2026-05-20T10", "invalid: date: eq, ne"),
        ("date", "2026/05/20T10:00", "invalid: date: eq, ne"),
        ("date", "2026-05-20T1000", "invalid: date: eq, ne"),
        ("date", "2026-11/20", "invalid: date: eq, ne"),
        ("date", "2026|-11", "invalid: date: eq, ne"),
        ("code", "a\\b", "invalid: code: a backslash"),
        ("code", "a\\", "invalid: code: a backslash"),
        ("code", "a|b|c", "invalid: code: code, system|code"),
        ("_offset", "1", "not-supported: _offset is no parameter"),
        ("date", "2026-02-30", "invalid: date: eq, ne"),
        ("date", "2026-1-1", "invalid: date"),
        ("_count", "many", "invalid: _count"),
        ("_count", "0", "invalid: _count"),
        ("_count", "-1", "invalid: _count"),
        ("_format", "xml", "not-supported: _format"),
        ("code", "", "invalid: code"),
        ("a\"b", "", "not-supported: a parameter is"),
        ("patient", "018f0000-0000-7000-8000-000000000001", "invalid: patient: another"),
        ("patient", "Patient/1,2", "invalid: patient: one code"),
    ] {
        let refused = read(ResourceKind::Observation, &[("patient", CODE), (name, value)]);
        assert!(refused.as_ref().is_err_and(|text| text.starts_with(told)), "{name}={value}: {refused:?}");
    }
}

#[test]
fn a_search_says_how_many_once_and_is_not_longer_than_an_address() {
    let twice = read(ResourceKind::Observation, &[("patient", CODE), ("_count", "1"), ("_count", "1")]);
    assert!(twice.is_err_and(|told| told == "invalid: _count: this stands there twice"));
    let long = read(ResourceKind::Observation, &[("patient", CODE), ("code", &"x".repeat(4_000))]);
    assert!(long.is_err_and(|told| told.starts_with("too-long: ")));
    let most = read(ResourceKind::Observation, &[("patient", CODE), ("_count", "1000")]).expect("a search");
    assert_eq!(most.count, 200);
}

#[test]
fn a_search_by_form_keeps_ids_out_of_addresses_with_the_code() {
    let id = format!("{CODE}.0123456789");
    let search =
        read(ResourceKind::Observation, &[("patient", CODE), ("_id", &id), ("code", "a")]).expect("a search");
    assert_eq!(search.query_without_person(ResourceKind::Observation), "code=a");
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
        let search = read(ResourceKind::Observation, &[("patient", CODE), ("date", value)]).expect(value);
        assert_eq!(search.matches(&resource), holds, "{value}");
    }
    let at = "2026-05-19T15:00:00Z";
    let search =
        read(ResourceKind::Observation, &[("patient", CODE), ("_lastUpdated", at)]).expect("an instant");
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
        let search = read(ResourceKind::Observation, &[("patient", CODE), ("code", value)]).expect(value);
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
        let includes = if facts.includes.is_empty() { Value::Null } else { json!(facts.includes) };
        assert_eq!(told["searchInclude"], includes);
    }
}

#[test]
fn an_instant_is_compared_as_the_second_that_it_lasts() {
    let at = UnixMillis::parse_rfc3339("2026-05-20T10:00:00+09:00").expect("an instant");
    let mut resource = observation("2026-05-20", "a");
    resource.when = Some(TimeSpan::stated(at, "2026-05-20T10:00:00+09:00"));
    for (value, holds) in [
        ("2026-05-20T10:00:00+09:00", true),
        ("2026-05-20T01:00:00Z", true),
        ("2026-05-20T10:00+09:00", true),
        ("2026-05-20T10:00:00", true),
        ("2026-05-20T10:00:00 09:00", true),
        ("eq2026-05-20T10:00:00.000+09:00", false),
        ("ge2026-05-20T15:00:00+09:00", false),
        ("ge2026-05-20T10:00:00+09:00", true),
        ("gt2026-05-20T10:00:00+09:00", false),
        ("gt2026-05-20T09:59:59+09:00", true),
        ("le2026-05-20T10:00:00+09:00", true),
        ("lt2026-05-20T10:00:00+09:00", false),
        ("sa2026-05-20T09:59:59+09:00", true),
        ("sa2026-05-20T10:00:00+09:00", false),
        ("eb2026-05-20T10:00:01+09:00", true),
        ("eb2026-05-20T10:00:00+09:00", false),
        ("ne2026-05-20T10:00:00+09:00", false),
        ("2026-05-20", true),
        ("2026-05", true),
        ("sa2026-05-19", true),
        ("2020,2026-05-20", true),
        ("2020,2021", false),
    ] {
        let search = read(ResourceKind::Observation, &[("patient", CODE), ("date", value)]).expect(value);
        assert_eq!(search.matches(&resource), holds, "{value}");
    }
}

#[test]
fn a_report_is_found_by_the_instant_that_it_prints_and_by_an_identifier_with_a_bar_in_its_value() {
    let at = UnixMillis::parse_rfc3339("2026-05-20T10:00:00+09:00").expect("an instant");
    let labels = std::collections::BTreeSet::new();
    for text in [None, Some("2026-05-20T10:00:00+09:00")] {
        let of = super::LaboratoryReportFacts {
            patient: CODE,
            status: techo_model::laboratory::ReportStatus::Final,
            title: None,
            examined_on: CalendarDate::parse("2026-05-20").expect("a date"),
            examined_at: Some(super::StatedInstant { at, text }),
            issued_at: super::StatedInstant { at, text },
            changed_at: at,
            version: 1,
            sent_by: "1310000001",
            sender_name: "架空医院",
            labels: &labels,
            identifier: Some("urn:example|1|2"),
        };
        let report = super::laboratory_report("x", &of, &[]);
        let printed = report.body["effectiveDateTime"].as_str().expect("an instant").to_owned();
        for (name, value) in [("date", printed.as_str()), ("identifier", "urn:example|1\\|2")] {
            let search =
                read(ResourceKind::DiagnosticReport, &[("patient", CODE), (name, value)]).expect("a search");
            assert!(search.matches(&report), "{name}={value}");
        }
    }
}

#[test]
fn what_is_escaped_parts_nothing() {
    let mut resource = observation("2026-05-20", "GLU,F");
    resource.tokens[0].1 = "http://lab.example/a|b$c".into();
    for (value, holds) in [
        ("GLU\\,F", true),
        ("GLU,F", false),
        ("x,GLU\\,F", true),
        ("http://lab.example/a\\|b$c|GLU\\,F", true),
        ("http://lab.example/a\\|b\\$c|GLU\\,F", true),
        ("http://lab.example/a\\|b\\$c|", true),
    ] {
        let search = read(ResourceKind::Observation, &[("patient", CODE), ("code", value)]).expect(value);
        assert_eq!(search.matches(&resource), holds, "{value}");
    }
    resource.tokens[0].2 = "a\\".into();
    let search =
        read(ResourceKind::Observation, &[("patient", CODE), ("code", "a\\\\")]).expect("a backslash");
    assert!(search.matches(&resource));
}

/// A chart with so many observations, of a few days, with ids of their own.
fn chart(ids: impl Iterator<Item = u32>) -> Vec<FhirResource> {
    let one = |n: u32| {
        let mut resource = observation(&format!("2026-05-{:02}", 1 + n % 5), "a");
        resource.id = format!("{:04x}", n.wrapping_mul(40_503) % 65_536);
        resource
    };
    ids.map(one).collect()
}

#[test]
fn paging_loses_and_doubles_nothing_whatever_comes_or_goes_between_two_pages() {
    let first = read(ResourceKind::Observation, &[("patient", CODE), ("_count", "7")]).expect("a search");
    let before = chart(0..60);
    let all: std::collections::BTreeSet<String> = before.iter().map(|one| one.id.clone()).collect();
    for gone in 0..60 {
        let (mut search, mut seen) = (first.clone(), Vec::new());
        let mut now = before.clone();
        loop {
            let page = bundle::page(ResourceKind::Observation, &search, &now);
            seen.extend(page.found.iter().map(|one| one.id.clone()));
            // After the first page one is hidden, and others arrive.
            now = chart((0..60).filter(|n| *n != gone).chain(100..110));
            let Some(last) = page.found.last().filter(|_| page.goes_on) else { break };
            let sealed = first.continued(ResourceKind::Observation, last);
            search = ResourceSearch::take_up(ResourceKind::Observation, &sealed).expect("a page");
            assert!(ResourceSearch::take_up(ResourceKind::Coverage, &sealed).is_err());
        }
        let once: std::collections::BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(once.len(), seen.len(), "nothing is doubled");
        let hidden = &before[gone as usize].id;
        assert!(all.iter().all(|id| id == hidden || once.contains(id)), "nothing is lost");
    }
}

#[test]
fn nothing_is_empty_in_any_list_or_object() {
    let mut value = json!({ "a": [], "b": { "c": [{}, { "d": null }], "e": 0 }, "f": ["", false] });
    prune_empty(&mut value);
    assert_eq!(value, json!({ "b": { "e": 0 }, "f": ["", false] }));
    let statement = capability::statement("http://x", "1", "2026-11-27");
    let mut pruned = statement.clone();
    prune_empty(&mut pruned);
    assert_eq!(statement, pruned);
}
