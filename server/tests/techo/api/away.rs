//! A database that is locked, full or away: every door says so in its own words and when to come back, and goes on by itself
//! when the database does.

use crate::fixtures::{
    ORIGIN, app,
    systems::{Clinic, SystemsApi, each_systems_api},
};
use axum::{body::Body, http::Method};
use serde_json::json;
use std::time::Duration;
use techo::{
    ops::{self, OpsState},
    portal,
    roles::RoleSet,
};
use techo_app::views::PRIVACY_VERSION;
use techo_store::{
    DatabaseName, Db,
    testing::{PostgresCluster, full, roomy},
};
use techo_testkit::{
    browser::{HttpAnswer, TestBrowser},
    installation_on,
};
use tokio::time::{Instant, timeout};

/// Is told when to come back.
fn put_off(answer: &HttpAnswer, what: &str) {
    assert_eq!(answer.status, 503, "{what}: {}", answer.text);
    assert_eq!(answer.header("retry-after"), "10", "{what}");
}

/// A page, a program's request to the portal, a search, a token, and a request of systems that is no FHIR.
async fn every_door_puts_off(api: &SystemsApi, browser: &mut TestBrowser, clinic: &Clinic, token: &str) {
    let assertion = clinic.key.jwt(&api.claims(clinic));
    let bearer = format!("Bearer {token}");
    let authorized = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let (mut program, mut searcher, mut reader) = (api.app.browser(), api.client(), api.client());
    program.cookies = browser.cookies.clone();
    let nothing = json!({});
    let (page, problem, search, token, challenge) = tokio::join!(
        browser.get("/home"),
        program.post_json("/passkey/sign-in/begin", &nothing),
        searcher.send(Method::GET, "/fhir/Observation?patient=1", &authorized, Body::empty()),
        api.ask_token(&assertion, "system/Observation.rs"),
        reader.send(Method::POST, "/card/challenge", &authorized, Body::from("{}")),
    );
    let engine = api.engine();
    put_off(&page, engine);
    assert!(page.text.contains("ただいま使えません"), "{}", page.text);
    put_off(&problem, engine);
    assert_eq!(problem.json()["type"], "urn:techo:problem:transient");
    put_off(&search, engine);
    assert_eq!(search.json()["issue"][0]["code"], "transient", "{}", search.text);
    put_off(&token, engine);
    assert_eq!(token.json()["error"], "temporarily_unavailable", "{}", token.text);
    assert_eq!(token.header("content-type"), "application/json");
    put_off(&challenge, engine);
    assert_eq!(challenge.json()["type"], "urn:techo:problem:transient");
}

#[tokio::test]
async fn while_the_vault_is_away_every_door_says_in_its_own_words_when_to_come_back() {
    for api in each_systems_api().await {
        let (mut browser, _) = api.app.enrolled(1).await;
        let clinic = api.clinic().await;
        let token = api.token(&clinic).await;
        api.app.installation.custody.stores.vault.db().close().await;
        every_door_puts_off(&api, &mut browser, &clinic, &token).await;
    }
}

#[tokio::test]
async fn a_vault_that_another_program_keeps_locked_puts_writers_off() {
    let api = each_systems_api().await.remove(0);
    let clinic = api.clinic().await;
    let other = Db::open(&api.app.installation.databases.urls[0], DatabaseName::Identity).await.unwrap();
    let lock = other.begin().await.unwrap();
    let assertion = clinic.key.jwt(&api.claims(&clinic));
    let mut browser = api.app.browser();
    let (token, page) = tokio::join!(
        api.ask_token(&assertion, "system/Observation.rs"),
        browser.post_form("/enrol/agree", &[("agree", "yes"), ("version", PRIVACY_VERSION)]),
    );
    put_off(&token, "token");
    put_off(&page, "a session that cannot be saved");
    lock.rollback().await.unwrap();
    assert_eq!(
        api.ask_token(&clinic.key.jwt(&api.claims(&clinic)), "system/Observation.rs").await.status,
        200
    );
}

