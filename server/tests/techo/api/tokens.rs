//! `/oauth/token`: who gets one, and for what.

use crate::fixtures::systems::{AUDIENCE, Clinic, SystemsApi, each_systems_api, seconds};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
use rsa::{Pkcs1v15Sign, RsaPrivateKey, traits::PublicKeyParts as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha384};
use std::time::Duration;
use techo_disclosure::systems::{PublicKeys, SigningKey};
use techo_model::organisation::{OrganisationKind, OrganisationState};

const SCOPE: &str = "system/Patient.rs";

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The answer to good claims after a change.
async fn changed(api: &SystemsApi, clinic: &Clinic, change: impl FnOnce(&mut Value)) -> (u16, Value) {
    let mut claims = api.claims(clinic);
    change(&mut claims);
    let answer = api.ask_token(&clinic.key.jwt(&claims), SCOPE).await;
    (answer.status, answer.json()["error"].clone())
}

fn invalid_client() -> (u16, Value) {
    (401, "invalid_client".into())
}

#[tokio::test]
async fn a_registered_clinic_gets_a_token_for_five_minutes_and_no_cache_keeps_it() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let answer = api.ask_token(&clinic.key.jwt(&api.claims(&clinic)), SCOPE).await;
        assert_eq!(answer.status, 200, "{}: {}", api.engine(), answer.text);
        assert_eq!(answer.json()["expires_in"], 300);
        assert_eq!(answer.json()["scope"], SCOPE);
        assert_eq!(answer.header("cache-control"), "no-store");
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        assert!(!token.contains('.') && token.len() == 43, "the token tells nothing");
        assert_eq!(api.post(&token, "/card/challenge", &json!({})).await.status, 200);
        api.app.installation.custody.environment.advance(Duration::from_mins(5));
        assert_eq!(api.post(&token, "/card/challenge", &json!({})).await.status, 401, "{}", api.engine());
    }
}

/// An RSA key as a JWK, and what signs with it.
fn rsa_key() -> (RsaPrivateKey, Value) {
    let key = RsaPrivateKey::new(&mut ChaCha20Rng::from_seed([7; 32]), 2_048).expect("a key can be made");
    let (n, e) = (URL_SAFE_NO_PAD.encode(key.n_bytes()), URL_SAFE_NO_PAD.encode(key.e_bytes()));
    (key, json!({ "keys": [{ "kty": "RSA", "alg": "RS384", "kid": "rsa", "use": "sig", "n": n, "e": e }] }))
}

fn signed_with_rsa(key: &RsaPrivateKey, algorithm: &str, claims: &Value) -> String {
    let content =
        format!("{}.{}", part(&json!({ "alg": algorithm, "typ": "JWT", "kid": "rsa" })), part(claims));
    let signature = match algorithm {
        "RS384" => key.sign(Pkcs1v15Sign::new::<Sha384>(), &Sha384::digest(&content)),
        _ => key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(&content)),
    };
    format!("{content}.{}", URL_SAFE_NO_PAD.encode(signature.expect("a key signs")))
}

#[tokio::test]
async fn a_clinic_with_an_rsa_key_gets_a_token_by_rs384_and_by_no_shorter_hash() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let (key, set) = rsa_key();
        let keys = PublicKeys::read(&set.to_string()).expect("a public key is registered").to_json();
        let vault = &api.app.installation.custody.stores.vault;
        let mut tx = vault.begin().await.expect("the vault answers");
        vault.set_organisation_keys(&mut tx, &clinic.organisation.id, &keys).await.expect("it is registered");
        tx.commit().await.expect("the vault answers");
        let good = signed_with_rsa(&key, "RS384", &api.claims(&clinic));
        assert_eq!(api.ask_token(&good, SCOPE).await.status, 200, "{}", api.engine());
        let short = signed_with_rsa(&key, "RS256", &api.claims(&clinic));
        assert_eq!(api.ask_token(&short, SCOPE).await.status, 401);
        let former = api.ask_token(&clinic.key.jwt(&api.claims(&clinic)), SCOPE).await;
        assert_eq!(former.status, 401, "the former key is not registered any more");
    }
}

#[tokio::test]
async fn an_assertion_is_worth_one_token_even_when_it_comes_twice_at_once() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let assertion = clinic.key.jwt(&api.claims(&clinic));
        let (one, other) = tokio::join!(api.ask_token(&assertion, SCOPE), api.ask_token(&assertion, SCOPE));
        let mut both = [one.status, other.status];
        both.sort_unstable();
        assert_eq!(both, [200, 401], "{}", api.engine());
        assert_eq!(api.ask_token(&assertion, SCOPE).await.status, 401);
    }
}

