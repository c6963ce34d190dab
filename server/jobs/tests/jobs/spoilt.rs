//! What hangs, a clock that was wrong, and rows that cannot be read: none of them holds anybody up.

use crate::bench::{KIND, Scripted, Time, ask, runner, scheduled, wait_for};
use std::time::Duration;
use techo_jobs::{JobContext, RunCounts};
use techo_store::{
    jobs::list_parked_rows,
    testing::{each_engine, tamper},
};
use tokio::sync::{mpsc, watch};

#[tokio::test]
async fn a_turn_that_tells_nothing_for_too_long_is_dropped_counted_and_done_by_another_process() {
    for test in each_engine().await {
        let time = Time::default();
        let job = Scripted::every(2, |_| std::future::pending()).limited(Duration::from_millis(50));
        let (stuck, counters) = runner(&test.stores, &time, job);
        assert_eq!(stuck.run_all().await.unwrap(), 1, "{}", test.engine);
        assert_eq!(counters.all()[KIND], RunCounts { done: 0, failed: 1, panicked: 0 });
        let row = scheduled(&test.stores).await;
        assert_eq!((row.failures, row.lease_id), (1, None), "{}", test.engine);
        assert!(row.failure.unwrap().contains("no progress"));
        let (other, _) = runner(&test.stores, &time, Scripted::every(2, async |_| Ok(())));
        time.advance(Duration::from_secs(2));
        assert_eq!(other.run_all().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_long_turn_that_tells_its_progress_is_not_dropped() {
    for test in each_engine().await {
        let time = Time::default();
        let job = Scripted::every(2, async |context: JobContext| {
            for done in 1..=30 {
                context.progress(done, None);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Ok(())
        });
        let (runner, counters) = runner(&test.stores, &time, job.limited(Duration::from_secs(1)));
        runner.run_all().await.unwrap();
        assert_eq!(counters.all()[KIND].done, 1, "{}", test.engine);
    }
}

#[tokio::test]
async fn a_clock_that_is_put_back_stops_no_quick_job_and_no_slow_one() {
    for test in each_engine().await {
        for every in [2, 600] {
            let time = Time::default();
            let (tell, mut began) = mpsc::unbounded_channel();
            let job = Scripted::every(every, move |_| {
                tell.send(()).unwrap();
                async { Ok(()) }
            });
            tamper(test.stores.records.db(), "DELETE FROM job", &[]).await;
            let (runner, counters) = runner(&test.stores, &time, job);
            let (stop, told) = watch::channel(false);
            let jobs = runner.start(&told);
            began.recv().await.unwrap();
            wait_for(&counters, 1).await;
            while scheduled(&test.stores).await.last_success_at.is_none() {
                tokio::task::yield_now().await;
            }
            time.put_back(Duration::from_hours(24));
            began.recv().await.unwrap();
            wait_for(&counters, 2).await;
            stop.send_replace(true);
            jobs.finish(Duration::from_secs(20)).await;
            let row = scheduled(&test.stores).await;
            assert!(row.due_at <= time.now().plus(Duration::from_secs(every)), "{}: {row:?}", test.engine);
            assert_eq!(row.leased_until, None);
        }
    }
}

#[tokio::test]
async fn a_job_of_which_not_even_the_key_can_be_read_is_shown_and_holds_nobody_up() {
    for test in each_engine().await {
        let time = Time::default();
        let (runner, _) = runner(&test.stores, &time, Scripted::asked(async |_| Ok(())));
        for n in 0..3 {
            ask(&test.stores, &time, (None, &format!("[{n}]"))).await;
            time.advance(Duration::from_secs(1));
        }
        let records = test.stores.records.db();
        if test.engine == "postgres" {
            // It keeps what is of another type out of its columns by itself.
            assert_eq!(runner.run_all().await.unwrap(), 3);
            continue;
        }
        tamper(records, "UPDATE job SET job_id = 7 WHERE payload = '[0]'", &[]).await;
        tamper(records, "UPDATE job SET payload = x'00' WHERE payload = '[1]'", &[]).await;
        assert_eq!(runner.run_all().await.unwrap(), 1, "the one behind them");
        let parked = list_parked_rows(records, 10).await.unwrap();
        let columns: Vec<_> =
            parked.iter().map(|row| (row.table_name.as_str(), row.column_name.as_str())).collect();
        assert_eq!(columns.len(), 2, "{parked:?}");
        assert!(columns.contains(&("job", "job_id")) && columns.contains(&("job", "payload")), "{parked:?}");
        assert_eq!(runner.run_all().await.unwrap(), 0);
        assert_eq!(list_parked_rows(records, 10).await.unwrap(), parked, "once");
    }
}
