//! The access log: what appending costs beside a read, and how fast an audit reads everything, on SQLite.

use serde_json::{Value, json};
use std::{ops::ControlFlow, time::Instant};
use techo_domain::{
    Domain,
    keys::{
        KeyRing,
        set::{KeySet, Master},
    },
    log::{
        Action, Category, Event, append_in,
        tree::{second_place::SecondPlace, sequencer::Sequencer},
    },
    world::World,
};
use techo_model::{ChainId, UnixMillis};
use techo_store::testing;

const ENTRIES: usize = 400_000;
const GROUP: usize = 4_000;
const PEOPLE: usize = 2_000;

/// Writes a log, seals it, audits it.
pub async fn measure() -> Value {
    let test = testing::sqlite().await;
    let world = World::test(UnixMillis(1_795_392_000_000), 5);
    let keys = KeyRing::new([KeySet::derive(1, &Master::new([9; 32]))]).unwrap();
    let domain = Domain { stores: test.stores.clone(), keys, world: world.clone() };
    let chains: Vec<_> = (0..PEOPLE).map(|_| ChainId(world.opaque_id())).collect();
    let began = Instant::now();
    for group in 0..ENTRIES / GROUP {
        let event = |n: usize| {
            let event = Event::by_owner(
                &world,
                chains[(group * GROUP + n * 7) % PEOPLE],
                Action::Read,
                Category::Checkup,
            );
            event.about([world.new_id(), world.new_id()])
        };
        let events: Vec<_> = (0..GROUP).map(event).collect();
        let mut tx = domain.stores.records.begin().await.unwrap();
        append_in(&domain.stores.records, &world, &mut tx, &events).await.unwrap();
        tx.commit().await.unwrap();
    }
    let appended = began.elapsed();
    let folder = tempfile::tempdir().unwrap();
    let place = SecondPlace::Folder(folder.path().join("checkpoints"));
    let began = Instant::now();
    let sequencer = Sequencer::new(domain.clone(), "bench.example/access-log", place.clone()).await.unwrap();
    sequencer.turn().await.unwrap();
    let sealed = began.elapsed();
    let began = Instant::now();
    let audited = domain.audit_log(&place, &mut |_| ControlFlow::Continue(())).await.unwrap();
    let verified = began.elapsed();
    assert_eq!(audited.entries, ENTRIES as u64);
    let per_second = |time: std::time::Duration| (ENTRIES as f64 / time.as_secs_f64()).round();
    json!({
        "entries": ENTRIES,
        "appended_per_second_in_groups": per_second(appended),
        "sealed_per_second": per_second(sealed),
        "verified_per_second": per_second(verified),
    })
}
