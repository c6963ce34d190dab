//! A database that is away: the console says so and when to come back.

use crate::fixtures::console::each_console;
use serde_json::json;
use techo_model::staff::StaffRole;

#[tokio::test]
async fn while_the_vault_is_away_the_console_says_when_to_come_back() {
    for console in each_console().await {
        let mut member = console.member(StaffRole::Clinic).await;
        console.app.installation.custody.stores.vault.db().close().await;
        let page = member.browser.get("/clinic").await;
        assert_eq!(
            (page.status, page.header("retry-after")),
            (503, "10"),
            "{}: {}",
            console.engine(),
            page.text
        );
        assert!(page.text.contains("ただいま記録を読み書きできません"), "{}", page.text);
        let script = member.browser.post_json("/passkey/sign-in/begin", &json!({})).await;
        assert_eq!((script.status, script.header("retry-after")), (503, "10"), "{}", script.text);
        assert!(script.json()["message"].as_str().is_some_and(|text| text.contains("読み書きできません")));
    }
}
