//! The access log: what appending costs beside a read, and how fast an audit reads everything, on SQLite.

use serde_json::{Value, json};
use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};
use techo_audit::log::{
    self, Action, Category, LogEvent, append_in,
    tree::{checkpoint_mirror::CheckpointMirror, sequencer::Sequencer},
};
use techo_custody::{
    Custody,
    environment::Environment,
    keys::{
        KeyRing,
        set::{KeySet, MasterKey},
    },
};
use techo_model::{ChainId, UnixMillis};
use techo_store::testing;

const ENTRIES: usize = 400_000;
const GROUP: usize = 4_000;
const PEOPLE: usize = 2_000;

/// Writes a log, seals it, audits it.
pub async fn measure() -> Value {
    let test = testing::sqlite().await;
    let environment = Environment::test(UnixMillis(1_795_392_000_000), 5);
    let keys = KeyRing::new([KeySet::derive(1, &MasterKey::new([9; 32]))]).unwrap();
    let custody = Custody { stores: test.stores.clone(), keys, environment: environment.clone() };
    let chains: Vec<_> = (0..PEOPLE).map(|_| ChainId(environment.opaque_id())).collect();
    let folder = tempfile::tempdir().unwrap();
    let place = CheckpointMirror::Folder(folder.path().join("checkpoints"));
    let sequencer = Sequencer::new(custody.clone(), "bench.example/access-log", place.clone()).await.unwrap();
    let (mut appended, mut sealed) = (Duration::ZERO, Duration::ZERO);
    for group in 0..ENTRIES / GROUP {
        let event = |n: usize| {
            let whose = chains[(group * GROUP + n * 7) % PEOPLE];
            let event = LogEvent::by_owner(&environment, whose, Action::Read, Category::Checkup);
            event.about([environment.new_id(), environment.new_id()])
        };
        let events: Vec<_> = (0..GROUP).map(event).collect();
        let began = Instant::now();
        let mut tx = custody.stores.records.begin().await.unwrap();
        append_in(&custody, &mut tx, &events).await.unwrap();
        tx.commit().await.unwrap();
        appended += began.elapsed();
        // As in life: what came since the last turn gets its places, and no more.
        let began = Instant::now();
        sequencer.run_once().await.unwrap();
        sealed += began.elapsed();
        environment.advance(Duration::from_secs(10));
    }
    let (began, before) = (Instant::now(), cpu_time());
    let audited = log::audit_log(&custody, &place, &mut |_| ControlFlow::Continue(())).await.unwrap();
    let (verified, processor) = (began.elapsed(), cpu_time() - before);
    assert_eq!(audited.entries, ENTRIES as u64 + 1, "and the line about the beginning of seals");
    let per_second = |time: Duration| (ENTRIES as f64 / time.as_secs_f64()).round();
    json!({
        "entries": ENTRIES,
        "appended_per_second_in_groups": per_second(appended),
        "sealed_per_second": per_second(sealed),
        "verified_per_second": per_second(verified),
        "verified_per_processor_second": per_second(processor),
    })
}

/// Processor time of this process, user and system, in clock ticks of 10 ms.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}
