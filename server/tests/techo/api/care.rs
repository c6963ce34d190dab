//! Care providers (介護事業所) and care teams through the door for systems.

use crate::{
    api::records::fill,
    fixtures::systems::{Clinic, Door, doors, share_code},
};
use axum::{body::Body, http::Method};
use std::collections::BTreeSet;
use techo_consent::choices::for_team;
use techo_model::{
    RuleId, UnixMillis,
    consent::{Category, ConsentState, OrganisationNumber, Scope, Switch},
    organisation::OrganisationKind,
};

const SCOPES: &str =
    "system/CoverageEligibilityRequest.c system/Patient.rs system/Immunization.rs system/Observation.rs";

async fn token(door: &Door, who: &Clinic, scopes: &str) -> Option<String> {
    let answer = door.ask_token(&who.key.jwt(&door.claims(who)), scopes).await;
    (answer.status == 200).then(|| answer.json()["access_token"].as_str().unwrap().to_owned())
}

/// How many doses somebody is shown, whom the first person has just visited.
async fn doses(door: &Door, who: &Clinic) -> u64 {
    let bearer = token(door, who, SCOPES).await.unwrap();
    let shown = door.submit(&bearer, "urn:techo:share-code", &share_code(door, 1).await).await;
    let code = shown.json()["contained"][0]["identifier"][0]["value"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {bearer}");
    let headers = [("authorization", bearer.as_str())];
    let path = format!("/fhir/Immunization?patient={code}");
    let answer = door.client().send(Method::GET, &path, &headers, Body::empty()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let entries = answer.json()["entry"].as_array().cloned().unwrap_or_default();
    entries.iter().filter(|entry| entry["resource"]["resourceType"] == "Immunization").count() as u64
}

#[tokio::test]
async fn a_care_team_reads_what_the_person_chose_until_its_last_day_and_nobody_beside_it_does() {
    for door in doors().await {
        fill(&door).await;
        let scope = door.citizen(1).await;
        let nurse = door.register(71, OrganisationKind::Care).await;
        let manager = door.register(72, OrganisationKind::Care).await;
        let (doctor, stranger) = (door.clinic().await, door.register(73, OrganisationKind::Care).await);
        let environment = &door.app.town.custody.environment;
        let number = |who: &Clinic| OrganisationNumber(who.organisation.id.clone());
        let members: BTreeSet<_> = [&nurse, &manager, &doctor].map(number).into();
        let seen = Scope { categories: [Category::Vaccination].into(), ..Scope::default() };
        let mut state = ConsentState::default();
        state.settings.clinics = Switch::On;
        state.rules.push(for_team(RuleId(environment.new_id()), members, seen, environment.now()));
        state.rules[0].validity.until = Some(UnixMillis(environment.now().0 + 3_600_000));
        door.save(&scope, state, 0).await;
        for member in [&nurse, &manager, &doctor] {
            assert_eq!(doses(&door, member).await, 1, "{}: {}", door.engine(), member.organisation.id);
        }
        assert_eq!(doses(&door, &stranger).await, 0, "{}: of the same class alone", door.engine());
        environment.advance(std::time::Duration::from_hours(1));
        assert_eq!(doses(&door, &nurse).await, 0, "{}: the team is over", door.engine());
    }
}

#[tokio::test]
async fn a_care_provider_neither_sends_nor_asks_who_pays_nor_declares_an_emergency() {
    for door in doors().await {
        let nurse = door.register(71, OrganisationKind::Care).await;
        assert!(token(&door, &nurse, SCOPES).await.is_some(), "{}", door.engine());
        for more in ["Coverage.rs", "Flag.cu", "DiagnosticReport.crs", "Immunization.crs", "Bundle.crs"] {
            let asked = token(&door, &nurse, &format!("{SCOPES} system/{more}")).await;
            assert!(asked.is_none(), "{}: {more}", door.engine());
        }
        let bearer = token(&door, &nurse, SCOPES).await.unwrap();
        fill(&door).await;
        let answer = door.submit(&bearer, "urn:techo:share-code", &share_code(&door, 1).await).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(answer.json().get("insurance").is_none(), "{}: {}", door.engine(), answer.text);
        let clinic = door.clinic().await;
        let told = door.token(&clinic).await;
        let told = door.submit(&told, "urn:techo:share-code", &share_code(&door, 1).await).await;
        assert!(told.json()["insurance"].is_array(), "{}: a clinic is told: {}", door.engine(), told.text);
    }
}
