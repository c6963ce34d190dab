//! What jobs there are and how they stand, for operators.

use super::{JobRow, ParkedChoice};
use crate::{Db, Result, Tx, db::on_db, tx::in_tx};
use sqlx::FromRow as _;
use techo_model::UnixMillis;

/// The jobs of one kind, counted.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KindCounts {
    /// Which job does them.
    pub kind: String,
    /// Rows that nobody has the lease of.
    pub waiting: i64,
    /// Rows that a process has the lease of.
    pub running: i64,
    /// Rows that are not tried any more.
    pub parked: i64,
    /// The most failures in a row of one of them.
    pub failures: i64,
    /// When the first of them was asked for.
    pub enqueued_at: UnixMillis,
    /// When one of them last went well.
    pub last_success_at: Option<UnixMillis>,
    /// When one of them last failed.
    pub last_failure_at: Option<UnixMillis>,
}

const COUNT: &str = "SELECT kind, CAST(SUM(CASE WHEN parked_at IS NULL AND (leased_until IS NULL OR leased_until <= $1) THEN 1 ELSE 0 END) AS BIGINT) AS waiting,
    CAST(SUM(CASE WHEN parked_at IS NULL AND leased_until > $1 THEN 1 ELSE 0 END) AS BIGINT) AS running,
    COUNT(parked_at) AS parked, MAX(failures) AS failures, MIN(enqueued_at) AS enqueued_at,
    MAX(last_success_at) AS last_success_at, MAX(last_failure_at) AS last_failure_at
    FROM job GROUP BY kind ORDER BY kind";
const LIST: &str =
    "SELECT job_id, kind, dedup_key, payload, asks, enqueued_at, due_at, lease_id, leased_until, failures, failure,
    last_success_at, last_failure_at, progress_done, progress_total, parked_at
    FROM job ORDER BY kind, due_at, job_id LIMIT $1";
const RETRY: &str = "UPDATE job SET parked_at = NULL, failures = 0, due_at = $1
    WHERE parked_at IS NOT NULL AND ($2 IS NULL OR job_id = $2)";

/// The jobs of each kind at an instant, by kind. A kind of which something cannot be read is left out.
///
/// # Errors
/// The database.
pub async fn count_jobs(db: &Db, now: UnixMillis) -> Result<Vec<KindCounts>> {
    Ok(on_db!(db, pool => {
        let rows = sqlx::query(COUNT).bind(now).fetch_all(pool).await;
        rows.map(|rows| rows.iter().filter_map(|row| KindCounts::from_row(row).ok()).collect::<Vec<_>>())
    })?)
}

/// Jobs by kind and when they are due, at most `limit`. One that cannot be read is left out; whoever would do it parks it.
///
/// # Errors
/// The database.
pub async fn list_jobs(db: &Db, limit: i64) -> Result<Vec<JobRow>> {
    Ok(on_db!(db, pool => {
        let rows = sqlx::query(LIST).bind(limit).fetch_all(pool).await;
        rows.map(|rows| rows.iter().filter_map(|row| JobRow::from_row(row).ok()).collect::<Vec<_>>())
    })?)
}

/// Lets parked jobs be tried again at once. Returns how many there were.
///
/// # Errors
/// The database.
pub async fn retry_parked_jobs(tx: &mut Tx, choice: ParkedChoice, now: UnixMillis) -> Result<u64> {
    Ok(in_tx!(tx, conn => sqlx::query(RETRY)
        .bind(now)
        .bind(choice.id())
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?)
}
