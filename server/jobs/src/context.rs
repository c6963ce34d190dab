//! What a job is told, and what it tells, while it runs.

use crate::runner::Lease;
use std::sync::Arc;
use techo_store::jobs::JobProgress;
use tokio::sync::watch;

/// Somebody else has the job, so whoever did it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lease of the job is lost")]
pub struct LeaseLost;

/// Handed to a job for one turn; cheap to clone.
#[derive(Clone, Debug)]
pub struct JobContext {
    pub(crate) payload: Arc<str>,
    pub(crate) lease: Arc<Lease>,
    pub(crate) stop: watch::Receiver<bool>,
}

impl JobContext {
    /// What was asked for, as JSON.
    pub fn payload(&self) -> &str {
        &self.payload
    }

    /// Whether the program ends: long work stops where it can go on later, and ends well.
    pub fn is_cancelled(&self) -> bool {
        *self.stop.borrow()
    }

    /// Waits until the program ends.
    pub async fn cancelled(&self) {
        let mut stop = self.stop.clone();
        // Whoever could tell is gone only when nothing is told to stop any more.
        if stop.wait_for(|told| *told).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Tells how much is done, and of how much when that is known; written down with the next sign of life. A turn that tells
    /// nothing for longer than [`crate::Job::turn_limit`] is dropped.
    pub fn progress(&self, done: i64, total: Option<i64>) {
        self.lease.note_progress(JobProgress { done, total });
    }

    /// A sign of life now. The runner gives one every few seconds by itself; a job that is about to do what must not be done
    /// twice asks before it.
    ///
    /// # Errors
    /// [`LeaseLost`] also when the database cannot be asked and the lease ran out meanwhile.
    pub async fn heartbeat(&self) -> Result<(), LeaseLost> {
        if self.lease.renew(None).await { Ok(()) } else { Err(LeaseLost) }
    }
}
