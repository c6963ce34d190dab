//! Work that is done by itself, and rows that cannot be read: the tables `job` and `parked_row`, which both databases have.
//!
//! A job is asked for in the transaction that causes it ([`enqueue_job`]) and done by whoever gets its lease ([`claim_job`]); what
//! has no lease, or one that ran out, can be claimed. Each change of a claimed job names its lease, so that whoever lost it
//! changes nothing any more. Functions take the database, because both have the same tables.

mod lease;
mod list;
mod parked_rows;
mod queue;

pub use lease::{
    HeldLease, JobEnding, JobProgress, LeaseRenewal, claim_job, count_live_leases, finish_job, park_job,
    release_job, renew_lease, retry_job_later,
};
pub use list::{KindCounts, count_jobs, list_jobs, retry_parked_jobs};
pub use parked_rows::{
    ParkedRow, TableCount, count_parked_rows, forget_parked_rows, is_row_parked, list_parked_rows, park_row,
};
pub use queue::{ClaimableKind, DueJob, DueJobs, NewJob, due_jobs, enqueue_job, schedule_job};

use std::time::Duration;
use techo_model::{JobId, UnixMillis};
use uuid::Uuid;

/// No lease is longer, the clocks of two machines being a little different. One that runs out later was written by a clock that was
/// wrong, and holds nobody up.
pub const LONGEST_LEASE: Duration = Duration::from_mins(1);

/// A row of `job`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct JobRow {
    /// Key.
    pub job_id: JobId,
    /// Which job does it: a stable word such as `settle`.
    pub kind: String,
    /// What makes it the same work as another row; none when each asking is work of its own.
    pub dedup_key: Option<String>,
    /// JSON: ids, counts, closed words; never a value.
    pub payload: String,
    /// How often it was asked for.
    pub asks: i64,
    /// First asking.
    pub enqueued_at: UnixMillis,
    /// Not before this.
    pub due_at: UnixMillis,
    /// The claim of whoever does it.
    pub lease_id: Option<Uuid>,
    /// Until when nobody else may.
    pub leased_until: Option<UnixMillis>,
    /// Failures in a row.
    pub failures: i64,
    /// The last of them, in words.
    pub failure: Option<String>,
    /// When it last went well.
    pub last_success_at: Option<UnixMillis>,
    /// When it last failed.
    pub last_failure_at: Option<UnixMillis>,
    /// How much of it is done, in a unit of its own.
    pub progress_done: Option<i64>,
    /// Of how much.
    pub progress_total: Option<i64>,
    /// Since when it is not tried any more.
    pub parked_at: Option<UnixMillis>,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Nobody does it now.
    Waiting,
    /// A process has its lease.
    Running,
    /// It failed too often, or said that trying again is of no use; somebody has to look.
    Parked,
}

impl JobRow {
    /// How it stands at an instant.
    pub fn state(&self, now: UnixMillis) -> JobState {
        if self.parked_at.is_some() {
            JobState::Parked
        } else if self.leased_until.is_some_and(|until| now < until) {
            JobState::Running
        } else {
            JobState::Waiting
        }
    }
}

/// Which parked jobs or rows are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParkedChoice {
    /// All of them.
    All,
    /// The one with this id.
    One(Uuid),
}

impl ParkedChoice {
    /// The id, when one is meant.
    pub(crate) fn id(self) -> Option<Uuid> {
        match self {
            Self::All => None,
            Self::One(id) => Some(id),
        }
    }
}