#[tokio::test]
async fn an_assertion_for_another_door_is_refused() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        for audience in [
            json!("http://localhost:3000/oauth/token"),
            json!("http://localhost:3002"),
            json!([AUDIENCE, "https://other.example"]),
            json!([]),
        ] {
            let answer = changed(&api, &clinic, |claims| claims["aud"] = audience).await;
            assert_eq!(answer, invalid_client(), "{}", api.engine());
        }
        assert_eq!(changed(&api, &clinic, |claims| claims["aud"] = json!([AUDIENCE])).await.0, 200);
    }
}

#[tokio::test]
async fn an_assertion_that_is_over_or_lasts_too_long_or_begins_later_is_refused() {
    for api in each_systems_api().await {
        let (clinic, now) = (api.clinic().await, seconds(&api));
        let wrong: [(&str, i64); 6] = [
            ("exp", now),
            ("exp", now + 301),
            ("exp", now - 10),
            ("iat", now + 60),
            ("nbf", now + 60),
            ("iat", now - 400),
        ];
        for (claim, value) in wrong {
            let answer = changed(&api, &clinic, |claims| claims[claim] = value.into()).await;
            assert_eq!(answer, invalid_client(), "{}: {claim} {}", api.engine(), value - now);
        }
    }
}

#[tokio::test]
async fn no_algorithm_but_that_of_the_registered_key_is_believed() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let claims = part(&api.claims(&clinic));
        let good = clinic.key.jwt(&api.claims(&clinic));
        let signature = good.rsplit('.').next().unwrap();
        for alg in ["none", "HS256", "HS384", "ES256", "RS384", "RS256", "es384"] {
            let header = part(&json!({ "alg": alg, "typ": "JWT", "kid": "2026" }));
            for signed in ["", signature] {
                let answer = api.ask_token(&format!("{header}.{claims}.{signed}"), SCOPE).await;
                assert_eq!((answer.status, answer.json()["error"].clone()), invalid_client(), "{alg}");
            }
        }
    }
}

#[tokio::test]
async fn another_organisations_key_opens_nothing() {
    for api in each_systems_api().await {
        let (clinic, other) = (api.clinic().await, api.register(2, OrganisationKind::Clinic).await);
        let foreign = other.key.jwt(&api.claims(&clinic));
        assert_eq!(api.ask_token(&foreign, SCOPE).await.status, 401, "{}", api.engine());
        let unknown = SigningKey::generate(&api.app.installation.custody.environment, "unknown-kid");
        assert_eq!(api.ask_token(&unknown.jwt(&api.claims(&clinic)), SCOPE).await.status, 401);
        let answer = changed(&api, &clinic, |claims| claims["sub"] = other.organisation.id.clone().into());
        assert_eq!(answer.await, invalid_client());
    }
}

#[tokio::test]
async fn without_a_purpose_there_is_no_token() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let wrong: [fn(&mut Value); 4] = [
            |b2b| b2b["purpose_of_use"] = json!([]),
            |b2b| b2b["purpose_of_use"] = json!(["WHATEVER"]),
            |b2b| b2b["organization_id"] = "1310000999".into(),
            |b2b| *b2b = json!(null),
        ];
        for change in wrong {
            let answer = changed(&api, &clinic, |claims| change(&mut claims["extensions"]["hl7-b2b"])).await;
            assert_eq!(answer, (400, "invalid_grant".into()), "{}", api.engine());
        }
        let answer = changed(&api, &clinic, |claims| claims["extensions"] = json!({})).await;
        assert_eq!(answer, (400, "invalid_grant".into()), "{}", api.engine());
    }
}

#[tokio::test]
async fn a_scope_beyond_the_class_is_refused_whole() {
    for api in each_systems_api().await {
        let pharmacy = api.register(3, OrganisationKind::Pharmacy).await;
        let assertion = pharmacy.key.jwt(&api.claims(&pharmacy));
        let answer = api.ask_token(&assertion, "system/Patient.rs system/DiagnosticReport.c").await;
        assert_eq!((answer.status, answer.json()["error"].clone()), (400, "invalid_scope".into()));
    }
}

#[tokio::test]
async fn a_suspended_organisation_gets_no_token_and_loses_the_one_it_has() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let token = api.token(&clinic).await;
        let vault = &api.app.installation.custody.stores.vault;
        let mut tx = vault.begin().await.unwrap();
        vault
            .set_organisation_state(&mut tx, &clinic.organisation.id, OrganisationState::Suspended)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(api.post(&token, "/card/challenge", &json!({})).await.status, 401, "{}", api.engine());
        assert_eq!(changed(&api, &clinic, |_| ()).await, invalid_client(), "{}", api.engine());
    }
}

