//! The writer: one task that stores all waiting events in one transaction, and answers each caller after the commit.
//!
//! A commit costs a write to the disk that nothing can hurry; while one is under way the next events queue up and share
//! the next one. So a busy portal logs at hardly more cost per page than a quiet one.

use super::{LogEvent, apart::Parts, append_in, repeats::RecentLooks};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use techo_custody::{Custody, LogUnavailable};
use techo_model::UnixMillis;
use techo_store::StoreError;
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

/// Events that may wait. More than this and the database is not keeping up: callers are told at once.
const QUEUE: usize = 4_096;
/// Events in one transaction.
const GROUP: usize = 256;
/// Tries of one group when the database says that another process was in the way.
const TRIES: u32 = 4;
/// After this nobody waits for one more try: the database has waited for long enough itself.
const PATIENCE: Duration = Duration::from_secs(2);

/// What became of writing lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogResult {
    /// They were stored.
    Written,
    /// One was not, for what it says. Others are.
    Refused,
    /// Nothing can be stored for now.
    Failed,
}

/// How writing the log went the last time. Whoever waits for it is told at once; this is for the operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogOutcome {
    /// What became of it.
    pub result: LogResult,
    /// When that was known.
    pub at: UnixMillis,
}

/// A handle to the writer; cheap to clone. When the last one is dropped, the writer stores what waits and ends.
#[derive(Clone, Debug)]
pub struct LogWriter {
    queue: mpsc::Sender<Waiting>,
    last: LastOutcome,
}

/// None before the first event.
type LastOutcome = Arc<Mutex<Option<LogOutcome>>>;

struct Waiting {
    event: LogEvent,
    done: oneshot::Sender<Result<(), LogUnavailable>>,
}

impl LogWriter {
    /// Starts the writer on the current runtime.
    pub fn start(custody: Custody) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let last = LastOutcome::default();
        tokio::spawn(run(
            GroupWriter { custody, recent: RecentLooks::default(), last: last.clone() },
            waiting,
        ));
        Self { queue, last }
    }

    /// Writes an event; returns when it is stored for good. A look that repeats a line of the last minute is counted
    /// instead, and that is stored for good likewise. On an error nothing may be disclosed.
    pub async fn append(&self, event: LogEvent) -> Result<(), LogUnavailable> {
        self.append_all([event]).await
    }

    /// [`LogWriter::append`] for several events, which share the next write.
    ///
    /// # Errors
    /// One of them could not be written; others may be there.
    pub async fn append_all(&self, events: impl IntoIterator<Item = LogEvent>) -> Result<(), LogUnavailable> {
        let queued: Result<Vec<_>, _> = events.into_iter().map(|event| self.queue_event(event)).collect();
        for answer in queued? {
            answer.await.map_err(|_| LogUnavailable { is_away: false })??;
        }
        Ok(())
    }

    fn queue_event(
        &self,
        event: LogEvent,
    ) -> Result<oneshot::Receiver<Result<(), LogUnavailable>>, LogUnavailable> {
        let (done, answer) = oneshot::channel();
        let too_many = LogUnavailable { is_away: true };
        self.queue.try_send(Waiting { event, done }).map_err(|_| too_many)?;
        Ok(answer)
    }

    /// Whether the writer takes events.
    pub fn is_ready(&self) -> bool {
        !self.queue.is_closed() && self.queue.capacity() > 0
    }

    /// Events that wait for the writer; 4096 may.
    pub fn queued(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// How writing went the last time; none before the first event.
    pub fn last_outcome(&self) -> Option<LogOutcome> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the writer works with.
struct GroupWriter {
    custody: Custody,
    recent: RecentLooks,
    last: LastOutcome,
}

async fn run(mut writer: GroupWriter, mut queue: mpsc::Receiver<Waiting>) {
    let mut group = Vec::with_capacity(GROUP);
    while queue.recv_many(&mut group, GROUP).await > 0 {
        let (events, callers): (Vec<_>, Vec<_>) =
            group.drain(..).map(|waiting| (waiting.event, waiting.done)).unzip();
        let written = writer.write_apart(&events).await;
        for (caller, answer) in callers.into_iter().zip(written) {
            // A caller that went away is told nothing; its line stays, which errs on the side of the log.
            let _ = caller.send(answer);
        }
    }
}

impl GroupWriter {
    /// Writes the events together. When that is refused for what one of them says, ever smaller parts are written apart, in
    /// their order, so that it alone fails.
    async fn write_apart(&mut self, events: &[LogEvent]) -> Vec<Result<(), LogUnavailable>> {
        let mut answers = vec![Ok(()); events.len()];
        let mut parts = Parts::whole(events.len());
        while let Some(part) = parts.take() {
            let written = write(&self.custody, &mut self.recent, &events[part.clone()]).await;
            let Err(error) = written else {
                self.note_outcome(LogResult::Written);
                continue;
            };
            let is_down = error.is_away() || error.is_passing();
            if !is_down && parts.halve(&part) {
                continue;
            }
            tracing::error!(%error, events = part.len(), "the access log cannot be written");
            answers[part].fill(Err(LogUnavailable { is_away: error.is_away() }));
            if is_down {
                // What waits would only wait in vain, part by part.
                while let Some(rest) = parts.take() {
                    answers[rest].fill(Err(LogUnavailable { is_away: error.is_away() }));
                }
            }
            self.note_outcome(if is_down { LogResult::Failed } else { LogResult::Refused });
        }
        answers
    }

    fn note_outcome(&self, result: LogResult) {
        let outcome = LogOutcome { result, at: self.custody.environment.now() };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
    }
}

async fn write(custody: &Custody, recent: &mut RecentLooks, events: &[LogEvent]) -> Result<(), StoreError> {
    let (mut tried, begun) = (1, Instant::now());
    loop {
        match write_once(custody, recent, events).await {
            Err(error) if tried < TRIES && error.is_passing() && begun.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(5 << tried)).await;
                tried += 1;
            }
            outcome => return outcome,
        }
    }
}

async fn write_once(
    custody: &Custody,
    recent: &mut RecentLooks,
    events: &[LogEvent],
) -> Result<(), StoreError> {
    let records = &custody.stores.records;
    let plan = recent.plan(events);
    let mut tx = records.begin().await?;
    records.count_repeats(&mut tx, &plan.repeats).await?;
    append_in(custody, &mut tx, &plan.lines).await?;
    tx.commit().await?;
    recent.learn(plan);
    Ok(())
}
