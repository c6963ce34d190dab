//! What happens by itself while the server runs. Each job is one function that can be killed and run again; which process does it
//! says the table of jobs (`techo-jobs`).
//!
//! To add one: a line in [`SCHEDULES`] and in [`registry`], and one in `docs/OPERATIONS.md`.

mod health;
mod log_tree;

pub use health::JobHealth;

use crate::services::Services;
use log_tree::TreeJob;
use std::{sync::Arc, time::Duration};
use techo_audit::log;
use techo_custody::{Custody, Failure, environment::Environment};
use techo_disclosure::{clinic, systems};
use techo_identity::{
    enrol::{CardCeremonies, Watch},
    session,
};
use techo_jobs::{
    JobClock, JobContext, Registry, RunPace, Runner, RunningJobs, ScheduledJob, Supervisor, schedule_key,
};
use techo_model::JobId;
use techo_store::{
    StoreError, Tx, Which,
    jobs::{NewJob, enqueue_job},
};
use techo_web::layers::rate::Buckets;
use tokio::sync::watch;

/// A card that was revoked must end its sessions within a minute.
const WATCH_CARDS: (&str, Duration) = ("watch-cards", Duration::from_secs(15));
const CARRY_OUTBOX: (&str, Duration) = ("carry-outbox", Duration::from_secs(2));
/// A line of the access log is under a signed checkpoint this soon; more often would only mean more checkpoints.
const GROW_TREE: (&str, Duration) = ("grow-log-tree", Duration::from_secs(10));
/// What waits for its person.
pub const SETTLE: (&str, Duration) = ("settle", Duration::from_mins(10));
/// Only rows from before there was a look-up are without one.
pub const INDEX_DEMOGRAPHICS: (&str, Duration) = ("index-demographics", Duration::from_mins(10));
const TIDY: (&str, Duration) = ("tidy", Duration::from_mins(5));
/// Of this process's memory alone.
const TIDY_LIMITS: (&str, Duration) = ("tidy-limits", Duration::from_mins(5));

/// The scheduled jobs, and how often they run.
pub const SCHEDULES: [(&str, Duration); 6] =
    [WATCH_CARDS, CARRY_OUTBOX, GROW_TREE, SETTLE, INDEX_DEMOGRAPHICS, TIDY];

/// Starts every job; they end when they are told to. `limits` are those of every door.
pub fn start(services: &Services, limits: Vec<Arc<dyn Buckets>>, stop: watch::Receiver<bool>) -> RunningJobs {
    let mut running = runner(services).start(&stop);
    let supervisor = Supervisor::new(services.jobs.clone(), stop);
    let tidy = move || limits.iter().for_each(|limit| limit.tidy());
    running.also(supervisor.every(TIDY_LIMITS, tidy));
    running
}

/// The runner of this process.
pub fn runner(services: &Services) -> Runner {
    let (stores, clock) = (services.custody.stores.clone(), clock(&services.custody.environment));
    Runner::new((stores, clock), registry(services), services.jobs.clone(), RunPace::default())
}

/// Time and ids of the program, for jobs.
pub fn clock(environment: &Environment) -> JobClock {
    let (now, ids) = (environment.clone(), environment.clone());
    JobClock::new(move || now.now(), move || ids.new_id())
}

/// Lets a scheduled job run as soon as somebody looks, in the transaction that makes work for it.
///
/// # Errors
/// The database.
pub async fn bring_forward(tx: &mut Tx, environment: &Environment, kind: &str) -> Result<(), StoreError> {
    let (key, now) = (schedule_key(kind), environment.now());
    let job = NewJob {
        id: JobId(environment.new_id()),
        kind,
        dedup_key: Some(&key),
        payload: "{}",
        enqueued_at: now,
        due_at: now,
    };
    enqueue_job(tx, &job).await
}

fn registry(services: &Services) -> Registry {
    let (cards, tree) = (services.cards.clone(), TreeJob::new(services));
    let watch_cards = move |_| {
        let cards = cards.clone();
        async move { watch_cards(&cards).await }
    };
    Registry::default()
        .with(ScheduledJob::new(WATCH_CARDS, Which::Identity, watch_cards))
        .with(ScheduledJob::new(CARRY_OUTBOX, Which::Identity, on_domain(services, relay_outbox)))
        .with(ScheduledJob::new(GROW_TREE, Which::Records, move |_| tree.clone().turn()))
        .with(ScheduledJob::new(SETTLE, Which::Records, on_domain(services, settle)))
        .with(ScheduledJob::new(INDEX_DEMOGRAPHICS, Which::Identity, on_domain(services, index_demographics)))
        .with(ScheduledJob::new(TIDY, Which::Identity, on_domain(services, tidy)))
}

fn on_domain<T>(services: &Services, work: fn(Custody) -> T) -> impl Fn(JobContext) -> T + use<T> {
    let custody = services.custody.clone();
    move |_| work(custody.clone())
}

/// One look at every card whose account may have a session; revoked ones end it.
async fn watch_cards(cards: &CardCeremonies) -> Result<(), String> {
    let sweep = cards.watch_cards(Watch::Running).await.map_err(in_words)?;
    if sweep.turned > 0 {
        tracing::info!(turned = sweep.turned, ended = sweep.sessions_ended, "cards changed their standing");
    }
    Ok(())
}

/// Carries what was done in the vault to the access log.
async fn relay_outbox(custody: Custody) -> Result<(), String> {
    log::relay_outbox(&custody).await.map(drop).map_err(in_words)
}

async fn settle(custody: Custody) -> Result<(), String> {
    techo_intake::settle(&custody).await.map(drop).map_err(in_words)
}

async fn index_demographics(custody: Custody) -> Result<(), String> {
    custody.index_demographics().await.map(drop).map_err(in_words)
}

async fn tidy(custody: Custody) -> Result<(), String> {
    systems::purge_systems(&custody).await.map_err(in_words)?;
    clinic::purge_share_codes(&custody).await.map_err(in_words)?;
    session::purge_sessions(&custody).await.map(drop).map_err(in_words)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn in_words(failure: Failure) -> String {
    failure.to_string()
}
