//! Every route as a stranger, as somebody of the wrong role, and from another site.

use crate::office::offices;
use axum::{body::Body, http::Method};
use techo_model::staff::StaffRole;

const PUBLIC: [&str; 3] = ["/sign-in", "/join", "/console.js"];

/// Paths of the router with their methods, read from where they are written.
fn routes() -> Vec<(String, bool, bool)> {
    let source = concat!(
        include_str!("../../src/console/entry.rs"),
        include_str!("../../src/console/clinic.rs"),
        include_str!("../../src/console/reviews.rs")
    );
    let mut found = Vec::new();
    for part in source.split(".route(").skip(1) {
        let path = part.split('"').nth(1).expect("a route has a path").to_owned();
        let line = part.lines().next().unwrap_or_default();
        found.push((path, line.contains("get("), line.contains("post(")));
    }
    assert!(found.len() > 10, "{found:?}");
    found
}

fn with_id(path: &str) -> String {
    path.replace("{id}", "018f0000-0000-7000-8000-000000000000")
}

#[tokio::test]
async fn a_stranger_is_led_to_the_sign_in_page_from_everywhere() {
    let office = offices().await.remove(0);
    for (path, reads, changes) in routes() {
        if reads {
            let answer = office.browser().get(&with_id(&path)).await;
            let expected = if PUBLIC.contains(&path.as_str()) { 200 } else { 303 };
            assert_eq!(answer.status, expected, "GET {path}");
        }
        if changes
            && !path.starts_with("/passkey/")
            && !["/language", "/csp-reports"].contains(&path.as_str())
        {
            let answer = office.browser().post_form(&with_id(&path), &[("code", "12345678")]).await;
            assert_eq!((answer.status, answer.header("location")), (303, "/sign-in"), "POST {path}");
        }
    }
}

#[tokio::test]
async fn each_role_sees_its_own_pages_and_no_others() {
    let office = offices().await.remove(0);
    let mut clinic = office.worker(StaffRole::Clinic).await;
    let mut auditor = office.worker(StaffRole::Auditor).await;
    assert_eq!(
        (clinic.browser.get("/clinic").await.status, auditor.browser.get("/reviews").await.status),
        (200, 200)
    );
    assert_eq!(
        (clinic.browser.get("/reviews").await.status, auditor.browser.get("/clinic").await.status),
        (403, 403)
    );
    let id = with_id("/reviews/{id}");
    assert_eq!(clinic.browser.get(&id).await.status, 403);
    assert_eq!(auditor.browser.get(&id).await.status, 404);
    let form = [("finding", "justified"), ("remark", "救急でした。")];
    assert_eq!(clinic.browser.post_form(&id, &form).await.status, 403);
    assert_eq!(auditor.browser.get("/clinic/chart").await.status, 403);
    for path in ["/clinic", "/clinic/close"] {
        assert_eq!(auditor.browser.post_form(path, &[("code", "12345678")]).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_change_from_another_site_is_refused_and_pages_run_no_script_but_our_own() {
    let office = offices().await.remove(0);
    let mut clinic = office.worker(StaffRole::Clinic).await;
    let evil = [("origin", "https://evil.example"), ("content-type", "application/x-www-form-urlencoded")];
    let answer = clinic.browser.send(Method::POST, "/clinic/close", &evil, Body::empty()).await;
    assert_eq!(answer.status, 403);
    let page = clinic.browser.get("/clinic").await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("wasm") && !policy.contains("nonce"), "{policy}");
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(!page.text.contains("<script"), "only pages with a passkey have a script");
}
