//! What waits for its person in the record store.

use crate::people::{LATER, NOW, code, hash, uuid};
use techo_model::{RecordCode, WaitingId, paging::PageRequest, record::WaitingKind};
use techo_store::{
    Records,
    records::import::waiting::{QueuePosition, WaitingRecord},
    testing::{TestStores, each_engine},
};

fn dose(number: u128, whose: RecordCode) -> WaitingRecord {
    WaitingRecord {
        waiting_id: WaitingId(uuid(number)),
        kind: WaitingKind::Vaccination,
        alias: whose.0.as_bytes().to_vec(),
        family_alias: None,
        reason: "person-unknown".into(),
        content_digest: hash(number).to_vec(),
        content_sealed: vec![1],
        sent_by: "139998".into(),
        received_at: NOW,
        key_version: 1,
        arrival: 0,
    }
}

async fn wait(records: &Records, rows: &[WaitingRecord], place: QueuePosition) {
    let mut tx = records.begin().await.unwrap();
    for row in rows {
        records.insert_waiting(&mut tx, row, place).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn ids(rows: &[WaitingRecord]) -> Vec<u128> {
    rows.iter().map(|row| row.waiting_id.0.as_u128()).collect()
}

#[tokio::test]
async fn doses_wait_for_their_person_in_the_order_of_arrival() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        wait(records, &[dose(2, code(1)), dose(1, code(1)), dose(3, code(2))], QueuePosition::Last).await;
        assert_eq!(records.count_waiting().await.unwrap(), 3, "{engine}");
        assert!(records.has_waiting_dose(code(1)).await.unwrap(), "{engine}");
        assert!(!records.has_waiting_dose(code(3)).await.unwrap(), "{engine}");
        let mut tx = records.begin().await.unwrap();
        let mine =
            records.waiting_for_people(&mut tx, &[code(1)], PageRequest::first(9)).await.unwrap().items;
        assert_eq!(ids(&mine), [2, 1], "{engine}");
        assert!(
            records.waiting_for_people(&mut tx, &[], PageRequest::first(9)).await.unwrap().items.is_empty(),
            "{engine}"
        );
        let page = records.waiting_after(&mut tx, WaitingId(uuid(1)), 1).await.unwrap();
        assert_eq!(ids(&page), [2], "{engine}: by key");
        records.stop_waiting(&mut tx, WaitingId(uuid(2))).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(records.count_waiting().await.unwrap(), 2, "{engine}");
    }
}

#[tokio::test]
async fn the_same_content_waits_once_with_its_latest_reason() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        wait(records, &[dose(1, code(1)), dose(2, code(1))], QueuePosition::Last).await;
        let again = WaitingRecord {
            waiting_id: WaitingId(uuid(9)),
            reason: "ambiguous".into(),
            received_at: LATER,
            ..dose(1, code(1))
        };
        wait(records, std::slice::from_ref(&again), QueuePosition::Kept).await;
        let mine = async || {
            let mut tx = records.begin().await.unwrap();
            let rows =
                records.waiting_for_people(&mut tx, &[code(1)], PageRequest::first(9)).await.unwrap().items;
            tx.rollback().await.unwrap();
            rows
        };
        let rows = mine().await;
        assert_eq!((ids(&rows), rows[0].reason.as_str()), (vec![1, 2], "ambiguous"), "{engine}");
        wait(records, &[again], QueuePosition::Last).await;
        assert_eq!(ids(&mine().await), [2, 1], "{engine}: behind what came meanwhile");
        let mut tx = records.begin().await.unwrap();
        records.wait_because(&mut tx, WaitingId(uuid(2)), "no-coverage").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(mine().await[0].reason, "no-coverage", "{engine}");
    }
}

#[tokio::test]
async fn the_sweep_looks_once_and_again_when_its_sender_sent_more() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        wait(records, &[dose(1, code(1)), dose(2, code(1))], QueuePosition::Last).await;
        let mut tx = records.begin().await.unwrap();
        let all = [1, 2].map(|number| WaitingId(uuid(number)));
        records.mark_tried(&mut tx, &all, NOW).await.unwrap();
        assert!(records.untried_waiting(&mut tx, 9).await.unwrap().is_empty(), "{engine}");
        records.requeue_waiting(&mut tx, "06139999").await.unwrap();
        assert!(records.untried_waiting(&mut tx, 9).await.unwrap().is_empty(), "{engine}: somebody else");
        records.requeue_waiting(&mut tx, "139998").await.unwrap();
        assert_eq!(records.untried_waiting(&mut tx, 9).await.unwrap().rows.len(), 2, "{engine}");
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn what_waits_is_rekeyed_for_the_version_that_was_read() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        wait(records, &[dose(1, code(1))], QueuePosition::Last).await;
        let moved = WaitingRecord { key_version: 2, ..dose(1, code(8)) };
        let mut tx = records.begin().await.unwrap();
        records.rekey_waiting(&mut tx, &moved, 1).await.unwrap();
        records
            .rekey_waiting(&mut tx, &WaitingRecord { key_version: 3, ..dose(1, code(9)) }, 1)
            .await
            .unwrap();
        let rows = records
            .waiting_for_people(&mut tx, &[code(1), code(8), code(9)], PageRequest::first(9))
            .await
            .unwrap()
            .items;
        assert_eq!(rows.len(), 1, "{engine}");
        assert_eq!((rows[0].alias.clone(), rows[0].key_version), (moved.alias, 2), "{engine}");
        tx.commit().await.unwrap();
    }
}
