//! Work within one process that is not in any table: started again when it panics.

use crate::{JobCounters, RunOutcome};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet};

/// Pause before something that panicked is started again.
const PAUSE: Duration = Duration::from_secs(1);

/// Looks after work that must go on for as long as the process does.
#[derive(Clone, Debug)]
pub struct Supervisor {
    counters: Arc<JobCounters>,
    stop: watch::Receiver<bool>,
}

impl Supervisor {
    /// Counts there, and ends when told to.
    pub fn new(counters: Arc<JobCounters>, stop: watch::Receiver<bool>) -> Self {
        Self { counters, stop }
    }

    /// Does something every so often until the program ends; a turn that panics is counted, and the next one comes.
    pub async fn every<F>(
        self,
        (kind, every): (&'static str, Duration),
        turn: impl Fn() -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let turn = Arc::new(turn);
        let mut stop = self.stop.clone();
        let mut turns = tokio::time::interval(every);
        turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                _ = stop.wait_for(|told| *told) => return,
                _ = turns.tick() => {}
            }
            let turn = turn.clone();
            let outcome = if is_finished(async move { turn().await }).await {
                RunOutcome::Done
            } else {
                tracing::error!(job = kind, "a turn panicked; the next one comes as always");
                RunOutcome::Panicked
            };
            self.counters.count(kind, outcome);
        }
    }

    /// Keeps something going until it ends by itself; when it panics it is counted and begun again.
    pub(crate) async fn keep<F>(self, kind: &'static str, work: impl Fn() -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        while !is_finished(work()).await {
            self.counters.count(kind, RunOutcome::Panicked);
            tracing::error!(job = kind, "panicked and is begun again");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Runs in a task of its own, which goes away with this future. False when it panicked.
async fn is_finished(work: impl Future<Output = ()> + Send + 'static) -> bool {
    let mut task = JoinSet::new();
    task.spawn(work);
    task.join_next().await.is_none_or(|ended| ended.is_ok())
}
