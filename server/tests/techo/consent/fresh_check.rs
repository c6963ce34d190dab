//! What a fresh check interrupts is carried out by it, or said not to be.

use super::{fill, follow, owner, record_id, save};
use crate::fixtures::each_app;
use std::time::Duration;
use techo_identity::access::testing::verified;
use techo_model::{
    consent::{Label, Mark, RecordMarking},
    record::RecordKind,
};
use techo_testkit::browser::TestBrowser;

#[tokio::test]
async fn the_fresh_check_is_the_last_step_after_which_what_was_shown_is_saved() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        app.installation.custody.environment.advance(Duration::from_mins(6));
        assert_eq!(save(&mut browser).await, "/settings/verify?for=consent");
        let asked = browser.get("/settings/verify?for=consent").await.text;
        assert!(asked.contains("まだ保存していません"), "{asked}");
        assert!(browser.get("/consent").await.text.contains("まだ何も決めていません"), "{}", app.engine());
        let checked = app.check(&mut browser, &mut person).await;
        assert_eq!(checked.json()["next"], "/consent/receipts/1", "{}: {}", app.engine(), checked.text);
        let receipt = browser.get("/consent/receipts/1").await;
        assert!(receipt.text.contains("設定を保存しました"), "{}", receipt.text);
        assert!(browser.get("/consent/preview").await.header("location") == "/consent", "the draft is gone");
        app.installation.custody.environment.advance(Duration::from_mins(6));
        let again = app.check(&mut browser, &mut person).await;
        assert_eq!(again.json()["next"], "/settings/passkeys", "it is carried out once");
        assert!(browser.get("/settings/passkeys").await.text.contains("続きの手続きは残っていない"));
    }
}

#[tokio::test]
async fn a_file_of_choices_needs_a_fresh_check_after_which_it_is_asked_for_again() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        save(&mut browser).await;
        for (file, page) in
            [("/consent/fhir.json", "/consent"), ("/consent/receipts/1/file", "/consent/receipts/1")]
        {
            app.installation.custody.environment.advance(Duration::from_mins(6));
            assert_eq!(browser.get(file).await.header("location"), "/settings/verify?for=download");
            let checked = app.check(&mut browser, &mut person).await;
            assert_eq!(checked.json()["next"], page, "{}", app.engine());
            let back = browser.get(page).await.text;
            assert!(back.contains("もう一度、同じボタンを押してください"), "{back}");
            assert!(browser.get(file).await.header("content-disposition").contains("attachment"));
        }
    }
}

#[tokio::test]
async fn a_check_that_took_longer_than_a_quarter_of_an_hour_saves_nothing_and_says_so() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        app.installation.custody.environment.advance(Duration::from_mins(6));
        save(&mut browser).await;
        for _ in 0..2 {
            app.installation.custody.environment.advance(Duration::from_mins(8));
            browser.get("/settings/verify?for=consent").await;
        }
        let checked = app.check(&mut browser, &mut person).await;
        assert_eq!(checked.json()["next"], "/consent/preview", "{}", app.engine());
        let preview = browser.get("/consent/preview").await.text;
        assert!(preview.contains("もう一度、同じボタンを押してください"), "{preview}");
        assert_eq!(browser.get("/consent/receipts/1").await.status, 404);
    }
}

#[tokio::test]
async fn a_draft_that_another_device_made_during_the_check_is_shown_and_not_saved() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "nobody")]).await;
        app.installation.custody.environment.advance(Duration::from_mins(6));
        save(&mut browser).await;
        let mut other = app.browser();
        app.sign_in(&mut other, &mut person).await;
        follow(&mut other, "/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        let checked = app.check(&mut browser, &mut person).await;
        assert_eq!(checked.json()["next"], "/consent/preview", "{}", app.engine());
        let preview = browser.get("/consent/preview").await.text;
        assert!(preview.contains("保存していません") && preview.contains("banner-attention"), "{preview}");
        assert!(!preview.contains("banner-done"), "what was not done is not green");
        assert_eq!(browser.get("/consent/receipts/1").await.status, 404, "nothing was saved unseen");
    }
}

