//! Runs what is due, for as long as the process lives, or once and for all in a test.

mod floor;
mod lease;
mod turn;

pub(crate) use lease::Lease;

use crate::{JobClock, JobCounters, Registry, Supervisor};
use floor::Floor;
use std::{sync::Arc, time::Duration};
use techo_store::{StoreError, Stores, Which, jobs::due_jobs};
use tokio::{sync::watch, task::JoinSet};
use turn::{Claimed, Keeping};

/// Jobs that one look into a database claims at most.
const MOST_AT_ONCE: i64 = 16;

/// How fast things go.
#[derive(Clone, Copy, Debug)]
pub struct RunPace {
    /// How long a lease holds without a sign of life. After a crash nobody does the job for that long.
    pub lease: Duration,
    /// How often a database is asked what is due.
    pub poll: Duration,
}

impl Default for RunPace {
    fn default() -> Self {
        Self { lease: Duration::from_secs(20), poll: Duration::from_secs(1) }
    }
}

/// Claims and runs jobs.
#[derive(Clone)]
pub struct Runner {
    stores: Stores,
    clock: JobClock,
    registry: Registry,
    counters: Arc<JobCounters>,
    pace: RunPace,
}

/// Jobs that run until the program is told to stop.
#[derive(Debug, Default)]
pub struct RunningJobs {
    tasks: JoinSet<()>,
}

impl Runner {
    /// A runner of these jobs.
    pub fn new(
        (stores, clock): (Stores, JobClock),
        registry: Registry,
        counters: Arc<JobCounters>,
        pace: RunPace,
    ) -> Self {
        Self { stores, clock, registry, counters, pace }
    }

    /// Runs what is due now and whatever becomes due by it, one after the other, until nothing is. Returns how many turns that
    /// took. For tests, whose clock stands still.
    ///
    /// # Errors
    /// A database. What a job fails with is written down as ever.
    pub async fn run_all(&self) -> Result<usize, StoreError> {
        for which in [Which::Identity, Which::Records] {
            self.registry.schedule(which, (&self.stores, &self.clock)).await?;
        }
        let (_going, stop) = watch::channel(false);
        let mut turns = 0;
        loop {
            let mut claimed = self.claim_due(Which::Identity, 1).await?;
            if claimed.is_empty() {
                claimed = self.claim_due(Which::Records, 1).await?;
            }
            let Some(next) = claimed.pop() else { return Ok(turns) };
            self.turn(next, Keeping::Never, stop.clone()).await;
            turns += 1;
        }
    }

    /// Runs what is due from now on, each database for itself, until told to stop.
    pub fn start(self, stop: &watch::Receiver<bool>) -> RunningJobs {
        let mut tasks = JoinSet::new();
        for (which, name) in [(Which::Identity, "run-identity-jobs"), (Which::Records, "run-records-jobs")] {
            let (runner, stop) = (self.clone(), stop.clone());
            let supervisor = Supervisor::new(self.counters.clone(), stop.clone());
            tasks.spawn(
                supervisor.keep(name, move || Floor::new(runner.clone(), which, stop.clone()).serve()),
            );
        }
        RunningJobs { tasks }
    }

    /// Claims what is due in one database, at most so much.
    async fn claim_due(&self, which: Which, limit: i64) -> Result<Vec<Claimed>, StoreError> {
        let db = self.stores.db(which);
        let kinds = self.registry.kinds(which);
        let mut claimed = Vec::new();
        loop {
            let due = due_jobs(db, &kinds, self.clock.now(), limit).await?;
            let is_any_due = !due.is_empty();
            for id in due {
                match self.claim(db, id).await {
                    Ok(job) => claimed.extend(job),
                    // What is claimed is done.
                    Err(_) if !claimed.is_empty() => return Ok(claimed),
                    Err(error) => return Err(error),
                }
            }
            // Somebody else was faster with all of them; there may be more behind.
            if !claimed.is_empty() || !is_any_due {
                return Ok(claimed);
            }
        }
    }
}

impl RunningJobs {
    /// Looks after something else of this process in the same way.
    pub fn also(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }

    /// Waits for turns that were begun before the program was told to stop, but not for longer than that.
    pub async fn finish(mut self, within: Duration) {
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(within, ended).await.is_err() {
            tracing::warn!("jobs were dropped in the middle of a turn");
            self.tasks.shutdown().await;
        }
    }
}
