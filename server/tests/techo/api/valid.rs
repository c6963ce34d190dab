//! Every resource that leaves is judged by somebody else's validator, against base R4 and the profile that it names.

use crate::{
    api::{
        records::{ALL, Reader, fill, share},
        sending::Sent,
    },
    fixtures::systems::each_systems_api,
};
use serde_json::Value;
use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};
use techo_identity::access::testing::export_allowed;

/// What the validator says; none when the reference packages are not at hand.
pub fn judged(resources: &[Value]) -> Option<(bool, String)> {
    let Some(data) = std::env::var_os("TECHO_TEST_DATA") else {
        println!("skipped: TECHO_TEST_DATA is not set, so there are no packages to judge by");
        return None;
    };
    let end2end = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end");
    let mut validator = Command::new("node")
        .arg("fhir/validate.mjs")
        .arg(Path::new(&data).join("fhir"))
        .current_dir(end2end)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is installed by make test");
    let text = serde_json::to_vec(resources).unwrap();
    validator.stdin.take().unwrap().write_all(&text).unwrap();
    let output = validator.wait_with_output().unwrap();
    Some((output.status.success(), String::from_utf8(output.stdout).unwrap()))
}

#[tokio::test]
async fn every_resource_that_is_read_is_valid_fhir_and_keeps_its_profile() {
    let api = each_systems_api().await.remove(0);
    fill(&api).await;
    share(&api, &ALL).await;
    let clinic = api.clinic().await;
    let reader = Reader::new(&api, &clinic).await;
    let mut resources = Vec::new();
    for kind in ["Observation", "DiagnosticReport", "Immunization", "Coverage"] {
        let (found, _) = reader.search(kind, "&_count=200").await;
        assert!(!found.is_empty(), "{kind}");
        resources.extend(found);
    }
    resources.push(reader.get(&format!("/fhir/Patient/{}", reader.code)).await.json());
    resources.push(reader.get(&format!("/fhir/Immunization?patient={}", reader.code)).await.json());
    resources.push(reader.get("/fhir/metadata").await.json());
    resources.push(reader.get("/fhir/Observation").await.json());
    let asked = api.submit(&reader.token, "urn:techo:clinic-code", &reader.code).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    resources.push(asked.json());
    let allowed = export_allowed(&api.app.installation.custody, &api.citizen(1).await).await;
    let consent = api.app.state.reading.export_consent(&allowed).await.unwrap();
    resources.push(serde_json::from_str(&consent).unwrap());
    let token = api.token_of(&clinic, "dr-1").await;
    let flag = crate::api::emergency::flag("意識がなく、既往を確かめる", &crate::api::emergency::known());
    let declared = api.declare(&token, &flag).await;
    assert_eq!(declared.status, 201, "{}", declared.text);
    resources.push(declared.json());
    if let Some((valid, told)) = judged(&resources) {
        assert!(valid, "{told}");
    }
}

#[tokio::test]
async fn laboratory_results_leave_as_valid_fhir_and_so_does_the_answer_to_whoever_sent_them() {
    let api = each_systems_api().await.remove(0);
    let sent = Sent::new(&api).await;
    let mut report = sent.report();
    report["meta"]["security"] = serde_json::json!([{ "system": "urn:techo:fhir:label", "code": "genetic" }]);
    let stored = sent.send(&report).await;
    assert_eq!(stored.status, 201, "{}", stored.text);
    let mut resources = vec![stored.json(), sent.send(&serde_json::json!({})).await.json()];
    for kind in ["DiagnosticReport", "Observation"] {
        resources.extend(sent.found_by(&sent.hospital, kind).await);
    }
    assert_eq!(resources.len(), 6);
    if let Some((valid, told)) = judged(&resources) {
        assert!(valid, "{told}");
    }
}

#[test]
fn the_validator_can_say_no() {
    let wrong = serde_json::json!({
        "resourceType": "Immunization", "status": "given", "patient": 1,
        "meta": { "profile": ["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Immunization"] },
    });
    if let Some((valid, told)) = judged(&[wrong]) {
        assert!(!valid && told.contains("Immunization"), "{told}");
    }
}
