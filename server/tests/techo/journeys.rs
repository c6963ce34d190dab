//! The way in and out, as requests.

use crate::fixtures::{TestApp, each_app};
use axum::{Router, body::Body, http::Request, routing::get};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use techo::{
    ops::{self, OpsState},
    portal,
    roles::{ProcessRole, RoleSet},
};
use techo_identity::enrol::CardSelection;
use techo_testkit::browser::TestBrowser;
use tokio::{sync::Semaphore, task::JoinSet};
use tower::ServiceExt as _;

#[tokio::test]
async fn a_card_and_a_letter_make_an_account_and_a_passkey_opens_it_again() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        let home = browser.get("/home").await;
        assert_eq!(home.status, 200, "{}", app.engine());
        assert!(home.text.contains("山田花子"), "the page says whose notebook it is");
        let out = browser.post_form("/sign-out", &[]).await;
        assert_eq!((out.status, out.header("location")), (303, "/sign-in"));
        assert!(out.header("clear-site-data").contains("cache"));
        assert_eq!(browser.get("/home").await.status, 303);
        let back = app.sign_in(&mut browser, &mut person).await;
        assert_eq!((back.status, back.json()["next"].clone()), (200, json!("/home")), "{}", back.text);
        assert_eq!(browser.get("/home").await.status, 200);
    }
}

#[tokio::test]
async fn the_cookie_changes_when_somebody_signs_in_and_the_old_one_is_dead() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        browser.post_form("/sign-out", &[]).await;
        browser.post_json("/passkey/sign-in/begin", &json!({})).await;
        let before = browser.cookies.clone();
        app.sign_in(&mut browser, &mut person).await;
        assert_ne!(before.get("techo"), browser.cookies.get("techo"), "{}", app.engine());
        let mut thief = app.browser();
        thief.cookies = before;
        assert_eq!(thief.get("/home").await.status, 303);
    }
}

#[tokio::test]
async fn a_wrong_code_an_unknown_card_and_a_replayed_token_get_the_same_answer() {
    for app in each_app().await {
        let person = app.person(1);
        let mut browser = app.browser();
        let wrong = app.show_card(&mut browser, "enrol", &person.card, Some("0000-0000-0000-0000")).await;
        let unknown = app.show_card(&mut app.browser(), "recover", &person.card, None).await;
        let challenge = browser.post_json("/card/challenge", &json!({ "purpose": "enrol" })).await.json();
        let asked = json!({ "pin": crate::fixtures::PIN, "origin": challenge["origin"], "nonce": challenge["nonce"] });
        let token =
            browser.post_json(&format!("/demo/cards/{}/sign", person.card.serial), &asked).await.json();
        let body = json!({ "token": token, "activation_code": "0000-0000-0000-0000" });
        browser.post_json("/card/token", &body).await;
        let replayed = browser.post_json("/card/token", &body).await;
        for answer in [wrong, unknown, replayed] {
            let mut problem = answer.json();
            problem["reference"] = json!("same");
            assert_eq!(answer.status, 403, "{}", app.engine());
            assert_eq!(
                problem,
                json!({ "type": "urn:techo:problem:refused", "title": "Refused", "status": 403, "reference": "same" })
            );
        }
    }
}

#[tokio::test]
async fn a_session_ends_after_a_quarter_of_an_hour_without_use_and_after_eight_hours_with() {
    for app in each_app().await {
        let (mut idle, _) = app.enrolled(1).await;
        let (mut busy, _) = app.enrolled(2).await;
        app.installation.custody.environment.advance(Duration::from_mins(14));
        assert_eq!(idle.get("/home").await.status, 200);
        app.installation.custody.environment.advance(Duration::from_mins(16));
        assert_eq!(idle.get("/home").await.status, 303, "{}", app.engine());
        let (mut steady, _) = app.enrolled(3).await;
        for _ in 0..47 {
            app.installation.custody.environment.advance(Duration::from_mins(10));
            assert_eq!(steady.get("/home").await.status, 200);
        }
        app.installation.custody.environment.advance(Duration::from_mins(11));
        assert_eq!(steady.get("/home").await.status, 303, "{}", app.engine());
        assert_eq!(busy.get("/home").await.status, 303);
    }
}

