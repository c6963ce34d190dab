//! One process, turn by turn.

use crate::bench::{KIND, Scripted, Time, all, ask, runner, scheduled, wait_for};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};
use techo_jobs::{JobCounters, JobError, RunCounts, Supervisor};
use techo_store::testing::{each_engine, tamper};
use tokio::sync::{mpsc, watch};

#[tokio::test]
async fn everything_that_is_due_runs_until_nothing_is_and_a_scheduled_job_is_due_again_to_the_millisecond() {
    for test in each_engine().await {
        let (time, turns) = (Time::default(), Arc::new(AtomicU64::new(0)));
        let counted = turns.clone();
        let job = Scripted::every(10, move |_| {
            let turns = counted.clone();
            async move {
                turns.fetch_add(1, SeqCst);
                Ok(())
            }
        });
        let (runner, _) = runner(&test.stores, &time, job);
        assert_eq!(runner.run_all().await.unwrap(), 1, "{}", test.engine);
        time.advance(Duration::from_millis(9_999));
        assert_eq!(runner.run_all().await.unwrap(), 0);
        time.advance(Duration::from_millis(1));
        assert_eq!(runner.run_all().await.unwrap(), 1);
        assert_eq!(turns.load(SeqCst), 2);
        let row = scheduled(&test.stores).await;
        assert_eq!((row.last_success_at, row.lease_id), (Some(time.now()), None));
    }
}

#[tokio::test]
async fn work_that_makes_work_is_done_with_what_it_asked_for() {
    for test in each_engine().await {
        let time = Time::default();
        let (stores, clock) = (test.stores.clone(), time.clone());
        let job = Scripted::asked(move |context| {
            let (stores, time) = (stores.clone(), clock.clone());
            async move {
                if context.payload() == "[1]" {
                    ask(&stores, &time, (None, "[2]")).await;
                }
                Ok(())
            }
        });
        let (runner, _) = runner(&test.stores, &time, job);
        ask(&test.stores, &time, (None, "[1]")).await;
        assert_eq!(runner.run_all().await.unwrap(), 2, "{}", test.engine);
        assert!(all(&test.stores).await.is_empty());
    }
}

#[tokio::test]
async fn the_same_work_asked_for_three_times_is_done_once() {
    for test in each_engine().await {
        let time = Time::default();
        let (runner, _) = runner(&test.stores, &time, Scripted::asked(async |_| Ok(())));
        for _ in 0..3 {
            ask(&test.stores, &time, (Some("person-1"), "{}")).await;
        }
        assert_eq!(runner.run_all().await.unwrap(), 1, "{}", test.engine);
    }
}

#[tokio::test]
async fn a_panic_is_counted_and_the_next_turn_runs() {
    for test in each_engine().await {
        let (time, turns) = (Time::default(), Arc::new(AtomicU64::new(0)));
        let job = Scripted::every(10, move |_| {
            let turn = turns.fetch_add(1, SeqCst);
            async move {
                assert!(turn > 0, "the first turn panics");
                Ok(())
            }
        });
        let (runner, counters) = runner(&test.stores, &time, job);
        assert_eq!(runner.run_all().await.unwrap(), 1);
        assert_eq!(counters.all()[KIND], RunCounts { done: 0, failed: 0, panicked: 1 }, "{}", test.engine);
        assert_eq!(scheduled(&test.stores).await.failures, 1);
        time.advance(Duration::from_secs(10));
        assert_eq!(runner.run_all().await.unwrap(), 1);
        assert_eq!(counters.all()[KIND], RunCounts { done: 1, failed: 0, panicked: 1 });
        let row = scheduled(&test.stores).await;
        assert_eq!((row.failures, row.failure), (0, None), "it went well again");
    }
}

#[tokio::test]
async fn what_fails_is_tried_again_later_and_later_and_parked_in_the_end() {
    for test in each_engine().await {
        let time = Time::default();
        let job = Scripted::asked(async |_| Err(JobError::Later("the printer is out of paper".to_owned())));
        let (runner, counters) = runner(&test.stores, &time, job);
        ask(&test.stores, &time, (None, "{}")).await;
        for wait in [0, 1_000, 2_000] {
            if wait > 0 {
                time.advance(Duration::from_millis(wait - 1));
                assert_eq!(runner.run_all().await.unwrap(), 0, "{}: a millisecond early", test.engine);
                time.advance(Duration::from_millis(1));
            }
            assert_eq!(runner.run_all().await.unwrap(), 1, "{}", test.engine);
        }
        let row = all(&test.stores).await.remove(0);
        assert_eq!((row.failures, row.parked_at), (3, Some(time.now())));
        assert_eq!(row.failure.as_deref(), Some("the printer is out of paper"));
        time.advance(Duration::from_hours(1_000));
        assert_eq!(runner.run_all().await.unwrap(), 0, "what is parked waits for somebody");
        assert_eq!(counters.all()[KIND].failed, 3);
    }
}