#[tokio::test]
async fn a_request_that_is_no_client_credentials_grant_is_told_so_in_the_words_of_the_standard() {
    for api in each_systems_api().await {
        let form = [
            ("grant_type", "password"),
            ("scope", "a"),
            ("client_assertion", "x"),
            ("client_assertion_type", "y"),
        ];
        let answer = api.client().post_form("/oauth/token", &form).await;
        assert_eq!((answer.status, answer.json()["error"].clone()), (400, "unsupported_grant_type".into()));
        let answer = api.client().post_form("/oauth/token", &[]).await;
        assert_eq!((answer.status, answer.json()["error"].clone()), (400, "invalid_request".into()));
        let answer = api.ask_token("not.a-jwt", SCOPE).await;
        assert_eq!((answer.status, answer.json()["error"].clone()), invalid_client());
    }
}

#[tokio::test]
async fn a_purpose_that_a_class_may_not_have_gets_no_token() {
    for api in each_systems_api().await {
        for kind in [OrganisationKind::Clinic, OrganisationKind::Pharmacy] {
            let asker = api.register(if kind == OrganisationKind::Clinic { 1 } else { 2 }, kind).await;
            for (purpose, status) in [
                ("TREAT", 200),
                ("ETREAT", 200),
                ("HPAYMT", 200),
                ("HRESCH", 400),
                ("PUBHLTH", 400),
                ("COVERAGE", 400),
            ] {
                let purposes = |claims: &mut Value| {
                    claims["extensions"]["hl7-b2b"]["purpose_of_use"] = json!([purpose]);
                };
                let answer = changed(&api, &asker, purposes).await;
                assert_eq!(answer.0, status, "{}: {kind} {purpose}", api.engine());
                assert!(status == 200 || answer.1 == "invalid_grant", "{answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn parameters_of_the_header_that_nobody_knows_are_ignored_and_critical_ones_are_refused() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let header = |more: &str| format!(r#"{{"alg":"ES384","typ":"JWT","kid":"2026"{more}}}"#);
        for (more, status) in [
            ("", 200),
            (
                r#","x5t":"abc","x5u":"https://other.example","jku":"https://other.example","cty":"x","url":1"#,
                200,
            ),
            (r#","jwk":{"kty":"oct","k":"AA"}"#, 200),
            (r#","crit":["exp"]"#, 401),
            (r#","crit":[],"b64":false"#, 401),
            (r#","crit":null,"x":1"#, 401),
        ] {
            let claims = api.claims(&clinic).to_string();
            let answer = api.ask_token(&clinic.key.jws(&header(more), &claims), SCOPE).await;
            assert_eq!(answer.status, status, "{}: {more}: {}", api.engine(), answer.text);
        }
    }
}

#[tokio::test]
async fn a_refusal_says_what_to_look_for_and_every_reason_alike() {
    for api in each_systems_api().await {
        let clinic = api.clinic().await;
        let mut told = Vec::new();
        let wrong: [fn(&mut Value); 4] = [
            |claims| claims["iss"] = "1310000099".into(),
            |claims| claims["exp"] = 1.into(),
            |claims| claims["aud"] = "https://other.example".into(),
            |claims| claims["jti"] = "".into(),
        ];
        for change in wrong {
            let mut claims = api.claims(&clinic);
            change(&mut claims);
            let answer = api.ask_token(&clinic.key.jwt(&claims), SCOPE).await;
            let description = answer.json()["error_description"].as_str().unwrap().to_owned();
            let (text, reference) = description.split_once(" (reference ").unwrap();
            assert_eq!(reference.len(), 10, "{description}");
            told.push(text.to_owned());
        }
        told.dedup();
        assert_eq!(told, ["the assertion was refused"], "{}", api.engine());
    }
}

#[tokio::test]
async fn a_token_beside_a_key_that_goes_or_a_suspension_is_not_given() {
    for suspends in [false, true] {
        for api in each_systems_api().await {
            let clinic = api.clinic().await;
            let (custody, id) = (&api.app.installation.custody, clinic.organisation.id.as_str());
            let assertion = clinic.key.jwt(&api.claims(&clinic));
            let held = custody.environment.hold_point("token.checked");
            let (answer, ()) = tokio::join!(api.ask_token(&assertion, SCOPE), async {
                held.arrived().await;
                let mut tx = custody.stores.vault.begin().await.unwrap();
                if suspends {
                    let vault = &custody.stores.vault;
                    assert!(
                        vault
                            .set_organisation_state(&mut tx, id, OrganisationState::Suspended)
                            .await
                            .unwrap()
                    );
                } else {
                    let next =
                        PublicKeys::read(&SigningKey::generate(&custody.environment, "2027").public_set());
                    let next = next.unwrap().to_json();
                    assert!(custody.stores.vault.set_organisation_keys(&mut tx, id, &next).await.unwrap());
                    custody.stores.vault.drop_access_tokens(&mut tx, id).await.unwrap();
                }
                tx.commit().await.unwrap();
                held.release();
            });
            assert_eq!(answer.status, 401, "{} suspended: {suspends}: {}", api.engine(), answer.text);
            assert_eq!(answer.json()["error"], "invalid_client");
        }
    }
}
