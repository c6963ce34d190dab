//! The strict reader of what is sent.

use super::{Sender, SentReport, diagnostic_report, transaction};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use techo_model::{
    CalendarDate, UnixMillis,
    consent::Label,
    laboratory::{Comparator, ReportStatus, ResultValue},
};

const JLAC10: &str = "urn:oid:1.2.392.200119.4.504";

fn sender() -> Sender<'static> {
    let noon = UnixMillis::parse_rfc3339("2026-11-23T12:00:00+09:00").expect("an instant");
    Sender { number: "1310000001", now: noon }
}

fn report() -> Value {
    json!({
        "resourceType": "DiagnosticReport", "id": "mine", "status": "final",
        "identifier": [{ "system": "urn:example:reports", "value": "1" }],
        "category": [{ "coding": [{ "system": "http://loinc.org", "code": "LP29693-6" }] }],
        "code": { "coding": [{ "system": "http://loinc.org", "code": "11502-2" }] },
        "subject": { "identifier": { "system": "urn:techo:clinic-code", "value": "the-code" } },
        "effectiveDateTime": "2026-11-22T23:30:00Z",
        "contained": [{
            "resourceType": "Observation", "id": "a", "status": "final",
            "category": [{ "coding": [{ "system":
                "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory" }] }],
            "code": { "coding": [{ "system": JLAC10, "code": "3C020000002327101" }], "text": "尿酸" },
            "valueQuantity": { "value": 0.5, "unit": "mg/dL", "comparator": "<" },
        }],
        "result": [{ "reference": "#a" }],
    })
}

fn changed(change: impl FnOnce(&mut Value)) -> Result<SentReport, Vec<String>> {
    let mut body = report();
    change(&mut body);
    read(&body)
}

fn read(body: &Value) -> Result<SentReport, Vec<String>> {
    let told = |problem: crate::eligibility::request::RequestProblem| problem.to_string();
    diagnostic_report(body, sender()).map_err(|all| all.into_iter().map(told).collect())
}

#[test]
fn a_report_is_read_with_its_day_in_japan() {
    let sent = read(&report()).expect("a good report");
    assert_eq!((sent.code.as_str(), sent.report.identifier.as_str()), ("the-code", "urn:example:reports|1"));
    assert_eq!(sent.report.examined_on, CalendarDate::parse("2026-11-23").expect("a date"));
    assert_eq!(sent.report.status, ReportStatus::Final);
    let [result] = sent.report.results.as_slice() else { panic!("one result") };
    let expected = ResultValue::Quantity {
        text: "0.5".into(),
        unit: "mg/dL".into(),
        ucum: None,
        comparator: Some(Comparator::Below),
    };
    assert_eq!((result.name.as_str(), &result.value), ("尿酸", &expected));
}

#[test]
fn labels_of_others_are_understood_and_unknown_ones_are_refused() {
    let labelled = |code: &str| {
        changed(|body| {
            body["meta"] = json!({ "security": [
                { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code }] });
        })
    };
    assert_eq!(labelled("HIV").expect("a label").report.labels, BTreeSet::from([Label::HivSti]));
    assert_eq!(labelled("CEL").expect_err("no label of ours").len(), 1);
}

#[test]
fn whatever_would_not_be_kept_is_refused_by_its_place() {
    let wrong: [(&str, Value, &str); 12] = [
        ("/presentedForm", json!([]), "DiagnosticReport.presentedForm:"),
        ("/_status", json!({}), "DiagnosticReport._status:"),
        ("/subject/reference", "Patient/1".into(), "DiagnosticReport.subject.reference:"),
        ("/result/0/extension", json!([]), "DiagnosticReport.result[0].extension:"),
        ("/text", json!({ "status": "additional", "div": "<div/>" }), "DiagnosticReport.text.status:"),
        ("/contained/0/component", json!([]), "DiagnosticReport.contained[0].component:"),
        (
            "/contained/0/valueQuantity/value",
            "5".into(),
            "DiagnosticReport.contained[0].valueQuantity.value:",
        ),
        ("/contained/0/code/text", "a\u{7}b".into(), "DiagnosticReport.contained[0].code.text:"),
        ("/contained/0/status", "unknown".into(), "DiagnosticReport.contained[0].status:"),
        ("/effectiveDateTime", "2026-11".into(), "DiagnosticReport.effectiveDateTime:"),
        ("/issued", "2026-11-24T00:00:00+09:00".into(), "DiagnosticReport.issued:"),
        ("/category/0/coding/0/code", "RAD".into(), "DiagnosticReport.category[0].coding:"),
    ];
    for (place, value, told) in wrong {
        let (parent, name) = place.rsplit_once('/').expect("a place");
        let refused = changed(|body| body.pointer_mut(parent).expect("a parent")[name] = value);
        let refused = refused.expect_err(place);
        assert!(refused.iter().any(|problem| problem.starts_with(told)), "{place}: {refused:?}");
    }
}

#[test]
fn an_observation_that_no_result_points_at_and_one_that_two_point_at_are_refused() {
    let lost = changed(|body| drop(body["result"].as_array_mut().expect("a list").pop()));
    assert!(lost.is_err_and(|all| all.iter().any(|told| told.starts_with("DiagnosticReport.contained[0]:"))));
    let twice = changed(|body| body["result"] = json!([{ "reference": "#a" }, { "reference": "#a" }]));
    assert!(twice.is_err_and(|all| all[0].starts_with("DiagnosticReport.result[1].reference:")));
}

#[test]
fn a_uuid_that_ends_in_digits_is_no_my_number_but_the_digits_alone_may_be() {
    let with = |value: &str| changed(|body| body["identifier"][0]["value"] = value.into());
    assert!(with("urn:uuid:0190f000-0000-7000-8000-123456789018").is_ok());
    for number in ["123456789018", "1234 5678 9018", "１２３４・５６７８・９０１８", "番号23456789013"]
    {
        let told = with(number).expect_err(number);
        assert!(told[0].contains("個人番号") && !told[0].contains("part"), "{told:?}");
    }
    assert!(with("2026-11230015").is_ok());
}

#[test]
fn a_transaction_says_the_same_and_remembers_which_entry_became_what() {
    let mut report = report();
    let parts = report["contained"].take();
    report.as_object_mut().expect("an object").remove("contained");
    report["result"][0]["reference"] = "urn:uuid:a".into();
    let entry = |address: &str, resource: &Value| {
        json!({ "fullUrl": address, "resource": resource,
            "request": { "method": "POST", "url": resource["resourceType"] } })
    };
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction",
        "entry": [entry("urn:uuid:a", &parts[0]), entry("urn:uuid:r", &report)] });
    let sent = transaction(&bundle, sender()).expect("a good transaction");
    assert_eq!(sent.report, read(&self::report()).expect("a good report").report);
    assert_eq!(sent.entries, [Some(0), None]);
    let mut wrong = bundle.clone();
    wrong["entry"][0]["request"]["ifNoneExist"] = "x".into();
    wrong["type"] = "batch".into();
    let told = transaction(&wrong, sender()).expect_err("two faults");
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn no_body_makes_the_reader_fall() {
    for body in
        [json!(null), json!([]), json!({}), json!({ "resourceType": "DiagnosticReport", "contained": 1 })]
    {
        assert!(read(&body).is_err(), "{body}");
        assert!(transaction(&body, sender()).is_err(), "{body}");
    }
}
