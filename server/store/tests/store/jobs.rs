//! The table of jobs: asked for once, done by one, tried again, parked; the same in both databases and on both engines.

use std::time::Duration;
use techo_model::{JobId, UnixMillis};
use techo_store::{
    DatabaseName, Db,
    jobs::{
        ClaimableKind, DueJob, HeldLease, JobEnding, JobProgress, JobRow, JobState, LONGEST_LEASE,
        LeaseRenewal, NewJob, ParkedChoice, ParkedRow, claim_job, count_jobs, count_live_leases, due_jobs,
        enqueue_job, finish_job, is_row_parked, list_jobs, park_job, park_row, release_job, renew_lease,
        retry_job_later, retry_parked_jobs, schedule_job,
    },
    testing::{each_engine, tamper},
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
    let due = DueJob { job_id: job, due_at: now };
    let row = claim_job(db, due, (lease, now.plus(Duration::from_secs(20))), now).await.unwrap()?;
    assert_eq!((row.job_id, row.lease_id), (job, Some(lease)));
    Some(HeldLease { job, lease, asks: row.asks })
}

/// What of these kinds could be claimed.
async fn due(db: &Db, kinds: &[&str], now: UnixMillis) -> Vec<DueJob> {
    let kinds: Vec<_> = kinds.iter().map(|kind| ClaimableKind { kind, schedule: None }).collect();
    let found = due_jobs(db, &kinds, now, 10).await.unwrap();
    assert_eq!(found.unreadable, 0);
    found.jobs
}

async fn only(db: &Db) -> JobRow {
    let mut rows = list_jobs(db, 10).await.unwrap();
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

/// Both databases of every engine.
async fn databases(mut test: impl AsyncFnMut(&Db)) {
    for engine in each_engine().await {
        for which in [DatabaseName::Identity, DatabaseName::Records] {
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
        assert_eq!(
            due(db, &["sweep"], NOW).await,
            [DueJob { job_id: JobId(Uuid::from_u128(1)), due_at: NOW }]
        );
        assert!(due(db, &["other"], NOW).await.is_empty(), "kinds of others are theirs");
        assert!(due(db, &[], NOW).await.is_empty());
        assert!(due(db, &["sweep"], UnixMillis(NOW.0 - 1)).await.is_empty());
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
        assert_eq!(count_live_leases(db, at(19)).await.unwrap(), 1);
        assert_eq!(count_live_leases(db, end).await.unwrap(), 0, "it ran out");
        let before = UnixMillis(end.0 - 1);
        assert!(due(db, &["sweep"], before).await.is_empty());
        assert!(claim(db, 1, 12, before).await.is_none());
        assert_eq!(due(db, &["sweep"], end).await.len(), 1);
        let second = claim(db, 1, 12, end).await.unwrap();
        let renewal = LeaseRenewal { until: at(60), success_at: None, progress: None };
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
        let renewal = LeaseRenewal {
            until: at(20),
            success_at: None,
            progress: Some(JobProgress { done: 3, total: Some(7) }),
        };
        renew_lease(db, held, renewal).await.unwrap();
        let row = only(db).await;
        assert_eq!((row.progress_done, row.progress_total), (Some(3), Some(7)));
        assert_eq!((row.failures, row.failure.as_deref(), row.last_success_at), (1, Some("first"), None));
        renew_lease(db, held, LeaseRenewal { success_at: Some(at(5)), progress: None, ..renewal })
            .await
            .unwrap();
        let row = only(db).await;
        assert_eq!((row.failures, row.failure, row.last_success_at), (0, None, Some(at(5))));
        renew_lease(db, held, LeaseRenewal { progress: None, ..renewal }).await.unwrap();
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

#[tokio::test]
async fn a_lease_and_a_next_turn_that_a_clock_that_was_wrong_wrote_hold_nobody_up() {
    databases(async |db| {
        let (key, far) = ("schedule:sweep", at(86_400));
        ask(db, &asked(1, Some(key))).await;
        let held = claim(db, 1, 11, far).await.unwrap();
        let sweep = [ClaimableKind { kind: "sweep", schedule: Some((key, at(660))) }];
        let due = async |now| due_jobs(db, &sweep, now, 10).await.unwrap().jobs;
        assert_eq!(due(at(1)).await.len(), 1, "no lease is as long as a day");
        assert_eq!(count_live_leases(db, at(1)).await.unwrap(), 0);
        assert!(claim(db, 1, 12, at(1)).await.is_some());
        assert!(!finish_job(db, held, JobEnding::Again(far), far).await.unwrap());
        let held = claim(db, 1, 13, at(1).plus(LONGEST_LEASE)).await.unwrap();
        finish_job(db, held, JobEnding::Again(at(660)), at(62)).await.unwrap();
        assert!(due(at(63)).await.is_empty(), "it waits for its turn");
        let held = claim(db, 1, 14, at(660)).await.unwrap();
        finish_job(db, held, JobEnding::Again(far), at(661)).await.unwrap();
        let found = due(at(2)).await;
        assert_eq!(found, [DueJob { job_id: JobId(Uuid::from_u128(1)), due_at: far }]);
        let lease = (Uuid::from_u128(15), at(22));
        assert!(claim_job(db, found[0], lease, at(2)).await.unwrap().is_some());
        // Work that was asked for may be meant for as late as that.
        ask(db, &NewJob { due_at: far, ..asked(2, Some("one")) }).await;
        assert!(due(at(3)).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn rows_that_cannot_be_read_are_counted_and_passed_over_and_the_others_are_found() {
    databases(async |db| {
        for id in 1..=40 {
            ask(db, &NewJob { due_at: at(u64::try_from(id).unwrap()), ..asked(id, None) }).await;
        }
        // PostgreSQL keeps what is no id out of the column by itself.
        let spoilt = match db {
            Db::Sqlite { .. } => {
                tamper(db, "UPDATE job SET job_id = due_at WHERE due_at <= $1", &[at(30).0]).await
            }
            Db::Postgres(_) => 0,
        };
        let sweep = [ClaimableKind { kind: "sweep", schedule: None }];
        let found = due_jobs(db, &sweep, at(60), 5).await.unwrap();
        assert_eq!((found.jobs.len(), found.unreadable as u64), (5, spoilt));
        let listed = list_jobs(db, 100).await.unwrap();
        assert_eq!(listed.len() as u64, 40 - spoilt);
        let mut tx = db.begin().await.unwrap();
        let row = ParkedRow {
            table_name: "job".to_owned(),
            row_id: found.jobs[0].job_id.0,
            column_name: "payload".to_owned(),
            reason: "unreadable".to_owned(),
            parked_at: NOW,
        };
        park_row(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        assert!(is_row_parked(db, "job", row.row_id).await.unwrap());
        assert!(!is_row_parked(db, "other", row.row_id).await.unwrap());
        let left = due_jobs(db, &sweep, at(60), 5).await.unwrap();
        assert_eq!(left.jobs[..4], found.jobs[1..], "what is parked is passed over");
    })
    .await;
}
