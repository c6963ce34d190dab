//! Every route as a stranger, as somebody of the wrong role, and from another site. Routes, roles and menu are those of the
//! console's own list.

use crate::fixtures::console::each_console;
use axum::{body::Body, http::Method};
use techo::console::{self, AREAS, ConsoleAccess};
use techo_model::staff::StaffRole;

const PUBLIC: [&str; 3] = ["/sign-in", "/join", "/console.js"];
/// Answer everybody, as steps on the way in and as what every page needs.
const STEPS: [&str; 2] = ["/language", "/csp-reports"];

fn with_id(path: &str) -> String {
    path.replace("{id}", "018f0000-0000-7000-8000-000000000000")
}

#[tokio::test]
async fn a_stranger_is_led_to_the_sign_in_page_from_everywhere() {
    let console = each_console().await.remove(0);
    for route in console::route_table().into_list() {
        let path = with_id(route.path);
        if route.method == Method::GET {
            let answer = console.browser().get(&path).await;
            let expected = if PUBLIC.contains(&route.path) { 200 } else { 303 };
            assert_eq!(answer.status, expected, "GET {path}");
        } else if !path.starts_with("/passkey/") && !STEPS.contains(&route.path) {
            let answer = console.browser().post_form(&path, &[("code", "12345678")]).await;
            assert_eq!((answer.status, answer.header("location")), (303, "/sign-in"), "POST {path}");
        }
    }
}

#[tokio::test]
async fn each_role_sees_its_own_pages_and_no_others() {
    let console = each_console().await.remove(0);
    for role in [StaffRole::Clinic, StaffRole::Auditor] {
        let mut member = console.member(role).await;
        let mut refused = 0;
        for route in console::route_table().into_list() {
            let path = with_id(route.path);
            let answer = match route.method {
                Method::GET => member.browser.get(&path).await,
                _ if route.access == ConsoleAccess::None => continue,
                _ => member.browser.post_form(&path, &[]).await,
            };
            if route.access == ConsoleAccess::None || route.access.role() == Some(role) {
                assert_ne!(answer.status, 403, "{role:?} {} {path}", route.method);
            } else {
                assert_eq!(answer.status, 403, "{role:?} {} {path}", route.method);
                refused += 1;
            }
        }
        assert!(refused > 0, "the other role has routes");
    }
}

#[tokio::test]
async fn the_menu_leads_to_the_areas_of_a_role_and_the_first_page_is_one_of_them() {
    let console = each_console().await.remove(0);
    for role in [StaffRole::Clinic, StaffRole::Auditor] {
        let mut member = console.member(role).await;
        let home = member.browser.get("/").await.header("location").to_owned();
        let page = member.browser.get(&home).await;
        assert_eq!(page.status, 200, "{role:?}");
        let menu = page.text.split("<nav").nth(1).and_then(|rest| rest.split("</nav>").next()).unwrap();
        for area in AREAS.iter().filter(|area| area.menu.is_some()) {
            let is_own = area.proof.role() == Some(role);
            assert_eq!(menu.contains(&format!("href=\"{}\"", area.path)), is_own, "{role:?} {}", area.path);
        }
    }
}

#[tokio::test]
async fn a_change_from_another_site_is_refused_and_pages_run_no_script_but_our_own() {
    let console = each_console().await.remove(0);
    let mut clinic = console.member(StaffRole::Clinic).await;
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
