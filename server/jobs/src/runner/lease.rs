//! The lease of one job, as its holder keeps it.

use crate::JobClock;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use techo_model::UnixMillis;
use techo_store::{
    Db,
    jobs::{HeldLease, JobProgress, LeaseRenewal, renew_lease},
};
use tokio::time::{Instant, timeout};

/// A lease that this process has, or had.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(super) db: Db,
    pub(super) held: HeldLease,
    clock: JobClock,
    length: Duration,
    known: Mutex<Known>,
}

/// What the holder knows of it.
#[derive(Clone, Copy, Debug)]
struct Known {
    until: UnixMillis,
    progress: Option<JobProgress>,
    /// When the turn began, or told progress last.
    heard_at: Instant,
}

impl Lease {
    /// One that was just claimed.
    pub(super) fn new(
        (db, held): (Db, HeldLease),
        clock: JobClock,
        length: Duration,
        until: UnixMillis,
    ) -> Self {
        let known = Known { until, progress: None, heard_at: Instant::now() };
        Self { db, held, clock, length, known: Mutex::new(known) }
    }

    /// Whether it should be renewed before a turn: it runs out soon, or later than any lease, because the clock was put back.
    pub(super) fn is_stale(&self, now: UnixMillis) -> bool {
        let until = self.known().until;
        until < now.plus(self.length / 4) || now.plus(self.length) < until
    }

    /// Until when nobody else may.
    pub(super) fn until(&self) -> UnixMillis {
        self.known().until
    }

    /// Keeps it for longer, with when the job last went well if that is news. False when it is lost. When the database cannot be
    /// asked, or not in time, it is ours for as long as was last written down and not a moment longer.
    pub(crate) async fn renew(&self, success_at: Option<UnixMillis>) -> bool {
        let now = self.clock.now();
        let Known { until: former, progress, .. } = *self.known();
        let until = now.plus(self.length);
        // One that ran out may still be there to be had: nobody else took the job.
        let left = if former <= now { self.length / 4 } else { former.since(now).min(self.length) };
        let renewal = LeaseRenewal { until, success_at, progress };
        match timeout(left, renew_lease(&self.db, self.held, renewal)).await {
            Ok(Ok(false)) => return false,
            Ok(Ok(true)) => self.known().until = until,
            Ok(Err(error)) => {
                tracing::warn!(%error, job_id = %self.held.job, "a lease could not be renewed");
            }
            Err(_) => tracing::warn!(job_id = %self.held.job, "a lease could not be renewed in time"),
        }
        // That may have taken a while.
        self.clock.now() < self.until()
    }

    pub(crate) fn note_progress(&self, progress: JobProgress) {
        let mut known = self.known();
        (known.progress, known.heard_at) = (Some(progress), Instant::now());
    }

    /// For the next turn under the same lease.
    pub(super) fn begin_turn(&self) {
        let mut known = self.known();
        (known.progress, known.heard_at) = (None, Instant::now());
    }

    /// How long the turn has told nothing.
    pub(super) fn silent_for(&self) -> Duration {
        self.known().heard_at.elapsed()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
