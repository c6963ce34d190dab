//! The console beside the portal, and people who work there.
#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::unwrap_used,
    reason = "each module uses its own part, and helpers of tests fail like tests"
)]

use crate::support::{Answer, App, Browser, apps, town::record_code};
use axum::Router;
use serde_json::{Value, json};
use techo::console::{self, ConsoleState};
use techo_identity::{
    access::{self, PatientScope},
    passkey::soft::SoftAuthenticator,
    staff::{self, Invitation, NewStaff},
};
use techo_model::{
    organisation::{Organisation, OrganisationKind},
    staff::StaffRole,
};

pub const CONSOLE: &str = "http://localhost:3001";
pub const CLINIC: &str = "1310000001";

/// The portal and the console, on the same databases.
pub struct Office {
    pub app: App,
    pub router: Router,
}

/// Somebody who works at the console, with a device and a browser.
pub struct Worker {
    pub browser: Browser,
    pub device: SoftAuthenticator,
}

/// The same office on every engine, with a clinic that is registered.
pub async fn offices() -> Vec<Office> {
    let mut all = Vec::new();
    for app in apps().await {
        let state = ConsoleState::new(&app.services).await.unwrap();
        let office = Office { router: console::router(state), app };
        let vault = &office.app.town.custody.stores.vault;
        let clinic =
            Organisation { id: CLINIC.into(), kind: OrganisationKind::Clinic, name: "架空医院".into() };
        let mut tx = vault.begin().await.unwrap();
        vault.put_organisation(&mut tx, &clinic, office.app.town.custody.environment.now()).await.unwrap();
        tx.commit().await.unwrap();
        all.push(office);
    }
    all
}

impl Office {
    pub fn engine(&self) -> &'static str {
        self.app.engine()
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone(), CONSOLE)
    }

    pub fn device(&self) -> SoftAuthenticator {
        SoftAuthenticator::new(CONSOLE, &self.app.town.custody.environment)
    }

    pub async fn invite(&self, role: StaffRole) -> Invitation {
        let organisation = role.is_of_organisation().then(|| CLINIC.to_owned());
        let new = NewStaff { name: "山本受付".into(), role, organisation };
        staff::invite_staff(&self.app.town.custody, &new).await.unwrap()
    }

    /// Somebody who was invited and has just made their passkey.
    pub async fn worker(&self, role: StaffRole) -> Worker {
        let invitation = self.invite(role).await;
        self.joined(&invitation).await
    }

    /// Whoever was invited, with a passkey that they have just made.
    pub async fn joined(&self, invitation: &Invitation) -> Worker {
        let mut worker = Worker { browser: self.browser(), device: self.device() };
        let joined = worker.join(&invitation.code.grouped()).await;
        assert_eq!((joined.status, joined.json()["next"].clone()), (200, json!("/")), "{}", joined.text);
        worker
    }

    /// The first citizen, enrolled.
    pub async fn citizen(&self) -> PatientScope {
        let custody = &self.app.town.custody;
        let (vault, keys) = (&custody.stores.vault, custody.keys.current());
        let resident = vault.resident_with(&keys.person_lookup(&keys.person_code(&record_code(1)))).await;
        let resident = resident.unwrap().unwrap();
        let mut tx = vault.begin().await.unwrap();
        let account = vault.account_of(&mut tx, resident).await.unwrap();
        tx.rollback().await.unwrap();
        if account.is_none() {
            self.app.enrolled(1).await;
        }
        let mut tx = vault.begin().await.unwrap();
        let account = vault.account_of(&mut tx, resident).await.unwrap().unwrap();
        tx.rollback().await.unwrap();
        access::owner_scope(custody, account.account_id).await.unwrap()
    }

    /// Bodies of the lines on the first citizen's access log, oldest first.
    pub async fn log(&self) -> Vec<Value> {
        let scope = self.citizen().await;
        let entries =
            self.app.town.custody.stores.records.access_entries(scope.chain(), 0, 1_000).await.unwrap();
        entries.iter().filter_map(|entry| serde_json::from_str(entry.body.as_ref()?).ok()).collect()
    }
}

impl Worker {
    pub async fn join(&mut self, code: &str) -> Answer {
        let options = self.browser.post_json("/passkey/join/begin", &json!({ "code": code })).await;
        if options.status != 200 {
            return options;
        }
        let answer = self.device.create(&options.json()).expect("the device makes a passkey");
        self.browser.post_json("/passkey/join/finish", &answer).await
    }

    pub async fn sign_in(&mut self) -> Answer {
        let options = self.browser.post_json("/passkey/sign-in/begin", &json!({})).await.json();
        let answer = self.device.get(&options).expect("the device has a passkey");
        self.browser.post_json("/passkey/sign-in/finish", &answer).await
    }
}
