//! The jobs of one database in one process: asks what is due, starts turns, and keeps the leases of jobs that run every few
//! seconds.

use super::{
    MOST_AT_ONCE, Runner,
    turn::{AfterTurn, Claimed, Keeping},
};
use std::{collections::HashMap, time::Duration};
use techo_model::{JobId, UnixMillis};
use techo_store::{DatabaseName, jobs::release_job};
use tokio::{
    sync::watch,
    task::{JoinError, JoinSet},
    time::Instant,
};

/// Pause after a database could not be asked.
const AWAY: Duration = Duration::from_secs(2);

/// What goes on in one database.
pub(super) struct Floor {
    runner: Runner,
    which: DatabaseName,
    stop: watch::Receiver<bool>,
    is_scheduled: bool,
    next_poll: Instant,
    running: JoinSet<AfterTurn>,
    kept: HashMap<JobId, (Claimed, UnixMillis)>,
}

impl Floor {
    pub(super) fn new(runner: Runner, which: DatabaseName, stop: watch::Receiver<bool>) -> Self {
        Self {
            runner,
            which,
            stop,
            is_scheduled: false,
            next_poll: Instant::now(),
            running: JoinSet::new(),
            kept: HashMap::new(),
        }
    }

    /// Goes on until the program stops; then waits for turns that were begun, and lets go of every lease.
    pub(super) async fn serve(mut self) {
        let mut stop = self.stop.clone();
        while !*self.stop.borrow() {
            self.begin_kept();
            if self.next_poll <= Instant::now() {
                self.poll().await;
            }
            let pause = self.pause();
            tokio::select! {
                biased;
                _ = stop.wait_for(|told| *told) => break,
                Some(ended) = self.running.join_next() => self.ended(ended),
                () = tokio::time::sleep(pause) => {}
            }
        }
        while let Some(ended) = self.running.join_next().await {
            self.ended(ended);
        }
        self.let_go().await;
    }

    /// Begins the turns of kept jobs that are due.
    fn begin_kept(&mut self) {
        let now = self.runner.clock.now();
        let due = self.kept.iter().filter(|(_, (claimed, next))| claimed.is_due(*next, now));
        let due: Vec<JobId> = due.map(|(id, _)| *id).collect();
        for id in due {
            if let Some((claimed, _)) = self.kept.remove(&id) {
                self.begin(claimed);
            }
        }
    }

    /// Asks what else is due, and begins it.
    async fn poll(&mut self) {
        self.next_poll = Instant::now() + self.runner.pace.poll;
        let asked = async {
            if !self.is_scheduled {
                self.runner.registry.schedule(self.which, (&self.runner.stores, &self.runner.clock)).await?;
            }
            let room = MOST_AT_ONCE.saturating_sub(self.running.len());
            self.runner.claim_due(self.which, room).await
        };
        match asked.await {
            Ok(claimed) => {
                self.is_scheduled = true;
                claimed.into_iter().for_each(|claimed| self.begin(claimed));
            }
            Err(error) => {
                self.next_poll += AWAY;
                tracing::error!(%error, database = self.which.name(), "the jobs of a database cannot be asked for");
            }
        }
    }

    fn begin(&mut self, claimed: Claimed) {
        let (runner, stop) = (self.runner.clone(), self.stop.clone());
        self.running.spawn(async move { runner.turn(claimed, Keeping::Short, stop).await });
    }

    fn ended(&mut self, ended: Result<AfterTurn, JoinError>) {
        match ended {
            Ok(AfterTurn::Kept(claimed, next)) => drop(self.kept.insert(claimed.id, (claimed, next))),
            Ok(AfterTurn::Released) => {}
            Err(error) => tracing::error!(%error, "a turn ended before its end was written down"),
        }
    }

    /// Until something is to be done.
    fn pause(&self) -> Duration {
        let now = self.runner.clock.now();
        let until_poll = self.next_poll.saturating_duration_since(Instant::now());
        let until_kept = self.kept.values().map(|(_, next)| next.since(now)).min();
        until_kept.map_or(until_poll, |until| until.min(until_poll))
    }

    async fn let_go(&mut self) {
        for (claimed, next) in std::mem::take(&mut self.kept).into_values() {
            let lease = &claimed.lease;
            if let Err(error) = release_job(&lease.db, lease.held, next, claimed.success_at).await {
                tracing::warn!(%error, "a lease is left to run out");
            }
        }
    }
}
