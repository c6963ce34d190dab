//! The access log: numbers of chains, entries, bodies that can be erased, looks that repeat a line.

use crate::people::{LATER, NOW, chain, uuid};
use std::collections::BTreeMap;
use techo_model::{EventId, UnixMillis};
use techo_store::{
    Records,
    records::{access_log::NewAccessEvent, log_repeats::RepeatRow, log_tree::PendingEntry},
    testing::{TestStores, each_engine},
};

/// The entry of a chain with this number. Its id is made of both.
pub fn event(whose: u128, number: u8) -> NewAccessEvent {
    NewAccessEvent {
        event_id: EventId(uuid(whose * 100 + u128::from(number))),
        chain_id: chain(whose),
        chain_seq: i64::from(number),
        previous: (number > 1).then(|| [number - 1; 32]),
        entry: [number; 32],
        mac: vec![number; 34],
        recorded_at: NOW,
        salt: [number; 16],
        body: format!("{{\"number\":{number}}}"),
    }
}

/// Writes the entries.
pub async fn append(records: &Records, events: &[NewAccessEvent]) {
    let mut tx = records.begin().await.unwrap();
    records.insert_access_events(&mut tx, events).await.unwrap();
    tx.commit().await.unwrap();
}

/// What waits for a place, as the sequencer takes it.
pub async fn pending(records: &Records) -> Vec<PendingEntry> {
    let mut tx = records.begin().await.unwrap();
    let entries = records.pending_entries(&mut tx, 100).await.unwrap();
    tx.rollback().await.unwrap();
    entries
}

#[tokio::test]
async fn numbers_of_a_chain_are_taken_without_gaps_and_its_end_is_noted() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let take = async |wanted: &[(u128, i64)]| {
            let wanted: BTreeMap<_, _> =
                wanted.iter().map(|(whose, count)| (chain(*whose), *count)).collect();
            let mut tx = records.begin().await.unwrap();
            let mut heads = records.take_chain_numbers(&mut tx, &wanted).await.unwrap();
            records.end_chains(&mut tx, &BTreeMap::from([(chain(1), [9; 32])])).await.unwrap();
            tx.commit().await.unwrap();
            heads.sort_unstable_by_key(|head| head.chain_id);
            heads.into_iter().map(|head| (head.chain_id, head.next_seq, head.last_entry)).collect::<Vec<_>>()
        };
        assert_eq!(take(&[(1, 2), (2, 1)]).await, [(chain(1), 3, None), (chain(2), 2, None)], "{engine}");
        assert_eq!(take(&[(1, 3)]).await, [(chain(1), 6, Some(vec![9; 32]))], "{engine}");
        let heads = records.chain_heads_after(chain(0), 9).await.unwrap();
        let heads: Vec<_> = heads.iter().map(|head| (head.chain_id, head.next_seq)).collect();
        assert_eq!(heads, [(chain(1), 6), (chain(2), 2)], "{engine}");
        assert_eq!(records.chain_heads_after(chain(1), 9).await.unwrap().len(), 1, "{engine}");
    }
}

#[tokio::test]
async fn entries_of_a_chain_are_read_from_both_ends_and_none_of_another() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        append(records, &[event(1, 1), event(1, 2), event(1, 3), event(2, 1)]).await;
        let numbers = |entries: &[techo_store::records::access_log::AccessEntry]| -> Vec<i64> {
            entries.iter().map(|entry| entry.chain_seq).collect()
        };
        assert_eq!(numbers(&records.access_entries(chain(1), 1, 9).await.unwrap()), [2, 3], "{engine}");
        assert_eq!(numbers(&records.access_entries(chain(1), 0, 1).await.unwrap()), [1], "{engine}");
        assert_eq!(
            numbers(&records.newest_access_entries(chain(1), 3, 9).await.unwrap()),
            [2, 1],
            "{engine}"
        );
        assert_eq!(records.access_entry_number(event(1, 3).event_id).await.unwrap(), Some(3), "{engine}");
        assert_eq!(records.access_entry_number(EventId(uuid(0))).await.unwrap(), None, "{engine}");
        let one = records.access_entry(chain(1), event(1, 2).event_id).await.unwrap().unwrap();
        assert_eq!((one.entry, one.body.as_deref()), (vec![2; 32], Some("{\"number\":2}")), "{engine}");
        assert!(records.access_entry(chain(2), event(1, 2).event_id).await.unwrap().is_none(), "{engine}");
        assert_eq!(records.count_access_events().await.unwrap(), 4, "{engine}");
        let mut tx = records.begin().await.unwrap();
        let asked = [event(1, 1).event_id, EventId(uuid(0))];
        assert_eq!(records.existing_access_events(&mut tx, &asked).await.unwrap(), asked[..1], "{engine}");
        assert!(records.existing_access_events(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn erasure_takes_the_bodies_of_one_chain_up_to_a_number_and_leaves_commitments() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        append(records, &[event(1, 1), event(1, 2), event(1, 3), event(2, 1)]).await;
        let mut tx = records.begin().await.unwrap();
        assert_eq!(records.erase_access_bodies(&mut tx, chain(1), 2).await.unwrap(), 2, "{engine}");
        assert_eq!(records.erase_access_bodies(&mut tx, chain(1), 2).await.unwrap(), 0, "{engine}");
        let asked = [event(1, 2), event(1, 3), event(2, 1)].map(|event| event.event_id);
        let mut bodies = records.access_bodies(&mut tx, &asked).await.unwrap();
        bodies.sort_unstable();
        assert_eq!(bodies.iter().map(|(id, _)| *id).collect::<Vec<_>>(), asked[1..], "{engine}");
        assert!(records.access_bodies(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        tx.commit().await.unwrap();
        let entries = records.access_entries(chain(1), 0, 9).await.unwrap();
        let left: Vec<_> = entries.iter().map(|entry| (entry.body.is_some(), entry.salt.is_some())).collect();
        assert_eq!(left, [(false, false), (false, false), (true, true)], "{engine}");
        assert!(entries.iter().all(|entry| entry.entry.len() == 32 && entry.mac.is_some()), "{engine}");
    }
}

#[tokio::test]
async fn looks_that_repeat_a_line_are_added_up_and_taken_once_when_their_minute_is_over() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let row = |number: u128, repeats, first_at, last_at| RepeatRow {
            chain_id: chain(1),
            event_id: EventId(uuid(number)),
            repeats,
            first_at,
            last_at,
        };
        let mut tx = records.begin().await.unwrap();
        records.count_repeats(&mut tx, &[row(1, 2, NOW, NOW), row(2, 1, LATER, LATER)]).await.unwrap();
        records.count_repeats(&mut tx, &[row(1, 3, LATER, LATER)]).await.unwrap();
        let early = records.take_repeats(&mut tx, UnixMillis(NOW.0 - 1), 9).await.unwrap();
        assert!(early.is_empty(), "{engine}");
        let due = records.take_repeats(&mut tx, NOW, 9).await.unwrap();
        assert_eq!(due, [row(1, 5, NOW, LATER)], "{engine}: its first moment counts");
        assert!(records.take_repeats(&mut tx, NOW, 9).await.unwrap().is_empty(), "{engine}: once");
        assert_eq!(records.take_repeats(&mut tx, LATER, 9).await.unwrap().len(), 1, "{engine}");
        tx.commit().await.unwrap();
    }
}
