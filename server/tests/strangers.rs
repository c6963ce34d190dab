//! Every route of the citizens' door, walked by a stranger: what is public answers, everything else refuses.

mod support;

use axum::{body::Body, http::Method};
use serde_json::json;
use support::{app, apps, town::towns};

/// Anybody may look at these.
const PUBLIC: [&str; 5] = ["/", "/privacy", "/enrol", "/enrol/recover", "/sign-in"];
/// The demo's reader; absent outside the demo.
const DEMO: [&str; 2] = ["/demo/cards", "/demo/cards/{serial}/sign"];
/// Steps that a stranger takes on the way in, with the status of an empty body.
const WAY_IN: [(&str, u16); 9] = [
    ("/csp-reports", 204),
    ("/language", 422),
    ("/enrol/agree", 200),
    ("/card/challenge", 400),
    ("/card/token", 400),
    ("/passkey/register/begin", 403),
    ("/passkey/sign-in/begin", 200),
    ("/passkey/sign-in/finish", 400),
    ("/sign-out", 303),
];

/// Paths of the router, read from where they are written.
fn routes(method: &str) -> Vec<String> {
    let source = concat!(include_str!("../src/portal/mod.rs"), include_str!("../src/portal/demo.rs"));
    let mut found = Vec::new();
    for line in source.split(".route(").skip(1) {
        let mut parts = line.split('"');
        let path = parts.nth(1).expect("a route has a path").to_owned();
        if line.split(')').next().unwrap_or_default().contains(&format!("{method}(")) {
            found.push(path);
        }
    }
    assert!(found.len() > 10, "the routes were found: {found:?}");
    found
}

fn with_ids(path: &str) -> String {
    path.replace("{id}", "018f0000-0000-7000-8000-000000000000").replace("{serial}", "0123456789abcdef")
}

#[tokio::test]
async fn a_stranger_sees_public_pages_and_is_led_to_the_sign_in_page_from_all_others() {
    for app in apps().await {
        for path in routes("get") {
            let answer = app.browser().get(&with_ids(&path)).await;
            if PUBLIC.contains(&path.as_str()) || DEMO.contains(&path.as_str()) {
                assert_eq!(answer.status, 200, "{path}");
            } else {
                assert_eq!((answer.status, answer.header("location")), (303, "/sign-in"), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn a_program_without_a_session_is_told_so_in_one_form() {
    for app in apps().await {
        for path in routes("get")
            .iter()
            .filter(|path| !PUBLIC.contains(&path.as_str()) && !DEMO.contains(&path.as_str()))
        {
            let answer = app.browser().get_json(&with_ids(path)).await;
            assert_eq!(answer.status, 401, "{path}");
            assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
            assert_eq!(answer.json()["type"], "urn:techo:problem:no-session", "{path}");
        }
    }
}

#[tokio::test]
async fn no_change_is_possible_without_a_session_except_the_steps_of_the_way_in() {
    for app in apps().await {
        for path in routes("post") {
            let answer = app.browser().post_form(&with_ids(&path), &[]).await;
            let expected = WAY_IN.iter().find(|(known, _)| *known == path).map(|(_, status)| *status);
            let finishing = path == "/passkey/register/finish" || DEMO.contains(&path.as_str());
            match expected {
                Some(status) => {
                    assert!(answer.status == status || answer.status == 400, "{path}: {}", answer.status);
                }
                None if finishing => {
                    assert!([400, 403].contains(&answer.status), "{path}: {}", answer.status);
                }
                None => {
                    let refused = answer.status == 303 && answer.header("location") == "/sign-in"
                        || answer.status == 401;
                    assert!(refused, "{path}: {} {}", answer.status, answer.header("location"));
                }
            }
        }
    }
}

#[tokio::test]
async fn a_change_that_comes_from_another_site_is_refused_on_every_route() {
    for town in towns().await {
        // Every route several times within a second, from one address.
        let app = app(town, &[("ADDRESS_RATE", "1000000")]).await;
        let (mut signed_in, _) = app.enrolled(1).await;
        for path in routes("post") {
            for headers in [
                &[("content-type", "application/json")][..],
                &[("content-type", "application/json"), ("origin", "https://evil.example")],
                &[("content-type", "application/json"), ("sec-fetch-site", "cross-site")],
                &[
                    ("content-type", "text/plain"),
                    ("sec-fetch-site", "same-site"),
                    ("origin", support::ORIGIN),
                ],
            ] {
                let answer = signed_in.send(Method::POST, &with_ids(&path), headers, Body::from("{}")).await;
                assert_eq!(answer.status, 403, "{path} {headers:?}");
            }
        }
        let evil = [("content-type", "application/json"), ("origin", "https://evil.example")];
        let answer = signed_in.send(Method::POST, "/card/challenge", &evil, Body::from("{}")).await;
        assert_eq!(answer.json()["type"], "urn:techo:problem:cross-site");
    }
}

#[tokio::test]
async fn there_are_no_server_functions_that_could_be_reached_behind_the_routes() {
    let app = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/src");
    let mut folders = vec![app];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files += 1;
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(!text.contains("#[server"), "{}", path.display());
            }
        }
    }
    assert!(files > 20, "the sources of the pages were read");
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_in_the_same_form_every_time() {
    for app in apps().await {
        let mut browser = app.browser();
        let cases = [
            ("/card/challenge", "{not json", 400, "bad-request"),
            ("/card/challenge", r#"{"purpose":"steal"}"#, 400, "bad-request"),
            ("/card/challenge", r#"{"purpose":"enrol","more":1}"#, 400, "bad-request"),
            ("/passkey/verify/begin", "{}", 401, "no-session"),
            ("/card/nothing", "{}", 404, "not-found"),
        ];
        for (path, body, status, kind) in cases {
            let headers = [("content-type", "application/json"), ("origin", support::ORIGIN)];
            let answer = browser.send(Method::POST, path, &headers, Body::from(body)).await;
            assert_eq!(answer.status, status, "{path} {body}: {}", answer.text);
            let problem = answer.json();
            assert_eq!(problem["type"], format!("urn:techo:problem:{kind}"), "{path}");
            assert!(problem["reference"].as_str().is_some_and(|reference| reference.len() == 9), "{problem}");
        }
        let large = json!({ "purpose": "x".repeat(70_000) });
        let answer = browser.post_json("/card/challenge", &large).await;
        assert_eq!(
            (answer.status, answer.json()["type"].clone()),
            (413, json!("urn:techo:problem:too-large"))
        );
    }
}

#[tokio::test]
async fn somebody_who_hammers_is_slowed_down_and_told_when_to_come_back() {
    for app in apps().await {
        let mut browser = app.browser();
        let mut last = browser.post_json("/passkey/sign-in/begin", &json!({})).await;
        for _ in 0..200 {
            if last.status != 200 {
                break;
            }
            last = browser.post_json("/passkey/sign-in/begin", &json!({})).await;
        }
        assert_eq!((last.status, last.header("retry-after")), (429, "1"));
        assert_eq!(last.json()["type"], "urn:techo:problem:limit");
    }
}
