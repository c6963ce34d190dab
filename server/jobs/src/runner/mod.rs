//! Runs what is due, for as long as the process lives, or once and for all in a test.

mod floor;
mod lease;
mod turn;

pub(crate) use lease::Lease;

use crate::{JobClock, JobCounters, Registry, Supervisor, schedule_key};
use floor::Floor;
use std::{sync::Arc, time::Duration};
use techo_model::JobId;
use techo_store::{
    DatabaseName, Db, StoreError, Stores,
    jobs::{ClaimableKind, DueJobs, ParkedRow, due_jobs, is_row_parked, park_row},
};
use tokio::{sync::watch, task::JoinSet};
use turn::{Claimed, Keeping, longest_wait};
use uuid::Uuid;

/// Jobs that one look into a database claims at most.
const MOST_AT_ONCE: usize = 16;
/// Clocks of two machines differ by less.
const CLOCK_DIFFERENCE: Duration = Duration::from_mins(1);
/// In place of the key of a row of which not even that can be read.
const NO_KEY: JobId = JobId(Uuid::nil());

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

/// Jobs that run until the program is told to stop; none at first.
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
        for which in [DatabaseName::Identity, DatabaseName::Records] {
            self.registry.schedule(which, (&self.stores, &self.clock)).await?;
        }
        let (_going, stop) = watch::channel(false);
        let mut turns = 0;
        loop {
            let mut claimed = self.claim_due(DatabaseName::Identity, 1).await?;
            if claimed.is_empty() {
                claimed = self.claim_due(DatabaseName::Records, 1).await?;
            }
            let Some(next) = claimed.pop() else { return Ok(turns) };
            self.turn(next, Keeping::Never, stop.clone()).await;
            turns += 1;
        }
    }

    /// Runs what is due from now on, each database for itself, until told to stop.
    pub fn start(self, stop: &watch::Receiver<bool>) -> RunningJobs {
        let mut tasks = JoinSet::new();
        for (which, name) in
            [(DatabaseName::Identity, "run-identity-jobs"), (DatabaseName::Records, "run-records-jobs")]
        {
            let (runner, stop) = (self.clone(), stop.clone());
            let supervisor = Supervisor::new(self.counters.clone(), stop.clone());
            tasks.spawn(
                supervisor.keep(name, move || Floor::new(runner.clone(), which, stop.clone()).serve()),
            );
        }
        RunningJobs { tasks }
    }

    /// Claims what is due in one database, at most so much. A row that cannot be read is parked and passed over.
    async fn claim_due(&self, which: DatabaseName, limit: usize) -> Result<Vec<Claimed>, StoreError> {
        let (db, mut claimed) = (self.stores.db(which), Vec::new());
        loop {
            let due = self.due(which, limit).await?;
            if due.unreadable > 0 {
                self.park_unreadable(db, NO_KEY, "job_id").await?;
            }
            let is_any_due = !due.jobs.is_empty();
            for job in due.jobs {
                match self.claim(db, job).await {
                    Ok(job) => claimed.extend(job),
                    Err(error) => match error.unreadable_column() {
                        Some(column) => self.park_unreadable(db, job.job_id, column).await?,
                        // What is claimed is done.
                        None if !claimed.is_empty() => return Ok(claimed),
                        None => return Err(error),
                    },
                }
            }
            // Somebody else was faster with all of them; there may be more behind.
            if !claimed.is_empty() || !is_any_due {
                return Ok(claimed);
            }
        }
    }

    async fn due(&self, which: DatabaseName, limit: usize) -> Result<DueJobs, StoreError> {
        let (now, jobs) = (self.clock.now(), self.registry.jobs_in(which));
        let keys: Vec<_> = jobs.iter().map(|job| schedule_key(job.kind())).collect();
        let kinds = jobs.iter().zip(&keys).map(|(job, key)| {
            let last = now.plus(longest_wait(&**job)).plus(CLOCK_DIFFERENCE);
            ClaimableKind { kind: job.kind(), schedule: job.every().map(|_| (key.as_str(), last)) }
        });
        due_jobs(self.stores.db(which), &kinds.collect::<Vec<_>>(), now, limit).await
    }

    /// Parks a row of the table of jobs, once.
    async fn park_unreadable(&self, db: &Db, job: JobId, column: &str) -> Result<(), StoreError> {
        const TABLE: &str = "job";
        if is_row_parked(db, TABLE, job.0).await? {
            return Ok(());
        }
        tracing::error!(%job, column, "a job cannot be read and is passed over");
        let row = ParkedRow {
            table_name: TABLE.to_owned(),
            row_id: job.0,
            column_name: column.to_owned(),
            reason: "unreadable".to_owned(),
            parked_at: self.clock.now(),
        };
        let mut tx = db.begin().await?;
        park_row(&mut tx, &row).await?;
        tx.commit().await
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