#[tokio::test]
async fn a_revoked_card_ends_the_running_session_at_the_next_look_and_closes_the_door() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        let lab = &app.state.demo.as_ref().unwrap().lab;
        app.installation.custody.environment.advance(Duration::from_secs(30));
        lab.revoke(
            &person.card.serial,
            techo_cardlab::RevokeReason::KeyCompromise,
            app.installation.custody.environment.now(),
        )
        .unwrap();
        app.services.card_lists.reload(app.installation.custody.environment.now());
        app.services.cards.watch_cards(CardSelection::Running).await.unwrap();
        assert_eq!(browser.get("/home").await.status, 303, "{}", app.engine());
        let refused = app.sign_in(&mut browser, &mut person).await;
        assert_eq!(refused.status, 403, "{}", refused.text);
        assert_eq!(refused.json()["type"], "urn:techo:problem:refused");
    }
}

/// Runs what these roles do by themselves until a new list was loaded, and then for as long as it takes to stop.
async fn runs_until_a_list_is_loaded(app: &TestApp, roles: &RoleSet) {
    let loaded = || app.services.card_lists.condition(app.installation.custody.environment.now()).changes;
    let (before, (stop, told)) = (loaded(), tokio::sync::watch::channel(false));
    let running = techo::jobs::start(&app.services, roles, Vec::new(), &told);
    let coming = async {
        while loaded() == before {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), coming).await.expect("the folder is looked at");
    stop.send_replace(true);
    running.finish(Duration::from_secs(20)).await;
}

#[tokio::test]
async fn every_process_loads_a_new_list_by_itself_and_a_worker_ends_sessions_at_once() {
    for app in each_app().await {
        let (mut browser, person) = app.enrolled(1).await;
        let (lab, environment) =
            (&app.state.demo.as_ref().unwrap().lab, &app.installation.custody.environment);
        environment.advance(Duration::from_secs(30));
        lab.publish_crl(environment.now()).unwrap();
        // The turn of the job is done, and the clock stands still until the next one.
        runs_until_a_list_is_loaded(&app, &RoleSet::all()).await;
        lab.revoke(&person.card.serial, techo_cardlab::RevokeReason::KeyCompromise, environment.now())
            .unwrap();
        runs_until_a_list_is_loaded(&app, &RoleSet::only(&[ProcessRole::Portal])).await;
        assert_eq!(browser.get("/home").await.status, 200, "no worker: {}", app.engine());
        let person_two = app.enrolled(2).await.1;
        lab.revoke(&person_two.card.serial, techo_cardlab::RevokeReason::Unspecified, environment.now())
            .unwrap();
        runs_until_a_list_is_loaded(&app, &RoleSet::all()).await;
        assert_eq!(browser.get("/home").await.status, 303, "{}", app.engine());
    }
}

#[tokio::test]
async fn the_demo_card_says_how_many_tries_are_left_and_then_locks() {
    for app in each_app().await {
        let person = app.person(1);
        let mut browser = app.browser();
        let path = format!("/demo/cards/{}/sign", person.card.serial);
        let asked = json!({ "pin": "9999", "origin": crate::fixtures::ORIGIN, "nonce": "x" });
        for left in [2, 1, 0] {
            let answer = browser.post_json(&path, &asked).await;
            assert_eq!((answer.status, answer.json()), (403, json!({ "tries_left": left })));
        }
        assert_eq!(browser.post_json(&path, &asked).await.status, 423);
        let listed = browser.get_json("/demo/cards").await.json();
        let line = listed
            .as_array()
            .unwrap()
            .iter()
            .find(|line| line["serial"] == person.card.serial.to_string())
            .unwrap();
        assert_eq!(line["state"], "locked");
    }
}

