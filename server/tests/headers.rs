//! What every response carries, whatever it is.

mod support;

use support::{app, apps, town::towns};

#[tokio::test]
async fn every_response_has_its_policy_and_is_kept_by_nobody() {
    for app in apps().await {
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
    for app in apps().await {
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
    for town in towns().await {
        let app = app(town, &[("PORTAL_URL", "https://portal.localhost")]).await;
        let mut browser = app.browser();
        let answer = browser
            .post_form("/enrol/agree", &[("agree", "yes"), ("version", techo_app::views::PRIVACY_VERSION)])
            .await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("__Host-techo="), "{cookie}");
        for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        assert!(answer.header("strict-transport-security").contains("max-age=31536000"));
    }
}

#[tokio::test]
async fn built_files_may_be_kept_for_a_year() {
    for app in apps().await {
        let answer = app.browser().get("/pkg/app.css").await;
        assert_eq!(
            (answer.status, answer.header("cache-control")),
            (200, "public, max-age=31536000, immutable")
        );
        assert_eq!(app.browser().get("/pkg/../assets.json").await.status, 404);
    }
}
