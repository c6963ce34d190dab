use super::*;
use crate::log::write_due_repeats;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use std::collections::HashSet;
use techo_custody::{
    Custody, LogUnavailable,
    environment::Environment,
    keys::{
        KeyRing,
        set::{KeySet, MasterKey},
    },
};
use techo_model::{ChainId, UnixMillis};
use techo_store::{
    Records,
    jobs::list_parked_rows,
    records::access_log::AccessEntry,
    testing::{TestStores, each_engine, tamper_row},
};

fn environment() -> Environment {
    Environment::test(UnixMillis(1_795_392_000_123), 7)
}

fn custody(test: &TestStores, environment: &Environment) -> Custody {
    let keys = KeyRing::new([KeySet::derive(1, &MasterKey::new([9; 32]))]).unwrap();
    Custody { stores: test.stores.clone(), keys, environment: environment.clone() }
}

async fn entries(records: &Records, chain: ChainId) -> Vec<AccessEntry> {
    records.access_entries(chain, 0, 10_000).await.unwrap()
}

fn read(environment: &Environment, chain: ChainId) -> LogEvent {
    LogEvent::by_owner(environment, chain, Action::Read, Category::Checkup)
}

/// A look at something that nobody looked at before.
fn read_new(environment: &Environment, chain: ChainId) -> LogEvent {
    read(environment, chain).about([environment.new_id()])
}

#[test]
fn canonical_json_has_sorted_keys_no_spaces_and_raw_letters() {
    let value = json!({ "b": [1, null, {"z": true, "a": "健診\n\"☃\""}], "B": -1, "a": {} });
    assert_eq!(
        canonical(&value),
        "{\"B\":-1,\"a\":{},\"b\":[1,null,{\"a\":\"健診\\n\\\"☃\\\"\",\"z\":true}]}"
    );
}

#[test]
fn entries_and_leaves_agree_with_the_published_vectors() {
    let Some(folder) = std::env::var_os("TECHO_TEST_DATA") else {
        eprintln!("skipped: TECHO_TEST_DATA is not set");
        return;
    };
    // cargo runs tests in the crate's folder; the variable is relative to the project's root.
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join(folder).join("access_log_vectors.json")).unwrap();
    let vectors: Value = serde_json::from_str(&text).unwrap();
    let bytes = |value: &Value| BASE64_STANDARD.decode(value.as_str().unwrap()).unwrap();
    let given = vectors["entries"].as_array().unwrap();
    assert!(!given.is_empty());
    for vector in given {
        let salt = EntrySalt::try_from(bytes(&vector["salt"])).unwrap();
        let committed = entry(&salt, &canonical(&vector["event"]));
        assert_eq!(committed.as_slice(), bytes(&vector["entry"]));
        assert_eq!(leaf(&committed).as_slice(), bytes(&vector["leaf"]));
    }
}

#[tokio::test]
async fn a_line_says_who_what_when_why_and_how_much_and_nothing_else() {
    for test in each_engine().await {
        let (records, environment) = (&test.stores.records, environment());
        let (chain, record) = (ChainId(environment.opaque_id()), environment.new_id());
        let event = read(&environment, chain).about([record]).because(Reason::NotMine);
        let id = event.id;
        LogWriter::start(custody(&test, &environment)).append(event).await.unwrap();
        let stored = entries(records, chain).await.remove(0);
        let body: Value = serde_json::from_str(stored.body.as_deref().unwrap()).unwrap();
        let expected = json!({
            "event_id": id, "chain": chain, "seq": 1, "previous": null, "at": "2026-11-23T00:00:00.123Z",
            "actor": {"kind": "owner", "id": chain}, "action": "read", "category": "checkup", "purpose": "PATRQT",
            "count": 1, "records": [record], "initiative": "human", "reason": "not-mine",
        });
        assert_eq!(body, expected, "{}", test.engine);
        assert_eq!(stored.recorded_at, UnixMillis(1_795_392_000_123));
    }
}

