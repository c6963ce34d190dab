//! A clinic with a key of its own before the door for systems.
#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::unwrap_used,
    reason = "each module uses its own part, and helpers of tests fail like tests"
)]

use crate::support::{Answer, App, Browser, apps};
use axum::{Router, body::Body, http::Method};
use serde_json::{Value, json};
use techo::api::{self, ApiState};
use techo_domain::systems::{PublicKeys, SigningKey};
use techo_model::organisation::{Organisation, OrganisationKind};

pub const API: &str = "http://localhost:3002";
pub const AUDIENCE: &str = "http://localhost:3002/oauth/token";
pub const RECEPTION: &str = "https://reception.example.jp";
pub const ALL_SCOPES: &str = "system/CoverageEligibilityRequest.c system/Patient.rs";

/// The portal and the door for systems, on the same databases.
pub struct Door {
    pub app: App,
    pub router: Router,
}

/// An organisation with a key of its own.
pub struct Clinic {
    pub organisation: Organisation,
    pub key: SigningKey,
}

/// The same door on every engine.
pub async fn doors() -> Vec<Door> {
    let apps = apps().await;
    apps.into_iter().map(|app| Door { router: api::router(ApiState::new(&app.state)), app }).collect()
}

/// Seconds, as JWTs count.
pub fn seconds(door: &Door) -> i64 {
    door.app.town.domain.world.now().0 / 1_000
}

impl Door {
    pub fn engine(&self) -> &'static str {
        self.app.engine()
    }

    pub fn client(&self) -> Browser {
        Browser::new(self.router.clone(), API)
    }

    /// Registers the nth organisation of a class, with one key and an origin.
    pub async fn register(&self, n: u64, kind: OrganisationKind) -> Clinic {
        let domain = &self.app.town.domain;
        let id = format!("13100000{n:02}");
        let organisation = Organisation { id, kind, name: format!("架空医院{n}") };
        let key = SigningKey::generate(&domain.world, "2026");
        let keys = PublicKeys::read(&key.public_set()).unwrap().to_json();
        let vault = &domain.stores.vault;
        let mut tx = vault.begin().await.unwrap();
        vault.put_organisation(&mut tx, &organisation, domain.world.now()).await.unwrap();
        assert!(vault.set_organisation_keys(&mut tx, &organisation.id, &keys).await.unwrap());
        assert!(vault.set_organisation_origin(&mut tx, &organisation.id, RECEPTION).await.unwrap());
        tx.commit().await.unwrap();
        Clinic { organisation, key }
    }

    pub async fn clinic(&self) -> Clinic {
        self.register(1, OrganisationKind::Clinic).await
    }

    /// What a good assertion says.
    pub fn claims(&self, clinic: &Clinic) -> Value {
        let (id, now) = (&clinic.organisation.id, seconds(self));
        json!({
            "iss": id, "sub": id, "aud": AUDIENCE, "iat": now, "exp": now + 240,
            "jti": self.app.town.domain.world.new_id(),
            "extensions": { "hl7-b2b": { "version": "1", "subject_id": "dr-1", "subject_name": "山本医師",
                "subject_role": "医師", "organization_id": id, "purpose_of_use": ["TREAT"] } },
        })
    }

    pub async fn ask_token(&self, assertion: &str, scope: &str) -> Answer {
        let fields = [
            ("grant_type", "client_credentials"),
            ("scope", scope),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion),
        ];
        let body = fields.map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).join("&");
        let form = [("content-type", "application/x-www-form-urlencoded")];
        self.client().send(Method::POST, "/oauth/token", &form, Body::from(body)).await
    }

    /// A token of a clinic for a purpose.
    pub async fn token_for(&self, clinic: &Clinic, purpose: &str) -> String {
        let mut claims = self.claims(clinic);
        claims["extensions"]["hl7-b2b"]["purpose_of_use"] = json!([purpose]);
        let answer = self.ask_token(&clinic.key.jwt(&claims), ALL_SCOPES).await;
        assert_eq!(answer.status, 200, "{}: {}", self.engine(), answer.text);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn token(&self, clinic: &Clinic) -> String {
        self.token_for(clinic, "TREAT").await
    }

    pub async fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.post_as(token, path, "application/fhir+json", body).await
    }

    pub async fn post_as(&self, token: &str, path: &str, accept: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/fhir+json"),
            ("accept", accept),
        ];
        self.client().send(Method::POST, path, &headers, Body::from(body.to_string())).await
    }
}
