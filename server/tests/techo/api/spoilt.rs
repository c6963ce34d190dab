//! One person whose row does not open closes the emergency search for nobody else, and operators are told.

use crate::{
    api::emergency::{flag, known},
    fixtures::systems::{SystemsApi, each_systems_api},
};
use serde_json::Value;
use techo::{
    jobs,
    ops::{self, OpsState},
    roles::{ProcessRole, RoleSet},
};
use techo_audit::log::{Action, Category, LogEvent};
use techo_custody::page_watch::go_on;
use techo_model::ResidentId;
use techo_store::testing::tamper_row;
use techo_testkit::{browser::TestBrowser, record_code};

const REASON: &str = "意識がなく、既往とアレルギーを確かめる";

/// The nth person, as somebody who cannot speak is known.
fn nth(n: u64) -> Value {
    let mut patient = known();
    patient["birthDate"] = ["1975-04-01", "1980-01-02", "2001-07-07"][usize::try_from(n).unwrap() - 1].into();
    patient
}

async fn resident(api: &SystemsApi, n: u64) -> ResidentId {
    let custody = &api.app.installation.custody;
    let keys = custody.keys.current();
    let lookup = keys.person_lookup(&keys.person_code(&record_code(n)));
    custody.stores.vault.resident_with(&lookup).await.unwrap().unwrap()
}

async fn spoil(api: &SystemsApi, statement: &'static str, row: ResidentId) {
    assert_eq!(tamper_row(api.app.installation.custody.stores.vault.db(), statement, row.0).await, 1);
}

async fn readiness(api: &SystemsApi) -> String {
    let router = ops::router(OpsState::new(&api.app.services, RoleSet::all()));
    TestBrowser::new(router, "http://localhost").get("/readyz").await.text
}

#[tokio::test]
async fn one_person_who_does_not_open_closes_the_emergency_search_for_nobody_else() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        jobs::runner(&api.app.services).run_all().await.unwrap();
        // Whoever stands in for those who are not here.
        let first = api.app.installation.custody.stores.vault.any_resident().await.unwrap().unwrap();
        spoil(&api, "UPDATE resident SET chain_sealed = name_sealed WHERE resident_id = $1", first).await;
        assert!(readiness(&api).await.contains("jobs: ok"), "nobody has stumbled over it yet");
        let mut stranger = known();
        stranger["birthDate"] = "1931-01-01".into();
        assert_eq!(api.declare(&token, &flag(REASON, &stranger)).await.status, 404, "{}", api.engine());
        let told = "jobs: degraded: 1 rows of resident cannot be read and are parked";
        assert!(readiness(&api).await.contains(told), "{}", api.engine());
        for n in 1..=3 {
            let expected = if resident(&api, n).await == first { 404 } else { 201 };
            let answer = api.declare(&token, &flag(REASON, &nth(n))).await;
            assert_eq!(answer.status, expected, "{}: {n}: {}", api.engine(), answer.text);
        }
    }
}

#[tokio::test]
async fn a_namesake_who_does_not_open_could_be_the_one_who_is_meant() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let (one, two) = (resident(&api, 1).await, resident(&api, 2).await);
        spoil(&api, "UPDATE resident SET sex_sealed = name_sealed WHERE resident_id = $1", two).await;
        let same_name = "UPDATE resident SET demographics_lookup = (SELECT demographics_lookup FROM resident WHERE resident_id <> $1
            ORDER BY birth_sealed LIMIT 1) WHERE resident_id = $1";
        // Everybody is a namesake of somebody now; whose name it is does not matter here.
        spoil(&api, same_name, two).await;
        let found = api.declare(&token, &flag(REASON, &nth(1))).await.status;
        let other = api.declare(&token, &flag(REASON, &nth(3))).await.status;
        assert_eq!([found, other].iter().filter(|status| **status == 404).count(), 1, "{}", api.engine());
        assert_eq!([found, other].iter().filter(|status| **status == 201).count(), 1, "{}", api.engine());
        assert_ne!(one, two);
    }
}

