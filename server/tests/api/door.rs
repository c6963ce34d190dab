//! A clinic with a key of its own before the door for systems.
#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::unwrap_used,
    reason = "each module uses its own part, and helpers of tests fail like tests"
)]

use crate::support::{Answer, App, Browser, apps, town::record_code};
use axum::{Router, body::Body, http::Method};
use serde_json::{Value, json};
use techo::api::{self, ApiState};
use techo_citizen::{
    consent::{NewDraft, Origin, Words},
    testing::card_shown_at,
};
use techo_disclosure::{
    clinic,
    systems::{PublicKeys, SigningKey},
};
use techo_identity::access::{self, CardShown, PatientScope, testing::verified};
use techo_model::{
    AccountId,
    consent::{ConsentState, Switch},
    organisation::{Organisation, OrganisationKind},
};

pub const API: &str = "http://localhost:3002";
pub const AUDIENCE: &str = "http://localhost:3002/oauth/token";
pub const SUBMIT: &str = "/fhir/CoverageEligibilityRequest/$submit";
pub const RECEPTION: &str = "https://reception.example.jp";
pub const ALL_SCOPES: &str = "system/CoverageEligibilityRequest.c system/Patient.rs system/Observation.rs \
    system/DiagnosticReport.rs system/Immunization.rs system/Coverage.rs system/Flag.cu system/Bundle.rs";

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
    apps.into_iter().map(|app| Door { router: api::router(ApiState::new(&app.services)), app }).collect()
}

/// Seconds, as JWTs count.
pub fn seconds(door: &Door) -> i64 {
    door.app.town.custody.environment.now().0 / 1_000
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
        let custody = &self.app.town.custody;
        let id = format!("13100000{n:02}");
        let organisation = Organisation { id, kind, name: format!("架空医院{n}") };
        let key = SigningKey::generate(&custody.environment, "2026");
        let keys = PublicKeys::read(&key.public_set()).unwrap().to_json();
        let vault = &custody.stores.vault;
        let mut tx = vault.begin().await.unwrap();
        vault.put_organisation(&mut tx, &organisation, custody.environment.now()).await.unwrap();
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
            "jti": self.app.town.custody.environment.new_id(),
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

/// A share code that the nth person made a moment ago.
pub async fn share_code(door: &Door, n: u32) -> String {
    let scope = door.citizen(n).await;
    let custody = &door.app.town.custody;
    clinic::make_share_code(custody, &verified(custody, &scope).await).await.unwrap().digits
}

impl Door {
    /// The nth person, enrolled when they are not yet.
    pub async fn citizen(&self, n: u32) -> PatientScope {
        let custody = &self.app.town.custody;
        if let Some(account) = self.account(n).await {
            return access::owner_scope(custody, account).await.unwrap();
        }
        self.app.enrolled(n).await;
        let account = self.account(n).await.expect("somebody enrolled has an account");
        access::owner_scope(custody, account).await.unwrap()
    }

    async fn account(&self, n: u32) -> Option<AccountId> {
        let custody = &self.app.town.custody;
        let (vault, keys) = (&custody.stores.vault, custody.keys.current());
        let lookup = keys.person_lookup(&keys.person_code(&record_code(u64::from(n))));
        let resident = vault.resident_with(&lookup).await.unwrap().unwrap();
        let mut tx = vault.begin().await.unwrap();
        let account = vault.account_of(&mut tx, resident).await.unwrap();
        tx.rollback().await.unwrap();
        account.map(|account| account.account_id)
    }

    /// What the nth person chooses: sharing with clinics, and for how many hours after a visit.
    pub async fn choose(&self, n: u32, clinics: Switch, hours: u16) {
        let scope = self.citizen(n).await;
        let reading = &self.app.state.reading;
        let base = reading.consent(&scope).await.unwrap().version;
        let mut state = ConsentState::default();
        (state.settings.clinics, state.settings.treatment_window_hours) = (clinics, hours);
        self.save(&scope, state, base).await;
    }

    /// The same with rules.
    pub async fn save(&self, scope: &PatientScope, state: ConsentState, base: i64) {
        let (reading, about) = (&self.app.state.reading, state.clone());
        let verified = verified(&self.app.town.custody, scope).await;
        let draft = NewDraft { state, origin: Origin::Page, base };
        reading.draft_consent(verified.present(), draft).await.unwrap();
        let words =
            Words {
                language: "ja".into(), sentences: vec!["診てくれる所に見せます。".into()], about
            };
        reading.save_consent(&verified, words).await.unwrap();
    }

    /// The nth person, who showed their card this moment.
    pub async fn card_shown(&self, n: u32) -> CardShown {
        card_shown_at(&self.app.state.reading, &self.citizen(n).await).await
    }

    /// Bodies of the lines on the nth person's access log, oldest first.
    pub async fn log_of(&self, n: u32) -> Vec<Value> {
        let scope = self.citizen(n).await;
        let records = &self.app.town.custody.stores.records;
        let entries = records.access_entries(scope.chain(), 0, 1_000).await.unwrap();
        entries.iter().filter_map(|entry| serde_json::from_str(entry.body.as_ref()?).ok()).collect()
    }

    /// A request about whoever an identifier points at.
    pub fn request(&self, system: &str, value: &str) -> Value {
        json!({
            "resourceType": "CoverageEligibilityRequest", "status": "active", "purpose": ["validation"],
            "patient": { "identifier": { "system": system, "value": value } },
            "created": "2026-11-23", "insurer": { "display": "-" },
        })
    }

    /// Asks about eligibility.
    pub async fn submit(&self, token: &str, system: &str, value: &str) -> Answer {
        self.post(token, SUBMIT, &self.request(system, value)).await
    }

    /// The clinic's code, given at a visit with a share code.
    pub async fn visit(&self, clinic: &Clinic, n: u32) -> String {
        let (code, token) = (share_code(self, n).await, self.token(clinic).await);
        let answer = self.submit(&token, "urn:techo:share-code", &code).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let identifier = &answer.json()["contained"][0]["identifier"][0];
        assert_eq!(identifier["system"], "urn:techo:clinic-code", "{}", answer.text);
        identifier["value"].as_str().unwrap().to_owned()
    }
}
