//! Choices as a file, as requests: out as a FHIR `Consent`, and in again as a draft.

use crate::fixtures::{ORIGIN, TestApp, each_app};
use axum::{body::Body, http::Method};
use serde_json::{Value, json};
use techo_citizen::consent::{NewDraft, VersionOrigin};
use techo_identity::access::{self, PatientScope};
use techo_model::consent::{ConsentState, Switch};
use techo_testkit::{
    browser::{HttpAnswer, TestBrowser},
    record_code,
};

const EXPORT: &str = "/consent/fhir.json";
const IMPORT: &str = "/consent/import";
const PREVIEW: &str = "/consent/preview";

/// Sends the form as browsers do.
async fn send(browser: &mut TestBrowser, parts: &[(&str, &str)], language: &str) -> HttpAnswer {
    let mut body = String::new();
    for (name, text) in parts {
        let file = if *name == "file" { "; filename=\"techo-consent.json\"" } else { "" };
        let head = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.push_str(&format!("{head}{text}\r\n"));
    }
    body.push_str("--edge--\r\n");
    let headers = [
        ("content-type", "multipart/form-data; boundary=edge"),
        ("accept", "text/html"),
        ("accept-language", language),
        ("sec-fetch-site", "same-origin"),
        ("origin", ORIGIN),
    ];
    browser.send(Method::POST, IMPORT, &headers, Body::from(body)).await
}

/// Gives a file, and comes to the preview.
async fn import(browser: &mut TestBrowser, base: &str, file: &str) {
    let answer = send(browser, &[("base", base), ("file", file), ("text", "")], "ja").await;
    assert_eq!((answer.status, answer.header("location")), (303, PREVIEW), "{}", answer.text);
}

async fn choose(browser: &mut TestBrowser, base: &str, preset: &str) {
    let answer = browser.post_form("/consent/preset", &[("base", base), ("preset", preset)]).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    save(browser).await;
}

/// Saves what the preview shows.
async fn save(browser: &mut TestBrowser) -> String {
    let preview = browser.get(PREVIEW).await.text;
    let name = preview.split("name=\"draft\" value=\"").nth(1).expect("it can be saved");
    let name = name.split('"').next().unwrap().to_owned();
    browser.post_form("/consent/save", &[("draft", &name)]).await.header("location").to_owned()
}

async fn owner(app: &TestApp, n: u64) -> PatientScope {
    let (vault, keys) = (&app.installation.custody.stores.vault, app.installation.custody.keys.current());
    let lookup = keys.person_lookup(&keys.person_code(&record_code(n)));
    let resident = vault.resident_with(&lookup).await.unwrap().unwrap();
    let mut tx = vault.begin().await.unwrap();
    let account = vault.account_of(&mut tx, resident).await.unwrap().unwrap().account_id;
    tx.rollback().await.unwrap();
    access::owner_scope(&app.installation.custody, account).await.unwrap()
}

async fn holds(app: &TestApp, n: u64) -> ConsentState {
    app.state.reading.consent(&owner(app, n).await).await.unwrap().state
}

async fn draft(app: &TestApp, n: u64) -> Option<NewDraft> {
    app.state.reading.consent_draft(&owner(app, n).await).await.unwrap()
}

#[tokio::test]
async fn a_part_that_comes_twice_is_refused_and_becomes_no_draft() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        let twice = [("base", "0"), ("file", ""), ("text", "{}"), ("text", "{}")];
        let refused = send(&mut browser, &twice, "ja").await;
        assert_eq!(refused.status, 400, "{}: {}", app.engine(), refused.text);
    }
}

#[tokio::test]
async fn what_was_written_to_a_file_is_read_back_as_the_same_choices() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        choose(&mut browser, "0", "treating").await;
        let file = browser.get(EXPORT).await;
        assert_eq!(file.status, 200, "{}", app.engine());
        assert_eq!(file.header("content-type"), "application/fhir+json; charset=utf-8");
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"techo-consent.json\"");
        assert_eq!(file.json()["sourceReference"]["identifier"]["value"], "1");
        import(&mut browser, "1", &file.text).await;
        let considered = draft(&app, 1).await.unwrap();
        assert_eq!((considered.state, considered.origin), (holds(&app, 1).await, VersionOrigin::Import));
        let preview = browser.get(PREVIEW).await.text;
        assert!(preview.contains("ファイルから読み込んだ変更です。"), "{preview}");
        assert!(preview.contains("いまの設定と同じです。"));
    }
}

#[tokio::test]
async fn a_file_changes_nothing_until_it_is_saved_and_the_history_says_where_it_came_from() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        choose(&mut browser, "0", "treating").await;
        let (file, chosen) = (browser.get(EXPORT).await.text, holds(&app, 1).await);
        choose(&mut browser, "1", "nobody").await;
        import(&mut browser, "2", &file).await;
        assert_eq!(holds(&app, 1).await.settings.clinics, Switch::Off, "{}", app.engine());
        assert_eq!(save(&mut browser).await, "/consent/receipts/3");
        assert_eq!(holds(&app, 1).await, chosen, "the rules of before, under their ids");
        for path in ["/consent/history", "/consent/receipts/3", "/consent/receipts/3/file"] {
            assert!(browser.get(path).await.text.contains("ファイルから読み込みました"), "{path}");
        }
        assert!(!browser.get("/consent/receipts/2").await.text.contains("ファイルから読み込みました"));
    }
}

