//! Emergencies through the door for systems: an hour for one clinician and one person, told at once.

use crate::{
    api::records::fill,
    fixtures::systems::{Clinic, SystemsApi, each_systems_api},
};
use axum::{body::Body, http::Method};
use serde_json::{Value, json};
use std::time::Duration;
use techo_model::{
    consent::{ConsentState, EmergencyChoice, Switch},
    notice::NoticeKind,
    organisation::OrganisationKind,
};
use techo_testkit::browser::HttpAnswer;

pub const REASON: &str = "意識がなく、既往とアレルギーを確かめる";

/// The first person, as somebody who cannot speak is known.
pub fn known() -> Value {
    json!({ "resourceType": "Patient", "id": "p", "name": [{ "text": "ﾃｽﾄ" }], "birthDate": "1975-04-01" })
}

pub fn flag(reason: &str, patient: &Value) -> Value {
    json!({
        "resourceType": "Flag", "status": "active", "contained": [patient],
        "code": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "BTG" }],
            "text": reason },
        "subject": { "reference": "#p" },
    })
}

impl SystemsApi {
    pub async fn hospital(&self) -> Clinic {
        self.register(2, OrganisationKind::Hospital).await
    }

    /// A token of somebody of an organisation, for an emergency.
    pub async fn token_of(&self, clinic: &Clinic, subject: &str) -> String {
        let mut claims = self.claims(clinic);
        claims["extensions"]["hl7-b2b"]["purpose_of_use"] = json!(["ETREAT"]);
        claims["extensions"]["hl7-b2b"]["subject_id"] = json!(subject);
        let answer = self.ask_token(&clinic.key.jwt(&claims), crate::fixtures::systems::ALL_SCOPES).await;
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn declare(&self, token: &str, flag: &Value) -> HttpAnswer {
        self.post(token, "/fhir/Flag", flag).await
    }

    async fn put(&self, token: &str, id: &str, flag: &Value) -> HttpAnswer {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/fhir+json")];
        let path = format!("/fhir/Flag/{id}");
        self.client().send(Method::PUT, &path, &headers, Body::from(flag.to_string())).await
    }

    /// How many of a kind are seen.
    pub async fn seen(&self, token: &str, kind: &str, code: &str) -> u64 {
        let bearer = format!("Bearer {token}");
        let path = format!("/fhir/{kind}?patient={code}");
        let headers = [("authorization", bearer.as_str())];
        let answer = self.client().send(Method::GET, &path, &headers, Body::empty()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["total"].as_u64().unwrap()
    }
}

fn code_of(answer: &HttpAnswer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()["subject"]["identifier"]["value"].as_str().unwrap().to_owned()
}

/// The log tells of the declaration and of each kind that was read, and nothing of the reason.
async fn assert_the_log_tells(api: &SystemsApi) {
    let lines = api.log_of(1).await;
    let of_emergency = |line: &&Value| line["action"] == "emergency";
    let declared = lines.iter().find(of_emergency).unwrap();
    assert_eq!((&declared["detail"]["stage"], &declared["purpose"]), (&json!("declared"), &json!("ETREAT")));
    let reads = lines.iter().filter(|line| line["action"] == "read" && line["purpose"] == "ETREAT");
    let kinds: std::collections::BTreeSet<_> = reads.map(|line| line["category"].to_string()).collect();
    assert_eq!(kinds.len(), 2, "of one checkup and one dose, however often they were asked for: {kinds:?}");
    assert!(
        !lines.iter().any(|line| line.to_string().contains("意識")),
        "the reason is no business of the log"
    );
}

#[tokio::test]
async fn an_emergency_opens_an_hour_for_its_clinician_alone_and_tells_the_person_at_once() {
    for api in each_systems_api().await {
        fill(&api).await;
        let scope = api.citizen(1).await;
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let answer = api.declare(&token, &flag(REASON, &known())).await;
        let code = code_of(&answer);
        assert!(!answer.text.contains("意識") && !answer.text.contains("山田"), "{}", answer.text);

        let reading = &api.app.state.reading;
        let notices = reading.notices(&scope).await.unwrap().notices;
        let told = notices.iter().find(|notice| notice.kind == NoticeKind::EmergencyDeclared).unwrap();
        let view = reading.emergency(&scope, told.event.unwrap()).await.unwrap();
        assert_eq!((view.reason.as_str(), view.subject_name.as_deref()), (REASON, Some("山本医師")));

        for kind in ["Observation", "DiagnosticReport", "Immunization"] {
            assert!(api.seen(&token, kind, &code).await > 0, "{kind} on {}", api.engine());
        }
        let colleague = api.token_of(&hospital, "dr-2").await;
        assert_eq!(api.seen(&colleague, "Observation", &code).await, 0);
        let treating = api.token(&hospital).await;
        assert_eq!(api.seen(&treating, "Observation", &code).await, 0, "the code opens nothing else");
        let insured = api.submit(&treating, "urn:techo:clinic-code", &code).await;
        assert_eq!(insured.status, 404, "not even eligibility for another purpose");
        let other = api.clinic().await;
        let elsewhere = api.token_of(&other, "dr-1").await;
        assert_eq!(api.seen(&elsewhere, "Observation", &code).await, 0);

        assert_the_log_tells(&api).await;

        api.app.installation.custody.environment.advance(Duration::from_mins(60));
        let late = api.token_of(&hospital, "dr-1").await;
        assert_eq!(api.seen(&late, "Observation", &code).await, 0, "an hour is over");
    }
}

#[tokio::test]
async fn whoever_declared_an_emergency_can_end_it_and_nobody_else() {
    for api in each_systems_api().await {
        fill(&api).await;
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let declared = api.declare(&token, &flag(REASON, &known())).await;
        let (code, id) = (code_of(&declared), declared.json()["id"].as_str().unwrap().to_owned());
        let end = json!({ "resourceType": "Flag", "id": id, "status": "inactive" });
        let colleague = api.token_of(&hospital, "dr-2").await;
        assert_eq!(api.put(&colleague, &id, &end).await.status, 404);
        let active = json!({ "resourceType": "Flag", "id": id, "status": "active" });
        assert_eq!(api.put(&token, &id, &active).await.json()["issue"][0]["expression"][0], "Flag.status");
        assert!(api.seen(&token, "Observation", &code).await > 0);
        assert_eq!(api.put(&token, &id, &end).await.status, 200, "{}", api.engine());
        assert_eq!(api.seen(&token, "Observation", &code).await, 0);
        assert_eq!(api.put(&token, &id, &end).await.status, 200, "it is over, and stays so");
        let insured = api.submit(&token, "urn:techo:clinic-code", &code).await;
        assert_eq!(insured.status, 404, "the code opens nothing any more, not even eligibility");
        assert!(api.log_of(1).await.iter().any(|line| line["detail"]["stage"] == "ended"));
    }
}

#[tokio::test]
async fn going_on_needs_a_new_reason() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let first = code_of(&api.declare(&token, &flag(REASON, &known())).await);
        let again = api.declare(&token, &flag(REASON, &known())).await;
        assert_eq!(again.status, 200, "whoever lost the answer gets it again: {}", again.text);
        let stages =
            |lines: Vec<Value>| lines.iter().filter(|line| line["detail"]["stage"] == "declared").count();
        assert_eq!(stages(api.log_of(1).await), 1);
        api.app.installation.custody.environment.advance(Duration::from_mins(60));
        let token = api.token_of(&hospital, "dr-1").await;
        let punctuated = flag(&format!("{REASON}。"), &known());
        let again = api.declare(&token, &punctuated).await;
        assert_eq!(again.status, 400);
        assert_eq!(again.json()["issue"][0]["expression"][0], "Flag.code.text");
        let renewed = api.declare(&token, &flag("手術の前に服薬を確かめる必要がある", &known())).await;
        assert_ne!(code_of(&renewed), first, "the code of the first one is over");
    }
}

