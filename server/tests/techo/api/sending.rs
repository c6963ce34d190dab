//! Sending laboratory results: who may, what becomes of them, and who sees them then.

use crate::fixtures::systems::{Clinic, SystemsApi, each_systems_api};
use axum::{body::Body, http::Method};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use techo_model::{
    RuleId, UnixMillis,
    consent::{
        Category, ConsentRule, ConsentState, DataPeriod, Effect, Grantee, Label, Purpose, RuleScope,
        RuleValidity, Switch,
    },
    organisation::OrganisationKind,
};
use techo_testkit::browser::HttpAnswer;

pub(super) const SCOPES: &str = "system/DiagnosticReport.crs system/Observation.crs system/Patient.rs";

pub const REPORT: &str = "/fhir/DiagnosticReport";

/// A hospital that knows the first person, and a family doctor.
pub struct Sent<'a> {
    pub api: &'a SystemsApi,
    pub hospital: Clinic,
    pub token: String,
    pub code: String,
}

pub async fn token(api: &SystemsApi, clinic: &Clinic, purpose: &str) -> String {
    let mut claims = api.claims(clinic);
    claims["extensions"]["hl7-b2b"]["purpose_of_use"] = json!([purpose]);
    let answer = api.ask_token(&clinic.key.jwt(&claims), SCOPES).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

/// The first person opts in, and shows clinics their laboratory results with these labels.
pub async fn share(api: &SystemsApi, labels: &[Label]) {
    let scope = api.citizen(1).await;
    let mut state = ConsentState::default();
    state.settings.clinics = Switch::On;
    state.rules.push(ConsentRule {
        id: RuleId(api.app.installation.custody.environment.new_id()),
        effect: Effect::Permit,
        grantee: Grantee::Class { class: OrganisationKind::Clinic },
        scope: RuleScope {
            categories: BTreeSet::from([Category::Laboratory]),
            labels: labels.iter().copied().collect(),
        },
        purpose: Purpose::Treatment,
        validity: RuleValidity { from: UnixMillis(0), until: None },
        data: DataPeriod::default(),
    });
    let base = api.app.state.reading.consent(&scope).await.unwrap().version;
    api.save(&scope, state, base).await;
}

impl<'a> Sent<'a> {
    pub async fn new(api: &'a SystemsApi) -> Self {
        share(api, &[]).await;
        let hospital = api.register(5, OrganisationKind::Hospital).await;
        let code = api.visit(&hospital, 1).await;
        let token = token(api, &hospital, "TREAT").await;
        Self { api, hospital, token, code }
    }

    pub fn report(&self) -> Value {
        report(&self.code)
    }

    pub async fn send(&self, body: &Value) -> HttpAnswer {
        self.api.post(&self.token, REPORT, body).await
    }

    /// What a clinic finds, and how many it is told there are.
    pub async fn found_by(&self, clinic: &Clinic, kind: &str) -> Vec<Value> {
        let code = self.api.visit(clinic, 1).await;
        let bearer = format!("Bearer {}", token(self.api, clinic, "TREAT").await);
        let path = format!("/fhir/{kind}?patient={code}&_count=200");
        let headers = [("authorization", bearer.as_str())];
        let answer = self.api.client().send(Method::GET, &path, &headers, Body::empty()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let bundle = answer.json();
        let entries = bundle["entry"].as_array().unwrap().iter();
        let matches = entries.filter(|one| one["search"]["mode"] == "match");
        let mut found: Vec<Value> = matches.map(|one| one["resource"].clone()).collect();
        // A search has an order of its own; tests speak of the order of the report.
        let place =
            |one: &Value| ["尿酸", "尿蛋白", "カリウム"].iter().position(|name| one["code"]["text"] == *name);
        found.sort_by_key(place);
        found
    }
}

/// Uric acid too high, urine protein in words, a potassium that could not be measured.
pub fn report(code: &str) -> Value {
    let laboratory = json!([{ "coding": [{ "system":
        "http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS", "code": "laboratory" }] }]);
    let test = |code: &str, name: &str| {
        json!({ "coding": [
        { "system": "urn:oid:1.2.392.200119.4.504", "code": code },
        { "system": "urn:example:hospital:tests", "code": "05104", "display": name } ], "text": name })
    };
    json!({
        "resourceType": "DiagnosticReport",
        "meta": { "profile": ["http://jpfhir.jp/fhir/core/StructureDefinition/JP_DiagnosticReport_LabResult"] },
        "identifier": [{ "system": "urn:example:hospital:reports", "value": "5234342" }],
        "status": "final",
        "category": [{ "coding": [{ "system": "http://loinc.org", "code": "LP29693-6" }] }],
        "code": { "coding": [{ "system": "http://jpfhir.jp/fhir/core/CodeSystem/JP_DocumentCodes_CS",
            "code": "11502-2" }], "text": "定期検査" },
        "subject": { "identifier": { "system": "urn:techo:clinic-code", "value": code } },
        "effectiveDateTime": "2026-11-20T08:30:00+09:00",
        "issued": "2026-11-20T11:45:33+09:00",
        "contained": [
            { "resourceType": "Observation", "id": "ua", "status": "final", "category": laboratory,
              "code": test("3C020000002327101", "尿酸"), "specimen": { "display": "血清" },
              "valueQuantity": { "value": 8.4, "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL" },
              "interpretation": [{ "coding": [{ "system":
                  "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "code": "H" }] }],
              "referenceRange": [{ "low": { "value": 3.7, "unit": "mg/dL" }, "high": { "value": 7.8, "unit": "mg/dL" } }] },
            { "resourceType": "Observation", "id": "up", "status": "final", "category": laboratory,
              "code": test("1A010000000190111", "尿蛋白"), "valueString": "(-)",
              "referenceRange": [{ "text": "(-)" }] },
            { "resourceType": "Observation", "id": "k", "status": "cancelled", "category": laboratory,
              "code": test("3H015000002326101", "カリウム"), "dataAbsentReason": { "text": "溶血のため" } },
        ],
        "result": [{ "reference": "#ua" }, { "reference": "#up" }, { "reference": "#k" }],
    })
}

/// The same as a transaction.
pub(super) fn transaction(report: &Value) -> Value {
    let mut report = report.clone();
    let parts = report.as_object_mut().unwrap().remove("contained").unwrap();
    let address = |id: &str| format!("urn:uuid:0190-{id}");
    for result in report["result"].as_array_mut().unwrap() {
        let id = result["reference"].as_str().unwrap().trim_start_matches('#').to_owned();
        result["reference"] = address(&id).into();
    }
    let entry = |address: String, resource: &Value| {
        json!({ "fullUrl": address, "resource": resource,
            "request": { "method": "POST", "url": resource["resourceType"] } })
    };
    let mut entries = vec![entry(address("report"), &report)];
    entries
        .extend(parts.as_array().unwrap().iter().map(|one| entry(address(one["id"].as_str().unwrap()), one)));
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries })
}

#[tokio::test]
async fn results_of_a_hospital_reach_the_family_doctor_within_consent_and_the_page_of_the_citizen() {
    for api in each_systems_api().await {
        let (mut browser, _) = api.app.enrolled(1).await;
        let sent = Sent::new(&api).await;
        let answer = sent.send(&sent.report()).await;
        assert_eq!(answer.status, 201, "{}: {}", api.engine(), answer.text);
        let stored = answer.json();
        let place = answer.header("location");
        assert!(
            place.ends_with(&format!("/fhir/DiagnosticReport/{}", stored["id"].as_str().unwrap())),
            "{place}"
        );
        assert_eq!(stored["performer"][0]["identifier"]["value"], sent.hospital.organisation.id.as_str());

        let doctor = api.clinic().await;
        let reports = sent.found_by(&doctor, "DiagnosticReport").await;
        assert_eq!(reports.len(), 1, "{}", api.engine());
        assert_eq!(reports[0]["performer"][0]["display"], "架空医院5");
        let results = sent.found_by(&doctor, "Observation").await;
        let values: Vec<_> = results.iter().map(|one| one["code"]["text"].as_str().unwrap()).collect();
        assert_eq!(values, ["尿酸", "尿蛋白", "カリウム"]);
        assert_eq!(results[0]["valueQuantity"]["value"], 8.4);
        assert_eq!(results[0]["referenceRange"][0]["high"]["value"], 7.8);
        assert_eq!(results[2]["dataAbsentReason"]["text"], "溶血のため");

        let list = browser.get("/checkups").await.text;
        assert!(list.contains("検査") && list.contains("架空医院5") && list.contains("3項目"), "{list}");
        let link = list.split("/checkups/laboratory/").nth(1).unwrap().split('"').next().unwrap();
        let page = browser.get(&format!("/checkups/laboratory/{link}")).await.text;
        for word in ["尿酸", "8.4 mg/dL", "高い", "3.7～7.8", "(-)", "溶血のため", "定期検査", "血清"]
        {
            assert!(page.contains(word), "{word}: {page}");
        }
        let notices = browser.get("/notices").await.text;
        assert!(notices.contains("検査結果が届きました"), "{notices}");
    }
}

#[tokio::test]
async fn the_same_report_again_changes_nothing_and_a_corrected_one_takes_its_place() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        let first = sent.send(&sent.report()).await;
        let lines = api.log_of(1).await.len();
        let again = sent.send(&sent.report()).await;
        assert_eq!(again.status, 200, "{}", again.text);
        assert_eq!(again.json(), first.json(), "{}", api.engine());
        assert_eq!(api.log_of(1).await.len(), lines, "nothing happened");
        let as_bundle = api.post(&sent.token, "/fhir", &transaction(&sent.report())).await;
        assert_eq!(as_bundle.status, 200, "{}", as_bundle.text);
        let entries = as_bundle.json()["entry"].clone();
        assert_eq!(entries[0]["response"]["status"], "200 OK", "the same in another wrapping");
        assert!(entries[3]["response"]["location"].as_str().unwrap().contains("/fhir/Observation/"));

        let mut corrected = sent.report();
        corrected["status"] = "corrected".into();
        corrected["contained"][0]["valueQuantity"]["value"] = 4.8.into();
        let answer = sent.send(&corrected).await;
        assert_eq!(
            (answer.status, &answer.json()["meta"]["versionId"]),
            (200, &"2".into()),
            "{}",
            answer.text
        );
        let found = sent.found_by(&api.clinic().await, "Observation").await;
        assert_eq!(found.len(), 3, "{}", api.engine());
        assert_eq!(found[0]["valueQuantity"]["value"], 4.8);
    }
}

#[tokio::test]
async fn a_report_that_was_entered_in_error_disappears_and_comes_back_only_when_it_is_sent_anew() {
    for api in each_systems_api().await {
        let (mut browser, _) = api.app.enrolled(1).await;
        let sent = Sent::new(&api).await;
        let mut wrong = sent.report();
        wrong["status"] = "entered-in-error".into();
        assert_eq!(sent.send(&wrong).await.status, 404, "nothing is there to be taken back");
        sent.send(&sent.report()).await;
        let doctor = api.clinic().await;
        assert_eq!(sent.found_by(&doctor, "Observation").await.len(), 3);
        let answer = sent.send(&wrong).await;
        assert_eq!((answer.status, &answer.json()["status"]), (200, &"entered-in-error".into()));
        assert!(sent.found_by(&doctor, "Observation").await.is_empty(), "{}", api.engine());
        assert!(!browser.get("/checkups").await.text.contains("架空医院5"));
        assert!(!browser.get("/records").await.text.contains("架空医院5"));
        let log = api.log_of(1).await;
        let writes: Vec<_> = log.iter().filter(|line| line["action"] == "write").collect();
        let changes: Vec<_> = writes.iter().map(|line| line["detail"]["change"].as_str().unwrap()).collect();
        assert_eq!(changes, ["new", "withdrawn"]);
        sent.send(&sent.report()).await;
        assert_eq!(sent.found_by(&doctor, "Observation").await.len(), 3, "{}", api.engine());
    }
}

#[tokio::test]
async fn the_write_stands_on_the_log_with_who_sent_it_and_never_a_value() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        sent.send(&sent.report()).await;
        let log = api.log_of(1).await;
        let line = log.iter().find(|line| line["action"] == "write").unwrap();
        assert_eq!((&line["category"], &line["purpose"]), (&"laboratory".into(), &"TREAT".into()));
        assert_eq!(line["actor"]["organisation"], sent.hospital.organisation.id.as_str());
        assert_eq!(line["actor"]["name"], "山本医師");
        assert_eq!(line["count"], 1);
        assert!(!line.to_string().contains("8.4") && !line.to_string().contains("尿酸"), "{line}");
    }
}

