//! Who is found by name in an emergency, and that trying ends.

use super::emergency::{REASON, flag, known};
use crate::fixtures::systems::{SystemsApi, each_systems_api};
use serde_json::{Value, json};
use std::time::Duration;
use techo_audit::log;
use techo_model::consent::{ConsentState, EmergencyChoice};

#[tokio::test]
async fn namesakes_are_told_apart_or_not_found_and_trying_ends() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let mut patient = known();
        patient["gender"] = json!("male");
        assert_eq!(api.declare(&token, &flag(REASON, &patient)).await.status, 404);
        patient["gender"] = json!("female");
        assert_eq!(api.declare(&token, &flag(REASON, &patient)).await.status, 201);
        patient["birthDate"] = json!("1931-01-01");
        for _ in 1..20 {
            assert_eq!(api.declare(&token, &flag(REASON, &patient)).await.status, 404);
        }
        let stopped = api.declare(&token, &flag(REASON, &known())).await;
        assert_eq!(stopped.status, 429);
        let waiting: u64 = stopped.header("retry-after").parse().unwrap();
        api.app.installation.custody.environment.advance(Duration::from_secs(waiting));
        let token = api.token_of(&hospital, "dr-1").await;
        let after = api.declare(&token, &flag("手術の前に服薬を確かめる必要がある", &known())).await;
        assert_eq!(after.status, 201, "{}", after.text);
    }
}

/// Lines of the first person's log that tell of a step.
async fn declared(api: &SystemsApi) -> usize {
    let lines = api.log_of(1).await;
    lines.iter().filter(|line| line["detail"]["stage"] == "declared").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_reason_that_is_sent_ten_times_at_once_makes_one_emergency() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let flag = flag(REASON, &known());
        let answers = futures::future::join_all((0..10).map(|_| api.declare(&token, &flag))).await;
        let mut ids: Vec<_> = answers.iter().map(|answer| answer.json()["id"].to_string()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 1, "{}: {ids:?}", api.engine());
        let told = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((told(201), told(200)), (1, 9), "{}", api.engine());
        assert_eq!(declared(&api).await, 1, "{}", api.engine());
    }
}

#[tokio::test]
async fn a_declaration_that_overtakes_another_waits_for_it() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let punctuated = flag(&format!("{REASON}。"), &known());
        let first = flag(REASON, &known());
        let held = api.app.installation.custody.environment.hold_point("declare.after-lock");
        let (one, other) = tokio::join!(api.declare(&token, &first), async {
            held.arrived().await;
            let overtaking = api.declare(&token, &punctuated);
            tokio::pin!(overtaking);
            assert!(futures::poll!(&mut overtaking).is_pending());
            held.release();
            overtaking.await
        });
        assert_eq!((one.status, other.status), (201, 200), "{}", api.engine());
        assert_eq!(one.json()["id"], other.json()["id"], "{}", api.engine());
        assert_eq!(declared(&api).await, 1);
    }
}

#[tokio::test]
async fn an_organisation_that_has_to_wait_looks_nobody_up_and_leaves_nothing_on_a_log() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let scope = api.citizen(1).await;
        let mut state = ConsentState::default();
        state.settings.emergency = EmergencyChoice::Never;
        let base = api.app.state.reading.consent(&scope).await.unwrap().version;
        api.save(&scope, state, base).await;
        let mut stranger = known();
        stranger["birthDate"] = json!("1931-01-01");
        for n in 1..20 {
            let missed = api.declare(&token, &flag(REASON, &stranger)).await;
            assert_eq!(missed.status, 404, "{}: {n}", api.engine());
        }
        // The twentieth is on its way when another one comes: that one is not looked for.
        let refusals = async || api.log_of(1).await.iter().filter(|line| line["action"] == "refuse").count();
        let held = api.app.installation.custody.environment.hold_point("search.before-count");
        let twentieth = flag(REASON, &stranger);
        let (last, beside) = tokio::join!(api.declare(&token, &twentieth), async {
            held.arrived().await;
            let beside = api.declare(&token, &flag(REASON, &known())).await;
            held.release();
            beside
        });
        assert_eq!((last.status, beside.status), (404, 429), "{}", api.engine());
        for patient in [known(), stranger] {
            let stopped = api.declare(&token, &flag(REASON, &patient)).await;
            assert_eq!(stopped.status, 429, "{}", api.engine());
        }
        assert_eq!(refusals().await, 0, "{}: nobody was looked up", api.engine());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn searches_that_come_at_once_are_counted_before_anybody_is_looked_for() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let mut stranger = known();
        stranger["birthDate"] = json!("1931-01-01");
        let flag = flag(REASON, &stranger);
        let answers = futures::future::join_all((0..40).map(|_| api.declare(&token, &flag))).await;
        let told = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((told(404), told(429)), (20, 20), "{}", api.engine());
    }
}

#[tokio::test]
async fn a_right_search_costs_nothing_and_forgives_no_wrong_one() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        for n in 0..25 {
            let again = api.declare(&token, &flag(REASON, &known())).await;
            assert!(again.status < 300, "{}: {n} {}", api.engine(), again.text);
        }
        let mut stranger = known();
        stranger["birthDate"] = json!("1931-01-01");
        for _ in 0..20 {
            assert_eq!(api.declare(&token, &flag(REASON, &stranger)).await.status, 404);
            let now = api.declare(&token, &flag(REASON, &known())).await.status;
            assert!([200, 429].contains(&now));
        }
        assert_eq!(api.declare(&token, &flag(REASON, &known())).await.status, 429, "{}", api.engine());
    }
}

#[tokio::test]
async fn whoever_was_not_found_stands_on_the_log_of_nobody() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let mut stranger = known();
        stranger["birthDate"] = json!("1931-01-01");
        api.declare(&token, &flag(REASON, &stranger)).await;
        let custody = &api.app.installation.custody;
        let nobody = log::nobody_chain(custody).await.unwrap();
        let lines = custody.stores.records.access_entries(nobody, 0, 10).await.unwrap();
        let body: Value = serde_json::from_str(lines[0].body.as_ref().unwrap()).unwrap();
        assert_eq!((&body["action"], &body["reason"]), (&json!("refuse"), &json!("nobody-found")));
        assert!(!body.to_string().contains("1931"), "{}: nothing that was typed", api.engine());
    }
}

#[tokio::test]
async fn only_whoever_treats_or_rescues_people_declares_an_emergency() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token_as = async |role: Value| {
            let mut claims = api.claims(&hospital);
            claims["extensions"]["hl7-b2b"]["purpose_of_use"] = json!(["ETREAT"]);
            claims["extensions"]["hl7-b2b"]["subject_role"] = role;
            let answer =
                api.ask_token(&hospital.key.jwt(&claims), crate::fixtures::systems::ALL_SCOPES).await;
            answer.json()["access_token"].as_str().unwrap().to_owned()
        };
        for role in [json!("医療事務"), json!("administrator"), json!("医師事務作業補助者"), Value::Null]
        {
            let refused = api.declare(&token_as(role.clone()).await, &flag(REASON, &known())).await;
            assert_eq!(refused.status, 403, "{} {role}: {}", api.engine(), refused.text);
        }
        assert_eq!(declared(&api).await, 0, "{}", api.engine());
        for role in ["救急救命士", "Nurse", "医師 "] {
            let reason = format!("{REASON}（{role}）");
            let answer = api.declare(&token_as(json!(role)).await, &flag(&reason, &known())).await;
            assert_eq!(answer.status, 201, "{} {role}: {}", api.engine(), answer.text);
        }
    }
}