#[tokio::test]
async fn only_a_named_clinician_with_a_reason_and_the_purpose_can_declare() {
    let api = each_systems_api().await.remove(0);
    let hospital = api.hospital().await;
    let token = api.token_of(&hospital, "dr-1").await;
    let with = |change: fn(&mut Value)| {
        let mut flag = flag(REASON, &known());
        change(&mut flag);
        flag
    };
    for (name, flag, place) in [
        ("short", flag("救急です", &known()), "Flag.code.text"),
        ("a number", flag("番号は 123456789018 の人です", &known()), "Flag.code.text"),
        ("none", with(|flag| flag["code"] = json!({})), "Flag.code.coding"),
        ("over", with(|flag| flag["status"] = json!("inactive")), "Flag.status"),
        ("unknown", with(|flag| flag["author"] = json!({})), "Flag.author"),
        ("nobody", with(|flag| flag["subject"] = json!({})), "Flag.subject"),
        ("two", with(|flag| flag["contained"] = json!([known(), known()])), "Flag.contained"),
        (
            "no day",
            with(|flag| flag["contained"][0]["birthDate"] = json!("1975")),
            "Flag.contained[0].birthDate",
        ),
        ("no name", with(|flag| flag["contained"][0]["name"] = json!([])), "Flag.contained[0].name[0].text"),
        ("more", with(|flag| flag["contained"][0]["telecom"] = json!([])), "Flag.contained[0].telecom"),
    ] {
        let answer = api.declare(&token, &flag).await;
        assert_eq!(answer.status, 400, "{name}: {}", answer.text);
        assert_eq!(answer.json()["issue"][0]["expression"][0], place, "{name}");
        assert!(!answer.text.contains("123456789018"), "{name}");
    }
    let treating = api.token(&hospital).await;
    assert_eq!(api.declare(&treating, &flag(REASON, &known())).await.status, 403);
    let mut claims = api.claims(&hospital);
    claims["extensions"]["hl7-b2b"] = json!({ "version": "1", "organization_id": hospital.organisation.id,
        "purpose_of_use": ["ETREAT"] });
    let nobody = api.ask_token(&hospital.key.jwt(&claims), crate::fixtures::systems::ALL_SCOPES).await;
    let nobody = nobody.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(api.declare(&nobody, &flag(REASON, &known())).await.status, 403);
    assert!(api.log_of(1).await.iter().all(|line| line["action"] != "emergency"));
}

