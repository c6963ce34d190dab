//! What happens by itself while the server runs. Each job is one function that can be killed and run again.

mod log_tree;

pub use log_tree::{TreeHealth, TreeStanding};

use crate::{layers::rate::RateLimit, portal::PortalState};
use std::{future::Future, time::Duration};
use techo_domain::import::settle;
use tokio::task::JoinSet;

/// A card that was revoked must end its sessions within a minute.
const WATCH_CARDS: Duration = Duration::from_secs(15);
/// Only rows from before there was a look-up are without one.
const INDEX_DEMOGRAPHICS: Duration = Duration::from_mins(10);
const SETTLE: Duration = Duration::from_mins(10);
const TIDY: Duration = Duration::from_mins(5);
const CARRY_OUTBOX: Duration = Duration::from_secs(2);
/// A line of the access log is under a signed checkpoint this soon; more often would only mean more checkpoints.
const GROW_TREE: Duration = Duration::from_secs(10);

/// Starts every job; they end when the set is shut down or dropped. `limits` are those of every door.
#[must_use = "the jobs end when this is dropped"]
pub fn start(state: &PortalState, limits: Vec<RateLimit>) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    let cards = state.clone();
    every(&mut jobs, "watch-cards", WATCH_CARDS, move || {
        let state = cards.clone();
        async move { state.watch_cards().await }
    });
    let outbox = state.clone();
    every(&mut jobs, "carry-outbox", CARRY_OUTBOX, move || {
        let state = outbox.clone();
        async move { state.carry_outbox().await }
    });
    let tree = log_tree::TreeJob::new(state);
    every(&mut jobs, "grow-log-tree", GROW_TREE, move || {
        let tree = tree.clone();
        async move { tree.turn().await }
    });
    let waiting = state.domain.clone();
    every(&mut jobs, "settle", SETTLE, move || {
        let domain = waiting.clone();
        async move { settle(&domain).await.map(drop).map_err(|failure| failure.to_string()) }
    });
    let unindexed = state.domain.clone();
    every(&mut jobs, "index-demographics", INDEX_DEMOGRAPHICS, move || {
        let domain = unindexed.clone();
        async move { domain.index_demographics().await.map(drop).map_err(|failure| failure.to_string()) }
    });
    let tidy = state.clone();
    every(&mut jobs, "tidy", TIDY, move || {
        let (state, limits) = (tidy.clone(), limits.clone());
        async move {
            limits.iter().for_each(RateLimit::tidy);
            state.domain.purge_systems().await.map_err(|failure| failure.to_string())?;
            state.domain.purge_sessions().await.map(drop).map_err(|failure| failure.to_string())
        }
    });
    jobs
}

/// Runs a job again and again; a failure is logged and the next turn tries again.
fn every<F>(jobs: &mut JoinSet<()>, name: &'static str, pause: Duration, job: impl Fn() -> F + Send + 'static)
where
    F: Future<Output = Result<(), String>> + Send,
{
    jobs.spawn(async move {
        let mut turns = tokio::time::interval(pause);
        turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            if let Err(cause) = job().await {
                tracing::error!(job = name, cause, "a job failed and will be tried again");
            }
        }
    });
}