#[tokio::test]
async fn a_mark_is_put_by_the_check_that_interrupted_it_and_says_nothing_in_the_vault() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        fill(&app).await;
        let id = record_id(&mut browser, RecordKind::Checkup).await.to_string();
        app.installation.custody.environment.advance(Duration::from_mins(6));
        let fields = [("kind", "checkup"), ("id", &*id), ("mark", "withheld"), ("own.mental-health", "on")];
        assert_eq!(follow(&mut browser, "/consent/mark", &fields).await, "/settings/verify?for=mark");
        let who = owner(&app, 1).await;
        let standing = || async {
            let kind = RecordKind::Checkup;
            app.state.reading.record_mark(&who, kind, id.parse().unwrap()).await.unwrap().marking
        };
        assert_eq!(standing().await, RecordMarking::default(), "not yet");
        let kept = app.session_data(&browser).await;
        assert!(kept.contains(&id) && !kept.contains("mental") && !kept.contains("withheld"), "{kept}");
        let checked = app.check(&mut browser, &mut person).await;
        assert_eq!(checked.json()["next"], "/records", "{}: {}", app.engine(), checked.text);
        assert!(browser.get("/records").await.text.contains("見せ方を変えました"));
        let expected = RecordMarking { mark: Some(Mark::Withheld), labels: [Label::MentalHealth].into() };
        assert_eq!(standing().await, expected, "{}", app.engine());
    }
}

#[tokio::test]
async fn a_mark_that_another_device_put_during_the_check_stays_and_the_page_says_so() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        fill(&app).await;
        let id = record_id(&mut browser, RecordKind::Checkup).await;
        app.installation.custody.environment.advance(Duration::from_mins(6));
        let text = id.to_string();
        let fields = [("kind", "checkup"), ("id", text.as_str()), ("mark", "none"), ("own.genetic", "on")];
        follow(&mut browser, "/consent/mark", &fields).await;
        let (who, sealed) = (owner(&app, 1).await, Some(Mark::Sealed));
        let verified = verified(&app.installation.custody, &who).await;
        app.state.reading.mark_record(&verified, RecordKind::Checkup, id, sealed).await.unwrap();
        let next = app.check(&mut browser, &mut person).await.json()["next"].as_str().unwrap().to_owned();
        // What would take the seal off needs the card now.
        assert_eq!(next, "/settings/verify/card", "{}", app.engine());
        let shown = app.show_card(&mut browser, "step-up", &person.card, None).await;
        let next = shown.json()["next"].as_str().unwrap().to_owned();
        assert!(browser.get(&next).await.text.contains("先に変わったため、保存していません"), "{next}");
        let standing = app.state.reading.record_mark(&who, RecordKind::Checkup, id).await.unwrap().marking;
        assert_eq!(standing.mark, sealed, "{}", app.engine());
    }
}

/// Where each passkey of the page is removed.
async fn removals(browser: &mut TestBrowser) -> Vec<String> {
    let page = browser.get("/settings/passkeys").await.text;
    let ids = page.split("href=\"/settings/passkeys/").skip(1);
    let ids = ids.filter_map(|rest| rest.split('"').next()?.strip_suffix("/remove"));
    ids.map(|id| format!("/settings/passkeys/{id}/remove")).collect()
}

#[tokio::test]
async fn a_passkey_is_removed_or_used_again_by_the_check_that_interrupted_it() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        let own = removals(&mut browser).await;
        let mut second = app.person(1);
        app.register(&mut browser, &mut second).await;
        // The one that does the check ends its own session when it goes: the other one is to be removed.
        let mut paths = removals(&mut browser).await;
        paths.retain(|path| !own.contains(path));
        assert_eq!((own.len(), paths.len()), (1, 1), "{}", app.engine());
        app.installation.custody.environment.advance(Duration::from_mins(6));
        let detour = follow(&mut browser, &paths[0], &[]).await;
        assert_eq!(detour, "/settings/verify?for=remove-passkey", "{}", app.engine());
        let checked = app.check(&mut browser, &mut person).await;
        assert_eq!(checked.json()["next"], "/settings/passkeys", "{}", checked.text);
        let page = browser.get("/settings/passkeys").await.text;
        assert!(page.contains("パスキーを削除しました"), "{page}");
        assert_eq!(page.matches("/remove\"").count(), 1, "{}", app.engine());
    }
}
