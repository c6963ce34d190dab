//! Several processes on the same databases.

use crate::bench::{KIND, Scripted, Time, all, ask, runner, runner_with, scheduled};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};
use techo_jobs::{LeaseLost, RunCounts, schedule_key};
use techo_model::JobId;
use techo_store::{
    jobs::{NewJob, enqueue_job},
    testing::{each_engine, tamper},
};
use tokio::sync::{mpsc, watch};

#[tokio::test]
async fn of_runners_side_by_side_each_piece_of_work_is_done_once() {
    for test in each_engine().await {
        let time = Time::default();
        for n in 0..60 {
            ask(&test.stores, &time, (None, &format!("[{n}]"))).await;
        }
        let done: Arc<Mutex<BTreeMap<String, u64>>> = Arc::default();
        let mut running = Vec::new();
        for _ in 0..4 {
            let done = done.clone();
            let job = Scripted::asked(move |context| {
                let done = done.clone();
                async move {
                    tokio::task::yield_now().await;
                    *done.lock().unwrap().entry(context.payload().to_owned()).or_default() += 1;
                    Ok(())
                }
            });
            let (runner, _) = runner(&test.stores, &time, job);
            running.push(tokio::spawn(async move { runner.run_all().await.unwrap() }));
        }
        let mut turns = Vec::new();
        for runner in running {
            turns.push(runner.await.unwrap());
        }
        let done = done.lock().unwrap().clone();
        assert_eq!(done.len(), 60, "{}", test.engine);
        assert!(done.values().all(|times| *times == 1), "{}: {done:?}", test.engine);
        assert_eq!(turns.iter().sum::<usize>(), 60);
        assert!(all(&test.stores).await.is_empty());
    }
}

#[tokio::test]
async fn two_processes_never_run_one_scheduled_job_at_once() {
    for test in each_engine().await {
        let time = Time::default();
        let (inside, most, turns) =
            (Arc::new(AtomicI64::new(0)), Arc::new(AtomicI64::new(0)), Arc::new(AtomicU64::new(0)));
        let (stop, told) = watch::channel(false);
        let mut processes = Vec::new();
        for _ in 0..2 {
            let (inside, most, turns) = (inside.clone(), most.clone(), turns.clone());
            let job = Scripted::every(30, move |_| {
                let (inside, most, turns) = (inside.clone(), most.clone(), turns.clone());
                async move {
                    most.fetch_max(inside.fetch_add(1, SeqCst) + 1, SeqCst);
                    for _ in 0..50 {
                        tokio::task::yield_now().await;
                    }
                    inside.fetch_sub(1, SeqCst);
                    turns.fetch_add(1, SeqCst);
                    Ok(())
                }
            });
            processes.push(runner(&test.stores, &time, job).0.start(&told));
        }
        for turn in 1..=20 {
            while turns.load(SeqCst) < turn {
                tokio::task::yield_now().await;
            }
            // Its end is written down before the next one is due.
            while scheduled(&test.stores).await.lease_id.is_some() {
                tokio::task::yield_now().await;
            }
            assert_eq!(turns.load(SeqCst), turn, "{}: one turn each time it is due", test.engine);
            time.advance(Duration::from_secs(30));
        }
        stop.send_replace(true);
        for process in processes {
            process.finish(Duration::from_secs(20)).await;
        }
        assert_eq!(most.load(SeqCst), 1, "{}", test.engine);
    }
}

#[tokio::test]
async fn a_job_of_a_process_that_gives_no_sign_of_life_is_taken_over_and_the_former_is_told() {
    for test in each_engine().await {
        let time = Time::default();
        let (tell, mut began) = mpsc::unbounded_channel();
        let (ask_again, again) = watch::channel(false);
        let (answer, mut answers) = mpsc::unbounded_channel();
        let job = Scripted::every(600, move |context| {
            tell.send(()).unwrap();
            let (mut again, answer) = (again.clone(), answer.clone());
            async move {
                again.wait_for(|told| *told).await.unwrap();
                answer.send(context.heartbeat().await).unwrap();
                Ok(())
            }
        });
        let (frozen, frozen_counters) = runner(&test.stores, &time, job);
        let frozen = tokio::spawn(async move { frozen.run_all().await.unwrap() });
        began.recv().await.unwrap();
        let (other, _) = runner(&test.stores, &time, Scripted::every(600, async |_| Ok(())));
        time.advance(Duration::from_millis(19_999));
        assert_eq!(other.run_all().await.unwrap(), 0, "{}", test.engine);
        time.advance(Duration::from_millis(1));
        assert_eq!(other.run_all().await.unwrap(), 1);
        let taken_over = scheduled(&test.stores).await;
        ask_again.send_replace(true);
        assert_eq!(answers.recv().await.unwrap(), Err(LeaseLost));
        assert_eq!(frozen.await.unwrap(), 1);
        assert_eq!(scheduled(&test.stores).await, taken_over, "the former changes nothing any more");
        assert_eq!(frozen_counters.all()[KIND].done, 1);
    }
}

