//! PostgreSQL that goes away, comes back, takes no writes for a while or ends what it is asked: who asks is told that it is away
//! for now, and everything goes on by itself when it is back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use techo_store::{
    Records, StoreError,
    testing::{PostgresCluster, WriteMode},
};
use tokio::{task::JoinSet, time::timeout};

async fn write(records: &Records, name: &str, value: &str) -> Result<(), StoreError> {
    let mut tx = records.begin().await?;
    records.put_setting(&mut tx, name, value).await?;
    tx.commit().await
}

/// Writes until it works again.
async fn until_written(records: &Records) {
    let tries = async {
        while let Err(error) = write(records, "name", "value").await {
            assert!(error.is_away(), "{error:?}");
        }
    };
    timeout(Duration::from_secs(30), tries).await.expect("it is written again within half a minute");
}

/// People who read and write without a break, until told to stop; any failure must say that the database is away.
struct Load {
    stop: Arc<AtomicBool>,
    done: Arc<AtomicU64>,
    failed: Arc<AtomicU64>,
    people: JoinSet<()>,
}

impl Load {
    fn of(records: &Records) -> Self {
        let [done, failed] = [(); 2].map(|()| Arc::new(AtomicU64::new(0)));
        let stop = Arc::new(AtomicBool::new(false));
        let mut people = JoinSet::new();
        for n in 0..12 {
            let (records, stop, done, failed) = (records.clone(), stop.clone(), done.clone(), failed.clone());
            people.spawn(async move {
                let name = format!("person-{n}");
                while !stop.load(Ordering::Relaxed) {
                    let asked = if n % 2 == 0 {
                        write(&records, &name, "value").await
                    } else {
                        records.setting(&name).await.map(drop)
                    };
                    match asked {
                        Ok(()) => done.fetch_add(1, Ordering::Relaxed),
                        Err(error) => {
                            assert!(error.is_away(), "{error:?}");
                            failed.fetch_add(1, Ordering::Relaxed)
                        }
                    };
                }
            });
        }
        Self { stop, done, failed, people }
    }

    async fn until(&self, enough: impl Fn(u64, u64) -> bool) {
        let waiting = async {
            while !enough(self.done.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed)) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(60), waiting).await.expect("the load goes on");
    }

    fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    async fn end(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(person) = self.people.join_next().await {
            person.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_restarted_under_load_is_away_for_a_while_and_then_used_again() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let test = cluster.stores("restarted", "").await;
    let load = Load::of(&test.stores.records);
    load.until(|done, _| done > 50).await;
    cluster.stop();
    load.until(|_, failed| failed > 0).await;
    cluster.go_on();
    let before = load.done();
    load.until(|done, _| done > before + 50).await;
    load.end().await;
    until_written(&test.stores.records).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_an_operator_ends_are_replaced_under_load() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let test = cluster.stores("ended", "").await;
    let load = Load::of(&test.stores.records);
    for _ in 0..5 {
        let before = load.done();
        load.until(|done, _| done > before + 50).await;
        cluster.end_connections().await;
    }
    let before = load.done();
    load.until(|done, _| done > before + 50).await;
    load.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_takes_no_writes_is_away_for_writers_and_read_meanwhile() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let test = cluster.stores("readonly", "").await;
    let records = &test.stores.records;
    write(records, "before", "value").await.unwrap();
    cluster.take_writes(WriteMode::Refused).await;
    let refused = timeout(Duration::from_secs(30), async {
        loop {
            if let Err(error) = write(records, "meanwhile", "value").await {
                break error;
            }
        }
    });
    let error = refused.await.expect("the server refuses soon");
    assert!(error.is_away(), "{error:?}");
    assert_eq!(records.setting("before").await.unwrap().as_deref(), Some("value"));
    cluster.take_writes(WriteMode::Taken).await;
    until_written(records).await;
}

#[tokio::test]
async fn a_transaction_whose_connection_was_ended_while_it_stood_idle_leaves_nothing() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let test = cluster.stores("idle", "").await;
    let records = &test.stores.records;
    let mut tx = records.begin().await.unwrap();
    records.put_setting(&mut tx, "name", "half").await.unwrap();
    cluster.end_connections().await;
    let error = tx.commit().await.unwrap_err();
    assert!(error.is_away(), "{error:?}");
    until_written(records).await;
    assert_eq!(records.setting("name").await.unwrap().as_deref(), Some("value"));
}

#[tokio::test]
async fn a_statement_that_takes_too_long_and_a_deadlock_end_one_transaction_alone() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let test = cluster.stores("slow", "-cstatement_timeout%3D300%20-cdeadlock_timeout%3D100").await;
    let records = &test.stores.records;
    write(records, "one", "value").await.unwrap();
    write(records, "other", "value").await.unwrap();

    let mut first = records.begin().await.unwrap();
    records.put_setting(&mut first, "one", "first").await.unwrap();
    let error = write(records, "one", "second").await.unwrap_err();
    assert!(error.is_away() && !error.is_passing(), "the statement took too long: {error:?}");

    let mut second = records.begin().await.unwrap();
    records.put_setting(&mut second, "other", "second").await.unwrap();
    let (a, b) = tokio::join!(
        records.put_setting(&mut first, "other", "first"),
        records.put_setting(&mut second, "one", "second"),
    );
    assert_eq!(u32::from(a.is_err()) + u32::from(b.is_err()), 1, "one of the two goes on: {a:?}, {b:?}");
    let (lost, tx) = if let Err(error) = a { (error, second) } else { (b.unwrap_err(), first) };
    assert!(lost.is_passing(), "the other may be tried again: {lost:?}");
    tx.commit().await.unwrap();
    until_written(records).await;
}
