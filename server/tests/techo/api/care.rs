//! Care providers (介護事業所) and care teams through the door for systems.

use crate::{
    api::records::fill,
    fixtures::systems::{Clinic, SystemsApi, each_systems_api, share_code},
};
use axum::{body::Body, http::Method};
use std::collections::BTreeSet;
use techo_consent::choices::for_team;
use techo_model::{
    RuleId, UnixMillis,
    consent::{Category, ConsentState, OrganisationNumber, RuleScope, Switch},
    organisation::OrganisationKind,
};

const SCOPES: &str =
    "system/CoverageEligibilityRequest.c system/Patient.rs system/Immunization.rs system/Observation.rs";

async fn token(api: &SystemsApi, who: &Clinic, scopes: &str) -> Option<String> {
    let answer = api.ask_token(&who.key.jwt(&api.claims(who)), scopes).await;
    (answer.status == 200).then(|| answer.json()["access_token"].as_str().unwrap().to_owned())
}

/// How many doses somebody is shown, whom the first person has just visited.
async fn doses(api: &SystemsApi, who: &Clinic) -> u64 {
    let bearer = token(api, who, SCOPES).await.unwrap();
    let shown = api.submit(&bearer, "urn:techo:share-code", &share_code(api, 1).await).await;
    let code = shown.json()["contained"][0]["identifier"][0]["value"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {bearer}");
    let headers = [("authorization", bearer.as_str())];
    let path = format!("/fhir/Immunization?patient={code}");
    let answer = api.client().send(Method::GET, &path, &headers, Body::empty()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let entries = answer.json()["entry"].as_array().cloned().unwrap_or_default();
    entries.iter().filter(|entry| entry["resource"]["resourceType"] == "Immunization").count() as u64
}

#[tokio::test]
async fn a_care_team_reads_what_the_person_chose_until_its_last_day_and_nobody_beside_it_does() {
    for api in each_systems_api().await {
        fill(&api).await;
        let scope = api.citizen(1).await;
        let nurse = api.register(71, OrganisationKind::Care).await;
        let manager = api.register(72, OrganisationKind::Care).await;
        let (doctor, stranger) = (api.clinic().await, api.register(73, OrganisationKind::Care).await);
        let environment = &api.app.installation.custody.environment;
        let number = |who: &Clinic| OrganisationNumber(who.organisation.id.clone());
        let members: BTreeSet<_> = [&nurse, &manager, &doctor].map(number).into();
        let seen = RuleScope { categories: [Category::Vaccination].into(), ..RuleScope::default() };
        let mut state = ConsentState::default();
        state.settings.clinics = Switch::On;
        state.rules.push(for_team(RuleId(environment.new_id()), members, seen, environment.now()));
        state.rules[0].validity.until = Some(UnixMillis(environment.now().0 + 3_600_000));
        api.save(&scope, state, 0).await;
        for member in [&nurse, &manager, &doctor] {
            assert_eq!(doses(&api, member).await, 1, "{}: {}", api.engine(), member.organisation.id);
        }
        assert_eq!(doses(&api, &stranger).await, 0, "{}: of the same class alone", api.engine());
        environment.advance(std::time::Duration::from_hours(1));
        assert_eq!(doses(&api, &nurse).await, 0, "{}: the team is over", api.engine());
    }
}

#[tokio::test]
async fn a_care_provider_neither_sends_nor_asks_who_pays_nor_declares_an_emergency() {
    for api in each_systems_api().await {
        let nurse = api.register(71, OrganisationKind::Care).await;
        assert!(token(&api, &nurse, SCOPES).await.is_some(), "{}", api.engine());
        for more in ["Coverage.rs", "Flag.cu", "DiagnosticReport.crs", "Immunization.crs", "Bundle.crs"] {
            let asked = token(&api, &nurse, &format!("{SCOPES} system/{more}")).await;
            assert!(asked.is_none(), "{}: {more}", api.engine());
        }
        let bearer = token(&api, &nurse, SCOPES).await.unwrap();
        fill(&api).await;
        let answer = api.submit(&bearer, "urn:techo:share-code", &share_code(&api, 1).await).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(answer.json().get("insurance").is_none(), "{}: {}", api.engine(), answer.text);
        let clinic = api.clinic().await;
        let told = api.token(&clinic).await;
        let told = api.submit(&told, "urn:techo:share-code", &share_code(&api, 1).await).await;
        assert!(told.json()["insurance"].is_array(), "{}: a clinic is told: {}", api.engine(), told.text);
    }
}