#[tokio::test]
async fn the_runner_gives_signs_of_life_and_drops_a_turn_whose_lease_is_lost() {
    const LEASE: Duration = Duration::from_millis(80);
    for test in each_engine().await {
        let time = Time::default();
        let (stores, clock) = (test.stores.clone(), time.clone());
        let (tell, mut told) = mpsc::unbounded_channel();
        let job = Scripted::every(600, move |_| {
            let (stores, time, tell) = (stores.clone(), clock.clone(), tell.clone());
            async move {
                time.advance(LEASE / 2);
                while scheduled(&stores).await.leased_until != Some(time.now().plus(LEASE)) {
                    tokio::task::yield_now().await;
                }
                tell.send(()).unwrap();
                std::future::pending().await
            }
        });
        let (frozen, counters) = runner_with(LEASE, (&test.stores, &time), job);
        let frozen = tokio::spawn(async move { frozen.run_all().await.unwrap() });
        told.recv().await.unwrap();
        let take_over = "UPDATE job SET lease_id = NULL, leased_until = NULL, due_at = due_at + 300000";
        tamper(test.stores.records.db(), take_over, &[]).await;
        assert_eq!(frozen.await.unwrap(), 1, "{}: the turn that never ends was dropped", test.engine);
        assert_eq!(counters.all()[KIND], RunCounts { done: 0, failed: 1, panicked: 0 });
        assert_eq!(scheduled(&test.stores).await.failures, 0, "which is no failure of the job");
    }
}

#[tokio::test]
async fn a_sign_of_life_keeps_a_long_turn_from_being_taken_over() {
    for test in each_engine().await {
        let time = Time::default();
        let (stores, clock) = (test.stores.clone(), time.clone());
        let job = Scripted::every(600, move |context| {
            let (stores, time) = (stores.clone(), clock.clone());
            async move {
                for _ in 0..5 {
                    time.advance(Duration::from_millis(19_999));
                    context.heartbeat().await.unwrap();
                    let (other, _) = runner(&stores, &time, Scripted::every(600, async |_| Ok(())));
                    assert_eq!(other.run_all().await.unwrap(), 0);
                }
                Ok(())
            }
        });
        let (runner, counters) = runner(&test.stores, &time, job);
        runner.run_all().await.unwrap();
        assert_eq!(counters.all()[KIND].done, 1, "{}", test.engine);
    }
}

#[tokio::test]
async fn a_lease_that_runs_out_while_its_holder_waits_for_the_database_is_lost() {
    const LEASE: Duration = Duration::from_millis(400);
    for test in each_engine().await {
        let (time, turns) = (Time::default(), AtomicU64::new(0));
        let (tell, mut told) = mpsc::unbounded_channel();
        let job = Scripted::every(600, move |_| {
            tell.send(()).unwrap();
            let is_first = turns.fetch_add(1, SeqCst) == 0;
            async move { if is_first { std::future::pending().await } else { Ok(()) } }
        });
        let (runner, counters) = runner_with(LEASE, (&test.stores, &time), job);
        let running = tokio::spawn(async move { runner.run_all().await.unwrap() });
        told.recv().await.unwrap();
        // Somebody writes to the row for longer than the lease lasts; the sign of life of every quarter of it waits.
        let mut writer = test.stores.records.begin().await.unwrap();
        let (id, now, key) = (JobId(time.new_id()), time.now(), schedule_key(KIND));
        let (dedup_key, payload) = (Some(key.as_str()), "{}");
        let again = NewJob { id, kind: KIND, dedup_key, payload, enqueued_at: now, due_at: now };
        enqueue_job(&mut writer, &again).await.unwrap();
        tokio::time::sleep(LEASE / 2).await;
        time.advance(LEASE);
        let lost = async {
            while counters.all().get(KIND).is_none_or(|counts| counts.failed == 0) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let is_lost = tokio::time::timeout(Duration::from_secs(5), lost).await;
        assert!(is_lost.is_ok(), "{}: it waits on as if the lease were its own", test.engine);
        writer.rollback().await.unwrap();
        assert_eq!(running.await.unwrap(), 2, "{}: and whoever comes next does it", test.engine);
        assert_eq!(counters.all()[KIND], RunCounts { done: 1, failed: 1, panicked: 0 });
    }
}