#[tokio::test]
async fn whoever_allows_no_emergency_access_is_like_somebody_who_is_not_here() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let scope = api.citizen(1).await;
        let mut state = ConsentState::default();
        state.settings.emergency = EmergencyChoice::Never;
        state.settings.clinics = Switch::Off;
        let base = api.app.state.reading.consent(&scope).await.unwrap().version;
        api.save(&scope, state, base).await;
        let refused = api.declare(&token, &flag(REASON, &known())).await;
        let mut stranger = known();
        stranger["birthDate"] = json!("1931-01-01");
        let absent = api.declare(&token, &flag(REASON, &stranger)).await;
        assert_eq!((refused.status, absent.status), (404, 404));
        let issues = |answer: &HttpAnswer| answer.json()["issue"][0]["diagnostics"].clone();
        assert_eq!(issues(&refused).to_string().len(), issues(&absent).to_string().len());
        let lines = api.log_of(1).await;
        let line = lines.iter().find(|line| line["reason"] == "no-emergency-access").unwrap();
        assert_eq!(line["action"], "refuse");
        for _ in 2..20 {
            api.declare(&token, &flag(REASON, &known())).await;
        }
        let stopped = api.declare(&token, &flag(REASON, &stranger)).await;
        assert_eq!(stopped.status, 429, "both count as nobody, so that counting tells nothing");
    }
}
