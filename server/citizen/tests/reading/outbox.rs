use crate::{
    people::{citizen, lines, portal},
    support::{Town, towns},
};
use techo_audit::log;
use techo_identity::access::PatientScope;
use techo_model::{EventId, UnixMillis};
use techo_store::vault::outbox::NewOutboxRow;

async fn note(town: &Town, whose: &PatientScope, kind: &str, detail: &str) -> EventId {
    let event_id = EventId(town.domain.world.new_id());
    let created_at = UnixMillis(town.domain.world.now().0 - 5_000);
    let row = NewOutboxRow { event_id, account_id: whose.account(), kind, detail, created_at };
    let vault = &town.domain.stores.vault;
    let mut tx = vault.begin().await.unwrap();
    vault.put_outbox(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    event_id
}

#[tokio::test]
async fn what_was_done_in_the_vault_reaches_the_log_once_and_leaves_the_outbox() {
    for town in towns().await {
        let (portal, owner) = (portal(&town), citizen(&town, 1).await);
        portal.home(&owner).await.unwrap();
        let passkey = town.domain.world.new_id();
        let detail = format!("{{\"passkey\":\"{passkey}\",\"sessions\":2,\"reason\":\"card-held\"}}");
        let event = note(&town, &owner, "passkey.removed", &detail).await;
        note(&town, &owner, "card.held", "{}").await;
        assert_eq!(log::relay_outbox(&town.domain).await.unwrap(), 2, "{}", town.engine());
        assert_eq!(log::relay_outbox(&town.domain).await.unwrap(), 0);
        assert_eq!(town.domain.stores.vault.outbox_backlog().await.unwrap(), 0);
        let lines = lines(&town, &owner).await;
        let told: Vec<_> = lines.iter().map(|line| line["action"].as_str().unwrap()).collect();
        assert_eq!(told, ["read", "passkey.removed", "card.held"]);
        assert_eq!(lines[1]["event_id"], event.to_string());
        assert_eq!(lines[1]["at"], "2026-11-23T02:59:55.000Z", "when it happened, not when it was carried");
        assert_eq!(
            lines[1]["detail"],
            serde_json::json!({"sessions": 2, "reason": "card-held"}),
            "no id of the vault"
        );
        assert_eq!(
            (&lines[2]["actor"]["kind"], &lines[2]["initiative"]),
            (&"system".into(), &"automatic".into())
        );
    }
}

#[tokio::test]
async fn a_carrier_that_was_killed_before_it_cleared_the_outbox_writes_no_line_twice() {
    for town in towns().await {
        let owner = citizen(&town, 1).await;
        let event = note(&town, &owner, "session.signed-in", "{}").await;
        log::relay_outbox(&town.domain).await.unwrap();
        let vault = &town.domain.stores.vault;
        let mut tx = vault.begin().await.unwrap();
        let again = NewOutboxRow {
            event_id: event,
            account_id: owner.account(),
            kind: "session.signed-in",
            detail: "{}",
            created_at: town.domain.world.now(),
        };
        vault.put_outbox(&mut tx, &again).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(log::relay_outbox(&town.domain).await.unwrap(), 0, "{}", town.engine());
        assert_eq!(vault.outbox_backlog().await.unwrap(), 0);
        assert_eq!(lines(&town, &owner).await.len(), 1);
    }
}

#[tokio::test]
async fn a_row_that_this_program_does_not_understand_waits_and_holds_nobody_up() {
    for town in towns().await {
        let owner = citizen(&town, 1).await;
        note(&town, &owner, "from.the-future", "{}").await;
        note(&town, &owner, "card.shown", "{}").await;
        assert_eq!(log::relay_outbox(&town.domain).await.unwrap(), 1, "{}", town.engine());
        assert_eq!(town.domain.stores.vault.outbox_backlog().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn two_carriers_at_once_lose_nothing_and_write_nothing_twice() {
    for town in towns().await {
        let owner = citizen(&town, 1).await;
        for _ in 0..10 {
            note(&town, &owner, "session.signed-in", "{}").await;
        }
        // One of the two may be told of a conflict; the job simply runs again.
        let _ = tokio::join!(log::relay_outbox(&town.domain), log::relay_outbox(&town.domain));
        log::relay_outbox(&town.domain).await.unwrap();
        assert_eq!(lines(&town, &owner).await.len(), 10, "{}", town.engine());
        assert_eq!(town.domain.stores.vault.outbox_backlog().await.unwrap(), 0);
    }
}
