//! The table of jobs: asked for once, done by one, tried again, parked; the same in both databases and on both engines.

use std::time::Duration;
use techo_model::{JobId, UnixMillis};
use techo_store::{
    Db, Which,
    jobs::{
        HeldLease, JobEnding, JobRow, JobState, NewJob, ParkedChoice, Renewal, claim_job, count_jobs,
        due_jobs, enqueue_job, finish_job, list_jobs, park_job, release_job, renew_lease, retry_job_later,
        retry_parked_jobs, schedule_job,
    },
    testing::each_engine,
};
use uuid::Uuid;

const NOW: UnixMillis = UnixMillis(1_000_000);

fn at(seconds: u64) -> UnixMillis {
    NOW.plus(Duration::from_secs(seconds))
}

fn asked(id: u128, key: Option<&str>) -> NewJob<'_> {
    NewJob {
        id: JobId(Uuid::from_u128(id)),
        kind: "sweep",
        dedup_key: key,
        payload: "{}",
        enqueued_at: NOW,
        due_at: NOW,
    }
}

async fn ask(db: &Db, job: &NewJob<'_>) {
    let mut tx = db.begin().await.unwrap();
    enqueue_job(&mut tx, job).await.unwrap();
    tx.commit().await.unwrap();
}

async fn claim(db: &Db, id: u128, lease: u128, now: UnixMillis) -> Option<HeldLease> {
    let (job, lease) = (JobId(Uuid::from_u128(id)), Uuid::from_u128(lease));
    let row = claim_job(db, job, (lease, now.plus(Duration::from_secs(20))), now).await.unwrap()?;
    assert_eq!((row.job_id, row.lease_id), (job, Some(lease)));
    Some(HeldLease { job, lease, asks: row.asks })
}

