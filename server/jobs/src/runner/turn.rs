//! One turn of one job: run it, watch over its lease, and write down what became of it.

use super::{Lease, Runner};
use crate::{Job, JobContext, JobError, RunOutcome, schedule_key};
use std::{sync::Arc, time::Duration};
use techo_model::{JobId, UnixMillis};
use techo_store::{
    Db, StoreError,
    jobs::{DueJob, HeldLease, JobEnding, JobRow, claim_job, finish_job, park_job, retry_job_later},
};
use tokio::{sync::watch, task::JoinSet};
use tracing::Instrument as _;

/// Letters of a failure that are stored.
const FAILURE_LETTERS: usize = 300;

/// A job that this process has the lease of.
pub(super) struct Claimed {
    pub(super) id: JobId,
    pub(super) lease: Arc<Lease>,
    job: Arc<dyn Job>,
    payload: Arc<str>,
    /// How often it runs by itself; none of a row that was asked for.
    every: Option<Duration>,
    failures: i64,
    /// When it last went well under this lease.
    pub(super) success_at: Option<UnixMillis>,
}

/// Whether leases of jobs that run every few seconds are kept between turns, so that a turn in which nothing happens writes
/// nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeping {
    /// While the process runs.
    Short,
    /// Each turn ends with its row.
    Never,
}

/// What becomes of a job after a turn.
pub(super) enum AfterTurn {
    /// Its row says when it is due, or is gone.
    Released,
    /// It is ours, and due then.
    Kept(Claimed, UnixMillis),
}

impl Claimed {
    /// Whether it is due, when its next turn was to be then. A turn that is further away than any can be was planned by a clock that
    /// was put back meanwhile.
    pub(super) fn is_due(&self, next: UnixMillis, now: UnixMillis) -> bool {
        next <= now || now.plus(longest_wait(&*self.job)) < next
    }
}

/// The longest time from one turn of a job to the next one.
pub(super) fn longest_wait(job: &dyn Job) -> Duration {
    job.every().unwrap_or_default().max(job.retry().longest)
}

/// How a turn ended, in words where it failed.
enum Ended {
    Done,
    Failed(RunOutcome, String),
    Never(String),
    Lost,
}

impl Runner {
    /// Claims a job; none when somebody was faster.
    pub(super) async fn claim(&self, db: &Db, due: DueJob) -> Result<Option<Claimed>, StoreError> {
        let (id, now) = (due.job_id, self.clock.now());
        let (lease, until) = (self.clock.new_id(), now.plus(self.pace.lease));
        let Some(row) = claim_job(db, due, (lease, until), now).await? else { return Ok(None) };
        let Some(job) = self.registry.job(&row.kind) else { return Ok(None) };
        let JobRow { asks, failures, payload, dedup_key, .. } = row;
        let held = HeldLease { job: id, lease, asks };
        let is_scheduled = dedup_key == Some(schedule_key(job.kind()));
        Ok(Some(Claimed {
            id,
            lease: Arc::new(Lease::new((db.clone(), held), self.clock.clone(), self.pace.lease, until)),
            every: job.every().filter(|_| is_scheduled),
            job,
            payload: payload.into(),
            failures,
            success_at: None,
        }))
    }

    /// Runs a claimed job once.
    pub(super) async fn turn(
        &self,
        claimed: Claimed,
        keeping: Keeping,
        stop: watch::Receiver<bool>,
    ) -> AfterTurn {
        let (began, kind) = (self.clock.now(), claimed.job.kind());
        claimed.lease.begin_turn();
        // After a while in which the database was away, somebody else may have it.
        if claimed.lease.is_stale(began) && !claimed.lease.renew(None).await {
            return AfterTurn::Released;
        }
        let ended = self.run(&claimed, stop).await;
        let outcome = match &ended {
            Ended::Done => RunOutcome::Done,
            Ended::Failed(outcome, _) => *outcome,
            Ended::Never(_) => RunOutcome::Parked,
            Ended::Lost => RunOutcome::Lost,
        };
        self.counters.count(kind, outcome);
        match ended {
            Ended::Done => self.note_done(claimed, keeping, began).await,
            Ended::Failed(_, words) => {
                tracing::error!(job = kind, cause = words, "a job failed and will be tried again");
                self.note_failed(claimed, keeping, &shorten(&words)).await
            }
            Ended::Never(words) => {
                tracing::error!(job = kind, cause = words, "a job failed and is parked");
                self.park(&claimed, &shorten(&words)).await;
                AfterTurn::Released
            }
            Ended::Lost => {
                tracing::warn!(job = kind, "a job was dropped: somebody else has its lease");
                AfterTurn::Released
            }
        }
    }

