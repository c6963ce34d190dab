//! The lease of one job, as its holder keeps it.

use crate::JobClock;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use techo_model::UnixMillis;
use techo_store::{
    Db,
    jobs::{HeldLease, Renewal, renew_lease},
};

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
    progress: Option<(i64, i64)>,
}

impl Lease {
    /// One that was just claimed.
    pub(super) fn new(
        (db, held): (Db, HeldLease),
        clock: JobClock,
        length: Duration,
        until: UnixMillis,
    ) -> Self {
        Self { db, held, clock, length, known: Mutex::new(Known { until, progress: None }) }
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

    /// Keeps it for longer, with when the job last went well if that is news. False when it is lost; when the database cannot be
    /// asked, it is ours for as long as was last written down.
    pub(crate) async fn renew(&self, success_at: Option<UnixMillis>) -> bool {
        let now = self.clock.now();
        let until = now.plus(self.length);
        let progress = self.known().progress;
        match renew_lease(&self.db, self.held, Renewal { until, success_at, progress }).await {
            Ok(is_ours) => {
                if is_ours {
                    self.known().until = until;
                }
                is_ours
            }
            Err(error) => {
                tracing::warn!(%error, job_id = %self.held.job, "a lease could not be renewed");
                now < self.until()
            }
        }
    }

    pub(crate) fn note_progress(&self, progress: (i64, i64)) {
        self.known().progress = Some(progress);
    }

    /// For the next turn under the same lease.
    pub(super) fn forget_progress(&self) {
        self.known().progress = None;
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