#[tokio::test]
async fn a_label_hides_results_until_a_permit_names_it() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        let mut labelled = sent.report();
        labelled["contained"][1]["meta"] =
            json!({ "security": [{ "system": "urn:techo:fhir:label", "code": "reproductive" }] });
        labelled["contained"][0]["code"]["coding"][0]["code"] = "5F560155002305211".into();
        assert_eq!(sent.send(&labelled).await.status, 201);
        let doctor = api.clinic().await;
        let names = |found: &[Value]| -> Vec<String> {
            found.iter().map(|one| one["code"]["text"].as_str().unwrap().to_owned()).collect()
        };
        let hidden = sent.found_by(&doctor, "Observation").await;
        assert_eq!(names(&hidden), ["カリウム"], "{}: HIV is known by its code", api.engine());
        let report = sent.found_by(&doctor, "DiagnosticReport").await.remove(0);
        assert_eq!(report["result"].as_array().unwrap().len(), 1, "and no gap in the report");
        share(&api, &[Label::Reproductive]).await;
        assert_eq!(names(&sent.found_by(&doctor, "Observation").await), ["尿蛋白", "カリウム"]);
        labelled["meta"] = json!({ "security": [
            { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY" }] });
        assert_eq!(sent.send(&labelled).await.status, 200);
        assert!(sent.found_by(&doctor, "DiagnosticReport").await.is_empty(), "{}", api.engine());
        let own = sent.found_by(&sent.hospital, "Observation").await;
        assert_eq!(own.len(), 3, "who supplied it sees it");
    }
}

#[tokio::test]
async fn a_report_that_is_not_mine_or_that_i_hide_is_seen_by_nobody_else() {
    for api in each_systems_api().await {
        let (mut browser, _) = api.app.enrolled(1).await;
        let sent = Sent::new(&api).await;
        sent.send(&sent.report()).await;
        let doctor = api.clinic().await;
        let list = browser.get("/checkups").await.text;
        let id = list.split("/checkups/laboratory/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let mark = browser.get(&format!("/consent/mark?kind=laboratory&id={id}")).await;
        assert_eq!(mark.status, 200, "{}", mark.text);
        let answer = browser.post_form("/records/report", &[("kind", "laboratory"), ("id", &id)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        assert!(sent.found_by(&doctor, "Observation").await.is_empty(), "{}", api.engine());
        assert!(sent.found_by(&sent.hospital, "Observation").await.is_empty(), "not even by its author");
        let page = browser.get(&format!("/checkups/laboratory/{id}")).await.text;
        assert!(page.contains("確認中") && !page.contains("8.4"), "{page}");
        assert_eq!(sent.send(&sent.report()).await.status, 200, "sending it again does not show it");
        assert!(sent.found_by(&doctor, "Observation").await.is_empty());
    }
}
