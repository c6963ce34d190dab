use crate::{
    access_log::{CLINIC_NAME, look, register_clinic, scope},
    fixtures::each_app,
};
use techo_audit::{
    log,
    notices::{NewNotice, put_in},
};
use techo_model::notice::NoticeKind;

#[tokio::test]
async fn a_first_look_is_told_with_a_count_in_the_header_until_it_was_opened() {
    for app in each_app().await {
        register_clinic(&app).await;
        let (mut browser, _) = app.enrolled(1).await;
        assert!(!browser.get("/home").await.text.contains("class=\"unread\""), "{}", app.engine());
        let whose = scope(&app, 1).await;
        let event = look(&app, &whose);
        let id = event.id;
        app.state.log.append(event).await.unwrap();
        app.state.log.append(look(&app, &whose)).await.unwrap();
        let home = browser.get("/home").await;
        assert!(
            home.text.contains("未読のお知らせが 1件あります") || home.text.contains("未読のお知らせが 1件")
        );
        let list = browser.get("/notices").await;
        assert!(list.text.contains("はじめての機関が") && list.text.contains(CLINIC_NAME));
        let notice = browser.get(&format!("/notices/{id}")).await;
        assert_eq!(notice.status, 200);
        assert!(notice.text.contains(&format!("/access-log/{id}")));
        assert!(!notice.text.contains("class=\"unread\""), "what is open is not unread");
        assert!(!browser.get("/home").await.text.contains("class=\"unread\""));
        let (mut other, _) = app.enrolled(2).await;
        assert_eq!(other.get(&format!("/notices/{id}")).await.status, 404);
    }
}

#[tokio::test]
async fn a_new_passkey_is_told_when_the_outbox_was_carried_over_and_all_can_be_marked_as_read() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        log::relay_outbox(&app.installation.custody).await.unwrap();
        assert!(browser.get("/notices").await.text.contains("パスキーが追加されました"), "{}", app.engine());
        let read = browser.post_form("/notices/read", &[]).await;
        assert_eq!((read.status, read.header("location")), (303, "/notices"));
        assert!(!browser.get("/notices").await.text.contains("class=\"unread\""));
    }
}

#[tokio::test]
async fn a_notice_that_another_part_puts_reaches_its_reader() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        let (records, environment) =
            (&app.installation.custody.stores.records, &app.installation.custody.environment);
        let whose = scope(&app, 1).await;
        let mut tx = records.begin().await.unwrap();
        let notice = NewNotice {
            kind: NoticeKind::EmergencyDeclared,
            organisation: Some("1310000009".into()),
            event: None,
        };
        put_in(records, environment, &mut tx, whose.chain(), notice).await.unwrap();
        tx.commit().await.unwrap();
        assert!(
            browser.get("/notices").await.text.contains("救急で、あなたの記録が開かれました"),
            "{}",
            app.engine()
        );
    }
}
