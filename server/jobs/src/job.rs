//! A kind of work.

use crate::{JobContext, RetryPolicy};
use async_trait::async_trait;
use std::{pin::Pin, time::Duration};
use techo_store::DatabaseName;

/// A kind of work that is done by itself.
#[async_trait]
pub trait Job: Send + Sync + 'static {
    /// Its stable name, in the database, in figures and in logs.
    fn kind(&self) -> &'static str;

    /// In which database its rows stand: the one that it mostly writes to.
    fn database(&self) -> DatabaseName;

    /// How often it runs by itself; none when it only runs when somebody asks for it.
    fn every(&self) -> Option<Duration>;

    /// How long a turn may go on without telling any progress. After that it is dropped, counted as failed and tried again, by this
    /// process or another one.
    fn turn_limit(&self) -> Duration {
        Schedule::LIMIT
    }

    /// When it is tried again after a failure.
    fn retry(&self) -> RetryPolicy {
        self.every().map_or(RetryPolicy::ASKED, RetryPolicy::scheduled)
    }

    /// Does it once. It may be dropped at any await, when the program ends or the lease is lost, and is run again then.
    ///
    /// # Errors
    /// In words for the log, with ids and counts but no value.
    async fn run(&self, context: &JobContext) -> Result<(), JobError>;
}

/// Why a job was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It may go better later.
    #[error("{0}")]
    Later(String),
    /// It will not, until somebody has looked.
    #[error("{0}")]
    Never(String),
}

type Turn = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;

/// The rhythm of a job that runs by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Which job.
    pub kind: &'static str,
    /// How often it runs.
    pub every: Duration,
    /// How long a turn may go on without telling any progress.
    pub limit: Duration,
}

impl Schedule {
    /// Of a job whose turns are short.
    pub const LIMIT: Duration = Duration::from_mins(1);

    /// So often, in turns that are short.
    pub const fn every(kind: &'static str, every: Duration) -> Self {
        Self { kind, every, limit: Self::LIMIT }
    }

    /// The same with turns that may tell no progress for so long.
    #[must_use]
    pub const fn limited(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }
}

/// A job that only has a rhythm, made of a function.
pub struct ScheduledJob {
    schedule: Schedule,
    database: DatabaseName,
    turn: Box<dyn Fn(JobContext) -> Turn + Send + Sync>,
}

impl ScheduledJob {
    /// Runs `turn` every so often. What it fails with is tried again.
    pub fn new<T>(
        schedule: Schedule,
        database: DatabaseName,
        turn: impl Fn(JobContext) -> T + Send + Sync + 'static,
    ) -> Self
    where
        T: Future<Output = Result<(), String>> + Send + 'static,
    {
        let turn = move |context| -> Turn {
            let turn = turn(context);
            Box::pin(async move { turn.await.map_err(JobError::Later) })
        };
        Self { schedule, database, turn: Box::new(turn) }
    }
}

#[async_trait]
impl Job for ScheduledJob {
    fn kind(&self) -> &'static str {
        self.schedule.kind
    }

    fn database(&self) -> DatabaseName {
        self.database
    }

    fn every(&self) -> Option<Duration> {
        Some(self.schedule.every)
    }

    fn turn_limit(&self) -> Duration {
        self.schedule.limit
    }

    async fn run(&self, context: &JobContext) -> Result<(), JobError> {
        (self.turn)(context.clone()).await
    }
}
