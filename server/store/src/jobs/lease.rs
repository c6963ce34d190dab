//! Who does a job: the lease, and what becomes of the job when it ends.

use super::{DueJob, JobRow, LONGEST_LEASE};
use crate::{
    Db, Result,
    db::{on_db, on_db_write},
};
use techo_model::{JobId, UnixMillis};
use uuid::Uuid;

/// A claim on a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldLease {
    /// Which job.
    pub job: JobId,
    /// Which claim; another one is made each time.
    pub lease: Uuid,
    /// How often the job had been asked for when it was claimed.
    pub asks: i64,
}

/// How much of a job is done, in a unit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobProgress {
    /// So much.
    pub done: i64,
    /// Of how much, when that is known.
    pub total: Option<i64>,
}

/// What is written with a renewal.
#[derive(Clone, Copy, Debug)]
pub struct LeaseRenewal {
    /// Until when nobody else may.
    pub until: UnixMillis,
    /// When it last went well; none leaves what stands there. With it the failures in a row end.
    pub success_at: Option<UnixMillis>,
    /// How much is done.
    pub progress: Option<JobProgress>,
}

/// What becomes of a job that went well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobEnding {
    /// Its row goes away.
    Once,
    /// It is due again then.
    Again(UnixMillis),
}

const CLAIM: &str = "UPDATE job SET lease_id = $2, leased_until = $3
    WHERE job_id = $1 AND parked_at IS NULL AND (due_at <= $4 OR due_at = $5)
    AND (leased_until IS NULL OR leased_until <= $4 OR leased_until > $6)
    RETURNING job_id, kind, dedup_key, payload, asks, enqueued_at, due_at, lease_id, leased_until, failures, failure,
    last_success_at, last_failure_at, progress_done, progress_total, parked_at";
const RENEW: &str = "UPDATE job SET leased_until = $3, last_success_at = COALESCE($4, last_success_at),
    failures = CASE WHEN $4 IS NULL THEN failures ELSE 0 END, failure = CASE WHEN $4 IS NULL THEN failure END,
    progress_done = $5, progress_total = $6 WHERE job_id = $1 AND lease_id = $2";
const REMOVE: &str = "DELETE FROM job WHERE job_id = $1 AND lease_id = $2 AND asks = $3";
/// Asked for meanwhile, it stays due.
const AGAIN: &str = "UPDATE job SET due_at = CASE WHEN asks = $3 THEN $4 ELSE due_at END, lease_id = NULL, leased_until = NULL,
    failures = 0, failure = NULL, last_success_at = $5, progress_done = NULL, progress_total = NULL
    WHERE job_id = $1 AND lease_id = $2";
const LATER: &str =
    "UPDATE job SET due_at = $3, lease_id = NULL, leased_until = NULL, failures = failures + 1, failure = $4,
    last_failure_at = $5, progress_done = NULL, progress_total = NULL WHERE job_id = $1 AND lease_id = $2";
const PARK: &str = "UPDATE job SET parked_at = $4, lease_id = NULL, leased_until = NULL, failures = failures + 1, failure = $3,
    last_failure_at = $4, progress_done = NULL, progress_total = NULL WHERE job_id = $1 AND lease_id = $2";
const LIVE: &str =
    "SELECT COUNT(*) FROM job WHERE parked_at IS NULL AND leased_until > $1 AND leased_until <= $2";
const RELEASE: &str = "UPDATE job SET due_at = $3, lease_id = NULL, leased_until = NULL,
    last_success_at = COALESCE($4, last_success_at) WHERE job_id = $1 AND lease_id = $2";