#[tokio::test]
async fn a_log_that_cannot_be_written_is_down_for_operators_until_it_can_be_written_again() {
    let api = each_systems_api().await.remove(0);
    let (mut browser, _) = api.app.enrolled(1).await;
    let mut operator = TestBrowser::new(
        ops::router(OpsState::new(&api.app.services, RoleSet::all())),
        "http://localhost:3009",
    );
    assert_eq!(browser.get("/coverage").await.status, 200);
    let good = operator.get("/readyz").await;
    assert!(
        good.status == 200 && good.text.contains("access-log: ok: written at 2026-11-23T"),
        "{}",
        good.text
    );

    let records = api.app.installation.custody.stores.records.db();
    full(records).await;
    let mut turned = 0;
    for _ in 0..400 {
        // A look of the same minute is only counted, for which the file has room.
        api.app.installation.custody.environment.advance(Duration::from_mins(1));
        let page = browser.get("/coverage").await;
        if page.status == 503 {
            turned += 1;
            put_off(&page, "full");
        }
        if turned == 3 {
            break;
        }
    }
    assert_eq!(turned, 3, "the pages that are left in the file are few");
    let down = operator.get("/readyz").await;
    assert_eq!(down.status, 503, "{}", down.text);
    assert!(down.text.contains("access-log: down: could not be written at 2026-11-23T"), "{}", down.text);

    roomy(records).await;
    api.app.installation.custody.environment.advance(Duration::from_secs(21));
    let back = operator.get("/readyz").await;
    assert!(back.status == 200 && back.text.contains("can be written again"), "{}", back.text);
    assert_eq!(browser.get("/coverage").await.status, 200, "without a restart");
    let good = operator.get("/readyz").await;
    assert!(good.text.contains("access-log: ok: written at"), "{}", good.text);
}

#[tokio::test]
async fn a_vault_that_takes_no_writes_is_down_for_operators_though_nobody_came_by() {
    let api = each_systems_api().await.remove(0);
    let mut operator = TestBrowser::new(
        ops::router(OpsState::new(&api.app.services, RoleSet::all())),
        "http://localhost:3009",
    );
    assert_eq!(operator.get("/readyz").await.status, 200);
    let vault = api.app.installation.custody.stores.vault.db();
    // Deleted behind the program's back, so that the check has nothing that it could write.
    techo_store::testing::tamper(vault, "DROP TABLE database_kind", &[]).await;
    api.app.installation.custody.environment.advance(Duration::from_secs(11));
    let down = operator.get("/readyz").await;
    assert_eq!(down.status, 503);
    assert!(down.text.contains("identity: down: takes no writes"), "{}", down.text);
    assert!(TestBrowser::new(portal::router(api.app.state.clone()), ORIGIN).get("/").await.status == 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_server_of_the_databases_is_away_operators_are_answered_within_two_seconds() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let databases = cluster.stores("away", "").await;
    let app = app(installation_on(databases), &[]).await;
    let mut operator =
        TestBrowser::new(ops::router(OpsState::new(&app.services, RoleSet::all())), "http://localhost:3009");
    assert_eq!(operator.get("/readyz").await.status, 200);
    cluster.stop();
    for (path, status, said) in [
        ("/readyz", 503, "identity: down: does not answer"),
        ("/metrics", 200, "techo_database_up{database=\"records\"} 0"),
    ] {
        let begun = Instant::now();
        let answer = operator.get(path).await;
        assert!(begun.elapsed() < Duration::from_secs(2), "{path} took {:?}", begun.elapsed());
        assert!(answer.status == status && answer.text.contains(said), "{path}: {}", answer.text);
    }
    cluster.go_on();
    let back = async {
        while operator.get("/readyz").await.status != 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(60), back).await.expect("it comes back by itself");
}
