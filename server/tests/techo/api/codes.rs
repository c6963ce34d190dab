//! Codes of organisations, treatment windows, and cards at a counter.

use crate::fixtures::systems::{RECEPTION, SystemsApi, each_systems_api, share_code};
use axum::{body::Body, http::Method};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use std::{collections::HashSet, time::Duration};
use techo_disclosure::{
    clinic::{CodeUse, PresentedIdentity},
    systems,
};
use techo_model::{consent::Switch, organisation::OrganisationKind};
use techo_store::testing::tamper;

const CODE: &str = "urn:techo:clinic-code";

#[tokio::test]
async fn no_code_exists_until_the_person_opts_in_and_then_it_stays_the_same() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let (code, token) = (share_code(&api, 1).await, api.token(&clinic).await);
        let answer = api.submit(&token, "urn:techo:share-code", &code).await;
        assert!(!answer.text.contains(CODE) && !answer.text.contains("treatment-window"), "{}", answer.text);
        api.choose(1, Switch::On, 24).await;
        let first = api.visit(&clinic, 1).await;
        assert_eq!(api.visit(&clinic, 1).await, first, "{}", api.engine());
    }
}

#[tokio::test]
async fn two_organisations_know_a_person_by_codes_that_cannot_be_joined() {
    for api in each_systems_api().await {
        api.choose(1, Switch::On, 24).await;
        api.choose(2, Switch::On, 24).await;
        let mut codes = HashSet::new();
        for n in [1, 2] {
            for clinic in 1..=3 {
                let clinic = api.register(clinic, OrganisationKind::Clinic).await;
                codes.insert(api.visit(&clinic, n).await);
            }
        }
        assert_eq!(codes.len(), 6, "{}", api.engine());
    }
}

#[tokio::test]
async fn the_code_of_another_clinic_answers_like_an_unknown_one_and_the_person_sees_the_attempt() {
    for api in each_systems_api().await {
        let (clinic, other) = (api.clinic().await, api.register(2, OrganisationKind::Clinic).await);
        api.choose(1, Switch::On, 24).await;
        let code = api.visit(&clinic, 1).await;
        let token = api.token(&other).await;
        let foreign = api.submit(&token, CODE, &code).await;
        let unknown = api.submit(&token, CODE, "018f0000-0000-7000-8000-000000000000").await;
        let nonsense = api.submit(&token, CODE, "x").await;
        let told = |text: &str| text.split(" (reference").next().unwrap().to_owned();
        assert_eq!((foreign.status, told(&foreign.text)), (404, told(&unknown.text)), "{}", api.engine());
        assert_eq!((unknown.status, nonsense.status), (404, 404));
        let log = api.log_of(1).await;
        let refusal = log.iter().find(|line| line["action"] == "refuse").unwrap();
        assert_eq!(refusal["actor"]["organisation"], other.organisation.id);
        assert_eq!(refusal["reason"], "other-organisation");
        assert_eq!((&refusal["category"], &refusal["purpose"]), (&json!("coverage"), &json!("TREAT")));
        let path = format!("/fhir/Immunization?patient={code}");
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        let empty = api.client().send(Method::GET, &path, &headers, Body::empty()).await;
        assert_eq!(empty.json()["total"], 0, "{}", empty.text);
        let log = api.log_of(1).await;
        let asked =
            |line: &&serde_json::Value| line["action"] == "refuse" && line["category"] == "vaccination";
        assert_eq!(log.iter().find(asked).unwrap()["reason"], "other-organisation", "{}", api.engine());
    }
}

#[tokio::test]
async fn a_retired_code_is_dead_for_good_and_opting_in_again_makes_another() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        api.choose(1, Switch::On, 24).await;
        let first = api.visit(&clinic, 1).await;
        api.choose(1, Switch::Off, 24).await;
        let token = api.token(&clinic).await;
        assert_eq!(api.submit(&token, CODE, &first).await.status, 404, "{}", api.engine());
        api.choose(1, Switch::On, 24).await;
        let second = api.visit(&clinic, 1).await;
        assert_ne!(first, second, "{}", api.engine());
        assert_eq!(api.submit(&token, CODE, &first).await.status, 404, "{}", api.engine());
        assert_eq!(api.submit(&token, CODE, &second).await.status, 200, "{}", api.engine());
        assert!(api.log_of(1).await.iter().any(|line| line["reason"] == "code-retired"));
    }
}