/// Claims a job that is due, or still due when [`super::due_jobs`] said so, and that nobody else has, until `until`. None when
/// somebody was faster: of many processes that ask at once, one gets it.
///
/// # Errors
/// The database. [`crate::StoreError::unreadable_column`] when the row cannot be read; then it is claimed, and of no use.
pub async fn claim_job(
    db: &Db,
    due: DueJob,
    (lease, until): (Uuid, UnixMillis),
    now: UnixMillis,
) -> Result<Option<JobRow>> {
    Ok(on_db_write!(db, pool => sqlx::query_as(CLAIM)
        .bind(due.job_id)
        .bind(lease)
        .bind(until)
        .bind(now)
        .bind(due.due_at)
        .bind(now.plus(LONGEST_LEASE))
        .fetch_optional(pool)
        .await)?)
}

/// Keeps a claim for longer. False when it is lost: somebody else has the job, or it is gone.
///
/// # Errors
/// The database.
pub async fn renew_lease(db: &Db, held: HeldLease, renewal: LeaseRenewal) -> Result<bool> {
    let (done, total) = renewal.progress.map(|JobProgress { done, total }| (done, total)).unzip();
    let rows = on_db_write!(db, pool => sqlx::query(RENEW)
        .bind(held.job)
        .bind(held.lease)
        .bind(renewal.until)
        .bind(renewal.success_at)
        .bind(done)
        .bind(total.flatten())
        .execute(pool)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Ends a job that went well. What was asked for again meanwhile stays due, in either ending. False when the claim is lost.
///
/// # Errors
/// The database.
pub async fn finish_job(db: &Db, held: HeldLease, ending: JobEnding, now: UnixMillis) -> Result<bool> {
    let next = match ending {
        JobEnding::Again(next) => next,
        JobEnding::Once => {
            let rows = on_db_write!(db, pool => sqlx::query(REMOVE)
                .bind(held.job)
                .bind(held.lease)
                .bind(held.asks)
                .execute(pool)
                .await
                .map(|done| done.rows_affected()))?;
            if rows == 1 {
                return Ok(true);
            }
            now
        }
    };
    let rows = on_db_write!(db, pool => sqlx::query(AGAIN)
        .bind(held.job)
        .bind(held.lease)
        .bind(held.asks)
        .bind(next)
        .bind(now)
        .execute(pool)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Ends a job that failed and is tried again then. False when the claim is lost.
///
/// # Errors
/// The database.
pub async fn retry_job_later(
    db: &Db,
    held: HeldLease,
    (failure, due_at): (&str, UnixMillis),
    now: UnixMillis,
) -> Result<bool> {
    let rows = on_db_write!(db, pool => sqlx::query(LATER)
        .bind(held.job)
        .bind(held.lease)
        .bind(due_at)
        .bind(failure)
        .bind(now)
        .execute(pool)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Ends a job that is not tried again until somebody says so, with the reason. False when the claim is lost.
///
/// # Errors
/// The database.
pub async fn park_job(db: &Db, held: HeldLease, reason: &str, now: UnixMillis) -> Result<bool> {
    let rows = on_db_write!(db, pool => sqlx::query(PARK)
        .bind(held.job)
        .bind(held.lease)
        .bind(reason)
        .bind(now)
        .execute(pool)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Lets go of a job without saying anything about it but when it is due, and when it last went well if that is newer.
///
/// # Errors
/// The database.
pub async fn release_job(
    db: &Db,
    held: HeldLease,
    due_at: UnixMillis,
    success_at: Option<UnixMillis>,
) -> Result<()> {
    Ok(on_db_write!(db, pool => sqlx::query(RELEASE)
        .bind(held.job)
        .bind(held.lease)
        .bind(due_at)
        .bind(success_at)
        .execute(pool)
        .await
        .map(drop))?)
}

/// How many jobs somebody does now. A worker that is alive has some lease at any moment.
///
/// # Errors
/// The database.
pub async fn count_live_leases(db: &Db, now: UnixMillis) -> Result<i64> {
    let longest = now.plus(LONGEST_LEASE);
    Ok(on_db!(db, pool => sqlx::query_scalar(LIVE).bind(now).bind(longest).fetch_one(pool).await)?)
}
