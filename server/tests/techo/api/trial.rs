//! What `techo org try` prints, sent as it is printed.

use crate::fixtures::systems::{API, Clinic, SUBMIT, SystemsApi, each_systems_api, seconds, share_code};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::{fs, process::Command};
use techo_testkit::browser::HttpAnswer;

/// The lines of a shell, taken apart.
struct Lines {
    scope: String,
    claims: Value,
    path: String,
    body: Value,
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before:?} in {text}")).1;
    rest.split_once(after).map_or(rest, |(found, _)| found)
}

fn printed(clinic: &Clinic, purpose: &str) -> Lines {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.private.json");
    fs::write(&key, clinic.key.private_jwk()).unwrap();
    let data = format!("DATA_DIR={}", folder.path().display());
    let output = Command::new(env!("CARGO_BIN_EXE_techo"))
        .args(["org", "try", &clinic.organisation.id, "--purpose", purpose, "--key"])
        .arg(&key)
        .args(["--set", &data, "--set", &format!("API_URL={API}")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let claims = between(&text, "client_assertion=", " ").split('.').nth(1).unwrap();
    Lines {
        scope: between(&text, "'scope=", "'").to_owned(),
        claims: serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap(),
        path: between(&text, &format!("curl -s '{API}/fhir"), "'").to_owned(),
        body: serde_json::from_str(&format!("{{{}", between(&text, "-d '{", "'\n"))).unwrap(),
    }
}

/// Sends the lines. Signed anew with the time of the test, which is not that of the program.
async fn sent(api: &SystemsApi, clinic: &Clinic, mut lines: Lines) -> HttpAnswer {
    let now = seconds(api);
    (lines.claims["iat"], lines.claims["exp"]) = (json!(now), json!(now + 240));
    let token = api.ask_token(&clinic.key.jwt(&lines.claims), &lines.scope).await;
    assert_eq!(token.status, 200, "{}: {}", api.engine(), token.text);
    let token = token.json()["access_token"].as_str().unwrap().to_owned();
    let body = lines.body.to_string().replace("12345678", &share_code(api, 1).await);
    api.post(&token, &format!("/fhir{}", lines.path), &serde_json::from_str(&body).unwrap()).await
}

#[tokio::test]
async fn what_org_try_prints_for_an_emergency_declares_one() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let answer = sent(&api, &hospital, printed(&hospital, "ETREAT")).await;
        assert_eq!(answer.status, 201, "{}: {}", api.engine(), answer.text);
    }
}

#[tokio::test]
async fn what_org_try_prints_for_treatment_asks_about_insurance() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let lines = printed(&clinic, "TREAT");
        assert_eq!(format!("/fhir{}", lines.path), SUBMIT);
        let answer = sent(&api, &clinic, lines).await;
        assert_eq!(answer.status, 200, "{}: {}", api.engine(), answer.text);
    }
}
