//! Sessions as a browser meets them: a new cookie at every rise, nothing for copies of old ones, and fresh checks before
//! what matters.

use crate::fixtures::{CardHolder, TestApp, app, each_app};
use serde_json::json;
use std::time::Duration;
use techo_audit::log;
use techo_identity::ownership;
use techo_store::testing::tamper;
use techo_testkit::browser::TestBrowser;

const COOKIE: &str = "techo";

/// A browser with a copy of another one's cookies.
fn copy_of(app: &TestApp, browser: &TestBrowser) -> TestBrowser {
    let mut copy = app.browser();
    copy.cookies.clone_from(&browser.cookies);
    copy
}

async fn verify(browser: &mut TestBrowser, person: &mut CardHolder) -> u16 {
    let options = browser.post_json("/passkey/verify/begin", &json!({})).await.json();
    let answer = person.device.get(&options).unwrap();
    browser.post_json("/passkey/verify/finish", &answer).await.status
}

/// Lets the last check of the user become too old.
async fn wait_until_stale(app: &TestApp, browser: &mut TestBrowser) {
    app.installation.custody.environment.advance(Duration::from_mins(6));
    assert_eq!(browser.get("/home").await.status, 200);
}

#[tokio::test]
async fn the_ticket_of_a_card_belongs_to_the_new_cookie_alone() {
    for app in each_app().await {
        for purpose in ["enrol", "recover"] {
            let (mut browser, mut person) = (app.browser(), app.person(1));
            browser.get("/enrol").await;
            browser.post_json("/card/challenge", &json!({ "purpose": purpose })).await;
            let mut copied = copy_of(&app, &browser);
            let code = (purpose == "enrol").then_some(person.code.as_str());
            let shown = app.show_card(&mut browser, purpose, &person.card, code).await;
            assert_eq!(shown.status, 200, "{}", shown.text);
            assert_ne!(browser.cookies[COOKIE], copied.cookies[COOKIE], "{purpose} on {}", app.engine());
            let stolen = copied.post_json("/passkey/register/begin", &json!({})).await;
            assert_eq!(stolen.status, 403, "{}", stolen.text);
            let made = app.register(&mut browser, &mut person).await;
            assert_eq!(made.status, 200, "{}", made.text);
        }
    }
}

#[tokio::test]
async fn every_rise_in_rights_changes_the_cookie_and_a_copy_of_the_old_one_is_a_strangers() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        let copied = copy_of(&app, &browser);
        assert_eq!(verify(&mut browser, &mut person).await, 200);
        let after_check = copy_of(&app, &browser);
        let shown = app.show_card(&mut browser, "step-up", &person.card, None).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        for mut old in [copied, after_check] {
            assert_ne!(old.cookies[COOKIE], browser.cookies[COOKIE]);
            assert_eq!(old.get("/home").await.header("location"), "/sign-in", "{}", app.engine());
        }
        assert_eq!(browser.get("/home").await.status, 200);
        // Somebody else's card, shown for their own account, takes nobody along.
        let other = app.person(2);
        let enrolled = app.show_card(&mut browser, "enrol", &other.card, Some(&other.code)).await;
        assert_eq!(enrolled.status, 200, "{}", enrolled.text);
        assert_eq!(browser.get("/home").await.header("location"), "/sign-in", "{}", app.engine());
    }
}

#[tokio::test]
async fn signing_out_with_the_cookie_of_before_ends_the_session_that_rose_meanwhile() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        let mut slow = copy_of(&app, &browser);
        assert_eq!(verify(&mut browser, &mut person).await, 200);
        let out = slow.post_form("/sign-out", &[]).await;
        assert_eq!(out.header("location"), "/sign-in");
        assert_eq!(browser.get("/home").await.header("location"), "/sign-in", "{}", app.engine());
    }
}

#[tokio::test]
async fn one_session_is_ended_alone_and_all_with_one_press() {
    for app in each_app().await {
        let (mut here, mut person) = app.enrolled(1).await;
        let (mut phone, mut tablet) = (app.browser(), app.browser());
        for browser in [&mut phone, &mut tablet] {
            app.installation.custody.environment.advance(Duration::from_secs(1));
            assert_eq!(app.sign_in(browser, &mut person).await.status, 200);
        }
        let page = here.get("/settings/passkeys").await.text;
        let ends: Vec<&str> = page.split("/settings/sessions/").skip(1).collect();
        let id = ends.iter().find_map(|rest| rest.split_once("/end\"")).unwrap().0;
        let ended = here.post_form(&format!("/settings/sessions/{id}/end"), &[]).await;
        assert_eq!(ended.header("location"), "/settings/passkeys", "{}", ended.text);
        // The newest stands first on the list.
        assert_eq!(tablet.get("/home").await.status, 303);
        assert_eq!((phone.get("/home").await.status, here.get("/home").await.status), (200, 200));
        let again = here.post_form(&format!("/settings/sessions/{id}/end"), &[]).await;
        assert_eq!(again.status, 404);
        let all = here.post_form("/settings/sessions/end-all", &[]).await;
        assert_eq!(all.header("location"), "/sign-in");
        assert_eq!((phone.get("/home").await.status, here.get("/home").await.status), (303, 303));
    }
}