#[tokio::test]
async fn the_language_is_remembered_and_the_way_back_stays_on_this_site() {
    for app in each_app().await {
        let mut browser = app.browser();
        let answer = browser.post_form("/language", &[("to", "en"), ("back", "/privacy")]).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/privacy"));
        assert!(browser.get("/privacy").await.text.contains("<html lang=\"en\""));
        let evil = browser.post_form("/language", &[("to", "ja"), ("back", "//evil.example")]).await;
        assert_eq!(evil.header("location"), "/");
    }
}

#[tokio::test]
async fn whoever_agrees_to_an_older_privacy_page_is_asked_to_read_again() {
    for app in each_app().await {
        let mut stranger = app.browser();
        let old = stranger.post_form("/enrol/agree", &[("agree", "yes"), ("version", "2020-01-01")]).await;
        old.assert_refused("agree");
        assert!(old.text.contains("プライバシーのページが変わりました"));
        let (mut citizen, _) = app.enrolled(1).await;
        let old = citizen.post_form("/privacy/agree", &[("version", "2020-01-01")]).await;
        assert_eq!((old.status, old.header("location")), (303, "/privacy"));
        assert!(citizen.get("/privacy").await.text.contains("もう一度読んでから、同意してください"));
    }
}

#[tokio::test]
async fn when_everybody_comes_at_once_the_next_one_is_told_to_wait_a_moment() {
    let app = each_app().await.remove(0);
    let gate = Arc::new(Semaphore::new(0));
    let waiting = gate.clone();
    let slow = get(move || async move {
        drop(waiting.acquire().await);
        "done"
    });
    let router = portal::router_with(app.state.clone(), Router::new().route("/slow", slow));
    let mut crowd: JoinSet<_> = (0..portal::IN_FLIGHT)
        .map(|_| {
            router
                .clone()
                .oneshot(Request::get("/slow").header("host", "localhost:3000").body(Body::empty()).unwrap())
        })
        .collect();
    tokio::task::yield_now().await;
    let turned_away = loop {
        let answer = TestBrowser::new(router.clone(), crate::fixtures::ORIGIN).get("/").await;
        if answer.status == 503 {
            break answer;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(turned_away.header("retry-after"), "5");
    assert!(turned_away.text.contains("ただいま混み合っています"));
    gate.close();
    while let Some(answer) = crowd.join_next().await {
        assert_eq!(answer.unwrap().unwrap().status(), 200, "nobody who was let in is forgotten");
    }
    assert_eq!(TestBrowser::new(router, crate::fixtures::ORIGIN).get("/").await.status, 200);
}

#[tokio::test]
async fn the_operators_are_told_what_does_not_keep_up_and_what_is_down() {
    for app in each_app().await {
        let mut operator = TestBrowser::new(
            ops::router(OpsState::new(&app.services, RoleSet::all())),
            "http://localhost:3009",
        );
        let young = operator.get("/readyz").await;
        assert_eq!(young.status, 200);
        for told in ["jobs: degraded: watch-cards was never begun", "log-tree: degraded: nobody has looked"] {
            assert!(young.text.contains(told), "{}: without a worker: {}", app.engine(), young.text);
        }
        techo::jobs::runner(&app.services).run_all().await.unwrap();
        let good = operator.get("/readyz").await;
        let all = "roles: ok\nidentity: ok\nrecords: ok\nkeys: ok\naccess-log: ok\noutbox: ok\nlog-tree: ok\njobs: ok\ncard-lists: ok\n";
        assert_eq!((good.status, good.text.as_str()), (200, all), "{}", app.engine());
        app.enrolled(1).await;
        app.installation.custody.environment.advance(Duration::from_hours(25));
        let late = operator.get("/readyz").await;
        assert_eq!(late.status, 200);
        assert!(
            late.text.contains("outbox: degraded") && late.text.contains("card-lists: degraded"),
            "{}",
            late.text
        );
        let silent = "log-tree: degraded: nobody has looked after it since 2026-11-23T";
        assert!(late.text.contains(silent), "{}: {}", app.engine(), late.text);
        app.installation.custody.stores.records.db().close().await;
        let down = operator.get("/readyz").await;
        assert_eq!(down.status, 503);
        assert!(down.text.contains("records: down"), "{}", down.text);
    }
}
