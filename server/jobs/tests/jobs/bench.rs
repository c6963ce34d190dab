//! What the tests of this crate stand on: a clock that stands still, and jobs that do what a test says.

use async_trait::async_trait;
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};
use techo_jobs::{
    Job, JobClock, JobContext, JobCounters, JobError, Registry, RetryPolicy, RunPace, Runner, schedule_key,
};
use techo_model::{JobId, UnixMillis};
use techo_store::{
    DatabaseName, Stores,
    jobs::{JobRow, NewJob, enqueue_job, list_jobs},
};
use uuid::Uuid;

pub const START: UnixMillis = UnixMillis(1_000_000);

/// A clock that stands still, and ids in a row.
#[derive(Clone, Default)]
pub struct Time {
    millis: Arc<AtomicI64>,
    ids: Arc<AtomicU64>,
}

impl Time {
    pub fn advance(&self, by: Duration) {
        self.millis.fetch_add(i64::try_from(by.as_millis()).unwrap(), SeqCst);
    }

    /// As an administrator does who saw that it was wrong.
    pub fn put_back(&self, by: Duration) {
        self.millis.fetch_sub(i64::try_from(by.as_millis()).unwrap(), SeqCst);
    }

    pub fn now(&self) -> UnixMillis {
        UnixMillis(START.0 + self.millis.load(SeqCst))
    }

    pub fn new_id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.ids.fetch_add(1, SeqCst)) + 1)
    }

    pub fn clock(&self) -> JobClock {
        let (now, ids) = (self.clone(), self.clone());
        JobClock::new(move || now.now(), move || ids.new_id())
    }
}

type Turn = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;

/// A job that does what a test says.
pub struct Scripted {
    every: Option<Duration>,
    limit: Duration,
    turn: Box<dyn Fn(JobContext) -> Turn + Send + Sync>,
}

impl Scripted {
    pub fn every<T>(seconds: u64, turn: impl Fn(JobContext) -> T + Send + Sync + 'static) -> Self
    where
        T: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        Self {
            every: Some(Duration::from_secs(seconds)),
            limit: Duration::from_mins(1),
            turn: Box::new(move |context| Box::pin(turn(context))),
        }
    }

    pub fn asked<T>(turn: impl Fn(JobContext) -> T + Send + Sync + 'static) -> Self
    where
        T: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        Self { every: None, ..Self::every(0, turn) }
    }

    /// In turns that may tell no progress for so long.
    pub fn limited(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }
}

pub const KIND: &str = "work";
/// Three tries: after the first failure a second later, after the second two.
pub const POLICY: RetryPolicy =
    RetryPolicy { first: Duration::from_secs(1), longest: Duration::from_secs(60), most_failures: Some(3) };

#[async_trait]
impl Job for Scripted {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn database(&self) -> DatabaseName {
        DatabaseName::Records
    }

    fn every(&self) -> Option<Duration> {
        self.every
    }

    fn turn_limit(&self) -> Duration {
        self.limit
    }

    fn retry(&self) -> RetryPolicy {
        self.every.map_or(POLICY, RetryPolicy::scheduled)
    }

    async fn run(&self, context: &JobContext) -> Result<(), JobError> {
        (self.turn)(context.clone()).await
    }
}

/// A runner that looks every few milliseconds, as a process of its own.
pub fn runner(stores: &Stores, time: &Time, job: Scripted) -> (Runner, Arc<JobCounters>) {
    runner_with(RunPace::default().lease, (stores, time), job)
}

/// The same with leases that last for so long, and a sign of life every quarter of that.
pub fn runner_with(
    lease: Duration,
    (stores, time): (&Stores, &Time),
    job: Scripted,
) -> (Runner, Arc<JobCounters>) {
    let counters = Arc::new(JobCounters::default());
    let pace = RunPace { poll: Duration::from_millis(5), lease };
    let registry = Registry::default().with(job);
    (Runner::new((stores.clone(), time.clock()), registry, counters.clone(), pace), counters)
}

/// Asks for work.
pub async fn ask(stores: &Stores, time: &Time, (key, payload): (Option<&str>, &str)) {
    let mut tx = stores.records.begin().await.unwrap();
    let (id, now) = (JobId(time.new_id()), time.now());
    let job = NewJob { id, kind: KIND, dedup_key: key, payload, enqueued_at: now, due_at: now };
    enqueue_job(&mut tx, &job).await.unwrap();
    tx.commit().await.unwrap();
}

/// The one row of the scheduled job.
pub async fn scheduled(stores: &Stores) -> JobRow {
    let rows = list_jobs(stores.records.db(), 10).await.unwrap();
    rows.into_iter().find(|row| row.dedup_key == Some(schedule_key(KIND))).expect("the job has its row")
}

pub async fn all(stores: &Stores) -> Vec<JobRow> {
    list_jobs(stores.records.db(), 1_000).await.unwrap()
}

/// Until so many turns were counted.
pub async fn wait_for(counters: &JobCounters, done: u64) {
    while counters.all().get(KIND).is_none_or(|counts| counts.done < done) {
        tokio::task::yield_now().await;
    }
}
