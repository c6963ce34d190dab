//! What a citizen is promised about the access log and the notices, as requests through every layer, on both engines.

mod broken;
mod looks;
mod notices;
mod proofs;

use crate::fixtures::TestApp;
use techo_audit::log::{Action, Category, Event, Purpose, Reason};
use techo_identity::access::{self, PatientScope};
use techo_model::{
    UnixMillis,
    consent::Subject,
    organisation::{Organisation, OrganisationKind},
};

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
    let (vault, keys) = (&app.installation.custody.stores.vault, app.installation.custody.keys.current());
    let lookup = keys.person_lookup(&keys.person_code(&techo_testkit::record_code(n)));
    let mut tx = vault.begin().await.unwrap();
    let resident = vault.known_residents(&mut tx, &[lookup]).await.unwrap()[0].resident_id;
    let account = vault.account_of(&mut tx, resident).await.unwrap().unwrap().account_id;
    tx.rollback().await.unwrap();
    access::owner_scope(&app.installation.custody, account).await.unwrap()
}

/// A look of the clinic's doctor at the checkups of a person.
fn look(app: &TestApp, whose: &PatientScope) -> Event {
    let doctor =
        Subject { id: "doctor-1".into(), name: Some("医師 一郎".into()), role: Some("医師".into()) };
    let environment = &app.installation.custody.environment;
    Event::by_organisation(environment, whose.chain(), CLINIC, Some(doctor))
        .doing(Action::Read, Category::Checkup, Purpose::Treatment)
        .about([environment.new_id(), environment.new_id()])
}

/// A refusal of an organisation that nobody registered.
fn refusal(app: &TestApp, whose: &PatientScope) -> Event {
    Event::by_organisation(&app.installation.custody.environment, whose.chain(), "1310000009", None)
        .doing(Action::Refuse, Category::Laboratory, Purpose::Treatment)
        .because(Reason::NotPermitted)
}
