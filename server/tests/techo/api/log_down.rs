//! Without the access log nothing leaves through the door for systems, whatever the answer would have been.

use crate::{
    api::{
        emergency::{flag, known},
        records::{ALL, Reader, fill, share},
    },
    fixtures::{
        systems::{API, SUBMIT, SystemsApi, each_systems_api, share_code},
        with_log,
    },
};
use axum::{body::Body, http::Method};
use serde_json::{Value, json};
use techo::api::{self, ApiState};
use techo_audit::log::LogWriter;
use techo_custody::Custody;
use techo_store::{Stores, testing};
use techo_testkit::browser::{HttpAnswer, TestBrowser};

const KINDS: [&str; 5] = ["Patient", "Observation", "DiagnosticReport", "Immunization", "Coverage"];

/// The same door with a log whose database is gone.
async fn without_log(api: &SystemsApi) -> TestBrowser {
    let elsewhere = testing::sqlite().await;
    let custody = api.app.installation.custody.clone();
    let stores = Stores { records: elsewhere.stores.records.clone(), ..custody.stores.clone() };
    let services = with_log(&api.app.services, LogWriter::start(Custody { stores, ..custody }));
    elsewhere.stores.records.db().close().await;
    TestBrowser::new(api::router(ApiState::new(&services)), API)
}

fn says_nothing(answer: &HttpAnswer, what: &str, code: &str) {
    assert!(answer.status >= 500, "{what}: {} {}", answer.status, answer.text);
    for told in ["山田", "ﾔﾏﾀﾞ", "AB12", "架空", code, "1975-04-01"] {
        assert!(!answer.text.contains(told), "{what}: {}", answer.text);
    }
}

async fn ask(
    client: &mut TestBrowser,
    token: &str,
    method: Method,
    (path, body): (&str, &Value),
) -> HttpAnswer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/fhir+json")];
    client.send(method, path, &headers, Body::from(body.to_string())).await
}

#[tokio::test]
async fn without_the_log_no_kind_of_record_is_searched_read_or_included() {
    for api in each_systems_api().await {
        fill(&api).await;
        share(&api, &ALL).await;
        let clinic = api.clinic().await;
        let reader = Reader::new(&api, &clinic).await;
        let mut paths = Vec::new();
        for kind in KINDS {
            let by = if kind == "Patient" { "_id" } else { "patient" };
            let search = format!("/fhir/{kind}?{by}={}", reader.code);
            let found = reader.get(&search).await.json();
            let id = found["entry"][0]["resource"]["id"].as_str();
            let id = id.unwrap_or_else(|| panic!("{kind} is found while there is a log: {found}"));
            paths.extend([format!("/fhir/{kind}/{id}"), search]);
        }
        let document = format!("/fhir/Bundle?composition.patient={}", reader.code);
        let found = reader.get(&document).await.json();
        let id = found["entry"][0]["resource"]["id"].as_str().unwrap();
        paths.extend([format!("/fhir/Bundle/{id}"), document]);
        paths.push(format!("/fhir/Immunization?patient={}&_include=Immunization:patient", reader.code));
        paths.push(format!("/fhir/Observation/{}.0123456789abcdef", reader.code));
        let mut client = without_log(&api).await;
        for path in paths {
            let answer = ask(&mut client, &reader.token, Method::GET, (&path, &Value::Null)).await;
            says_nothing(&answer, &format!("{} {path}", api.engine()), &reader.code);
        }
    }
}

#[tokio::test]
async fn without_the_log_nobody_learns_whether_somebody_is_insured() {
    for api in each_systems_api().await {
        fill(&api).await;
        share(&api, &ALL).await;
        let clinic = api.clinic().await;
        let reader = Reader::new(&api, &clinic).await;
        let mut client = without_log(&api).await;
        let by_code = api.request("urn:techo:clinic-code", &reader.code);
        let shown = share_code(&api, 1).await;
        let by_share_code = api.request("urn:techo:share-code", &shown);
        let batch =
            json!({ "resourceType": "Bundle", "type": "batch", "entry": [{ "resource": by_code.clone() }] });
        for (path, body) in [
            (SUBMIT, &by_code),
            (SUBMIT, &by_share_code),
            ("/fhir/CoverageEligibilityRequest/$submit-batch", &batch),
        ] {
            let answer = ask(&mut client, &reader.token, Method::POST, (path, body)).await;
            says_nothing(&answer, &format!("{} {path}", api.engine()), &reader.code);
        }
        let bearer = format!("Bearer {}", reader.token);
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/fhir+json"),
            ("accept", "application/xml"),
        ];
        let xml = client.send(Method::POST, SUBMIT, &headers, Body::from(by_code.to_string())).await;
        says_nothing(&xml, &format!("{} XML", api.engine()), &reader.code);
    }
}

#[tokio::test]
async fn without_the_log_nobody_is_told_from_somebody_by_code_share_code_or_name() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let mut client = without_log(&api).await;
        let mut stranger = known();
        stranger["birthDate"] = json!("1931-01-01");
        let unknown = api.request("urn:techo:clinic-code", "018f0000-0000-7000-8000-000000000000");
        let wrong = api.request("urn:techo:share-code", "00000000");
        let absent = flag("意識がなく、既往とアレルギーを確かめる", &stranger);
        for (path, body) in [(SUBMIT, &unknown), (SUBMIT, &wrong), ("/fhir/Flag", &absent)] {
            let answer = ask(&mut client, &token, Method::POST, (path, body)).await;
            assert!(answer.status >= 500, "{} {path}: {}", api.engine(), answer.text);
        }
    }
}
