//! The tree over the access log: places, tiles, checkpoints.

use crate::{
    access_log::{append, event, pending},
    people::{LATER, NOW, chain},
};
use techo_model::EventId;
use techo_store::{
    Records, StoreError,
    records::log_tree::{CheckpointRow, TileRow},
    testing::{TestStores, each_engine, tamper},
};

const UNSEAL: &str = "UPDATE access_event SET mac = NULL WHERE chain_seq = $1";

fn tile(level: i64, tile_index: i64, hashes: u8) -> TileRow {
    TileRow { level, tile_index, hashes: vec![hashes; 32] }
}

fn checkpoint(size: i64) -> CheckpointRow {
    CheckpointRow { size, root: vec![1; 32], note: format!("techo\n{size}\n"), signed_at: NOW }
}

async fn sign(records: &Records, sizes: &[i64]) {
    let mut tx = records.begin().await.unwrap();
    for size in sizes {
        records.add_checkpoint(&mut tx, &checkpoint(*size)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn entries_wait_in_the_order_of_their_chain_until_they_have_a_place() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        append(records, &[event(1, 2), event(1, 1), event(2, 1)]).await;
        let waiting = pending(records).await;
        let order: Vec<_> = waiting.iter().map(|entry| entry.event_id).collect();
        assert_eq!(order, [event(1, 1), event(2, 1), event(1, 2)].map(|event| event.event_id), "{engine}");
        let mut tx = records.begin().await.unwrap();
        assert_eq!(records.lock_log_head(&mut tx).await.unwrap(), 0, "{engine}");
        assert!(!records.is_last_leaf_sealed(&mut tx).await.unwrap(), "{engine}: there is none");
        records.place_entries(&mut tx, 0, &waiting[..2]).await.unwrap();
        records.put_log_size(&mut tx, 2).await.unwrap();
        assert!(records.is_last_leaf_sealed(&mut tx).await.unwrap(), "{engine}");
        tx.commit().await.unwrap();
        assert_eq!(records.log_size().await.unwrap(), 2, "{engine}");
        assert_eq!(records.count_pending_entries().await.unwrap(), 1, "{engine}");
        assert_eq!(records.count_log_places().await.unwrap(), 3, "{engine}: places and those who wait");
        assert_eq!(records.leaf_index(event(2, 1).event_id).await.unwrap(), Some(1), "{engine}");
        assert_eq!(records.leaf_index(event(1, 2).event_id).await.unwrap(), None, "{engine}: it waits");
    }
}

#[tokio::test]
async fn leaves_come_in_their_order_and_only_those_of_a_chain_can_be_proven_to_it() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        append(records, &[event(1, 1), event(2, 1), event(1, 2)]).await;
        let waiting = pending(records).await;
        let mut tx = records.begin().await.unwrap();
        records.place_entries(&mut tx, 0, &waiting[..2]).await.unwrap();
        tx.commit().await.unwrap();
        let leaves = records.leaves_from(0, 9).await.unwrap();
        let read: Vec<_> = leaves.iter().map(|leaf| (leaf.leaf_index, leaf.chain_id)).collect();
        assert_eq!(read, [(0, Some(chain(1))), (1, Some(chain(2)))], "{engine}");
        assert_eq!(records.leaves_from(1, 9).await.unwrap().len(), 1, "{engine}");
        assert_eq!(records.leaves_from(0, 1).await.unwrap().len(), 1, "{engine}");
        let all = [event(1, 1), event(2, 1), event(1, 2)].map(|event| event.event_id);
        let provable = records.provable_entries(chain(1), &all).await.unwrap();
        let proven: Vec<_> = provable.iter().map(|row| (row.event_id, row.leaf_index)).collect();
        assert_eq!(proven, [(event(1, 1).event_id, 0)], "{engine}: of this chain, with a place");
        assert!(records.provable_entries(chain(1), &[]).await.unwrap().is_empty(), "{engine}");
        let mut tx = records.begin().await.unwrap();
        records.erase_access_bodies(&mut tx, chain(1), 1).await.unwrap();
        tx.commit().await.unwrap();
        assert!(records.provable_entries(chain(1), &all).await.unwrap().is_empty(), "{engine}: no body");
    }
}

