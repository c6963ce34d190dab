use crate::portal;
use std::time::Duration;
use techo_audit::log;
use techo_identity::access::PatientScope;
use techo_model::{EventId, UnixMillis, account::AccountEvent};
use techo_store::{
    jobs::{ParkedChoice, ParkedRow, forget_parked_rows, list_parked_rows},
    testing::{tamper, tamper_row},
    vault::outbox::NewOutboxRow,
};
use techo_testkit::{
    TestInstallation, each_installation,
    people::{citizen, lines},
};

async fn note(
    installation: &TestInstallation,
    whose: &PatientScope,
    kind: AccountEvent,
    detail: &str,
) -> EventId {
    let event_id = EventId(installation.custody.environment.new_id());
    let created_at = UnixMillis(installation.custody.environment.now().0 - 5_000);
    let row = NewOutboxRow { event_id, account_id: whose.account(), kind, detail, created_at };
    let vault = &installation.custody.stores.vault;
    let mut tx = vault.begin().await.unwrap();
    vault.put_outbox(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    event_id
}

/// As a later version of the program leaves it.
async fn note_of_the_future(installation: &TestInstallation, whose: &PatientScope) {
    let event = note(installation, whose, AccountEvent::CardShown, "{}").await;
    let spoil = "UPDATE log_outbox SET kind = 'from.the-future' WHERE event_id = $1";
    assert_eq!(tamper_row(installation.custody.stores.vault.db(), spoil, event.0).await, 1);
}

#[tokio::test]
async fn what_was_done_in_the_vault_reaches_the_log_once_and_leaves_the_outbox() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        portal.home(&owner).await.unwrap();
        let passkey = installation.custody.environment.new_id();
        let detail = format!("{{\"passkey\":\"{passkey}\",\"sessions\":2,\"reason\":\"card-held\"}}");
        let event = note(&installation, &owner, AccountEvent::PasskeyRemoved, &detail).await;
        note(&installation, &owner, AccountEvent::CardHeld, "{}").await;
        assert_eq!(log::relay_outbox(&installation.custody).await.unwrap(), 2, "{}", installation.engine());
        assert_eq!(log::relay_outbox(&installation.custody).await.unwrap(), 0);
        assert_eq!(installation.custody.stores.vault.outbox_backlog().await.unwrap(), 0);
        let lines = lines(&installation, &owner).await;
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
    for installation in each_installation().await {
        let owner = citizen(&installation, 1).await;
        let event = note(&installation, &owner, AccountEvent::SignedIn, "{}").await;
        log::relay_outbox(&installation.custody).await.unwrap();
        let vault = &installation.custody.stores.vault;
        let mut tx = vault.begin().await.unwrap();
        let again = NewOutboxRow {
            event_id: event,
            account_id: owner.account(),
            kind: AccountEvent::SignedIn,
            detail: "{}",
            created_at: installation.custody.environment.now(),
        };
        vault.put_outbox(&mut tx, &again).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(log::relay_outbox(&installation.custody).await.unwrap(), 0, "{}", installation.engine());
        assert_eq!(vault.outbox_backlog().await.unwrap(), 0);
        assert_eq!(lines(&installation, &owner).await.len(), 1);
    }
}

