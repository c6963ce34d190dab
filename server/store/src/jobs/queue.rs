//! Asking for work, and what is due.

use super::LONGEST_LEASE;
use crate::{
    Db, Result, Tx,
    db::{on_db, on_db_write},
    tx::in_tx,
};
use sqlx::{FromRow as _, QueryBuilder};
use techo_model::{JobId, UnixMillis};

/// Work that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct NewJob<'a> {
    /// Key, unless the same work waits already.
    pub id: JobId,
    /// Which job does it.
    pub kind: &'a str,
    /// What makes it the same work as another row; none when each asking is work of its own.
    pub dedup_key: Option<&'a str>,
    /// JSON: ids, counts, closed words; never a value.
    pub payload: &'a str,
    /// Now.
    pub enqueued_at: UnixMillis,
    /// Not before this.
    pub due_at: UnixMillis,
}

/// A kind of job that can be claimed.
#[derive(Clone, Copy, Debug)]
pub struct ClaimableKind<'a> {
    /// Its word.
    pub kind: &'a str,
    /// The deduplication key of its scheduled row, and the last instant at which that one can be due. What is due later was written
    /// by a clock that was wrong then, and is due now.
    pub schedule: Option<(&'a str, UnixMillis)>,
}

/// A job that could be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DueJob {
    /// Key.
    pub job_id: JobId,
    /// When it was due.
    pub due_at: UnixMillis,
}

/// What could be claimed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DueJobs {
    /// Longest due first.
    pub jobs: Vec<DueJob>,
    /// Rows among them that cannot be read.
    pub unreadable: usize,
}

const ENQUEUE: &str =
    "INSERT INTO job (job_id, kind, dedup_key, payload, asks, enqueued_at, due_at, failures)
    VALUES ($1, $2, $3, $4, 1, $5, $6, 0)
    ON CONFLICT (dedup_key) DO UPDATE SET asks = job.asks + 1,
    due_at = CASE WHEN excluded.due_at < job.due_at THEN excluded.due_at ELSE job.due_at END";
const SCHEDULE: &str =
    "INSERT INTO job (job_id, kind, dedup_key, payload, asks, enqueued_at, due_at, failures)
    VALUES ($1, $2, $3, $4, 1, $5, $6, 0) ON CONFLICT (dedup_key) DO NOTHING";
const IS_SCHEDULED: &str = "SELECT COUNT(*) FROM job WHERE dedup_key = $1";
const DUE: &str = "SELECT job_id, due_at FROM job WHERE parked_at IS NULL AND NOT EXISTS
    (SELECT 1 FROM parked_row p WHERE p.table_name = 'job' AND p.row_id = job_id) AND (leased_until IS NULL OR leased_until <= ";
const OLDEST: &str = ") ORDER BY due_at, job_id LIMIT ";

/// Asks for work, in the transaction that causes it. What waits already under the same deduplication key is not asked for twice,
/// but done once more if it is being done just now, and due no later than asked for here.
///
/// # Errors
/// The database.
pub async fn enqueue_job(tx: &mut Tx, job: &NewJob<'_>) -> Result<()> {
    in_tx!(tx, conn => sqlx::query(ENQUEUE)
        .bind(job.id)
        .bind(job.kind)
        .bind(job.dedup_key)
        .bind(job.payload)
        .bind(job.enqueued_at)
        .bind(job.due_at)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Makes the row of a scheduled job, unless it is there: then nothing is written.
///
/// # Errors
/// The database.
pub async fn schedule_job(db: &Db, job: &NewJob<'_>) -> Result<()> {
    let rows: i64 = on_db!(db, pool => {
        sqlx::query_scalar(IS_SCHEDULED).bind(job.dedup_key).fetch_one(pool).await
    })?;
    if rows == 0 {
        on_db_write!(db, pool => sqlx::query(SCHEDULE)
            .bind(job.id)
            .bind(job.kind)
            .bind(job.dedup_key)
            .bind(job.payload)
            .bind(job.enqueued_at)
            .bind(job.due_at)
            .execute(pool)
            .await
            .map(drop))?;
    }
    Ok(())
}

/// Jobs of these kinds that could be claimed now, longest due first, at most `limit`. Only reads. A row that cannot be read is
/// counted and passed over.
///
/// # Errors
/// The database.
pub async fn due_jobs(
    db: &Db,
    kinds: &[ClaimableKind<'_>],
    now: UnixMillis,
    limit: usize,
) -> Result<DueJobs> {
    let (mut due, mut seen) = (DueJobs::default(), 0);
    while due.jobs.len() < limit && !kinds.is_empty() {
        let page = due_page(db, kinds, now, (limit, seen)).await?;
        let is_last = page.len() < limit;
        seen += page.len();
        for row in page {
            match row {
                Some(job) if due.jobs.len() < limit => due.jobs.push(job),
                Some(_) => {}
                None => due.unreadable += 1,
            }
        }
        if is_last {
            break;
        }
    }
    Ok(due)
}

/// Some rows that could be claimed, behind those that were seen; none in place of one that cannot be read.
async fn due_page(
    db: &Db,
    kinds: &[ClaimableKind<'_>],
    now: UnixMillis,
    (limit, seen): (usize, usize),
) -> Result<Vec<Option<DueJob>>> {
    let [limit, seen] = [limit, seen].map(|rows| i64::try_from(rows).unwrap_or(i64::MAX));
    Ok(on_db!(db, pool => {
        let mut query = QueryBuilder::new(DUE);
        query.push_bind(now).push(" OR leased_until > ").push_bind(now.plus(LONGEST_LEASE)).push(") AND (");
        let mut any = query.separated(" OR ");
        for ClaimableKind { kind, schedule } in kinds {
            any.push("(kind = ").push_bind_unseparated(*kind);
            any.push_unseparated(" AND (due_at <= ").push_bind_unseparated(now);
            if let Some((key, last)) = *schedule {
                any.push_unseparated(" OR (dedup_key = ").push_bind_unseparated(key);
                any.push_unseparated(" AND due_at > ").push_bind_unseparated(last).push_unseparated(")");
            }
            any.push_unseparated("))");
        }
        query.push(OLDEST).push_bind(limit).push(" OFFSET ").push_bind(seen);
        let rows = query.build().fetch_all(pool).await;
        rows.map(|rows| rows.iter().map(|row| DueJob::from_row(row).ok()).collect::<Vec<_>>())
    })?)
}
