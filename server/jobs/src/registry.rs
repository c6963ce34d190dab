//! Which jobs there are.

use crate::{Job, JobClock};
use std::{collections::BTreeMap, sync::Arc};
use techo_model::JobId;
use techo_store::{
    DatabaseName, StoreError, Stores,
    jobs::{NewJob, schedule_job},
};

/// The deduplication key of a scheduled job. Asking for a job under this key brings its next turn forward.
pub fn schedule_key(kind: &str) -> String {
    format!("schedule:{kind}")
}

/// The jobs of a process, by kind.
#[derive(Clone, Default)]
pub struct Registry {
    jobs: BTreeMap<&'static str, Arc<dyn Job>>,
}

impl Registry {
    /// Adds a job.
    ///
    /// # Panics
    /// When there is one of this kind.
    #[must_use]
    pub fn with(mut self, job: impl Job) -> Self {
        let former = self.jobs.insert(job.kind(), Arc::new(job));
        assert!(former.is_none(), "two jobs are of one kind");
        self
    }

    /// The job of a kind.
    pub(crate) fn job(&self, kind: &str) -> Option<Arc<dyn Job>> {
        self.jobs.get(kind).cloned()
    }

    /// The jobs whose rows stand in a database.
    pub(crate) fn jobs_in(&self, which: DatabaseName) -> Vec<Arc<dyn Job>> {
        self.jobs.values().filter(|job| job.database() == which).cloned().collect()
    }

    /// Makes the rows of the scheduled jobs of a database that are not there yet; they are due at once.
    pub(crate) async fn schedule(
        &self,
        which: DatabaseName,
        (stores, clock): (&Stores, &JobClock),
    ) -> Result<(), StoreError> {
        for job in self.jobs.values().filter(|job| job.database() == which && job.every().is_some()) {
            let (key, now) = (schedule_key(job.kind()), clock.now());
            let row = NewJob {
                id: JobId(clock.new_id()),
                kind: job.kind(),
                dedup_key: Some(&key),
                payload: "{}",
                enqueued_at: now,
                due_at: now,
            };
            schedule_job(stores.db(which), &row).await?;
        }
        Ok(())
    }
}
