//! What happens by itself while the server runs. Each job is one function that can be killed and run again.

mod log_tree;

pub use log_tree::{TreeHealth, TreeStanding};

use crate::{layers::rate::Buckets, portal::PortalState};
use std::{future::Future, sync::Arc, time::Duration};
use techo_disclosure::{clinic, systems};
use techo_identity::session;
use techo_intake::settle;
use tokio::{sync::watch, task::JoinSet};

/// A card that was revoked must end its sessions within a minute.
const WATCH_CARDS: Duration = Duration::from_secs(15);
/// Only rows from before there was a look-up are without one.
const INDEX_DEMOGRAPHICS: Duration = Duration::from_mins(10);
const SETTLE: Duration = Duration::from_mins(10);
const TIDY: Duration = Duration::from_mins(5);
const CARRY_OUTBOX: Duration = Duration::from_secs(2);
/// A line of the access log is under a signed checkpoint this soon; more often would only mean more checkpoints.
const GROW_TREE: Duration = Duration::from_secs(10);

/// Jobs that run.
pub struct Jobs {
    stop: watch::Receiver<bool>,
    running: JoinSet<()>,
}

/// Starts every job; they end when they are told to. `limits` are those of every door.
pub fn start(state: &PortalState, limits: Vec<Arc<dyn Buckets>>, stop: watch::Receiver<bool>) -> Jobs {
    let mut jobs = Jobs { stop, running: JoinSet::new() };
    let cards = state.clone();
    jobs.every("watch-cards", WATCH_CARDS, move || {
        let state = cards.clone();
        async move { state.watch_cards().await }
    });
    let outbox = state.clone();
    jobs.every("carry-outbox", CARRY_OUTBOX, move || {
        let state = outbox.clone();
        async move { state.carry_outbox().await }
    });
    let tree = log_tree::TreeJob::new(state);
    jobs.every("grow-log-tree", GROW_TREE, move || {
        let tree = tree.clone();
        async move { tree.turn().await }
    });
    let waiting = state.domain.clone();
    jobs.every("settle", SETTLE, move || {
        let domain = waiting.clone();
        async move { settle(&domain).await.map(drop).map_err(|failure| failure.to_string()) }
    });
    let unindexed = state.domain.clone();
    jobs.every("index-demographics", INDEX_DEMOGRAPHICS, move || {
        let domain = unindexed.clone();
        async move { domain.index_demographics().await.map(drop).map_err(|failure| failure.to_string()) }
    });
    let tidy = state.clone();
    jobs.every("tidy", TIDY, move || {
        let (state, limits) = (tidy.clone(), limits.clone());
        async move {
            limits.iter().for_each(|limit| limit.tidy());
            systems::purge_systems(&state.domain).await.map_err(|failure| failure.to_string())?;
            clinic::purge_share_codes(&state.domain).await.map_err(|failure| failure.to_string())?;
            session::purge_sessions(&state.domain).await.map(drop).map_err(|failure| failure.to_string())
        }
    });
    jobs
}

impl Jobs {
    /// Runs a job again and again until the program stops; a failure is logged and the next turn tries again.
    fn every<F>(&mut self, name: &'static str, pause: Duration, job: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = Result<(), String>> + Send,
    {
        let mut stop = self.stop.clone();
        self.running.spawn(async move {
            let mut turns = tokio::time::interval(pause);
            turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    biased;
                    _ = stop.wait_for(|told| *told) => break,
                    _ = turns.tick() => {}
                }
                if let Err(cause) = job().await {
                    tracing::error!(job = name, cause, "a job failed and will be tried again");
                }
            }
        });
    }

    /// Waits for turns that were begun before the program was told to stop, but not for longer than that.
    pub async fn finish(mut self, within: Duration) {
        let ended = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(within, ended).await.is_err() {
            tracing::warn!(left = self.running.len(), "jobs were dropped in the middle of a turn");
            self.running.shutdown().await;
        }
    }
}
