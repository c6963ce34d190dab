//! Leaves and waiting entries that come packed: the same as their rows, or not at all.

use techo_model::{ChainId, EventId, UnixMillis};
use techo_store::{
    records::{
        access_log::NewAccessEvent,
        log_tree::PendingEntry,
        packed_leaves::{PackedLeaf, PackedLeaves},
    },
    testing::{TestStores, each_engine, tamper},
};
use uuid::Uuid;

const COUNT: u8 = 40;
const BODY: &str = "UPDATE access_event_body SET body = 'two
lines' WHERE event_id = (SELECT event_id FROM log_leaf WHERE leaf_index = $1)";
const ENTRY: &str = "UPDATE access_event SET entry = (SELECT salt FROM access_event_body LIMIT 1)
    WHERE event_id = (SELECT event_id FROM log_leaf WHERE leaf_index = $1)";
const MAC: &str = "UPDATE access_event SET mac = (SELECT salt FROM access_event_body LIMIT 1)
    WHERE event_id = (SELECT event_id FROM log_leaf WHERE leaf_index = $1)";
const ERASE: &str = "DELETE FROM access_event_body
    WHERE event_id = (SELECT event_id FROM log_leaf WHERE leaf_index = $1)";
const REMOVE: &str = "DELETE FROM log_leaf WHERE leaf_index = $1";

fn event(number: u8) -> NewAccessEvent {
    NewAccessEvent {
        event_id: EventId(Uuid::from_u128(u128::from(number) << 64)),
        chain_id: ChainId(Uuid::from_u128(u128::from(number % 3))),
        chain_seq: i64::from(number / 3) + 1,
        previous: (number >= 3).then(|| [number - 2; 32]),
        entry: [number + 1; 32],
        mac: vec![number + 1; 34],
        recorded_at: UnixMillis(1_000),
        salt: [number; 16],
        body: format!("{{\"件\":{number}}}"),
    }
}

