//! A transaction that ended before its time, whoever ended it: nothing of it stays, nothing more goes into it, it is never
//! committed, and the next one begins as if nothing had been.

use std::future::Future;
use techo_model::{RecordCode, UnixMillis, consent::ConsentOrigin};
use techo_store::{
    Db, Records, StoreError, Stores,
    records::consent::ConsentVersionRow,
    testing::{self, each_engine},
};

const BIG: usize = 2 << 20;

fn version(number: i64) -> ConsentVersionRow {
    ConsentVersionRow {
        version: number,
        state: "{}".into(),
        origin: ConsentOrigin::Page,
        based_on: None,
        language: "ja".into(),
        shown: String::new(),
        changed_at: UnixMillis(1),
    }
}

/// Writes a setting into both databases; tells what each said.
async fn write(stores: &Stores, name: &str, value: &str) -> [Result<(), StoreError>; 2] {
    let vault = async {
        let mut tx = stores.vault.begin().await?;
        stores.vault.put_setting(&mut tx, name, value).await?;
        tx.commit().await
    };
    let records = async {
        let mut tx = stores.records.begin().await?;
        stores.records.put_setting(&mut tx, name, value).await?;
        tx.commit().await
    };
    [vault.await, records.await]
}

async fn read(stores: &Stores, name: &str) -> [Option<String>; 2] {
    [stores.vault.setting(name).await.unwrap(), stores.records.setting(name).await.unwrap()]
}

fn both(stores: &Stores) -> [&Db; 2] {
    [stores.vault.db(), stores.records.db()]
}

#[tokio::test]
async fn after_a_full_disk_both_databases_are_read_meanwhile_and_written_again() {
    let test = testing::sqlite().await;
    let stores = &test.stores;
    for written in write(stores, "before", "whole").await {
        written.unwrap();
    }
    for db in both(stores) {
        testing::full(db).await;
    }
    for _ in 0..3 {
        for refused in write(stores, "too-much", &"x".repeat(BIG)).await {
            let error = refused.unwrap_err();
            assert!(error.is_away() && !error.is_passing(), "{error:?}");
        }
        assert_eq!(read(stores, "before").await, [Some("whole".into()), Some("whole".into())]);
    }
    for db in both(stores) {
        testing::roomy(db).await;
    }
    for written in write(stores, "after", &"x".repeat(BIG)).await {
        written.unwrap();
    }
    assert_eq!(read(stores, "too-much").await, [None, None]);
}

/// Puts a version of consent twice, so that the second is a conflict.
async fn conflict(records: &Records, tx: &mut techo_store::Tx) {
    let code = RecordCode(uuid::Uuid::from_u128(7));
    records.insert_consent(tx, code, &version(1)).await.unwrap();
    let refused = records.insert_consent(tx, code, &version(1)).await;
    assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
}

#[tokio::test]
async fn a_transaction_in_which_something_failed_takes_nothing_more_and_is_not_committed() {
    for test in each_engine().await {
        let records = &test.stores.records;
        let mut tx = records.begin().await.unwrap();
        records.put_setting(&mut tx, "earlier", "no").await.unwrap();
        conflict(records, &mut tx).await;
        let more = records.put_setting(&mut tx, "later", "no").await;
        assert!(matches!(more, Err(StoreError::Ended)), "{}: {more:?}", test.engine);
        let committed = tx.commit().await;
        assert!(matches!(committed, Err(StoreError::Ended)), "{}: {committed:?}", test.engine);
        assert_eq!(records.setting("earlier").await.unwrap(), None, "{}", test.engine);
        assert_eq!(records.setting("later").await.unwrap(), None, "{}", test.engine);
    }
}

/// Polls a future this many times and drops it, as a request is dropped when its caller goes away.
async fn abandon<F: Future>(work: F, polls: u32) -> bool {
    let mut work = Box::pin(work);
    for _ in 0..polls {
        if std::future::poll_fn(|cx| std::task::Poll::Ready(work.as_mut().poll(cx).is_ready())).await {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

/// Whether two values that are written together are there together, once what was on its way to the database has arrived: its
/// commit may come between two reads.
async fn both_or_neither(records: &Records) -> bool {
    for _ in 0..200 {
        let [one, other] = ["one", "other"].map(|name| records.setting(name));
        if one.await.unwrap() == other.await.unwrap() {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    false
}

#[tokio::test]
async fn a_caller_who_goes_away_at_any_moment_leaves_a_database_that_is_written_as_before() {
    for test in each_engine().await {
        let stores = &test.stores;
        let mut finished = 0;
        for polls in 0..60 {
            let work = async {
                let mut tx = stores.records.begin().await.unwrap();
                stores.records.put_setting(&mut tx, "one", "half").await.unwrap();
                stores.records.put_setting(&mut tx, "other", "half").await.unwrap();
                tx.commit().await.unwrap();
            };
            finished += u32::from(abandon(work, polls).await);
            assert!(both_or_neither(&stores.records).await, "{}: after {polls} polls", test.engine);
        }
        for written in write(stores, "one", "whole").await {
            written.unwrap();
        }
        eprintln!("{}: {finished} of 60 came to their end", test.engine);
    }
}