/// Saves a choice, so that there is a receipt.
async fn choose(browser: &mut TestBrowser) {
    browser.post_form("/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
    let page = browser.get("/consent/preview").await.text;
    let draft = page.split("name=\"draft\" value=\"").nth(1).expect("a draft").split('"').next().unwrap();
    let saved = browser.post_form("/consent/save", &[("draft", draft)]).await;
    assert_eq!(saved.header("location"), "/consent/receipts/1", "{}", saved.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_changes_of_one_person_at_once_take_the_databases_in_one_order() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        browser.post_form("/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        let page = browser.get("/consent/preview").await.text;
        let draft = page.split("name=\"draft\" value=\"").nth(1).expect("a draft").split('"').next().unwrap();
        // More than the connections to either database, each half holding one and waiting for the other.
        let all = (0..48).map(|n| {
            let mut tab = app.browser();
            tab.cookies = browser.cookies.clone();
            async move {
                match n % 2 {
                    0 => tab.post_form("/notices/read", &[]).await,
                    _ => tab.post_form("/consent/save", &[("draft", draft)]).await,
                }
            }
        });
        for answer in futures::future::join_all(all).await {
            assert_eq!(answer.status, 303, "{}: {}", app.engine(), answer.text);
        }
        assert_eq!(browser.get("/consent/receipts/1").await.status, 200, "{}", app.engine());
        assert_eq!(browser.get("/consent/receipts/2").await.status, 404, "one of them saved");
    }
}

/// Every path under which something is taken along.
async fn downloads(browser: &mut TestBrowser) -> Vec<String> {
    let list = browser.get("/access-log").await.text;
    let line = list.split("href=\"/access-log/").find_map(|rest| {
        let id = rest.split(['"', '#']).next()?;
        (id.len() == 36).then(|| id.to_owned())
    });
    vec![
        "/access-log/download.csv".to_owned(),
        "/access-log/download.jsonl".to_owned(),
        format!("/access-log/{}/proof", line.unwrap()),
        "/consent/fhir.json".to_owned(),
        "/consent/receipts/1/file".to_owned(),
    ]
}

#[tokio::test]
async fn every_download_waits_a_day_after_a_recovery() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        browser.get("/home").await;
        choose(&mut browser).await;
        log::relay_outbox(&app.installation.custody).await.unwrap();
        for path in downloads(&mut browser).await {
            let status = browser.get(&path).await.status;
            let is_there = status == 200 || (status == 404 && path.ends_with("/proof"));
            assert!(is_there, "{path} on {}: {status}", app.engine());
        }
        app.installation.custody.environment.advance(Duration::from_secs(1));
        let shown = app.show_card(&mut browser, "recover", &person.card, None).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        assert_eq!(app.register(&mut browser, &mut person).await.status, 200);
        for path in downloads(&mut browser).await {
            let locked = browser.get(&path).await;
            assert_eq!(locked.status, 303, "{path} on {}", app.engine());
            let page = browser.get(locked.header("location")).await;
            assert!(page.text.contains("24時間は、ダウンロードできません"), "{path}");
        }
    }
}

#[tokio::test]
async fn downloads_share_codes_and_reports_need_a_fresh_check() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        browser.get("/home").await;
        log::relay_outbox(&app.installation.custody).await.unwrap();
        let downloads = downloads(&mut browser).await;
        wait_until_stale(&app, &mut browser).await;
        for path in &downloads {
            let answer = browser.get(path).await;
            assert_eq!(answer.header("location"), "/settings/verify?for=download", "{path}");
        }
        let shared = browser.post_form("/share", &[]).await;
        assert_eq!(shared.header("location"), "/settings/verify?for=share");
        let about = [("kind", "checkup"), ("id", "00000000-0000-7000-8000-000000000000")];
        let reported = browser.post_form("/records/report", &about).await;
        assert_eq!(reported.header("location"), "/settings/verify?for=report");
        let asked = format!("/records/report?kind={}&id={}", about[0].1, about[1].1);
        assert_eq!(browser.get(&asked).await.header("location"), "/settings/verify?for=report");
        for reason in ["download", "share", "report"] {
            assert_eq!(browser.get(&format!("/settings/verify?for={reason}")).await.status, 200);
        }
        assert_eq!(verify(&mut browser, &mut person).await, 200, "{}", app.engine());
        assert_eq!(browser.get("/access-log/download.csv").await.status, 200);
        assert_eq!(browser.post_form("/share", &[]).await.header("location"), "/share");
        assert_eq!(browser.post_form("/records/report", &about).await.status, 404);
    }
}

