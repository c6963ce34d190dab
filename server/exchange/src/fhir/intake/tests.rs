//! The strict reader of what is sent.

use super::{DocumentSender, SentReport, diagnostic_report, transaction};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use techo_model::{
    CalendarDate, UnixMillis,
    consent::Label,
    laboratory::{Comparator, ReportStatus, ResultValue},
};

const JLAC10: &str = "urn:oid:1.2.392.200119.4.504";

fn sender() -> DocumentSender<'static> {
    let noon = UnixMillis::parse_rfc3339("2026-11-23T12:00:00+09:00").expect("an instant");
    DocumentSender { number: "1310000001", now: noon }
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
    let told = |problem: crate::fhir::request::RequestProblem| problem.to_string();
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
    let wrong: [(&str, Value, &str); 13] = [
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
        ("/effectiveDateTime", "2026-11/20".into(), "DiagnosticReport.effectiveDateTime:"),
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

#[test]
fn a_number_keeps_its_digits_and_one_that_nobody_can_have_is_refused() {
    let sent = |value: &str, unit: &str| {
        let text = report().to_string().replace("0.5", value).replace("mg/dL", unit);
        let body = super::sent_json(text.as_bytes(), "DiagnosticReport").expect("JSON");
        read(&body).map(|sent| match &sent.report.results[0].value {
            ResultValue::Quantity { text, .. } => text.clone(),
            other => panic!("{other:?}"),
        })
    };
    for (value, kept) in [("5.60", "5.60"), ("8.0", "8.0"), ("5.60e0", "5.60"), ("7", "7"), ("0.00", "0.00")]
    {
        assert_eq!(sent(value, "mg/dL").as_deref(), Ok(kept));
    }
    assert_eq!(sent("123456789.123456789", "pmol/L").as_deref(), Ok("123456789.123456789"));
    for (value, unit) in [("-0.5", "mg/dL"), ("-0.5", "mmol/L"), ("123456.0", "mg/dL")] {
        let refused = sent(value, unit).expect_err(value);
        assert!(refused[0].starts_with("DiagnosticReport.contained[0].valueQuantity:"), "{refused:?}");
    }
    let long = sent("123456789012345678901", "mg/dL").expect_err("too long");
    assert!(long[0].contains("at most 20 digits"), "{long:?}");
}

#[test]
fn a_time_of_a_result_that_is_not_the_reports_is_refused() {
    let with = |own: &str| changed(|body| body["contained"][0]["effectiveDateTime"] = own.into());
    for same in ["2026-11-22T23:30:00Z", "2026-11-23T08:30:00+09:00", "2026-11-23"] {
        assert!(with(same).is_ok(), "{same}");
    }
    for other in ["2026-11-23T08:31:00+09:00", "2026-11-22"] {
        let refused = with(other).expect_err(other);
        assert!(refused[0].starts_with("DiagnosticReport.contained[0].effectiveDateTime:"), "{refused:?}");
    }
    let lost = changed(|body| {
        body["effectiveDateTime"] = "2026-11-23".into();
        body["contained"][0]["effectiveDateTime"] = "2026-11-23T08:30:00+09:00".into();
    });
    assert!(lost.is_err(), "the report has no time to keep");
}

#[test]
fn letters_that_nobody_sees_and_addresses_that_could_be_parted_twice_are_refused() {
    for (place, value) in [
        ("/contained/0/code/text", "尿\u{202E}酸"),
        ("/contained/0/code/text", "\u{200B}"),
        ("/identifier/0/system", "urn:a|b"),
    ] {
        let refused = changed(|body| *body.pointer_mut(place).expect("a place") = value.into());
        assert!(refused.is_err(), "{place}: {value:?}");
    }
    let sent = changed(|body| body["identifier"][0]["value"] = "1|2".into()).expect("a value may have one");
    assert_eq!(sent.report.identifier, "urn:example:reports|1|2");
}

fn dose(change: impl FnOnce(&mut Value)) -> Result<techo_model::vaccination::SentDose, Vec<String>> {
    let series = json!({ "system": "urn:techo:fhir:vaccine", "code": "influenza" });
    let mut body = json!({
        "resourceType": "Immunization", "status": "completed", "vaccineCode": { "coding": [series] },
        "patient": { "identifier": { "system": "urn:techo:clinic-code", "value": "the-code" } },
        "occurrenceDateTime": "2026-11-20",
        "doseQuantity": { "value": 0.5, "system": "http://unitsofmeasure.org", "code": "mL" },
        "protocolApplied": [{ "doseNumberPositiveInt": 1 }],
    });
    change(&mut body);
    let told = |problem: crate::fhir::request::RequestProblem| problem.to_string();
    let read = super::immunization(&body, sender());
    read.map(|(_, dose)| dose).map_err(|all| all.into_iter().map(told).collect())
}

#[test]
fn a_dose_has_the_bounds_that_it_has_in_a_file_and_a_day_that_is_one_day() {
    for (value, microlitres) in
        [(json!(0.5), 500), (json!(0.25), 250), (json!(10), 10_000), (json!(1), 1_000)]
    {
        let read = dose(|body| body["doseQuantity"]["value"] = value).expect("an amount");
        assert_eq!(read.amount_microlitres, Some(microlitres));
    }
    for value in [json!(10.001), json!(0.0001), json!(0), json!(-1), json!("1")] {
        assert!(dose(|body| body["doseQuantity"]["value"] = value.clone()).is_err(), "{value}");
    }
    assert!(dose(|body| body["protocolApplied"][0]["doseNumberPositiveInt"] = 20.into()).is_ok());
    assert!(dose(|body| body["protocolApplied"][0]["doseNumberPositiveInt"] = 21.into()).is_err());
    let on = |text: &str| dose(|body| body["occurrenceDateTime"] = text.into());
    for same in ["2026-11-20T10:00:00+09:00", "2026-11-20T01:00:00Z"] {
        assert_eq!(on(same).expect(same).given_on.to_string(), "2026-11-20");
    }
    let other = on("2026-11-20T20:00:00Z").expect_err("the 21st in Japan");
    assert!(other[0].contains("in Japan this is another day"), "{other:?}");
}