async fn only(db: &Db) -> JobRow {
    let mut rows = list_jobs(db, 10).await.unwrap();
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

/// Both databases of every engine.
async fn databases(mut test: impl AsyncFnMut(&Db)) {
    for engine in each_engine().await {
        for which in [Which::Identity, Which::Records] {
            test(engine.stores.db(which)).await;
        }
    }
}

#[tokio::test]
async fn work_is_there_when_its_transaction_is_and_gone_with_it() {
    databases(async |db| {
        let mut tx = db.begin().await.unwrap();
        enqueue_job(&mut tx, &asked(1, None)).await.unwrap();
        tx.rollback().await.unwrap();
        assert!(list_jobs(db, 10).await.unwrap().is_empty());
        ask(db, &asked(1, None)).await;
        assert_eq!(due_jobs(db, &["sweep"], NOW, 10).await.unwrap(), [JobId(Uuid::from_u128(1))]);
        assert!(due_jobs(db, &["other"], NOW, 10).await.unwrap().is_empty(), "kinds of others are theirs");
        assert!(due_jobs(db, &[], NOW, 10).await.unwrap().is_empty());
        assert!(due_jobs(db, &["sweep"], UnixMillis(NOW.0 - 1), 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_same_work_waits_once_and_is_due_when_it_was_asked_for_first() {
    databases(async |db| {
        ask(db, &NewJob { due_at: at(60), ..asked(1, Some("one")) }).await;
        ask(db, &NewJob { due_at: at(30), ..asked(2, Some("one")) }).await;
        ask(db, &NewJob { due_at: at(90), ..asked(3, Some("one")) }).await;
        let row = only(db).await;
        assert_eq!((row.job_id, row.asks, row.due_at), (JobId(Uuid::from_u128(1)), 3, at(30)));
        ask(db, &asked(4, None)).await;
        ask(db, &asked(5, None)).await;
        assert_eq!(list_jobs(db, 10).await.unwrap().len(), 3, "without a key each asking is work of its own");
        assert_eq!(list_jobs(db, 2).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_scheduled_job_has_one_row_however_often_programs_start() {
    databases(async |db| {
        schedule_job(db, &asked(1, Some("schedule:sweep"))).await.unwrap();
        let first = only(db).await;
        schedule_job(db, &NewJob { due_at: at(0), ..asked(2, Some("schedule:sweep")) }).await.unwrap();
        assert_eq!(only(db).await, first);
    })
    .await;
}

#[tokio::test]
async fn a_lease_is_one_holders_until_it_runs_out_to_the_millisecond() {
    databases(async |db| {
        ask(db, &asked(1, None)).await;
        let first = claim(db, 1, 11, NOW).await.unwrap();
        assert_eq!(only(db).await.state(at(19)), JobState::Running);
        let end = at(20);
        let before = UnixMillis(end.0 - 1);
        assert!(due_jobs(db, &["sweep"], before, 10).await.unwrap().is_empty());
        assert!(claim(db, 1, 12, before).await.is_none());
        assert_eq!(due_jobs(db, &["sweep"], end, 10).await.unwrap().len(), 1);
        let second = claim(db, 1, 12, end).await.unwrap();
        let renewal = Renewal { until: at(60), success_at: None, progress: None };
        assert!(!renew_lease(db, first, renewal).await.unwrap(), "whoever lost it is told");
        assert!(!finish_job(db, first, JobEnding::Once, end).await.unwrap());
        assert!(!retry_job_later(db, first, ("late", end), end).await.unwrap());
        assert!(!park_job(db, first, "late", end).await.unwrap());
        release_job(db, first, NOW, None).await.unwrap();
        assert_eq!(only(db).await.lease_id, Some(second.lease), "and changes nothing any more");
        assert!(renew_lease(db, second, renewal).await.unwrap());
        assert!(claim(db, 1, 13, at(59)).await.is_none(), "a sign of life keeps it");
    })
    .await;
}

#[tokio::test]
async fn a_renewal_tells_progress_and_success_and_leaves_what_is_no_news() {
    databases(async |db| {
        ask(db, &asked(1, None)).await;
        let held = claim(db, 1, 11, NOW).await.unwrap();
        retry_job_later(db, held, ("first", NOW), NOW).await.unwrap();
        let held = claim(db, 1, 12, NOW).await.unwrap();
        let renewal = Renewal { until: at(20), success_at: None, progress: Some((3, 7)) };
        renew_lease(db, held, renewal).await.unwrap();
        let row = only(db).await;
        assert_eq!((row.progress_done, row.progress_total), (Some(3), Some(7)));
        assert_eq!((row.failures, row.failure.as_deref(), row.last_success_at), (1, Some("first"), None));
        renew_lease(db, held, Renewal { success_at: Some(at(5)), progress: None, ..renewal }).await.unwrap();
        let row = only(db).await;
        assert_eq!((row.failures, row.failure, row.last_success_at), (0, None, Some(at(5))));
        renew_lease(db, held, Renewal { progress: None, ..renewal }).await.unwrap();
        assert_eq!(only(db).await.last_success_at, Some(at(5)));
        release_job(db, held, at(9), None).await.unwrap();
        let row = only(db).await;
        assert_eq!(
            (row.due_at, row.state(at(9)), row.last_success_at),
            (at(9), JobState::Waiting, Some(at(5)))
        );
    })
    .await;
}

#[tokio::test]
async fn work_that_went_well_goes_away_unless_it_was_asked_for_meanwhile() {
    databases(async |db| {
        ask(db, &asked(1, Some("one"))).await;
        let held = claim(db, 1, 11, NOW).await.unwrap();
        ask(db, &asked(2, Some("one"))).await;
        assert!(finish_job(db, held, JobEnding::Once, at(1)).await.unwrap());
        let held = claim(db, 1, 12, at(1)).await.expect("asked for again, it is due again");
        assert!(finish_job(db, held, JobEnding::Once, at(2)).await.unwrap());
        assert!(list_jobs(db, 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_scheduled_job_is_due_again_later_or_at_once_when_it_was_brought_forward_meanwhile() {
    databases(async |db| {
        ask(db, &asked(1, Some("schedule:sweep"))).await;
        let held = claim(db, 1, 11, NOW).await.unwrap();
        assert!(finish_job(db, held, JobEnding::Again(at(600)), at(1)).await.unwrap());
        let row = only(db).await;
        assert_eq!((row.due_at, row.last_success_at, row.lease_id), (at(600), Some(at(1)), None));
        ask(db, &NewJob { due_at: at(2), ..asked(2, Some("schedule:sweep")) }).await;
        let held = claim(db, 1, 12, at(2)).await.expect("brought forward");
        ask(db, &NewJob { due_at: at(3), ..asked(3, Some("schedule:sweep")) }).await;
        assert!(finish_job(db, held, JobEnding::Again(at(900)), at(4)).await.unwrap());
        assert_eq!(
            only(db).await.due_at,
            at(2),
            "what it was brought forward for may have come too late for that turn"
        );
    })
    .await;
}

#[tokio::test]
async fn work_that_failed_waits_with_its_failure_and_parked_work_until_somebody_asks() {
    databases(async |db| {
        ask(db, &asked(1, None)).await;
        ask(db, &asked(2, None)).await;
        let held = claim(db, 1, 11, NOW).await.unwrap();
        assert!(retry_job_later(db, held, ("the disk is full", at(5)), at(1)).await.unwrap());
        assert!(claim(db, 1, 12, UnixMillis(at(5).0 - 1)).await.is_none());
        let held = claim(db, 1, 12, at(5)).await.unwrap();
        assert!(park_job(db, held, "no use", at(6)).await.unwrap());
        assert!(claim(db, 1, 13, at(1_000_000)).await.is_none());
        let parked =
            list_jobs(db, 10).await.unwrap().into_iter().find(|row| row.parked_at.is_some()).unwrap();
        assert_eq!((parked.failures, parked.failure.as_deref()), (2, Some("no use")));
        assert_eq!((parked.last_failure_at, parked.state(at(6))), (Some(at(6)), JobState::Parked));
        let counts = count_jobs(db, NOW).await.unwrap();
        assert_eq!(counts.len(), 1);
        assert_eq!((counts[0].waiting, counts[0].running, counts[0].parked), (1, 0, 1));
        assert_eq!((counts[0].failures, counts[0].last_failure_at), (2, Some(at(6))));
        let mut tx = db.begin().await.unwrap();
        let nobody = ParkedChoice::One(Uuid::from_u128(2));
        assert_eq!(retry_parked_jobs(&mut tx, nobody, at(9)).await.unwrap(), 0, "only what is parked");
        assert_eq!(retry_parked_jobs(&mut tx, ParkedChoice::All, at(9)).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert!(claim(db, 1, 14, at(9)).await.is_some());
        let counts = count_jobs(db, at(10)).await.unwrap();
        assert_eq!((counts[0].waiting, counts[0].running, counts[0].parked), (1, 1, 0));
    })
    .await;
}

#[tokio::test]
async fn of_many_who_claim_at_once_one_gets_the_job() {
    databases(async |db| {
        for id in 1..=20 {
            ask(db, &asked(id, None)).await;
        }
        let claims = (0..8_u128).map(|who| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut got = Vec::new();
                for id in 1..=20_u128 {
                    got.extend(claim(&db, id, 100 * who + id, NOW).await.map(|_| id));
                }
                got
            })
        });
        let mut all = Vec::new();
        for claim in claims.collect::<Vec<_>>() {
            all.extend(claim.await.unwrap());
        }
        all.sort_unstable();
        assert_eq!(all, (1..=20).collect::<Vec<_>>());
    })
    .await;
}
