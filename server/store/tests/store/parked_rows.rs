//! Rows that cannot be read: parked once, counted, passed over by those who would stumble, and tried again when somebody says so.

use techo_model::{UnixMillis, WaitingId, paging::PageRequest, record::WaitingKind};
use techo_store::{
    DatabaseName, Db, Tx,
    jobs::{
        ParkedChoice, ParkedRow, TableCount, count_parked_rows, forget_parked_rows, list_parked_rows,
        park_row,
    },
    records::import::waiting::{QueuePosition, WaitingRecord},
    testing::each_engine,
};
use uuid::Uuid;

fn parked(table: &str, row: Uuid) -> ParkedRow {
    ParkedRow {
        table_name: table.to_owned(),
        row_id: row,
        column_name: "content_sealed".to_owned(),
        reason: "seal-broken".to_owned(),
        parked_at: UnixMillis(5),
    }
}

async fn park(db: &Db, row: &ParkedRow) {
    let mut tx = db.begin().await.unwrap();
    park_row(&mut tx, row).await.unwrap();
    tx.commit().await.unwrap();
}

async fn forget(mut tx: Tx, choice: ParkedChoice) -> u64 {
    let rows = forget_parked_rows(&mut tx, choice).await.unwrap();
    tx.commit().await.unwrap();
    rows
}

#[tokio::test]
async fn a_row_is_parked_once_with_its_first_reason_and_counted_by_table() {
    for engine in each_engine().await {
        for which in [DatabaseName::Identity, DatabaseName::Records] {
            let db = engine.stores.db(which);
            let (one, other) =
                (parked("resident", Uuid::from_u128(1)), parked("resident", Uuid::from_u128(2)));
            park(db, &one).await;
            park(db, &ParkedRow { reason: "another".to_owned(), ..one.clone() }).await;
            park(db, &other).await;
            park(db, &parked("log_outbox", Uuid::from_u128(1))).await;
            let count = |table: &str, parked| TableCount { table_name: table.to_owned(), parked };
            let counts = count_parked_rows(db).await.unwrap();
            assert_eq!(counts, [count("log_outbox", 1), count("resident", 2)], "{}", engine.engine);
            let listed = list_parked_rows(db, 10).await.unwrap();
            assert_eq!(listed[1..], [one, other]);
            assert_eq!(list_parked_rows(db, 1).await.unwrap().len(), 1);
            assert_eq!(forget(db.begin().await.unwrap(), ParkedChoice::One(Uuid::from_u128(2))).await, 1);
            assert_eq!(forget(db.begin().await.unwrap(), ParkedChoice::All).await, 2);
            assert!(count_parked_rows(db).await.unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn a_parked_resident_stands_in_for_nobody() {
    for test in each_engine().await {
        let vault = &test.stores.vault;
        let (one, two) = (crate::people::resident(vault, 1).await, crate::people::resident(vault, 2).await);
        let first = vault.any_resident().await.unwrap().unwrap();
        park(vault.db(), &parked("resident", first.0)).await;
        let other = if first == one { two } else { one };
        assert_eq!(vault.any_resident().await.unwrap(), Some(other), "{}", test.engine);
        park(vault.db(), &parked("resident", other.0)).await;
        assert_eq!(vault.any_resident().await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_parked_document_is_passed_over_and_looked_at_again_when_somebody_says_so() {
    for test in each_engine().await {
        let records = &test.stores.records;
        let waiting = |n: u8| WaitingRecord {
            waiting_id: WaitingId(Uuid::from_u128(u128::from(n))),
            kind: WaitingKind::Checkup,
            alias: vec![1; 32],
            family_alias: Some(vec![1; 32]),
            reason: "nobody".to_owned(),
            content_digest: vec![n; 32],
            content_sealed: vec![n],
            sent_by: "1310000019".to_owned(),
            received_at: UnixMillis(1),
            key_version: 1,
            arrival: 0,
        };
        let mut tx = records.begin().await.unwrap();
        for n in [1, 2] {
            records.insert_waiting(&mut tx, &waiting(n), QueuePosition::Last).await.unwrap();
        }
        let spoilt = Uuid::from_u128(1);
        park_row(&mut tx, &parked("waiting_record", spoilt)).await.unwrap();
        let ids =
            |rows: Vec<WaitingRecord>| rows.iter().map(|row| row.waiting_id.0.as_u128()).collect::<Vec<_>>();
        assert_eq!(ids(records.untried_waiting(&mut tx, 10).await.unwrap().rows), [2], "{}", test.engine);
        let waiting =
            records.waiting_for_families(&mut tx, &[[1; 32]], PageRequest::first(10)).await.unwrap();
        assert_eq!(ids(waiting.items), [2]);
        let both = [WaitingId(spoilt), WaitingId(Uuid::from_u128(2))];
        records.mark_tried(&mut tx, &both, UnixMillis(9)).await.unwrap();
        records.requeue_waiting_parked(&mut tx, ParkedChoice::One(Uuid::from_u128(2))).await.unwrap();
        assert!(records.untried_waiting(&mut tx, 10).await.unwrap().is_empty(), "that one is not parked");
        records.requeue_waiting_parked(&mut tx, ParkedChoice::All).await.unwrap();
        assert_eq!(forget_parked_rows(&mut tx, ParkedChoice::All).await.unwrap(), 1);
        assert_eq!(ids(records.untried_waiting(&mut tx, 10).await.unwrap().rows), [1]);
        tx.rollback().await.unwrap();
    }
}