#[tokio::test]
async fn an_entry_from_before_there_were_seals_gets_one_and_keeps_it() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        append(records, &[event(1, 1), event(1, 2)]).await;
        assert_eq!(tamper(records.db(), UNSEAL, &[1]).await, 1, "{engine}");
        let mut tx = records.begin().await.unwrap();
        let unsealed = records.unsealed_pending_entries(&mut tx, 9).await.unwrap();
        let ids: Vec<EventId> = unsealed.iter().map(|entry| entry.event_id).collect();
        assert_eq!(ids, [event(1, 1).event_id], "{engine}");
        records.seal_access_event(&mut tx, ids[0], &[7; 34]).await.unwrap();
        records.seal_access_event(&mut tx, ids[0], &[8; 34]).await.unwrap();
        assert!(records.unsealed_pending_entries(&mut tx, 9).await.unwrap().is_empty(), "{engine}");
        tx.commit().await.unwrap();
        let entry = records.access_entry(chain(1), ids[0]).await.unwrap().unwrap();
        assert_eq!(entry.mac, Some(vec![7; 34]), "{engine}");
    }
}

#[tokio::test]
async fn tiles_grow_and_those_that_are_not_there_are_left_out() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let mut tx = records.begin().await.unwrap();
        records.put_tiles(&mut tx, &[tile(0, 0, 1), tile(0, 1, 2), tile(1, 0, 3)]).await.unwrap();
        records.put_tiles(&mut tx, &[tile(0, 1, 4)]).await.unwrap();
        let within = records.tiles_in(&mut tx, &[(0, 1)]).await.unwrap();
        assert_eq!(within, [tile(0, 1, 4)], "{engine}");
        assert!(records.tiles_in(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        tx.commit().await.unwrap();
        let mut read = records.tiles(&[(1, 0), (0, 1), (2, 0)]).await.unwrap();
        read.sort_unstable_by_key(|tile| (tile.level, tile.tile_index));
        assert_eq!(read, [tile(0, 1, 4), tile(1, 0, 3)], "{engine}");
        assert!(records.tiles(&[]).await.unwrap().is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn checkpoints_are_added_once_for_a_size_and_delivered_once() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        assert_eq!(records.last_checkpoint().await.unwrap(), None, "{engine}");
        assert_eq!(records.last_delivered_checkpoint().await.unwrap(), None, "{engine}");
        sign(records, &[2, 5, 9]).await;
        let mut tx = records.begin().await.unwrap();
        assert_eq!(records.last_checkpoint_in(&mut tx).await.unwrap(), Some(checkpoint(9)), "{engine}");
        let same = records.add_checkpoint(&mut tx, &checkpoint(5)).await;
        assert!(matches!(same, Err(StoreError::Conflict)), "{engine}: {same:?}");
        tx.rollback().await.unwrap();
        let after = records.checkpoints_after(2, 1).await.unwrap();
        assert_eq!(after, [checkpoint(5)], "{engine}: smallest first");
        records.checkpoint_delivered(5, NOW).await.unwrap();
        records.checkpoint_delivered(5, LATER).await.unwrap();
        assert_eq!(records.last_delivered_checkpoint().await.unwrap(), Some(5), "{engine}");
        assert_eq!(records.count_undelivered_checkpoints().await.unwrap(), 2, "{engine}");
        let waiting = records.undelivered_checkpoints(9).await.unwrap();
        assert_eq!(waiting, [checkpoint(2), checkpoint(9)], "{engine}");
        assert_eq!(records.undelivered_checkpoints(1).await.unwrap(), [checkpoint(2)], "{engine}");
        assert_eq!(records.last_checkpoint().await.unwrap(), Some(checkpoint(9)), "{engine}");
    }
}