#[tokio::test]
async fn what_is_of_no_use_to_try_is_parked_at_once_and_holds_nobody_up() {
    for test in each_engine().await {
        let time = Time::default();
        let job = Scripted::asked(async |context| match context.payload() {
            "[1]" => Err(JobError::Never("cannot be read".to_owned())),
            _ => Ok(()),
        });
        let (runner, _) = runner(&test.stores, &time, job);
        ask(&test.stores, &time, (None, "[1]")).await;
        ask(&test.stores, &time, (None, "[2]")).await;
        assert_eq!(runner.run_all().await.unwrap(), 2);
        let left = all(&test.stores).await;
        assert_eq!(left.len(), 1, "{}", test.engine);
        assert_eq!((left[0].payload.as_str(), left[0].parked_at), ("[1]", Some(time.now())));
    }
}

#[tokio::test]
async fn a_failure_that_is_long_is_cut() {
    for test in each_engine().await {
        let time = Time::default();
        let job = Scripted::asked(async |_| Err(JobError::Never("あ".repeat(1_000))));
        let (runner, _) = runner(&test.stores, &time, job);
        ask(&test.stores, &time, (None, "{}")).await;
        runner.run_all().await.unwrap();
        assert_eq!(all(&test.stores).await[0].failure.as_ref().unwrap().chars().count(), 300);
    }
}

#[tokio::test]
async fn a_turn_that_was_begun_ends_before_the_program_does_and_no_lease_is_left() {
    for test in each_engine().await {
        let time = Time::default();
        let (tell, mut began) = mpsc::unbounded_channel();
        let job = Scripted::every(2, move |context| {
            tell.send(()).unwrap();
            async move {
                context.cancelled().await;
                assert!(context.is_cancelled());
                Ok(())
            }
        });
        let (runner, counters) = runner(&test.stores, &time, job);
        let (stop, told) = watch::channel(false);
        let jobs = runner.start(&told);
        began.recv().await.unwrap();
        stop.send_replace(true);
        jobs.finish(Duration::from_secs(20)).await;
        assert_eq!(counters.all()[KIND].done, 1, "{}", test.engine);
        let row = scheduled(&test.stores).await;
        assert_eq!((row.lease_id, row.leased_until), (None, None), "another process may go on at once");
        assert_eq!(
            (row.last_success_at, row.due_at),
            (Some(time.now()), time.now().plus(Duration::from_secs(2)))
        );
    }
}