#[tokio::test]
async fn records_need_an_open_window_and_eligibility_a_former_visit() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        api.choose(1, Switch::On, 2).await;
        let code = api.visit(&clinic, 1).await;
        let token = api.token(&clinic).await;
        let client =
            systems::authenticate_client(&api.app.installation.custody, &token).await.unwrap().unwrap();
        let asking = techo_disclosure::inquiry::InquiringParty {
            organisation: client.organisation.clone(),
            subject: client.context.subject.clone(),
            purpose: client.context.purpose,
            emergency: None,
        };
        let clinic_access = techo::api::ApiState::new(&api.app.services).clinic_access;
        let presented = PresentedIdentity::ClinicCode(&code);
        assert!(
            clinic_access
                .identify(&asking, presented, CodeUse::Records(techo_audit::log::Category::Checkup))
                .await
                .is_ok(),
            "{}",
            api.engine()
        );
        api.app.installation.custody.environment.advance(Duration::from_hours(2));
        assert!(
            clinic_access
                .identify(&asking, presented, CodeUse::Records(techo_audit::log::Category::Checkup))
                .await
                .is_err(),
            "{}",
            api.engine()
        );
        assert!(api.log_of(1).await.iter().any(|line| line["reason"] == "no-treatment"));
        let token = api.token(&clinic).await;
        let answer = api.submit(&token, CODE, &code).await;
        assert_eq!(answer.status, 200, "{}", api.engine());
        assert!(!answer.text.contains("treatment-window"), "asking alone opens no window");
    }
}

/// What a counter's reader brings, as base64, over an origin.
async fn shown(api: &SystemsApi, token: &str, n: u32, origin: &str) -> String {
    let challenge = api.post(token, "/card/challenge", &json!({})).await.json();
    assert_eq!(challenge["origin"], RECEPTION);
    let card = api.app.person(n).card;
    let asked = json!({ "pin": crate::fixtures::PIN, "origin": origin, "nonce": challenge["nonce"] });
    let path = format!("/demo/cards/{}/sign", card.serial);
    let signed = api.app.browser().post_json(&path, &asked).await;
    assert_eq!(signed.status, 200, "{}", signed.text);
    STANDARD.encode(signed.text)
}

#[tokio::test]
async fn a_card_at_the_counter_leads_to_its_holder_once() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        api.choose(1, Switch::On, 24).await;
        let token = api.token(&clinic).await;
        let card = shown(&api, &token, 1, RECEPTION).await;
        let answer = api.submit(&token, "urn:techo:card", &card).await;
        assert_eq!(answer.status, 200, "{}: {}", api.engine(), answer.text);
        assert!(answer.text.contains("山田花子") && answer.text.contains("treatment-window"));
        assert_eq!(api.submit(&token, "urn:techo:card", &card).await.status, 404, "a nonce works once");
    }
}

#[tokio::test]
async fn a_card_whose_account_was_pointed_at_somebody_else_leads_to_nobody() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        api.choose(1, Switch::On, 24).await;
        let token = api.token(&clinic).await;
        let card = shown(&api, &token, 1, RECEPTION).await;
        let vault = api.app.installation.custody.stores.vault.db();
        tamper(vault, "UPDATE account SET owner_mac = NULL", &[]).await;
        let answer = api.submit(&token, "urn:techo:card", &card).await;
        assert_eq!(answer.status, 500, "{}", api.engine());
        assert!(!answer.text.contains("山田花子"));
    }
}

#[tokio::test]
async fn a_card_that_signed_elsewhere_or_for_another_token_or_belongs_to_nobody_here_finds_nobody() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        api.citizen(1).await;
        let token = api.token(&clinic).await;
        let elsewhere = shown(&api, &token, 1, "https://evil.example").await;
        assert_eq!(api.submit(&token, "urn:techo:card", &elsewhere).await.status, 404, "{}", api.engine());
        let (other, card) = (api.token(&clinic).await, shown(&api, &token, 1, RECEPTION).await);
        assert_eq!(api.submit(&other, "urn:techo:card", &card).await.status, 404, "{}", api.engine());
        let stranger = shown(&api, &token, 2, RECEPTION).await;
        let answer = api.submit(&token, "urn:techo:card", &stranger).await;
        assert_eq!(answer.status, 404, "nobody enrolled with this card: {}", answer.text);
        assert_eq!(api.submit(&token, "urn:techo:card", "e30=").await.status, 400);
    }
}
