//! Forms that come back: 422, what was typed still there, what is wrong first. Those of consent, the access log, notices and the
//! console are held to the same beside what they are about.

use crate::fixtures::each_app;

#[tokio::test]
async fn a_form_with_a_field_that_stands_there_twice_is_refused_and_nothing_of_it_is_done() {
    for app in each_app().await {
        let mut stranger = app.browser();
        let version = techo_app::views::PRIVACY_VERSION;
        let agreed = [("version", version), ("agree", "no"), ("agree", "yes")];
        let refused = stranger.post_form("/enrol/agree", &agreed).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        let (mut browser, _) = app.enrolled(1).await;
        let before = browser.get("/consent").await.text;
        for (path, fields) in [
            ("/consent/draft", &[("base", "0"), ("clinics", "off"), ("clinics", "on")][..]),
            ("/consent/draft", &[("base", "0"), ("unknown", "1"), ("unknown", "1")]),
            ("/consent/mark", &[("mark", "none"), ("kind", "checkup"), ("mark", "sealed")]),
            ("/access-log", &[("q", "a"), ("q", "b")]),
            ("/privacy/agree", &[("version", version), ("version", version)]),
            ("/consent/preset", &[("base", "0"), ("preset", "all"), ("preset", "none")]),
        ] {
            let refused = browser.post_form(path, fields).await;
            assert_eq!(refused.status, 422, "{path}: {}", refused.text);
        }
        assert_ne!(browser.get("/consent/preview").await.status, 200, "no draft was kept");
        let bare = |page: &str| page.split("<main").nth(1).map(str::to_owned);
        assert_eq!(bare(&browser.get("/consent").await.text), bare(&before), "{}", app.engine());
        for path in ["/settings/verify?for=share&for=share", "/consent?draft=yes&draft=yes"] {
            assert_eq!(browser.get(path).await.status, 400, "{path}");
        }
    }
}

#[tokio::test]
async fn agreeing_without_the_tick_comes_back() {
    for app in each_app().await {
        let mut browser = app.browser();
        let version = techo_app::views::PRIVACY_VERSION;
        let refused = browser.post_form("/enrol/agree", &[("version", version), ("card", "00ab")]).await;
        refused.assert_refused("agree");
        let former = browser.post_form("/enrol/agree", &[("version", "2020-01-01"), ("agree", "yes")]).await;
        former.assert_refused("agree");
    }
}

#[tokio::test]
async fn a_name_of_a_passkey_that_is_not_taken_comes_back_with_what_was_typed_unless_it_is_somebodys_number()
{
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        let page = browser.get("/settings/passkeys").await.text;
        let id = page.split("/settings/passkeys/").find_map(|rest| rest.split_once("/name\"")).unwrap().0;
        let (path, field) = (format!("/settings/passkeys/{id}/name"), format!("nickname-{id}"));
        let long = "い".repeat(41);
        for typed in ["", long.as_str()] {
            let refused = browser.post_form(&path, &[("nickname", typed)]).await;
            refused.assert_refused(&field);
            assert!(refused.text.contains(&format!("value=\"{typed}\"")), "{typed}: {}", refused.text);
        }
        let number = browser.post_form(&path, &[("nickname", "123456789018")]).await;
        number.assert_refused(&field);
        assert!(!number.text.contains("123456789018"), "a number that may be somebody's is not given back");
        assert_eq!(
            browser.post_form(&path, &[]).await.status,
            422,
            "a form without its field is an empty one"
        );
    }
}

#[tokio::test]
async fn a_search_in_the_access_log_with_a_day_that_is_none_keeps_everything_that_was_typed() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        let typed = [("from", "きのう"), ("to", "2026-11-30"), ("q", "さくら"), ("kind", "look")];
        let refused = browser.post_form("/access-log", &typed).await;
        refused.assert_refused("from");
        for kept in ["value=\"きのう\"", "value=\"2026-11-30\"", "value=\"さくら\""] {
            assert!(refused.text.contains(kept), "{kept}: {}", refused.text);
        }
        let chosen = refused.text.split("<option value=\"look\"").nth(1).unwrap();
        assert!(chosen.split('>').next().unwrap().contains("selected"), "what was chosen stays chosen");
        let reversed = [("from", "2026-11-30"), ("to", "2026-11-01")];
        browser.post_form("/access-log", &reversed).await.assert_refused("to");
        let long = "あ".repeat(61);
        browser.post_form("/access-log", &[("q", long.as_str())]).await.assert_refused("q");
        assert_eq!(browser.post_form("/access-log", &[("from", "2026-11-30")]).await.status, 200);
    }
}