#[tokio::test]
async fn somebody_who_cannot_be_made_findable_closes_the_search_for_a_turn_of_the_job_at_most() {
    for api in each_systems_api().await {
        let hospital = api.hospital().await;
        let token = api.token_of(&hospital, "dr-1").await;
        let spoilt = "UPDATE resident SET demographics_lookup = NULL, birth_sealed = name_sealed WHERE resident_id = $1";
        spoil(&api, spoilt, resident(&api, 2).await).await;
        assert_eq!(api.declare(&token, &flag(REASON, &nth(1))).await.status, 429, "{}", api.engine());
        api.app.installation.custody.index_demographics(&mut go_on).await.unwrap();
        assert_eq!(api.declare(&token, &flag(REASON, &nth(1))).await.status, 201, "{}", api.engine());
    }
}

#[tokio::test]
async fn a_process_whose_keys_were_changed_elsewhere_says_that_it_cannot_answer() {
    for api in each_systems_api().await {
        let vault = &api.app.installation.custody.stores.vault;
        assert!(readiness(&api).await.contains("keys: ok"), "{}", api.engine());
        let mut tx = vault.begin().await.unwrap();
        let others = r#"{"version":2,"check":"AAAAAAAAAAAAAAAAAAAAAA=="}"#;
        vault.put_setting(&mut tx, "keys", others).await.unwrap();
        tx.commit().await.unwrap();
        let told = readiness(&api).await;
        assert!(told.contains("keys: down: changed since this process began"), "{}: {told}", api.engine());
    }
}

#[tokio::test]
async fn one_line_that_the_log_refuses_is_told_and_takes_nobody_away() {
    for api in each_systems_api().await {
        let custody = &api.app.installation.custody;
        let chain = techo_model::ChainId(custody.environment.opaque_id());
        let event = LogEvent::by_owner(&custody.environment, chain, Action::Read, Category::Checkup);
        api.app.services.log.append(event.clone()).await.unwrap();
        assert!(api.app.services.log.append(event).await.is_err(), "{}: no line twice", api.engine());
        let router = ops::router(OpsState::new(&api.app.services, RoleSet::all()));
        let ready = TestBrowser::new(router, "http://localhost").get("/readyz").await;
        assert_eq!(ready.status, 200, "{}: {}", api.engine(), ready.text);
        assert!(ready.text.contains("access-log: degraded: a line was refused at 2026"), "{}", ready.text);
    }
}

#[tokio::test]
async fn operators_of_one_process_see_the_tree_that_another_one_looks_after() {
    for api in each_systems_api().await {
        let records = api.app.installation.custody.stores.records.clone();
        let alone = RoleSet::only(&[ProcessRole::Ops]);
        let router = ops::router(OpsState::new(&api.app.services, alone));
        let mut operator = TestBrowser::new(router, "http://localhost");
        let told = operator.get("/readyz").await.text;
        assert!(told.contains("access-log: ok: written elsewhere"), "{}: {told}", api.engine());
        jobs::runner(&api.app.services).run_all().await.unwrap();
        assert!(operator.get("/readyz").await.text.contains("log-tree: ok"), "{}", api.engine());
        for (word, told) in [
            ("contradiction", "log-tree: degraded: STOPPED"),
            ("failing", "log-tree: degraded: does not grow"),
            ("second-place-away", "log-tree: degraded: checkpoints wait"),
            ("growing", "log-tree: ok"),
        ] {
            let note = format!("{word} {}", api.app.installation.custody.environment.now().0);
            let mut tx = records.begin().await.unwrap();
            records.put_setting(&mut tx, "log_tree_standing", &note).await.unwrap();
            tx.commit().await.unwrap();
            assert!(operator.get("/readyz").await.text.contains(told), "{}: {word}", api.engine());
        }
    }
}