    /// The job in a task of its own, with a sign of life every quarter of its lease. One that neither ends nor tells any progress for
    /// longer than it may is dropped.
    async fn run(&self, claimed: &Claimed, stop: watch::Receiver<bool>) -> Ended {
        let (job, payload, limit) = (claimed.job.clone(), claimed.payload.clone(), claimed.job.turn_limit());
        let context = JobContext { payload, lease: claimed.lease.clone(), stop };
        let span = tracing::info_span!("job", kind = job.kind(), id = %claimed.id);
        let mut task = JoinSet::new();
        task.spawn(async move { job.run(&context).await }.instrument(span));
        loop {
            let left = limit.saturating_sub(claimed.lease.silent_for());
            tokio::select! {
                ended = task.join_next() => return match ended {
                    Some(Ok(Ok(()))) => Ended::Done,
                    Some(Ok(Err(JobError::Later(words)))) => Ended::Failed(RunOutcome::Failed, words),
                    Some(Ok(Err(JobError::Never(words)))) => Ended::Never(words),
                    Some(Err(_)) | None => Ended::Failed(RunOutcome::Panicked, "it panicked".to_owned()),
                },
                () = tokio::time::sleep(left.min(self.pace.lease / 4)) => {
                    if limit <= claimed.lease.silent_for() {
                        let words = format!("it told no progress for {} seconds and was dropped", limit.as_secs());
                        return Ended::Failed(RunOutcome::Failed, words);
                    }
                    if !claimed.lease.renew(None).await {
                        return Ended::Lost;
                    }
                }
            }
        }
    }

    async fn note_done(&self, mut claimed: Claimed, keeping: Keeping, began: UnixMillis) -> AfterTurn {
        let now = self.clock.now();
        let (db, held) = (&claimed.lease.db, claimed.lease.held);
        let Some(every) = claimed.every else {
            check_noted(&finish_job(db, held, JobEnding::Once, now).await);
            return AfterTurn::Released;
        };
        let next = began.plus(every);
        if keeping == Keeping::Never || self.pace.lease * 3 / 4 < every {
            check_noted(&finish_job(db, held, JobEnding::Again(next), now).await);
            return AfterTurn::Released;
        }
        let is_news = claimed.success_at.is_none() || claimed.failures > 0;
        let runs_out = claimed.lease.until() < next.plus(self.pace.lease / 4);
        if (is_news || runs_out) && !claimed.lease.renew(Some(now)).await {
            return AfterTurn::Released;
        }
        (claimed.success_at, claimed.failures) = (Some(now), 0);
        AfterTurn::Kept(claimed, next)
    }

    async fn note_failed(&self, mut claimed: Claimed, keeping: Keeping, words: &str) -> AfterTurn {
        let policy = claimed.job.retry();
        claimed.failures += 1;
        if policy.gives_up_after(claimed.failures) {
            self.park(&claimed, words).await;
            return AfterTurn::Released;
        }
        let now = self.clock.now();
        let next = now.plus(policy.delay(claimed.failures));
        match retry_job_later(&claimed.lease.db, claimed.lease.held, (words, next), now).await {
            // It cannot be written down that it failed, most often for the reason for which it failed.
            Err(_) if keeping == Keeping::Short && claimed.every.is_some() => AfterTurn::Kept(claimed, next),
            noted => {
                check_noted(&noted);
                AfterTurn::Released
            }
        }
    }

    async fn park(&self, claimed: &Claimed, words: &str) {
        check_noted(&park_job(&claimed.lease.db, claimed.lease.held, words, self.clock.now()).await);
    }
}

/// What became of writing down the end of a turn. If that was not possible, the lease runs out and the job is done again.
fn check_noted(noted: &Result<bool, StoreError>) {
    match noted {
        Ok(true) => {}
        Ok(false) => tracing::warn!("a job ended after its lease was lost"),
        Err(error) => tracing::error!(%error, "the end of a job could not be written down"),
    }
}

fn shorten(words: &str) -> String {
    words.chars().take(FAILURE_LETTERS).collect()
}
