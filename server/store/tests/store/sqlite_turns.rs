//! SQLite has one who writes at a time: who waits must get their turn.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use techo_store::{DatabaseName, Db, testing};

#[tokio::test]
async fn who_asks_while_a_batch_is_written_does_not_wait_for_all_of_them() {
    const BATCHES: u32 = 20;
    let test = testing::sqlite().await;
    // Connections of their own, as those of another process are.
    let (import, page) =
        (test.stores.records.db().clone(), Db::open(&test.urls[1], DatabaseName::Records).await.unwrap());
    let written = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&written);
    let work = tokio::spawn(async move {
        for _ in 0..BATCHES {
            let tx = import.begin().await.unwrap();
            tokio::time::sleep(Duration::from_millis(30)).await;
            tx.commit().await.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            import.yield_to_writers().await;
        }
    });
    while written.load(Ordering::SeqCst) < BATCHES {
        let asked = written.load(Ordering::SeqCst);
        let tx = page.begin().await.unwrap();
        let begun = written.load(Ordering::SeqCst);
        tx.rollback().await.unwrap();
        assert!(begun <= asked + 5, "asked after batch {asked}, began after batch {begun}");
        tokio::time::sleep(Duration::from_millis(7)).await;
    }
    work.await.unwrap();
}