#[tokio::test]
async fn a_turn_that_does_not_end_is_dropped_and_done_again_by_another_process() {
    for test in each_engine().await {
        let time = Time::default();
        let (tell, mut began) = mpsc::unbounded_channel();
        let job = Scripted::every(2, move |_| {
            tell.send(()).unwrap();
            std::future::pending()
        });
        let (stuck, _) = runner(&test.stores, &time, job);
        let (stop, told) = watch::channel(false);
        let jobs = stuck.start(&told);
        began.recv().await.unwrap();
        stop.send_replace(true);
        jobs.finish(Duration::from_millis(1)).await;
        let (other, _) = runner(&test.stores, &time, Scripted::every(2, async |_| Ok(())));
        assert_eq!(other.run_all().await.unwrap(), 0, "{}: its lease still runs", test.engine);
        time.advance(Duration::from_secs(20));
        assert_eq!(other.run_all().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn idle_turns_of_a_quick_job_write_nothing() {
    for test in each_engine().await {
        let time = Time::default();
        let (tell, mut began) = mpsc::unbounded_channel();
        let job = Scripted::every(2, move |_| {
            tell.send(()).unwrap();
            async { Ok(()) }
        });
        let (runner, counters) = runner(&test.stores, &time, job);
        let (stop, told) = watch::channel(false);
        let jobs = runner.start(&told);
        began.recv().await.unwrap();
        while scheduled(&test.stores).await.last_success_at.is_none() {
            tokio::task::yield_now().await;
        }
        let first = scheduled(&test.stores).await;
        for turn in 2..=6 {
            time.advance(Duration::from_secs(2));
            began.recv().await.unwrap();
            wait_for(&counters, turn).await;
        }
        assert_eq!(scheduled(&test.stores).await, first, "{}", test.engine);
        for turn in 7..=9 {
            time.advance(Duration::from_secs(2));
            began.recv().await.unwrap();
            wait_for(&counters, turn).await;
        }
        stop.send_replace(true);
        jobs.finish(Duration::from_secs(20)).await;
        assert_eq!(counters.all()[KIND].done, 9, "its lease was kept all the time");
        assert_eq!(scheduled(&test.stores).await.last_success_at, Some(time.now()));
    }
}

#[tokio::test]
async fn a_quick_job_whose_failure_cannot_be_written_down_goes_on_by_itself() {
    for test in each_engine().await {
        let (time, turns) = (Time::default(), AtomicU64::new(0));
        let (tell, mut began) = mpsc::unbounded_channel();
        let job = Scripted::every(2, move |_| {
            tell.send(()).unwrap();
            let turn = turns.fetch_add(1, SeqCst);
            async move { if turn == 0 { Err(JobError::Later("the disk is full".to_owned())) } else { Ok(()) } }
        });
        let no_failure = match test.engine {
            "sqlite" => {
                "CREATE TRIGGER no_failure BEFORE UPDATE ON job WHEN NEW.failures > 0
                BEGIN SELECT RAISE(ABORT, 'full'); END"
            }
            _ => "ALTER TABLE job ADD CONSTRAINT no_failure CHECK (failures = 0)",
        };
        tamper(test.stores.records.db(), no_failure, &[]).await;
        let (runner, counters) = runner(&test.stores, &time, job);
        let (stop, told) = watch::channel(false);
        let jobs = runner.start(&told);
        began.recv().await.unwrap();
        while counters.all().get(KIND).is_none_or(|counts| counts.failed == 0) {
            tokio::task::yield_now().await;
        }
        time.advance(Duration::from_secs(2));
        began.recv().await.unwrap();
        wait_for(&counters, 1).await;
        stop.send_replace(true);
        jobs.finish(Duration::from_secs(20)).await;
        let row = scheduled(&test.stores).await;
        assert_eq!((row.last_success_at, row.lease_id), (Some(time.now()), None), "{}", test.engine);
    }
}

#[tokio::test]
async fn progress_is_written_down_with_the_next_sign_of_life() {
    for test in each_engine().await {
        let time = Time::default();
        let seen = Arc::new(Mutex::new(None));
        let (stores, found) = (test.stores.clone(), seen.clone());
        let job = Scripted::every(600, move |context| {
            let (stores, found) = (stores.clone(), found.clone());
            async move {
                context.progress(3, Some(7));
                context.heartbeat().await.unwrap();
                let row = scheduled(&stores).await;
                *found.lock().unwrap() = row.progress_done.zip(row.progress_total);
                Ok(())
            }
        });
        let (runner, _) = runner(&test.stores, &time, job);
        runner.run_all().await.unwrap();
        assert_eq!(*seen.lock().unwrap(), Some((3, 7)), "{}", test.engine);
        assert_eq!(scheduled(&test.stores).await.progress_done, None, "and is gone with the turn");
    }
}

#[tokio::test]
async fn work_of_one_process_alone_goes_on_after_a_panic_that_is_counted() {
    let (counters, turns) = (Arc::new(JobCounters::default()), AtomicU64::new(0));
    let (tell, mut told) = mpsc::unbounded_channel();
    let (stop, stopped) = watch::channel(false);
    let turn = move || {
        tell.send(()).unwrap();
        let is_first = turns.fetch_add(1, SeqCst) == 0;
        async move { assert!(!is_first, "the first turn panics") }
    };
    let supervisor = Supervisor::new(counters.clone(), stopped);
    let going = tokio::spawn(supervisor.every(("tidy-limits", Duration::from_millis(1)), turn));
    for _ in 0..3 {
        told.recv().await.unwrap();
    }
    stop.send_replace(true);
    going.await.unwrap();
    let counts = counters.all()["tidy-limits"];
    assert_eq!(counts.panicked, 1);
    assert!(counts.done >= 2);
}
