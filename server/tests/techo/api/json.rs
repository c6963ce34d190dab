//! JSON that two readers could read in two ways is refused with its place, whatever door it comes to.

use crate::fixtures::systems::{SUBMIT, SystemsApi, each_systems_api};
use axum::{body::Body, http::Method};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use techo_model::organisation::OrganisationKind;
use techo_testkit::browser::HttpAnswer;

const SCOPES: &str = "system/CoverageEligibilityRequest.c system/DiagnosticReport.c system/Observation.c \
    system/Immunization.c system/Bundle.c system/Flag.cu";

async fn send(api: &SystemsApi, token: &str, (method, path): (Method, &str), body: &str) -> HttpAnswer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/fhir+json")];
    api.client().send(method, path, &headers, Body::from(body.to_owned())).await
}

#[tokio::test]
async fn a_name_twice_is_refused_at_every_door_that_reads_json() {
    for api in each_systems_api().await {
        let hospital = api.register(3, OrganisationKind::Hospital).await;
        let answer = api.ask_token(&hospital.key.jwt(&api.claims(&hospital)), SCOPES).await;
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        let flag = format!("/fhir/Flag/{}", api.app.installation.custody.environment.new_id());
        for (method, path, root) in [
            (Method::POST, SUBMIT, "CoverageEligibilityRequest"),
            (Method::POST, "/fhir/CoverageEligibilityRequest/$submit-batch", "Bundle"),
            (Method::POST, "/fhir/DiagnosticReport", "DiagnosticReport"),
            (Method::POST, "/fhir/Immunization", "Immunization"),
            (Method::POST, "/fhir/Bundle", "Bundle"),
            (Method::POST, "/fhir", "Bundle"),
            (Method::POST, "/fhir/Flag", "Flag"),
            (Method::PUT, flag.as_str(), "Flag"),
        ] {
            let body = r#"{"resourceType":"?","a":[{"status":"final","stat\u0075s":"amended"}]}"#;
            let refused = send(&api, &token, (method, path), &body.replace('?', root)).await;
            assert_eq!(refused.status, 400, "{} {path}: {}", api.engine(), refused.text);
            let issue = &refused.json()["issue"][0];
            assert_eq!(issue["expression"], json!([format!("{root}.a[0].status")]), "{path}");
            assert!(issue["diagnostics"].as_str().unwrap().contains("twice"), "{path}: {}", refused.text);
        }
        let card = STANDARD.encode(r#"{"format":"web-eid:1.0","format":"web-eid:1.0"}"#);
        let refused = api.submit(&token, "urn:techo:card", &card).await;
        assert!(refused.status == 400 && refused.text.contains("format: this name"), "{}", refused.text);
    }
}

#[tokio::test]
async fn an_assertion_with_a_name_twice_is_refused() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let (id, claims) = (clinic.key.id(), api.claims(&clinic).to_string());
        let header = format!(r#"{{"alg":"ES384","typ":"JWT","kid":"{id}"}}"#);
        let twice = claims.replacen('{', r#"{"iss":"1310000099","#, 1);
        let context = claims.replacen(r#""version":"1""#, r#""version":"1","version":"1""#, 1);
        let headed = header.replacen('{', r#"{"alg":"none","#, 1);
        for (header, claims) in [(&header, &twice), (&header, &context), (&headed, &claims)] {
            let refused = api.ask_token(&clinic.key.jws(header, claims), "system/Patient.rs").await;
            assert_eq!((refused.status, &refused.json()["error"]), (401, &json!("invalid_client")));
        }
        let good = api.ask_token(&clinic.key.jws(&header, &claims), "system/Patient.rs").await;
        assert_eq!(good.status, 200, "{}", good.text);
    }
}

#[tokio::test]
async fn a_name_twice_is_refused_in_the_forms_of_the_portal() {
    for api in each_systems_api().await {
        let mut browser = api.app.browser();
        browser.get("/sign-in").await;
        let headers = [
            ("content-type", "application/json"),
            ("sec-fetch-site", "same-origin"),
            ("origin", crate::fixtures::ORIGIN),
        ];
        for (path, body, place) in [
            ("/card/challenge", r#"{"purpose":"link","purpose":"enrol"}"#, "purpose"),
            ("/card/token", r#"{"token":{"format":"1","format":"1"}}"#, "token.format"),
            ("/passkey/register/finish", r#"{"response":{"a":1,"a":1}}"#, "response.a"),
            ("/passkey/sign-in/finish", r#"{"id":"a","id":"b"}"#, "id"),
        ] {
            let refused = browser.send(Method::POST, path, &headers, Body::from(body)).await;
            assert_eq!(refused.status, 400, "{} {path}: {}", api.engine(), refused.text);
            let detail = format!("{place}: this name stands twice in one object");
            assert_eq!(refused.json()["detail"], detail, "{path}");
            assert_eq!(refused.json()["type"], "urn:techo:problem:bad-request");
        }
    }
}