#[tokio::test]
async fn a_row_that_this_program_does_not_understand_waits_and_holds_nobody_up() {
    for installation in each_installation().await {
        let owner = citizen(&installation, 1).await;
        note_of_the_future(&installation, &owner).await;
        note(&installation, &owner, AccountEvent::CardShown, "{}").await;
        assert_eq!(log::relay_outbox(&installation.custody).await.unwrap(), 1, "{}", installation.engine());
        assert_eq!(installation.custody.stores.vault.outbox_backlog().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn as_many_spoilt_rows_as_a_batch_takes_stall_nothing_and_are_carried_when_they_are_mended() {
    for installation in each_installation().await {
        let owner = citizen(&installation, 1).await;
        let (vault, engine) = (&installation.custody.stores.vault, installation.engine());
        for _ in 0..200 {
            note_of_the_future(&installation, &owner).await;
        }
        note(&installation, &owner, AccountEvent::CardShown, "no JSON").await;
        installation.custody.environment.advance(Duration::from_secs(1));
        note(&installation, &owner, AccountEvent::CardShown, "{}").await;
        assert_eq!(
            log::relay_outbox(&installation.custody).await.unwrap(),
            1,
            "{engine}: the one behind them"
        );
        let parked = list_parked_rows(vault.db(), 1_000).await.unwrap();
        let because = |column: &str, reason: &str| {
            let of = |row: &&ParkedRow| (row.column_name.as_str(), row.reason.as_str()) == (column, reason);
            parked.iter().filter(of).count()
        };
        assert_eq!((because("kind", "unknown-word"), because("detail", "unreadable")), (200, 1), "{engine}");
        assert_eq!(vault.outbox_backlog().await.unwrap(), 201, "they stay where they are");
        assert!(vault.outbox_batch(1).await.unwrap().is_empty(), "and are passed over");
        let mend = "UPDATE log_outbox SET kind = 'card.shown', detail = '{}'";
        tamper(vault.db(), mend, &[]).await;
        assert_eq!(log::relay_outbox(&installation.custody).await.unwrap(), 0, "until somebody says so");
        retry(&installation).await;
        assert_eq!(log::relay_outbox(&installation.custody).await.unwrap(), 201, "{engine}");
        assert_eq!(vault.outbox_backlog().await.unwrap(), 0);
        assert_eq!(lines(&installation, &owner).await.len(), 202);
    }
}

#[tokio::test]
async fn what_somebody_did_whose_chain_does_not_open_waits_and_holds_nobody_up() {
    for installation in each_installation().await {
        let (one, two) = (citizen(&installation, 1).await, citizen(&installation, 2).await);
        note(&installation, &one, AccountEvent::CardShown, "{}").await;
        note(&installation, &two, AccountEvent::CardShown, "{}").await;
        let vault = &installation.custody.stores.vault;
        let spoil = "UPDATE resident SET chain_sealed = name_sealed WHERE resident_id = $1";
        tamper_row(vault.db(), spoil, one.resident().0).await;
        assert_eq!(log::relay_outbox(&installation.custody).await.unwrap(), 1, "{}", installation.engine());
        let parked = list_parked_rows(vault.db(), 10).await.unwrap();
        assert_eq!(parked.len(), 1);
        assert_eq!(
            (parked[0].column_name.as_str(), parked[0].reason.as_str()),
            ("resident_id", "person-unreadable")
        );
    }
}

#[tokio::test]
async fn what_the_log_refuses_is_parked_alone_and_carried_when_its_chain_is_mended() {
    for installation in each_installation().await {
        let (one, two) = (citizen(&installation, 1).await, citizen(&installation, 2).await);
        let (vault, records) = (&installation.custody.stores.vault, installation.custody.stores.records.db());
        for whose in [&one, &two] {
            note(&installation, whose, AccountEvent::CardShown, "{}").await;
        }
        log::relay_outbox(&installation.custody).await.unwrap();
        let spoil = "UPDATE access_chain SET last_entry = (SELECT salt FROM access_event_body ORDER BY event_id LIMIT 1) WHERE chain_id = $1";
        assert_eq!(tamper_row(records, spoil, one.chain().0).await, 1);
        let refused = note(&installation, &one, AccountEvent::CardShown, "{}").await;
        for _ in 0..20 {
            note(&installation, &two, AccountEvent::CardShown, "{}").await;
        }
        assert_eq!(log::relay_outbox(&installation.custody).await.unwrap(), 20, "{}", installation.engine());
        let parked = list_parked_rows(vault.db(), 10).await.unwrap();
        assert_eq!(parked.len(), 1, "{}", installation.engine());
        assert_eq!((parked[0].row_id, parked[0].reason.as_str()), (refused.0, "refused"));
        assert_eq!(vault.outbox_backlog().await.unwrap(), 1, "it stays where it is");
        let mend = "UPDATE access_chain SET last_entry = (SELECT entry FROM access_event WHERE chain_id = $1
            ORDER BY chain_seq DESC LIMIT 1) WHERE chain_id = $1";
        assert_eq!(tamper_row(records, mend, one.chain().0).await, 1);
        retry(&installation).await;
        assert_eq!(log::relay_outbox(&installation.custody).await.unwrap(), 1);
        assert_eq!((lines(&installation, &one).await.len(), lines(&installation, &two).await.len()), (2, 21));
    }
}

async fn retry(installation: &TestInstallation) {
    let mut tx = installation.custody.stores.vault.begin().await.unwrap();
    forget_parked_rows(&mut tx, ParkedChoice::All).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn two_carriers_at_once_lose_nothing_and_write_nothing_twice() {
    for installation in each_installation().await {
        let owner = citizen(&installation, 1).await;
        for _ in 0..10 {
            note(&installation, &owner, AccountEvent::SignedIn, "{}").await;
        }
        // One of the two may be told of a conflict; the job simply runs again.
        let _ =
            tokio::join!(log::relay_outbox(&installation.custody), log::relay_outbox(&installation.custody));
        log::relay_outbox(&installation.custody).await.unwrap();
        assert_eq!(lines(&installation, &owner).await.len(), 10, "{}", installation.engine());
        assert_eq!(installation.custody.stores.vault.outbox_backlog().await.unwrap(), 0);
    }
}