#[tokio::test]
async fn a_renewed_card_is_linked_with_the_code_of_a_letter_on_the_page() {
    for app in each_app().await {
        let (mut browser, person) = app.enrolled(1).await;
        let lab = &app.state.demo.as_ref().unwrap().lab;
        let renewed = lab.renew(&person.card.serial, app.installation.custody.environment.now()).unwrap();
        app.installation.custody.environment.advance(Duration::from_mins(1));
        lab.publish_crl(app.installation.custody.environment.now()).unwrap();
        app.services.card_lists.reload(app.installation.custody.environment.now());
        let page = browser.get(&format!("/settings/card?card={}", renewed.serial)).await;
        assert!(page.text.contains("登録コード（手紙がある方）"), "{}", page.text);
        app.installation.custody.environment.advance(Duration::from_mins(5));
        let mut person = person;
        assert_eq!(verify(&mut browser, &mut person).await, 200);
        let alone = app.show_card(&mut browser, "link", &renewed, None).await;
        assert_eq!((alone.status, alone.json()["type"].as_str()), (403, Some("urn:techo:problem:refused")));
        let code = letter(&app).await;
        let linked = app.show_card(&mut browser, "link", &renewed, Some(&code)).await;
        assert_eq!((linked.status, linked.json()["next"].as_str()), (200, Some("/settings/passkeys")));
        let page = browser.get("/settings/passkeys").await;
        assert!(page.text.contains("新しいカードを登録しました"), "{}", app.engine());
    }
}

async fn letter(app: &TestApp) -> String {
    use techo_testkit::{city, record_code};
    let municipality = techo_model::number::MunicipalityCode::parse(&city().id).unwrap();
    let named = techo_identity::letters::AddresseeSelection::Named(vec![record_code(1)]);
    let mut run = techo_identity::letters::LetterRun::new(
        &app.installation.custody,
        &municipality,
        named,
        crate::fixtures::ORIGIN,
    );
    run.next_page().await.unwrap().remove(0).code
}

#[tokio::test]
async fn an_account_that_was_pointed_at_somebody_else_opens_for_nobody() {
    for app in each_app().await {
        let (mut one, mut person) = app.enrolled(1).await;
        let _two = app.enrolled(2).await;
        let vault = app.installation.custody.stores.vault.db();
        // The two accounts change places: each row's hash stays, its resident does not.
        let turned = tamper(
            vault,
            "UPDATE account SET owner_mac = (SELECT b.owner_mac FROM account b WHERE b.account_id <> account.account_id)",
            &[],
        );
        assert_eq!(turned.await, 2);
        let broken = one.get("/home").await;
        assert_eq!(broken.status, 500, "{}", app.engine());
        assert_eq!(app.sign_in(&mut app.browser(), &mut person).await.status, 500);
        ownership::prove_owners(&app.installation.custody).await.unwrap();
        assert_eq!(tamper(vault, "UPDATE account SET owner_mac = NULL", &[]).await, 2);
        ownership::prove_owners(&app.installation.custody).await.unwrap();
        assert_eq!(one.get("/home").await.status, 500, "they are made once: {}", app.engine());
    }
}

#[tokio::test]
async fn over_https_the_language_is_remembered_by_a_cookie_of_this_host_alone() {
    for installation in techo_testkit::each_installation().await {
        let https = [("PORTAL_URL", "https://portal.localhost")];
        let app = app(installation, &https).await;
        let mut browser = app.browser();
        let chosen = browser.post_form("/language", &[("to", "en"), ("back", "/")]).await;
        let cookie = chosen.header("set-cookie");
        assert!(cookie.starts_with("__Host-lang=en; Path=/;") && cookie.contains("; Secure"), "{cookie}");
        assert!(browser.get("/privacy").await.text.contains("<html lang=\"en\""));
    }
}

#[tokio::test]
async fn browsers_are_told_where_to_report_what_the_policy_kept_from_running() {
    for app in each_app().await {
        let mut browser = app.browser();
        let page = browser.get("/").await;
        let policy = page.header("content-security-policy");
        assert!(policy.ends_with("report-uri /csp-reports; report-to csp"), "{policy}");
        assert_eq!(page.header("reporting-endpoints"), "csp=\"/csp-reports\"");
        let report = json!([{ "type": "csp-violation", "body": { "effectiveDirective": "script-src" } }]);
        for body in [report, json!({ "csp-report": {} }), json!({ "anything": ["else"] })] {
            assert_eq!(browser.post_json("/csp-reports", &body).await.status, 204, "{}", app.engine());
        }
    }
}