#[tokio::test]
async fn a_line_counts_every_record_and_names_the_first_sixty_four() {
    let environment = environment();
    let event =
        read(&environment, ChainId(environment.opaque_id())).about((0..100).map(|_| environment.new_id()));
    let body: Value = serde_json::from_str(&event.body(1, None)).unwrap();
    assert_eq!((&body["count"], body["records"].as_array().unwrap().len()), (&json!(100), 64));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_readers_of_one_person_are_numbered_without_gap_by_two_processes_at_once() {
    for test in each_engine().await {
        let (records, environment) = (&test.stores.records, environment());
        let writers = [(); 2].map(|()| LogWriter::start(custody(&test, &environment)));
        let chains = [(); 3].map(|()| ChainId(environment.opaque_id()));
        let tasks: Vec<_> = (0..50)
            .flat_map(|i| chains.map(|chain| (writers[i % 2].clone(), read_new(&environment, chain))))
            .map(|(writer, event)| tokio::spawn(async move { writer.append(event).await }))
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        for chain in chains {
            let stored = entries(records, chain).await;
            assert_eq!(stored.len(), 50, "{}", test.engine);
            assert_eq!(chain::check(&stored), Ok(()), "{}", test.engine);
        }
    }
}

#[tokio::test]
async fn several_lines_of_one_transaction_follow_each_other_and_vanish_with_it() {
    for test in each_engine().await {
        let (records, environment) = (&test.stores.records, environment());
        let (one, two) = (ChainId(environment.opaque_id()), ChainId(environment.opaque_id()));
        let events = [one, two, one, one].map(|chain| read(&environment, chain));
        for kept in [false, true, true] {
            let mut tx = records.begin().await.unwrap();
            let fresh = events
                .clone()
                .map(|event| LogEvent { id: techo_model::EventId(environment.new_id()), ..event });
            append_in(&custody(&test, &environment), &mut tx, &fresh).await.unwrap();
            if kept {
                tx.commit().await.unwrap();
            }
        }
        for (chain, expected) in [(one, 6), (two, 2)] {
            let stored = entries(records, chain).await;
            assert_eq!(stored.len(), expected, "{}", test.engine);
            assert_eq!(chain::check(&stored), Ok(()));
        }
    }
}

#[tokio::test]
async fn a_write_that_fails_is_told_to_its_caller_and_the_next_one_goes_on_without_a_gap() {
    for test in each_engine().await {
        let (records, environment) = (&test.stores.records, environment());
        let chain = ChainId(environment.opaque_id());
        let writer = LogWriter::start(custody(&test, &environment));
        let event = read(&environment, chain);
        writer.append(event.clone()).await.unwrap();
        assert!(writer.append(event).await.is_err(), "the same event is never written twice");
        let refused = writer.last_outcome().unwrap().result;
        assert_eq!(refused, LogResult::Refused, "{}: which says nothing about the log", test.engine);
        writer.append(read_new(&environment, chain)).await.unwrap();
        let stored = entries(records, chain).await;
        assert_eq!(stored.len(), 2, "{}", test.engine);
        assert_eq!(chain::check(&stored), Ok(()));
    }
}

#[tokio::test]
async fn a_refused_event_fails_alone_and_not_those_that_were_written_beside_it() {
    for test in each_engine().await {
        let (records, environment) = (&test.stores.records, environment());
        let writer = LogWriter::start(custody(&test, &environment));
        let chain = ChainId(environment.opaque_id());
        let known = read_new(&environment, chain);
        writer.append(known.clone()).await.unwrap();
        // On one thread all of them wait before the writer looks: one group.
        let mut events: Vec<_> = (0..100).map(|_| read_new(&environment, chain)).collect();
        events[37].id = known.id;
        events[93].id = known.id;
        let asked = events.into_iter().map(|event| {
            let writer = writer.clone();
            tokio::spawn(async move { writer.append(event).await })
        });
        let asked: Vec<_> = asked.collect();
        for (place, caller) in asked.into_iter().enumerate() {
            let answer = caller.await.unwrap();
            assert_eq!(answer.is_err(), [37, 93].contains(&place), "{place} on {}: {answer:?}", test.engine);
        }
        let stored = entries(records, chain).await;
        assert_eq!(stored.len(), 99, "{}", test.engine);
        assert_eq!(chain::check(&stored), Ok(()));
        assert_eq!(writer.last_outcome().unwrap().result, LogResult::Written);
    }
}

#[tokio::test]
async fn every_waiting_caller_learns_that_the_database_is_gone() {
    for test in each_engine().await {
        let (records, environment) = (&test.stores.records, environment());
        let writer = LogWriter::start(custody(&test, &environment));
        records.db().close().await;
        let chain = ChainId(environment.opaque_id());
        let waiting: Vec<_> = (0..20)
            .map(|_| {
                let (writer, event) = (writer.clone(), read(&environment, chain));
                tokio::spawn(async move { writer.append(event).await })
            })
            .collect();
        for caller in waiting {
            assert_eq!(caller.await.unwrap(), Err(LogUnavailable { is_away: true }), "{}", test.engine);
        }
        assert_eq!(writer.last_outcome().unwrap().result, LogResult::Failed);
    }
}

#[tokio::test]
async fn a_removed_altered_or_swapped_line_is_found_and_an_erased_body_is_none_of_these() {
    for test in each_engine().await {
        let (records, environment) = (&test.stores.records, environment());
        let chain = ChainId(environment.opaque_id());
        let writer = LogWriter::start(custody(&test, &environment));
        for _ in 0..4 {
            writer.append(read_new(&environment, chain)).await.unwrap();
        }
        let whole = entries(records, chain).await;
        let salts: HashSet<_> = whole.iter().map(|entry| entry.salt.clone()).collect();
        assert_eq!(salts.len(), 4, "every line has a salt of its own");

        let mut erased = whole.clone();
        (erased[1].salt, erased[1].body) = (None, None);
        assert_eq!(chain::check(&erased), Ok(()));

        let mut removed = whole.clone();
        removed.remove(1);
        assert_eq!(chain::check(&removed), Err(chain::ChainFault::Gap(2)));

        let mut altered = whole.clone();
        altered[2].body = altered[2].body.take().map(|body| body.replace("\"read\"", "\"sign-in\""));
        assert_eq!(chain::check(&altered), Err(chain::ChainFault::Body(3)));

        let mut swapped = whole.clone();
        (swapped[1].chain_seq, swapped[2].chain_seq) = (3, 2);
        swapped.swap(1, 2);
        assert_eq!(chain::check(&swapped), Err(chain::ChainFault::Link(2)));
    }
}

/// A doctor's look at the checkups of a person in an emergency.
fn look_in_an_emergency(environment: &Environment, chain: ChainId) -> LogEvent {
    let doctor = techo_model::consent::AskingPerson {
        id: "dr-1".into(),
        name: Some("山本\"医師\"".into()),
        role: Some("医師".into()),
    };
    LogEvent::by_organisation(environment, chain, "1310000001", Some(doctor))
        .doing(Action::Read, Category::Checkup, Purpose::Treatment)
        .in_emergency(Some(techo_model::EventId(uuid::Uuid::from_u128(7))))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn equal_looks_within_a_minute_are_one_line_and_a_count_that_becomes_a_line() {
    for test in each_engine().await {
        let (records, environment) = (&test.stores.records, environment());
        let (chain, custody) = (ChainId(environment.opaque_id()), custody(&test, &environment));
        let writer = LogWriter::start(custody.clone());
        let look = || look_in_an_emergency(&environment, chain);
        let first = look();
        writer.append(first.clone()).await.unwrap();
        let looks: Vec<_> = (0..30)
            .map(|_| {
                let (writer, look) = (writer.clone(), look());
                tokio::spawn(async move { writer.append(look).await })
            })
            .collect();
        for look in looks {
            look.await.unwrap().unwrap();
        }
        assert_eq!(entries(records, chain).await.len(), 1, "{}", test.engine);
        assert_eq!(write_due_repeats(&custody).await.unwrap(), 0, "{}: the minute is not over", test.engine);

        environment.advance(std::time::Duration::from_secs(59));
        writer.append(look()).await.unwrap();
        environment.advance(std::time::Duration::from_secs(1));
        writer.append(look()).await.unwrap();
        assert_eq!(
            entries(records, chain).await.len(),
            2,
            "{}: a minute later it is a line again",
            test.engine
        );

        environment.advance(std::time::Duration::from_secs(5));
        let settled = tokio::join!(write_due_repeats(&custody), write_due_repeats(&custody));
        assert_eq!(settled.0.unwrap() + settled.1.unwrap(), 1, "{}: once", test.engine);
        let stored = entries(records, chain).await;
        assert_eq!(chain::check(&stored), Ok(()), "{}", test.engine);
        let line = line::LogLine::read(stored.last().unwrap()).unwrap().facts.unwrap();
        let counted = line::LineRepeats { of: first.id, times: 31 };
        assert_eq!(line.repeats, Some(counted), "{}: none was lost", test.engine);
        let before = line::LogLine::read(&stored[0]).unwrap().facts.unwrap();
        assert_eq!((&line.actor, line.emergency), (&before.actor, before.emergency));
    }
}

#[tokio::test]
async fn one_who_looks_without_end_makes_two_lines_a_minute_of_each_look() {
    for test in each_engine().await {
        let (records, environment) = (&test.stores.records, environment());
        let (chain, custody) = (ChainId(environment.opaque_id()), custody(&test, &environment));
        let writer = LogWriter::start(custody.clone());
        for _ in 0..10 {
            for _ in 0..40 {
                writer.append(read(&environment, chain)).await.unwrap();
            }
            environment.advance(std::time::Duration::from_mins(1));
        }
        environment.advance(std::time::Duration::from_secs(5));
        write_due_repeats(&custody).await.unwrap();
        assert_eq!(entries(records, chain).await.len(), 20, "{}", test.engine);
    }
}

#[tokio::test]
async fn what_differs_in_anything_has_a_line_of_its_own_and_equal_files_are_counted() {
    for test in each_engine().await {
        let (records, environment) = (&test.stores.records, environment());
        let chain = ChainId(environment.opaque_id());
        let custody = custody(&test, &environment);
        let writer = LogWriter::start(custody.clone());
        let record = environment.new_id();
        let looks = [
            read(&environment, chain),
            read(&environment, chain).about([record]),
            read(&environment, chain).about([record, environment.new_id()]),
            read(&environment, chain).because(Reason::NotMine),
            LogEvent::by_owner(&environment, chain, Action::Read, Category::Home),
            LogEvent::by_owner(&environment, chain, Action::Export, Category::AccessLog),
            LogEvent::by_owner(&environment, chain, Action::Export, Category::AccessLog),
        ];
        for look in looks {
            writer.append(look).await.unwrap();
        }
        assert_eq!(entries(records, chain).await.len(), 6, "{}", test.engine);
        environment.advance(std::time::Duration::from_secs(65));
        write_due_repeats(&custody).await.unwrap();
        let stored = entries(records, chain).await;
        let last = line::LogLine::read(stored.last().unwrap()).unwrap().facts.unwrap();
        let counted = line::LineRepeats { of: stored[5].event_id, times: 1 };
        assert_eq!((last.action, last.repeats), (Action::Export, Some(counted)), "{}", test.engine);
    }
}

#[tokio::test]
async fn a_count_whose_line_is_refused_is_parked_and_those_behind_it_become_lines() {
    for test in each_engine().await {
        let (records, environment) = (&test.stores.records, environment());
        let custody = custody(&test, &environment);
        let writer = LogWriter::start(custody.clone());
        let chains: Vec<_> = (0..5).map(|_| ChainId(environment.opaque_id())).collect();
        for chain in &chains {
            for _ in 0..3 {
                writer.append(read(&environment, *chain)).await.unwrap();
            }
            environment.advance(std::time::Duration::from_secs(1));
        }
        let spoil = "UPDATE access_chain SET last_entry = (SELECT salt FROM access_event_body ORDER BY event_id LIMIT 1) WHERE chain_id = $1";
        assert_eq!(tamper_row(records.db(), spoil, chains[1].0).await, 1);
        environment.advance(std::time::Duration::from_mins(2));
        assert_eq!(write_due_repeats(&custody).await.unwrap(), 4, "{}", test.engine);
        let parked = list_parked_rows(records.db(), 10).await.unwrap();
        let refused = entries(records, chains[1]).await[0].event_id;
        assert_eq!(parked.len(), 1, "{}", test.engine);
        assert_eq!((parked[0].table_name.as_str(), parked[0].row_id), ("log_repeat", refused.0));
        assert_eq!(write_due_repeats(&custody).await.unwrap(), 0, "and is passed over");
    }
}
