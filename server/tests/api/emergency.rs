//! Emergencies through the door for systems: an hour for one clinician and one person, told at once.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use crate::{
    door::{Clinic, Door, doors},
    records::fill,
    support::Answer,
};
use axum::{body::Body, http::Method};
use serde_json::{Value, json};
use std::time::Duration;
use techo_audit::log;
use techo_model::{
    consent::{ConsentState, EmergencyChoice, Switch},
    notice::NoticeKind,
    organisation::OrganisationKind,
};

const REASON: &str = "意識がなく、既往とアレルギーを確かめる";

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

impl Door {
    pub async fn hospital(&self) -> Clinic {
        self.register(2, OrganisationKind::Hospital).await
    }

    /// A token of somebody of an organisation, for an emergency.
    pub async fn token_of(&self, clinic: &Clinic, subject: &str) -> String {
        let mut claims = self.claims(clinic);
        claims["extensions"]["hl7-b2b"]["purpose_of_use"] = json!(["ETREAT"]);
        claims["extensions"]["hl7-b2b"]["subject_id"] = json!(subject);
        let answer = self.ask_token(&clinic.key.jwt(&claims), crate::door::ALL_SCOPES).await;
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn declare(&self, token: &str, flag: &Value) -> Answer {
        self.post(token, "/fhir/Flag", flag).await
    }

    async fn put(&self, token: &str, id: &str, flag: &Value) -> Answer {
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

fn code_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()["subject"]["identifier"]["value"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_emergency_opens_an_hour_for_its_clinician_alone_and_tells_the_person_at_once() {
    for door in doors().await {
        fill(&door).await;
        let scope = door.citizen(1).await;
        let hospital = door.hospital().await;
        let token = door.token_of(&hospital, "dr-1").await;
        let answer = door.declare(&token, &flag(REASON, &known())).await;
        let code = code_of(&answer);
        assert!(!answer.text.contains("意識") && !answer.text.contains("山田"), "{}", answer.text);

        let reading = &door.app.state.reading;
        let notices = reading.notices(&scope).await.unwrap().notices;
        let told = notices.iter().find(|notice| notice.kind == NoticeKind::EmergencyDeclared).unwrap();
        let view = reading.emergency(&scope, told.event.unwrap()).await.unwrap();
        assert_eq!((view.reason.as_str(), view.subject_name.as_deref()), (REASON, Some("山本医師")));

        for kind in ["Observation", "DiagnosticReport", "Immunization"] {
            assert!(door.seen(&token, kind, &code).await > 0, "{kind} on {}", door.engine());
        }
        let colleague = door.token_of(&hospital, "dr-2").await;
        assert_eq!(door.seen(&colleague, "Observation", &code).await, 0);
        let treating = door.token(&hospital).await;
        assert_eq!(door.seen(&treating, "Observation", &code).await, 0, "the code opens nothing else");
        let insured = door.submit(&treating, "urn:techo:clinic-code", &code).await;
        assert_eq!(insured.status, 404, "not even eligibility for another purpose");
        let other = door.clinic().await;
        let elsewhere = door.token_of(&other, "dr-1").await;
        assert_eq!(door.seen(&elsewhere, "Observation", &code).await, 0);

        let lines = door.log_of(1).await;
        let of_emergency = |line: &&Value| line["action"] == "emergency";
        let declared = lines.iter().find(of_emergency).unwrap();
        assert_eq!(
            (&declared["detail"]["stage"], &declared["purpose"]),
            (&json!("declared"), &json!("ETREAT"))
        );
        let reads = lines.iter().filter(|line| line["action"] == "read" && line["purpose"] == "ETREAT");
        let kinds: std::collections::BTreeSet<_> = reads.map(|line| line["category"].to_string()).collect();
        assert_eq!(
            kinds.len(),
            2,
            "of one checkup and one dose, however often they were asked for: {kinds:?}"
        );
        assert!(
            !lines.iter().any(|line| line.to_string().contains("意識")),
            "the reason is no business of the log"
        );

        door.app.town.custody.environment.advance(Duration::from_mins(60));
        let late = door.token_of(&hospital, "dr-1").await;
        assert_eq!(door.seen(&late, "Observation", &code).await, 0, "an hour is over");
    }
}

#[tokio::test]
async fn whoever_declared_an_emergency_can_end_it_and_nobody_else() {
    for door in doors().await {
        fill(&door).await;
        let hospital = door.hospital().await;
        let token = door.token_of(&hospital, "dr-1").await;
        let declared = door.declare(&token, &flag(REASON, &known())).await;
        let (code, id) = (code_of(&declared), declared.json()["id"].as_str().unwrap().to_owned());
        let end = json!({ "resourceType": "Flag", "id": id, "status": "inactive" });
        let colleague = door.token_of(&hospital, "dr-2").await;
        assert_eq!(door.put(&colleague, &id, &end).await.status, 404);
        let active = json!({ "resourceType": "Flag", "id": id, "status": "active" });
        assert_eq!(door.put(&token, &id, &active).await.json()["issue"][0]["expression"][0], "Flag.status");
        assert!(door.seen(&token, "Observation", &code).await > 0);
        assert_eq!(door.put(&token, &id, &end).await.status, 200, "{}", door.engine());
        assert_eq!(door.seen(&token, "Observation", &code).await, 0);
        assert_eq!(door.put(&token, &id, &end).await.status, 200, "it is over, and stays so");
        let insured = door.submit(&token, "urn:techo:clinic-code", &code).await;
        assert_eq!(insured.status, 404, "the code opens nothing any more, not even eligibility");
        assert!(door.log_of(1).await.iter().any(|line| line["detail"]["stage"] == "ended"));
    }
}

#[tokio::test]
async fn going_on_needs_a_new_reason() {
    for door in doors().await {
        let hospital = door.hospital().await;
        let token = door.token_of(&hospital, "dr-1").await;
        let first = code_of(&door.declare(&token, &flag(REASON, &known())).await);
        let again = door.declare(&token, &flag(REASON, &known())).await;
        assert_eq!(again.status, 200, "whoever lost the answer gets it again: {}", again.text);
        let stages =
            |lines: Vec<Value>| lines.iter().filter(|line| line["detail"]["stage"] == "declared").count();
        assert_eq!(stages(door.log_of(1).await), 1);
        door.app.town.custody.environment.advance(Duration::from_mins(60));
        let token = door.token_of(&hospital, "dr-1").await;
        let punctuated = flag(&format!("{REASON}。"), &known());
        let again = door.declare(&token, &punctuated).await;
        assert_eq!(again.status, 400);
        assert_eq!(again.json()["issue"][0]["expression"][0], "Flag.code.text");
        let renewed = door.declare(&token, &flag("手術の前に服薬を確かめる必要がある", &known())).await;
        assert_ne!(code_of(&renewed), first, "the code of the first one is over");
    }
}

#[tokio::test]
async fn only_a_named_clinician_with_a_reason_and_the_purpose_can_declare() {
    let door = doors().await.remove(0);
    let hospital = door.hospital().await;
    let token = door.token_of(&hospital, "dr-1").await;
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
        let answer = door.declare(&token, &flag).await;
        assert_eq!(answer.status, 400, "{name}: {}", answer.text);
        assert_eq!(answer.json()["issue"][0]["expression"][0], place, "{name}");
        assert!(!answer.text.contains("123456789018"), "{name}");
    }
    let treating = door.token(&hospital).await;
    assert_eq!(door.declare(&treating, &flag(REASON, &known())).await.status, 403);
    let mut claims = door.claims(&hospital);
    claims["extensions"]["hl7-b2b"] = json!({ "version": "1", "organization_id": hospital.organisation.id,
        "purpose_of_use": ["ETREAT"] });
    let nobody = door.ask_token(&hospital.key.jwt(&claims), crate::door::ALL_SCOPES).await;
    let nobody = nobody.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(door.declare(&nobody, &flag(REASON, &known())).await.status, 403);
    assert!(door.log_of(1).await.iter().all(|line| line["action"] != "emergency"));
}

#[tokio::test]
async fn whoever_allows_no_emergency_access_is_like_somebody_who_is_not_here() {
    for door in doors().await {
        let hospital = door.hospital().await;
        let token = door.token_of(&hospital, "dr-1").await;
        let scope = door.citizen(1).await;
        let mut state = ConsentState::default();
        state.settings.emergency = EmergencyChoice::Never;
        state.settings.clinics = Switch::Off;
        let base = door.app.state.reading.consent(&scope).await.unwrap().version;
        door.save(&scope, state, base).await;
        let refused = door.declare(&token, &flag(REASON, &known())).await;
        let mut stranger = known();
        stranger["birthDate"] = json!("1931-01-01");
        let absent = door.declare(&token, &flag(REASON, &stranger)).await;
        assert_eq!((refused.status, absent.status), (404, 404));
        let issues = |answer: &Answer| answer.json()["issue"][0]["diagnostics"].clone();
        assert_eq!(issues(&refused).to_string().len(), issues(&absent).to_string().len());
        let lines = door.log_of(1).await;
        let line = lines.iter().find(|line| line["reason"] == "no-emergency-access").unwrap();
        assert_eq!(line["action"], "refuse");
        for _ in 2..20 {
            door.declare(&token, &flag(REASON, &known())).await;
        }
        let stopped = door.declare(&token, &flag(REASON, &stranger)).await;
        assert_eq!(stopped.status, 429, "both count as nobody, so that counting tells nothing");
    }
}

#[tokio::test]
async fn namesakes_are_told_apart_or_not_found_and_trying_ends() {
    for door in doors().await {
        let hospital = door.hospital().await;
        let token = door.token_of(&hospital, "dr-1").await;
        let mut patient = known();
        patient["gender"] = json!("male");
        assert_eq!(door.declare(&token, &flag(REASON, &patient)).await.status, 404);
        patient["gender"] = json!("female");
        assert_eq!(door.declare(&token, &flag(REASON, &patient)).await.status, 201);
        patient["birthDate"] = json!("1931-01-01");
        for _ in 1..20 {
            assert_eq!(door.declare(&token, &flag(REASON, &patient)).await.status, 404);
        }
        let stopped = door.declare(&token, &flag(REASON, &known())).await;
        assert_eq!(stopped.status, 429);
        let waiting: u64 = stopped.header("retry-after").parse().unwrap();
        door.app.town.custody.environment.advance(Duration::from_secs(waiting));
        let token = door.token_of(&hospital, "dr-1").await;
        let after = door.declare(&token, &flag("手術の前に服薬を確かめる必要がある", &known())).await;
        assert_eq!(after.status, 201, "{}", after.text);
    }
}

/// Lines of the first person's log that tell of a step.
async fn declared(door: &Door) -> usize {
    let lines = door.log_of(1).await;
    lines.iter().filter(|line| line["detail"]["stage"] == "declared").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_reason_that_is_sent_ten_times_at_once_makes_one_emergency() {
    for door in doors().await {
        let hospital = door.hospital().await;
        let token = door.token_of(&hospital, "dr-1").await;
        let flag = flag(REASON, &known());
        let answers = futures::future::join_all((0..10).map(|_| door.declare(&token, &flag))).await;
        let mut ids: Vec<_> = answers.iter().map(|answer| answer.json()["id"].to_string()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 1, "{}: {ids:?}", door.engine());
        let told = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((told(201), told(200)), (1, 9), "{}", door.engine());
        assert_eq!(declared(&door).await, 1, "{}", door.engine());
    }
}

#[tokio::test]
async fn a_declaration_that_overtakes_another_waits_for_it() {
    for door in doors().await {
        let hospital = door.hospital().await;
        let token = door.token_of(&hospital, "dr-1").await;
        let punctuated = flag(&format!("{REASON}。"), &known());
        let first = flag(REASON, &known());
        let held = door.app.town.custody.environment.hold_point("declare.after-lock");
        let (one, other) = tokio::join!(door.declare(&token, &first), async {
            held.arrived().await;
            let overtaking = door.declare(&token, &punctuated);
            tokio::pin!(overtaking);
            assert!(futures::poll!(&mut overtaking).is_pending());
            held.release();
            overtaking.await
        });
        assert_eq!((one.status, other.status), (201, 200), "{}", door.engine());
        assert_eq!(one.json()["id"], other.json()["id"], "{}", door.engine());
        assert_eq!(declared(&door).await, 1);
    }
}

#[tokio::test]
async fn an_organisation_that_has_to_wait_looks_nobody_up_and_leaves_nothing_on_a_log() {
    for door in doors().await {
        let hospital = door.hospital().await;
        let token = door.token_of(&hospital, "dr-1").await;
        let scope = door.citizen(1).await;
        let mut state = ConsentState::default();
        state.settings.emergency = EmergencyChoice::Never;
        let base = door.app.state.reading.consent(&scope).await.unwrap().version;
        door.save(&scope, state, base).await;
        let mut stranger = known();
        stranger["birthDate"] = json!("1931-01-01");
        for n in 1..20 {
            let missed = door.declare(&token, &flag(REASON, &stranger)).await;
            assert_eq!(missed.status, 404, "{}: {n}", door.engine());
        }
        // The twentieth is on its way when another one comes: that one is not looked for.
        let refusals = async || door.log_of(1).await.iter().filter(|line| line["action"] == "refuse").count();
        let held = door.app.town.custody.environment.hold_point("search.before-count");
        let twentieth = flag(REASON, &stranger);
        let (last, beside) = tokio::join!(door.declare(&token, &twentieth), async {
            held.arrived().await;
            let beside = door.declare(&token, &flag(REASON, &known())).await;
            held.release();
            beside
        });
        assert_eq!((last.status, beside.status), (404, 429), "{}", door.engine());
        for patient in [known(), stranger] {
            let stopped = door.declare(&token, &flag(REASON, &patient)).await;
            assert_eq!(stopped.status, 429, "{}", door.engine());
        }
        assert_eq!(refusals().await, 0, "{}: nobody was looked up", door.engine());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn searches_that_come_at_once_are_counted_before_anybody_is_looked_for() {
    for door in doors().await {
        let hospital = door.hospital().await;
        let token = door.token_of(&hospital, "dr-1").await;
        let mut stranger = known();
        stranger["birthDate"] = json!("1931-01-01");
        let flag = flag(REASON, &stranger);
        let answers = futures::future::join_all((0..40).map(|_| door.declare(&token, &flag))).await;
        let told = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((told(404), told(429)), (20, 20), "{}", door.engine());
    }
}

#[tokio::test]
async fn a_right_search_costs_nothing_and_forgives_no_wrong_one() {
    for door in doors().await {
        let hospital = door.hospital().await;
        let token = door.token_of(&hospital, "dr-1").await;
        for n in 0..25 {
            let again = door.declare(&token, &flag(REASON, &known())).await;
            assert!(again.status < 300, "{}: {n} {}", door.engine(), again.text);
        }
        let mut stranger = known();
        stranger["birthDate"] = json!("1931-01-01");
        for _ in 0..20 {
            assert_eq!(door.declare(&token, &flag(REASON, &stranger)).await.status, 404);
            let now = door.declare(&token, &flag(REASON, &known())).await.status;
            assert!([200, 429].contains(&now));
        }
        assert_eq!(door.declare(&token, &flag(REASON, &known())).await.status, 429, "{}", door.engine());
    }
}

#[tokio::test]
async fn only_whoever_treats_or_rescues_people_declares_an_emergency() {
    for door in doors().await {
        let hospital = door.hospital().await;
        let token_as = async |role: Value| {
            let mut claims = door.claims(&hospital);
            claims["extensions"]["hl7-b2b"]["purpose_of_use"] = json!(["ETREAT"]);
            claims["extensions"]["hl7-b2b"]["subject_role"] = role;
            let answer = door.ask_token(&hospital.key.jwt(&claims), crate::door::ALL_SCOPES).await;
            answer.json()["access_token"].as_str().unwrap().to_owned()
        };
        for role in [json!("医療事務"), json!("administrator"), json!("医師事務作業補助者"), Value::Null]
        {
            let refused = door.declare(&token_as(role.clone()).await, &flag(REASON, &known())).await;
            assert_eq!(refused.status, 403, "{} {role}: {}", door.engine(), refused.text);
        }
        assert_eq!(declared(&door).await, 0, "{}", door.engine());
        for role in ["救急救命士", "Nurse", "医師 "] {
            let reason = format!("{REASON}（{role}）");
            let answer = door.declare(&token_as(json!(role)).await, &flag(&reason, &known())).await;
            assert_eq!(answer.status, 201, "{} {role}: {}", door.engine(), answer.text);
        }
    }
}

#[tokio::test]
async fn whoever_was_not_found_stands_on_the_log_of_nobody() {
    for door in doors().await {
        let hospital = door.hospital().await;
        let token = door.token_of(&hospital, "dr-1").await;
        let mut stranger = known();
        stranger["birthDate"] = json!("1931-01-01");
        door.declare(&token, &flag(REASON, &stranger)).await;
        let custody = &door.app.town.custody;
        let nobody = log::nobody_chain(custody).await.unwrap();
        let lines = custody.stores.records.access_entries(nobody, 0, 10).await.unwrap();
        let body: Value = serde_json::from_str(lines[0].body.as_ref().unwrap()).unwrap();
        assert_eq!((&body["action"], &body["reason"]), (&json!("refuse"), &json!("nobody-found")));
        assert!(!body.to_string().contains("1931"), "{}: nothing that was typed", door.engine());
    }
}
