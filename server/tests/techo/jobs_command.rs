//! `techo jobs` as operators meet it: what is parked is listed with its place, and is tried again when they say so.

use crate::installation::Installation;
use std::process::Output;
use techo_model::{JobId, UnixMillis};
use techo_store::{
    DatabaseName, Db, DbUrl,
    jobs::{
        DueJob, HeldLease, NewJob, ParkedRow, claim_job, enqueue_job, list_jobs, list_parked_rows, park_job,
        park_row,
    },
};
use uuid::Uuid;

const ROW: Uuid = Uuid::from_u128(7);
const JOB: Uuid = Uuid::from_u128(8);

fn told(output: &Output) -> (Option<i32>, String) {
    let words = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    (output.status.code(), String::from_utf8_lossy(&words).into_owned())
}

async fn open(installation: &Installation, which: DatabaseName) -> Db {
    let file = installation.data.join(format!("{}.db", which.name()));
    Db::open(&DbUrl::Sqlite(file), which).await.unwrap()
}

/// A row of the outbox that cannot be read, and a job that is of no use to try.
async fn park(installation: &Installation) {
    let vault = open(installation, DatabaseName::Identity).await;
    let row = ParkedRow {
        table_name: "log_outbox".to_owned(),
        row_id: ROW,
        column_name: "kind".to_owned(),
        reason: "unknown-word".to_owned(),
        parked_at: UnixMillis(0),
    };
    let mut tx = vault.begin().await.unwrap();
    park_row(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    vault.close().await;
    let records = open(installation, DatabaseName::Records).await;
    let now = UnixMillis(1);
    let (id, kind, payload) = (JobId(JOB), "print-letters", "{}");
    let job = NewJob { id, kind, dedup_key: None, payload, enqueued_at: now, due_at: now };
    let mut tx = records.begin().await.unwrap();
    enqueue_job(&mut tx, &job).await.unwrap();
    tx.commit().await.unwrap();
    let due = DueJob { job_id: id, due_at: now };
    let claimed = claim_job(&records, due, (JOB, UnixMillis(9)), now).await.unwrap().unwrap();
    let held = HeldLease { job: id, lease: JOB, asks: claimed.asks };
    assert!(park_job(&records, held, "the paper has another size", UnixMillis(2)).await.unwrap());
    records.close().await;
}

#[tokio::test]
async fn what_is_parked_is_listed_with_its_place_and_tried_again_when_somebody_says_so() {
    let installation = Installation::new();
    let (status, words) = told(&installation.run(&["jobs"]));
    assert_eq!(status, Some(0), "{words}");
    assert!(words.contains("作業はまだありません"), "{words}");
    park(&installation).await;
    let (status, words) = told(&installation.run(&["jobs"]));
    assert_eq!(status, Some(1), "{words}");
    for word in [
        "止めてあるものが2件",
        "log_outbox.kind",
        "unknown-word",
        "print-letters 止めてあります",
        "another size",
    ] {
        assert!(words.contains(word), "{word} is missing in: {words}");
    }
    assert!(words.contains(&ROW.to_string()) && words.contains(&JOB.to_string()), "{words}");
    let (status, words) = told(&installation.run(&["jobs", "retry", &Uuid::from_u128(1).to_string()]));
    assert_eq!(status, Some(2), "{words}");
    assert!(words.contains("techo jobs"), "{words}");
    let (status, words) = told(&installation.run(&["jobs", "retry", &JOB.to_string()]));
    assert_eq!((status, words.contains("作業1件と行0件")), (Some(0), true), "{words}");
    let (status, words) = told(&installation.run(&["jobs", "retry", "--all"]));
    assert_eq!((status, words.contains("作業0件と行1件")), (Some(0), true), "{words}");
    assert_eq!(told(&installation.run(&["jobs"])).0, Some(0));
    let (vault, records) =
        (open(&installation, DatabaseName::Identity).await, open(&installation, DatabaseName::Records).await);
    assert!(list_parked_rows(&vault, 10).await.unwrap().is_empty());
    let jobs = list_jobs(&records, 10).await.unwrap();
    let kinds: Vec<_> = jobs.iter().map(|job| (job.kind.as_str(), job.parked_at)).collect();
    assert_eq!(kinds, [("print-letters", None), ("settle", None)], "the sweep is brought forward");
}

#[test]
fn retry_wants_to_know_what() {
    let installation = Installation::new();
    for arguments in [&["jobs", "retry"][..], &["jobs", "retry", "--all", "not-an-id"]] {
        assert_eq!(told(&installation.run(arguments)).0, Some(2), "{arguments:?}");
    }
}

#[test]
fn a_server_that_runs_lists_its_jobs_and_another_one_goes_on_when_it_stops() {
    let installation = Installation::new();
    let server = installation.serve();
    let kinds = ["watch-cards", "carry-outbox", "grow-log-tree", "settle", "index-demographics", "tidy"];
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let (status, words) = told(&installation.run(&["jobs"]));
        assert_eq!(status, Some(0), "{words}");
        let is_done = kinds.iter().all(|kind| words.contains(kind)) && !words.contains("まだありません");
        if is_done {
            break;
        }
        assert!(std::time::Instant::now() < until, "not every job went well: {words}");
    }
    let ready = server.ready();
    assert!(ready.text.contains("jobs: ok"), "{}", ready.text);
    assert_eq!(server.stop().0, Some(0));
    let (_, words) = told(&installation.run(&["jobs"]));
    assert!(!words.contains("動いています"), "every lease was let go: {words}");
}
