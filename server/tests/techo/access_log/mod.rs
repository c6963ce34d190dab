//! What a citizen is promised about the access log and the notices, as requests through every layer, on both engines.

mod broken;
mod looks;
mod notices;
mod proofs;

use crate::fixtures::TestApp;
use techo_audit::log::{Action, Category, LogEvent, Purpose, Reason};
use techo_identity::access::PatientScope;
use techo_model::{
    UnixMillis,
    consent::AskingPerson,
    organisation::{Organisation, OrganisationKind},
};
use techo_testkit::people::owner_of;

const CLINIC: &str = "1310000001";
const CLINIC_NAME: &str = "さくら内科クリニック";

/// A registered clinic.
async fn register_clinic(app: &TestApp) {
    let vault = &app.installation.custody.stores.vault;
    let clinic = Organisation { id: CLINIC.into(), kind: OrganisationKind::Clinic, name: CLINIC_NAME.into() };
    let mut tx = vault.begin().await.unwrap();
    vault.put_organisation(&mut tx, &clinic, UnixMillis(0)).await.unwrap();
    tx.commit().await.unwrap();
}

/// What the nth person may see.
async fn scope(app: &TestApp, n: u64) -> PatientScope {
    owner_of(&app.installation, n).await
}

/// A look of the clinic's doctor at the checkups of a person.
fn look(app: &TestApp, whose: &PatientScope) -> LogEvent {
    let doctor =
        AskingPerson {
            id: "doctor-1".into(), name: Some("医師 一郎".into()), role: Some("医師".into())
        };
    let environment = &app.installation.custody.environment;
    LogEvent::by_organisation(environment, whose.chain(), CLINIC, Some(doctor))
        .doing(Action::Read, Category::Checkup, Purpose::Treatment)
        .about([environment.new_id(), environment.new_id()])
}

/// A refusal of an organisation that nobody registered.
fn refusal(app: &TestApp, whose: &PatientScope) -> LogEvent {
    LogEvent::by_organisation(&app.installation.custody.environment, whose.chain(), "1310000009", None)
        .doing(Action::Refuse, Category::Laboratory, Purpose::Treatment)
        .because(Reason::NotPermitted)
}
