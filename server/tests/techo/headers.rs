//! What every response carries, whatever it is.

use crate::fixtures::{app, each_app};
use serde_json::json;
use techo_testkit::each_installation;

#[tokio::test]
async fn every_response_has_its_policy_and_is_kept_by_nobody() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        for path in [
            "/",
            "/home",
            "/sign-in",
            "/nothing-here",
            "/demo/cards",
            "/checkups/018f0000-0000-7000-8000-000000000000",
        ] {
            let answer = browser.get(path).await;
            let csp = answer.header("content-security-policy");
            assert!(
                csp.starts_with("default-src 'none'") && csp.contains("frame-ancestors 'none'"),
                "{path}: {csp}"
            );
            assert!(!csp.contains("unsafe-inline"), "{path}: {csp}");
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
            assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        }
    }
}

#[tokio::test]
async fn the_nonce_of_a_page_is_new_each_time_and_stands_on_its_scripts() {
    for app in each_app().await {
        let mut browser = app.browser();
        let (one, two) = (browser.get("/sign-in").await, browser.get("/sign-in").await);
        let nonce = |csp: &str| csp.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let (first, second) =
            (nonce(one.header("content-security-policy")), nonce(two.header("content-security-policy")));
        assert_ne!(first, second);
        assert!(one.text.contains(&format!("nonce=\"{first}\"")), "the script carries the nonce");
        assert!(!one.text.contains(&format!("crossorigin=\"{first}\"")), "and no readable attribute does");
    }
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host_and_browsers_are_told_to_stay_secure() {
    for installation in each_installation().await {
        let app = app(installation, &[("PORTAL_URL", "https://portal.localhost")]).await;
        let mut browser = app.browser();
        let answer = browser
            .post_form("/enrol/agree", &[("agree", "yes"), ("version", techo_app::views::PRIVACY_VERSION)])
            .await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("__Host-techo="), "{cookie}");
        for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Custody"), "{cookie}");
        assert!(answer.header("strict-transport-security").contains("max-age=31536000"));
    }
}

#[tokio::test]
async fn built_files_may_be_kept_for_a_year() {
    for app in each_app().await {
        let answer = app.browser().get("/pkg/app.css").await;
        assert_eq!(
            (answer.status, answer.header("cache-control")),
            (200, "public, max-age=31536000, immutable")
        );
        assert_eq!(app.browser().get("/pkg/../assets.json").await.status, 404);
    }
}

#[tokio::test]
async fn an_error_page_keeps_the_frame_of_whoever_is_signed_in_and_offers_the_main_pages() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        for path in ["/nothing-here", "/checkups/nothing", "/checkups/018f0000-0000-7000-8000-000000000000"] {
            let page = browser.get(path).await;
            assert_eq!(page.status, 404, "{path}");
            assert!(page.text.contains("action=\"/sign-out\""), "{path}: still signed in");
            let main = page.text.split("<main").nth(1).unwrap();
            for place in
                ["/home", "/checkups", "/vaccinations", "/coverage", "/records", "/consent", "/access-log"]
            {
                assert!(main.contains(&format!("href=\"{place}\"")), "{path} offers {place}");
            }
        }
        let wrong = browser.post_form("/home", &[]).await;
        assert!(wrong.status == 404 && wrong.text.contains("action=\"/sign-out\""), "a wrong method, too");

        app.installation.custody.stores.vault.db().close().await;
        let stranger = app.browser().get("/nothing-here").await;
        assert_eq!(stranger.status, 404, "for a stranger no database is asked");
        assert!(!stranger.text.contains("action=\"/sign-out\""));
    }
}

#[tokio::test]
async fn somebody_who_reads_without_pause_is_slowed_down_and_nobody_else_is() {
    for installation in each_installation().await {
        let app = app(installation, &[("ACCOUNT_RATE", "1")]).await;
        let (mut busy, _) = app.enrolled(1).await;
        let mut told = None;
        for _ in 0..60 {
            let page = busy.get("/vaccinations").await;
            if page.status == 429 {
                told = Some(page);
                break;
            }
        }
        let told = told.expect("somebody busy is slowed down");
        assert_eq!(told.header("retry-after"), "1");
        assert!(told.text.contains("action=\"/sign-out\""), "and stays signed in");
        let (mut calm, _) = app.enrolled(2).await;
        assert_eq!(calm.get("/home").await.status, 200, "{}", app.engine());
    }
}

#[tokio::test]
async fn whoever_is_signed_in_is_not_slowed_down_by_what_strangers_behind_the_same_address_send() {
    for installation in each_installation().await {
        let app = app(installation, &[("ADDRESS_RATE", "1")]).await;
        let (mut citizen, _) = app.enrolled(1).await;
        let mut neighbour = app.browser();
        // A cookie that looks like one of ours and means nothing counts as its address, too.
        neighbour.cookies.clone_from(&citizen.cookies);
        for value in neighbour.cookies.values_mut() {
            *value = value.chars().rev().collect();
        }
        let mut sent = Vec::new();
        for _ in 0..60 {
            sent.push(neighbour.post_form("/language", &[("language", "en")]).await.status);
        }
        assert!(sent.contains(&429), "{}: whoever is nobody is slowed down: {sent:?}", app.engine());
        let stranger = app.browser().post_form("/language", &[("language", "en")]).await;
        assert_eq!(stranger.status, 429);
        for _ in 0..20 {
            let answer = citizen.post_form("/notices/read", &[]).await;
            assert_eq!(answer.status, 303, "{}: {}", app.engine(), answer.text);
        }
        let told = app.browser().post_json("/csp-reports", &json!({})).await;
        assert_eq!(told.status, 204, "reports of browsers have a bucket of their own");
    }
}