#[tokio::test]
async fn what_cannot_be_expressed_is_refused_with_its_place_and_what_was_given_is_still_there() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        choose(&mut browser, "0", "treating").await;
        let mut body = browser.get(EXPORT).await.json();
        body["provision"]["provision"][1]["data"] = json!([{ "meaning": "instance" }]);
        let file = body.to_string();
        for (language, sentence) in
            [("ja", "ここでは表せない内容がふくまれています。"), ("en", "cannot be expressed here")]
        {
            for parts in [[("base", "1"), ("file", file.as_str())], [("base", "1"), ("text", file.as_str())]]
            {
                let answer = send(&mut browser, &parts, language).await;
                assert_eq!(answer.status, 422, "{}", app.engine());
                let text = answer.text;
                assert!(
                    text.contains(sentence) && text.contains("Consent.provision.provision[1].data"),
                    "{text}"
                );
                let kept = text.split("<textarea").nth(1).unwrap().split("</textarea>").next().unwrap();
                assert!(kept.contains("urn:techo:fhir:consent-settings"), "{kept}");
            }
        }
        assert!(draft(&app, 1).await.is_none());
        let nothing = send(&mut browser, &[("base", "1"), ("file", ""), ("text", " \r\n")], "ja").await;
        nothing.assert_refused("text");
        assert!(nothing.text.contains("ファイルを選ぶか、中身を貼り付けてください。"));
        for parts in [&[("text", file.as_str())][..], &[("base", "1"), ("more", "x")]] {
            assert_eq!(send(&mut browser, parts, "ja").await.status, 400);
        }
        let many = format!("{}{file}", " ".repeat(100_000));
        assert_eq!(
            send(&mut browser, &[("base", "1"), ("file", &many)], "ja").await.status,
            422,
            "it was read"
        );
        let long = " ".repeat(2 * 1024 * 1024);
        assert_eq!(send(&mut browser, &[("base", "1"), ("text", &long)], "ja").await.status, 413);
    }
}

#[tokio::test]
async fn what_a_hostile_file_says_never_becomes_part_of_the_page() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        let hostile = "</textarea><script>alert(1)</script>";
        let answer = send(&mut browser, &[("base", "0"), ("text", hostile)], "ja").await;
        assert_eq!(answer.status, 422);
        assert!(!answer.text.contains("<script>alert"), "{}", answer.text);
        let named = json!({ "resourceType": "Consent", "<script>alert(1)</script>": 1 }).to_string();
        let answer = send(&mut browser, &[("base", "0"), ("text", &named)], "ja").await;
        assert!(answer.status == 422 && !answer.text.contains("<script>alert"), "{}", answer.text);
    }
}

#[tokio::test]
async fn somebody_elses_file_names_nobody_and_gives_choices_with_ids_of_ones_own() {
    for app in each_app().await {
        let (mut one, _) = app.enrolled(1).await;
        choose(&mut one, "0", "treating").await;
        let file = one.get(EXPORT).await.text;
        for secret in ["山田", "花子", "1975"] {
            assert!(!file.contains(secret), "{file}");
        }
        let (mut other, _) = app.enrolled(2).await;
        import(&mut other, "0", &file).await;
        let (given, theirs) = (holds(&app, 1).await, draft(&app, 2).await.unwrap().state);
        assert_eq!(
            (given.settings, given.rules.len()),
            (theirs.settings, theirs.rules.len()),
            "{}",
            app.engine()
        );
        for (rule, new) in given.rules.iter().zip(&theirs.rules) {
            assert_ne!(rule.id, new.id);
            assert_eq!((&rule.grantee, &rule.scope), (&new.grantee, &new.scope));
        }
    }
}

#[tokio::test]
async fn a_file_that_is_taken_along_stands_on_the_access_log() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        assert_eq!(browser.get(EXPORT).await.json()["provision"], json!({ "type": "deny" }));
        let chain = owner(&app, 1).await.chain();
        let lines = app.installation.custody.stores.records.access_entries(chain, 0, 1_000).await.unwrap();
        let mut bodies = lines.iter().filter_map(|line| line.body.as_deref());
        let line: Value = serde_json::from_str(bodies.next_back().unwrap()).unwrap();
        assert_eq!(
            (&line["action"], &line["category"]),
            (&"export".into(), &"consent".into()),
            "{}",
            app.engine()
        );
    }
}

#[tokio::test]
async fn a_stranger_neither_gets_a_file_nor_gives_one() {
    for app in each_app().await {
        for path in [EXPORT, IMPORT] {
            let answer = app.browser().get(path).await;
            assert_eq!((answer.status, answer.header("location")), (303, "/sign-in"), "{path}");
        }
        let answer = send(&mut app.browser(), &[("base", "0"), ("text", "{}")], "ja").await;
        assert_eq!((answer.status, answer.header("location")), (303, "/sign-in"), "{}", app.engine());
    }
}