/// The events stand in the order of the leaves, which is not the one of their ids.
async fn filled(test: &TestStores, events: &[NewAccessEvent]) {
    let records = &test.stores.records;
    let mut tx = records.begin().await.unwrap();
    records.insert_access_events(&mut tx, events).await.unwrap();
    let placed = events.iter().rev().map(|event| PendingEntry {
        chain_seq: event.chain_seq,
        event_id: event.event_id,
        entry: event.entry.to_vec(),
        chain_id: Some(event.chain_id),
        mac: None,
    });
    records.place_entries(&mut tx, 0, &placed.collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn packed(test: &TestStores, from: i64, until: i64) -> Option<PackedLeaves> {
    let records = &test.stores.records;
    let mut reader = records.db().reader().await.unwrap();
    records.packed_leaves(&mut reader, from, until).await.unwrap()
}

#[tokio::test]
async fn a_run_of_whole_entries_comes_packed_in_the_order_of_its_leaves() {
    for test in each_engine().await {
        let events: Vec<_> = (0..COUNT).map(event).collect();
        filled(&test, &events).await;
        let run = packed(&test, 5, 40).await.unwrap();
        let expected = events.iter().rev().skip(5).map(|event| PackedLeaf {
            event_id: event.event_id,
            chain_id: event.chain_id,
            chain_seq: event.chain_seq,
            previous: event.previous.as_ref(),
            entry: &event.entry,
            mac: event.mac.as_slice().try_into().ok(),
            salt: &event.salt,
            body: &event.body,
        });
        assert_eq!(run.unpack().unwrap(), expected.collect::<Vec<_>>(), "{}", test.engine);
        assert!(packed(&test, 5, 41).await.is_none(), "{}: one more than there are", test.engine);
    }
}

#[tokio::test]
async fn a_run_in_which_anything_is_missing_or_of_another_length_does_not_come_packed() {
    for test in each_engine().await {
        filled(&test, &(0..COUNT).map(event).collect::<Vec<_>>()).await;
        for (statement, leaf) in [(BODY, 5), (ENTRY, 11), (MAC, 17), (ERASE, 23), (REMOVE, 29)] {
            let around = async || packed(&test, leaf - 2, leaf + 2).await;
            assert!(around().await.unwrap().unpack().is_some(), "{}", test.engine);
            tamper(test.stores.records.db(), statement, &[leaf]).await;
            let run = around().await;
            assert!(run.is_none_or(|run| run.unpack().is_none()), "{}: {statement}", test.engine);
        }
    }
}

#[tokio::test]
async fn a_link_to_an_entry_of_zeros_is_not_taken_for_none() {
    for test in each_engine().await {
        let first = NewAccessEvent { previous: Some([0; 32]), ..event(0) };
        filled(&test, &[first, event(1)]).await;
        assert!(packed(&test, 0, 2).await.unwrap().unpack().is_none(), "{}", test.engine);
    }
}

#[tokio::test]
async fn an_entry_without_a_seal_comes_packed_without_one_and_a_seal_of_zeros_is_not_taken_for_none() {
    const UNSEAL: &str = "UPDATE access_event SET mac = NULL
        WHERE event_id = (SELECT event_id FROM log_leaf WHERE leaf_index = $1)";
    for test in each_engine().await {
        filled(&test, &(0..9).map(event).collect::<Vec<_>>()).await;
        tamper(test.stores.records.db(), UNSEAL, &[4]).await;
        let run = packed(&test, 0, 9).await.unwrap();
        let sealed: Vec<_> = run.unpack().unwrap().iter().map(|leaf| leaf.mac.is_some()).collect();
        assert_eq!(sealed, (0..9).map(|index| index != 4).collect::<Vec<_>>(), "{}", test.engine);
    }
    for test in each_engine().await {
        filled(&test, &[NewAccessEvent { mac: vec![0; 34], ..event(0) }, event(1)]).await;
        assert!(packed(&test, 0, 2).await.unwrap().unpack().is_none(), "{}", test.engine);
    }
}

#[tokio::test]
async fn what_waits_for_a_place_is_read_alike_packed_and_row_by_row() {
    const UNSEAL: &str = "UPDATE access_event SET mac = NULL WHERE chain_seq = $1";
    const ERASE_BODY: &str = "DELETE FROM access_event_body WHERE event_id IN
        (SELECT event_id FROM access_event WHERE chain_seq = $1)";
    const REMOVE_EVENT: &str = "DELETE FROM access_event WHERE chain_seq = $1";
    for test in each_engine().await {
        let records = &test.stores.records;
        let waiting = async |limit| {
            let mut tx = records.begin().await.unwrap();
            let entries = records.pending_entries(&mut tx, limit).await.unwrap();
            tx.rollback().await.unwrap();
            entries
        };
        assert_eq!(waiting(100).await, [], "{}", test.engine);
        let events: Vec<_> = (0..COUNT).map(event).collect();
        let mut tx = records.begin().await.unwrap();
        records.insert_access_events(&mut tx, &events).await.unwrap();
        tx.commit().await.unwrap();
        let pending = |event: &NewAccessEvent| PendingEntry {
            chain_seq: event.chain_seq,
            event_id: event.event_id,
            entry: event.entry.to_vec(),
            chain_id: Some(event.chain_id),
            mac: Some(event.mac.clone()),
        };
        // Numbers and ids of these events rise together.
        let mut expected: Vec<_> = events.iter().map(pending).collect();
        assert_eq!(waiting(100).await, expected, "{}", test.engine);
        assert_eq!(waiting(7).await, expected[..7], "{}", test.engine);
        tamper(records.db(), UNSEAL, &[3]).await;
        expected.iter_mut().filter(|one| one.chain_seq == 3).for_each(|one| one.mac = None);
        assert_eq!(waiting(100).await, expected, "{}: one without a seal", test.engine);
        tamper(records.db(), ERASE_BODY, &[5]).await;
        tamper(records.db(), REMOVE_EVENT, &[5]).await;
        let gone = expected.iter_mut().filter(|one| one.chain_seq == 5);
        gone.for_each(|one| (one.chain_id, one.mac) = (None, None));
        assert_eq!(waiting(100).await, expected, "{}: one that is not there", test.engine);
    }
}
