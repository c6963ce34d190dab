//! Every route of the citizens' door, walked by a stranger: what is public answers, everything else refuses. The routes are those of
//! the door's own table.

use crate::fixtures::{TestApp, app, each_app};
use axum::{body::Body, http::Method};
use serde_json::json;
use techo::portal::{self, PortalAccess};
use techo_testkit::each_installation;

/// Steps that a stranger takes on the way in, with the statuses of an empty body.
const WAY_IN: [(&str, &[u16]); 11] = [
    ("/csp-reports", &[204, 400]),
    ("/language", &[422, 400]),
    ("/enrol/agree", &[422]),
    ("/card/challenge", &[400]),
    ("/card/token", &[400]),
    ("/passkey/register/begin", &[403]),
    ("/passkey/register/finish", &[400, 403]),
    ("/passkey/sign-in/begin", &[200]),
    ("/passkey/sign-in/finish", &[400]),
    ("/sign-out", &[303]),
    ("/demo/cards/{serial}/sign", &[400, 403]),
];

/// Paths of one method with who may ask them.
fn routes(app: &TestApp, method: &Method) -> Vec<(&'static str, PortalAccess)> {
    let all = portal::route_table(&app.state).into_list();
    let found = all.into_iter().filter(|route| route.method == *method);
    found.map(|route| (route.path, route.access)).collect()
}

fn with_ids(path: &str) -> String {
    path.replace("{id}", "018f0000-0000-7000-8000-000000000000").replace("{serial}", "0123456789abcdef")
}

#[tokio::test]
async fn a_stranger_sees_public_pages_and_is_led_to_the_sign_in_page_from_all_others() {
    for app in each_app().await {
        for (path, reach) in routes(&app, &Method::GET) {
            let answer = app.browser().get(&with_ids(path)).await;
            match reach {
                PortalAccess::Citizens => {
                    assert_eq!((answer.status, answer.header("location")), (303, "/sign-in"), "{path}");
                }
                PortalAccess::Anybody | PortalAccess::WayIn => assert_eq!(answer.status, 200, "{path}"),
            }
        }
    }
}

#[tokio::test]
async fn a_program_without_a_session_is_told_so_in_one_form() {
    for app in each_app().await {
        for (path, _) in
            routes(&app, &Method::GET).iter().filter(|(_, reach)| *reach == PortalAccess::Citizens)
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
    for app in each_app().await {
        for (path, reach) in routes(&app, &Method::POST) {
            let answer = app.browser().post_form(&with_ids(path), &[]).await;
            let step = WAY_IN.iter().find(|(known, _)| *known == path);
            match (reach, step) {
                (PortalAccess::WayIn, Some((_, statuses))) => {
                    assert!(statuses.contains(&answer.status), "{path}: {}", answer.status);
                }
                (PortalAccess::Citizens, None) => {
                    let refused = answer.status == 303 && answer.header("location") == "/sign-in"
                        || answer.status == 401;
                    assert!(refused, "{path}: {} {}", answer.status, answer.header("location"));
                }
                other => panic!("{path}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_malformed_id_is_answered_like_one_that_nobody_has() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        let with_id = |(path, _): &(&str, PortalAccess)| path.contains("{id}");
        for (path, _) in routes(&app, &Method::GET).iter().filter(|route| with_id(route)) {
            // What asks for a fresh check first asks everybody alike.
            let unknown = browser.get(&with_ids(path)).await;
            for malformed in ["1e3", "018f0000-0000-7000-8000-00000000000g", "%ff", "' OR 1=1"] {
                let asked = path.replace("{id}", &malformed.replace(' ', "%20"));
                let answer = browser.get(&asked).await;
                assert_eq!(answer.status, 404, "{path} {malformed}");
                if unknown.status == 404 {
                    let title = |text: &str| text.split("<h1>").nth(1).map(|rest| rest[..40].to_owned());
                    assert_eq!(title(&answer.text), title(&unknown.text), "{path} {malformed}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_change_that_comes_from_another_site_is_refused_on_every_route() {
    for installation in each_installation().await {
        // Every route several times within a second, from one address.
        let app = app(installation, &[("ADDRESS_RATE", "1000000")]).await;
        let (mut signed_in, _) = app.enrolled(1).await;
        for (path, _) in routes(&app, &Method::POST) {
            for headers in [
                &[("content-type", "application/json")][..],
                &[("content-type", "application/json"), ("origin", "https://evil.example")],
                &[("content-type", "application/json"), ("sec-fetch-site", "cross-site")],
                &[
                    ("content-type", "text/plain"),
                    ("sec-fetch-site", "same-site"),
                    ("origin", crate::fixtures::ORIGIN),
                ],
            ] {
                let answer = signed_in.send(Method::POST, &with_ids(path), headers, Body::from("{}")).await;
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
    for app in each_app().await {
        let mut browser = app.browser();
        let cases = [
            ("/card/challenge", "{not json", 400, "bad-request"),
            ("/card/challenge", r#"{"purpose":"steal"}"#, 400, "bad-request"),
            ("/card/challenge", r#"{"purpose":"enrol","more":1}"#, 400, "bad-request"),
            ("/passkey/verify/begin", "{}", 401, "no-session"),
            ("/card/nothing", "{}", 404, "not-found"),
        ];
        for (path, body, status, kind) in cases {
            let headers = [("content-type", "application/json"), ("origin", crate::fixtures::ORIGIN)];
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
    for app in each_app().await {
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
