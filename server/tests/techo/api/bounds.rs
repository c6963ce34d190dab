//! Who asks often is slowed down, by organisation once it is known, by address only before.

use crate::{
    api::emergency::{flag, known},
    fixtures::{
        app,
        systems::{Clinic, SystemsApi},
    },
};
use axum::{body::Body, http::Method};
use serde_json::json;
use std::time::Duration;
use techo::api::{self, ApiState};
use techo_model::organisation::OrganisationKind;
use techo_store::vault::wrong_tries::TryKind;
use techo_testkit::{browser::HttpAnswer, each_installation};

async fn each_systems_api(settings: &[(&str, &str)]) -> Vec<SystemsApi> {
    let mut all = Vec::new();
    for installation in each_installation().await {
        let app = app(installation, settings).await;
        all.push(SystemsApi { router: api::router(ApiState::new(&app.services)), app });
    }
    all
}

async fn ask(api: &SystemsApi, token: &str) -> HttpAnswer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    api.client().send(Method::GET, "/fhir/Patient?patient=nobody", &headers, Body::empty()).await
}

/// The first answer that says to wait, among so many.
async fn slowed_down(api: &SystemsApi, token: &str, tries: usize) -> Option<HttpAnswer> {
    for _ in 0..tries {
        let answer = ask(api, token).await;
        if answer.status == 429 {
            return Some(answer);
        }
    }
    None
}

#[tokio::test]
async fn an_organisation_is_slowed_down_for_itself_and_its_neighbour_is_not() {
    for api in each_systems_api(&[("ORGANISATION_RATE", "1")]).await {
        let [busy, calm]: [Clinic; 2] = [
            api.register(1, OrganisationKind::Clinic).await,
            api.register(2, OrganisationKind::Clinic).await,
        ];
        let (busy, calm) = (api.token(&busy).await, api.token(&calm).await);
        let told = slowed_down(&api, &busy, 60).await.expect("somebody busy is slowed down");
        assert_eq!(told.header("retry-after"), "1", "{}", api.engine());
        assert_eq!(told.json()["issue"][0]["code"], "throttled");
        assert_ne!(ask(&api, &calm).await.status, 429, "at the same address");
    }
}

#[tokio::test]
async fn an_address_counts_only_for_those_who_bring_no_good_token() {
    for api in each_systems_api(&[("ADDRESS_RATE", "1")]).await {
        let clinic = api.clinic().await;
        let token = api.token(&clinic).await;
        assert!(slowed_down(&api, "nonsense", 60).await.is_some(), "guessing is slowed down");
        assert!(slowed_down(&api, &token, 60).await.is_none(), "the neighbour of whoever guesses is not");
        let mut stranger = api.client().get_json("/fhir/metadata").await;
        for _ in 0..60 {
            if stranger.status == 429 {
                break;
            }
            stranger = api.client().get_json("/fhir/metadata").await;
        }
        assert_eq!((stranger.status, stranger.header("retry-after")), (429, "1"), "{}", api.engine());
    }
}

#[tokio::test]
async fn an_organisation_that_cannot_be_is_no_fault_of_ours() {
    for api in each_systems_api(&[]).await {
        let clinic = api.clinic().await;
        for id in ["\0", "131\u{0}0000001", "", "\u{feff}", "架空医院", &"1".repeat(5_000)] {
            let mut claims = api.claims(&clinic);
            (claims["iss"], claims["sub"]) = (id.into(), id.into());
            let answer = api.ask_token(&clinic.key.jwt(&claims), "system/Patient.rs").await;
            assert_eq!(answer.status, 401, "{}: {id:?}: {}", api.engine(), answer.text);
        }
    }
}

#[tokio::test]
async fn the_way_in_is_told_to_everybody_as_smart_app_launch_says_it() {
    for api in each_systems_api(&[]).await {
        let said = api.client().get_json("/fhir/.well-known/smart-configuration").await;
        assert_eq!((said.status, said.header("content-type")), (200, "application/json"));
        let said = said.json();
        assert_eq!(said["token_endpoint"], crate::fixtures::systems::AUDIENCE);
        assert_eq!(said["token_endpoint_auth_methods_supported"], serde_json::json!(["private_key_jwt"]));
        let scopes: Vec<&str> = said["scopes_supported"]
            .as_array()
            .unwrap()
            .iter()
            .map(|scope| scope.as_str().unwrap())
            .collect();
        let clinic = api.clinic().await;
        for scope in scopes {
            let assertion = clinic.key.jwt(&api.claims(&clinic));
            assert_eq!(api.ask_token(&assertion, scope).await.status, 200, "{scope} is given to somebody");
        }
    }
}

#[tokio::test]
async fn each_person_of_a_batch_counts_as_a_request() {
    for api in each_systems_api(&[("ORGANISATION_RATE", "1")]).await {
        let clinic = api.clinic().await;
        let token = api.token(&clinic).await;
        let nobody = api.request("urn:techo:clinic-code", "018f0000-0000-7000-8000-000000000000");
        let batch = |size: usize| {
            let entries = vec![json!({ "resource": nobody }); size];
            json!({ "resourceType": "Bundle", "type": "batch", "entry": entries })
        };
        let path = "/fhir/CoverageEligibilityRequest/$submit-batch";
        let small = api.post(&token, path, &batch(5)).await;
        assert_eq!(small.status, 200, "{}: {}", api.engine(), small.text);
        let large = api.post(&token, path, &batch(20)).await;
        assert_eq!((large.status, large.header("retry-after")), (429, "12"), "{}", api.engine());
    }
}

#[tokio::test]
async fn a_right_search_whose_client_hangs_up_is_not_counted_as_a_wrong_one() {
    for api in each_systems_api(&[]).await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        api.citizen(1).await;
        let held = api.app.installation.custody.environment.hold_point("search.before-count");
        let declared = flag("意識がなく、既往とアレルギーを確かめる", &known());
        tokio::select! {
            answer = api.declare(&token, &declared) => panic!("{}", answer.text),
            () = held.arrived() => {}
        }
        held.release();
        let vault = &api.app.installation.custody.stores.vault;
        let taken_back = async {
            loop {
                let mut tx = vault.begin().await.unwrap();
                let kind = TryKind::Demographics;
                let tries = vault.lock_wrong_tries(&mut tx, kind, &hospital.organisation.id).await.unwrap();
                tx.rollback().await.unwrap();
                if tries.tries == 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(10), taken_back).await;
        assert!(in_time.is_ok(), "{}: it goes on counting", api.engine());
    }
}
