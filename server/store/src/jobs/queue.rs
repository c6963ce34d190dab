//! Asking for work, and what is due.

use crate::{
    Db, Result, Tx,
    db::{on_db, on_db_write},
    tx::in_tx,
};
use sqlx::QueryBuilder;
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

const ENQUEUE: &str =
    "INSERT INTO job (job_id, kind, dedup_key, payload, asks, enqueued_at, due_at, failures)
    VALUES ($1, $2, $3, $4, 1, $5, $6, 0)
    ON CONFLICT (dedup_key) DO UPDATE SET asks = job.asks + 1,
    due_at = CASE WHEN excluded.due_at < job.due_at THEN excluded.due_at ELSE job.due_at END";
const SCHEDULE: &str =
    "INSERT INTO job (job_id, kind, dedup_key, payload, asks, enqueued_at, due_at, failures)
    VALUES ($1, $2, $3, $4, 1, $5, $6, 0) ON CONFLICT (dedup_key) DO NOTHING";
const IS_SCHEDULED: &str = "SELECT COUNT(*) FROM job WHERE dedup_key = $1";
const DUE: &str = "SELECT job_id FROM job WHERE parked_at IS NULL AND due_at <= ";
const BY_KIND: &str = " AND kind IN (";
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

/// Jobs of these kinds that could be claimed now, longest due first, at most `limit`. Only reads.
///
/// # Errors
/// The database.
pub async fn due_jobs(db: &Db, kinds: &[&str], now: UnixMillis, limit: i64) -> Result<Vec<JobId>> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on_db!(db, pool => {
        let mut query = QueryBuilder::new(DUE);
        query.push_bind(now).push(" AND (leased_until IS NULL OR leased_until <= ").push_bind(now).push(")");
        query.push(BY_KIND);
        let mut list = query.separated(", ");
        for kind in kinds {
            list.push_bind(*kind);
        }
        query.push(OLDEST).push_bind(limit);
        query.build_query_scalar().fetch_all(pool).await
    })?)
}
