//! Copies of both databases at one moment, and how a dump of PostgreSQL is put back. A dump is of a database of its own, so that
//! PostgreSQL is a server of the test's own here.

use crate::{
    access_log::{append, event},
    people::{NOW, resident},
};
use std::path::PathBuf;
use techo_store::{
    DatabaseName, Db, StoreError,
    backup::{
        DatabaseSnapshot, TableCounts, counts, drop_trial, is_empty, mark_unfinished, restore_dump,
        snapshots, trial_database, unmark_finished,
    },
    records::log_tree::CheckpointRow,
    testing::{PostgresCluster, TestStores, sqlite},
};
use tempfile::TempDir;

const PATIENT: &str = "-cstatement_timeout%3D60000";

fn total(counts: &TableCounts, table: &str) -> Option<i64> {
    counts.get(table).copied()
}

/// Both databases with a row each and a checkpoint, pinned; then another row comes.
async fn pinned(test: &TestStores, folder: &TempDir) -> ([DatabaseSnapshot; 2], [PathBuf; 2]) {
    let TestStores { stores, urls, .. } = test;
    let copies = ["identity.copy", "records.copy"].map(|name| folder.path().join(name));
    resident(&stores.vault, 1).await;
    append(&stores.records, &[event(1, 1)]).await;
    let mut tx = stores.records.begin().await.unwrap();
    let row = CheckpointRow { size: 7, root: vec![1; 32], note: "techo\n".into(), signed_at: NOW };
    stores.records.add_checkpoint(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    let taken = snapshots(stores, [&urls[0], &urls[1]], [&copies[0], &copies[1]]).await.unwrap();
    resident(&stores.vault, 2).await;
    (taken, copies)
}

#[tokio::test]
async fn copies_have_what_was_there_at_the_moment_and_nothing_that_came_after() {
    let cluster = PostgresCluster::start();
    let mut engines = vec![sqlite().await];
    if let Some(cluster) = &cluster {
        engines.push(cluster.stores("moment", PATIENT).await);
    }
    for test in engines {
        let (engine, folder) = (test.engine, tempfile::tempdir().unwrap());
        let ([mut vault, mut records], copies) = pinned(&test, &folder).await;
        assert_eq!(total(&vault.counts().await.unwrap(), "resident"), Some(1), "{engine}");
        assert_eq!(total(&records.counts().await.unwrap(), "access_event"), Some(1), "{engine}");
        assert_eq!(records.largest_checkpoint().await.unwrap(), 7, "{engine}");
        let now = counts(test.stores.db(DatabaseName::Identity)).await.unwrap();
        assert_eq!(total(&now, "resident"), Some(2), "{engine}: others went on writing");
        vault.finish().await.unwrap();
        records.finish().await.unwrap();
        assert!(copies.iter().all(|copy| copy.metadata().unwrap().len() > 0), "{engine}");
    }
}

#[tokio::test]
async fn a_dump_is_put_into_an_empty_database_that_nothing_starts_on_before_it_is_whole() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let (test, folder) = (cluster.stores("dumped", PATIENT).await, tempfile::tempdir().unwrap());
    let ([vault, records], copies) = pinned(&test, &folder).await;
    vault.finish().await.unwrap();
    records.finish().await.unwrap();
    let trial = trial_database(&test.urls[0], "trial").await.unwrap();
    assert!(is_empty(&trial).await.unwrap());
    mark_unfinished(&trial).await.unwrap();
    let early = Db::open(&trial, DatabaseName::Identity).await;
    assert!(matches!(early, Err(StoreError::HalfRestored)), "{early:?}");
    restore_dump(&trial, &copies[0]).await.unwrap();
    unmark_finished(&trial).await.unwrap();
    let db = Db::open(&trial, DatabaseName::Identity).await.unwrap();
    assert_eq!(total(&counts(&db).await.unwrap(), "resident"), Some(1));
    db.close().await;
    drop_trial(&test.urls[0], "trial").await.unwrap();
    assert!(is_empty(&trial).await.is_err(), "it is gone");
    drop_trial(&test.urls[0], "trial").await.unwrap();
}
