//! What happens by itself while the server runs. Each job is one function that can be killed and run again; which process does it
//! says the table of jobs (`techo-jobs`).
//!
//! To add one: a line in [`SCHEDULES`] and in [`registry`], and one in `docs/OPERATIONS.md`.

mod card_lists;
mod health;
mod log_tree;

pub use health::JobHealth;
pub use log_tree::{TreeHealth, TreeNote};

use crate::{
    roles::{ProcessRole, RoleSet},
    services::Services,
};
use card_lists::ListWatcher;
use log_tree::TreeJob;
use std::{ops::ControlFlow, sync::Arc, time::Duration};
use techo_audit::log;
use techo_custody::{Custody, Failure, environment::Environment};
use techo_disclosure::{clinic, systems};
use techo_identity::{
    enrol::{CardCeremonies, CardSelection},
    session,
};
use techo_jobs::{
    JobClock, JobContext, Registry, RunPace, Runner, RunningJobs, Schedule, ScheduledJob, Supervisor,
    schedule_key,
};
use techo_model::JobId;
use techo_store::{
    DatabaseName, StoreError, Tx,
    jobs::{NewJob, enqueue_job},
};
use techo_web::layers::rate::RateBuckets;
use tokio::sync::watch;

/// A card that was revoked must end its sessions within a minute. A source that answers slowly takes seconds for each page of cards.
const WATCH_CARDS: Schedule = Schedule::every("watch-cards", Duration::from_secs(15)).limited(QUIET_LIMIT);
const RELAY_OUTBOX: Schedule = Schedule::every("carry-outbox", Duration::from_secs(2)).limited(QUIET_LIMIT);
/// A line of the access log is under a signed checkpoint this soon; more often would only mean more checkpoints. The first turn after
/// an upgrade, and one after a long pause, have much to do.
const GROW_TREE: Schedule = Schedule::every("grow-log-tree", Duration::from_secs(10)).limited(LONG_LIMIT);
/// What waits for its person.
pub const RETRY_WAITING: Schedule = Schedule::every("settle", Duration::from_mins(10)).limited(LONG_LIMIT);
/// Only rows from before there was a look-up are without one.
pub const INDEX_DEMOGRAPHICS: Schedule =
    Schedule::every("index-demographics", Duration::from_mins(10)).limited(LONG_LIMIT);
const TIDY: Schedule = Schedule::every("tidy", Duration::from_mins(5)).limited(QUIET_LIMIT);
/// Each process looks for itself.
const WATCH_CARD_LISTS: (&str, Duration) = ("watch-card-lists", Duration::from_secs(2));
/// Of this process's memory alone.
const TIDY_LIMITS: (&str, Duration) = ("tidy-limits", Duration::from_mins(5));

/// Turns that tell no progress and may have much to do after a pause.
const QUIET_LIMIT: Duration = Duration::from_mins(5);
/// The same of turns that may have to wait for an import that writes beside them.
const LONG_LIMIT: Duration = Duration::from_mins(20);

/// The scheduled jobs, how often they run, and how long they may be silent.
pub const SCHEDULES: [Schedule; 6] =
    [WATCH_CARDS, RELAY_OUTBOX, GROW_TREE, RETRY_WAITING, INDEX_DEMOGRAPHICS, TIDY];

/// Starts what happens by itself in a process of these parts; it ends when it is told to. The jobs are the worker's; `limits`, those of
/// every door of this process, are its own memory and tidied wherever there are any.
pub fn start(
    services: &Services,
    roles: &RoleSet,
    limits: Vec<Arc<dyn RateBuckets>>,
    stop: &watch::Receiver<bool>,
) -> RunningJobs {
    let is_worker = roles.includes(ProcessRole::Worker);
    let mut running = if is_worker { runner(services).start(stop) } else { RunningJobs::default() };
    let supervisor = Supervisor::new(services.jobs.clone(), stop.clone());
    let watcher = ListWatcher::new(services, roles);
    running.also(supervisor.clone().every(WATCH_CARD_LISTS, move || watcher.clone().look()));
    if !limits.is_empty() {
        let limits = Arc::new(limits);
        let tidy = move || {
            let limits = limits.clone();
            async move { limits.iter().for_each(|limit| limit.tidy()) }
        };
        running.also(supervisor.every(TIDY_LIMITS, tidy));
    }
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
        .with(ScheduledJob::new(WATCH_CARDS, DatabaseName::Identity, watch_cards))
        .with(ScheduledJob::new(RELAY_OUTBOX, DatabaseName::Identity, with_custody(services, relay_outbox)))
        .with(ScheduledJob::new(GROW_TREE, DatabaseName::Records, move |_| tree.clone().run_once()))
        .with(ScheduledJob::new(RETRY_WAITING, DatabaseName::Records, with_custody(services, settle)))
        .with(ScheduledJob::new(
            INDEX_DEMOGRAPHICS,
            DatabaseName::Identity,
            with_custody(services, index_demographics),
        ))
        .with(ScheduledJob::new(TIDY, DatabaseName::Identity, with_custody(services, tidy)))
}

fn with_custody<T>(
    services: &Services,
    work: fn(Custody, JobContext) -> T,
) -> impl Fn(JobContext) -> T + use<T> {
    let custody = services.custody.clone();
    move |context| work(custody.clone(), context)
}

/// Tells the runner how much is done after each page, and the work to stop where it can go on later when the program ends.
fn after_each_page(context: JobContext) -> impl FnMut(u64) -> ControlFlow<()> + Send {
    move |done| {
        context.progress(i64::try_from(done).unwrap_or(i64::MAX), None);
        if context.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// One look at every card whose account may have a session; revoked ones end it.
async fn watch_cards(cards: &CardCeremonies) -> Result<(), String> {
    let sweep = cards.watch_cards(CardSelection::Running).await.map_err(in_words)?;
    if sweep.turned > 0 {
        tracing::info!(turned = sweep.turned, ended = sweep.sessions_ended, "cards changed their standing");
    }
    Ok(())
}

/// Carries what was done in the vault to the access log.
async fn relay_outbox(custody: Custody, _: JobContext) -> Result<(), String> {
    log::relay_outbox(&custody).await.map(drop).map_err(in_words)
}

async fn settle(custody: Custody, context: JobContext) -> Result<(), String> {
    techo_intake::retry_waiting(&custody, &mut after_each_page(context)).await.map(drop).map_err(in_words)
}

async fn index_demographics(custody: Custody, context: JobContext) -> Result<(), String> {
    custody.index_demographics(&mut after_each_page(context)).await.map(drop).map_err(in_words)
}

/// One that fails keeps none of the others from being tidied.
async fn tidy(custody: Custody, _: JobContext) -> Result<(), String> {
    let systems = systems::purge_systems(&custody).await;
    let codes = clinic::purge_share_codes(&custody).await;
    let sessions = session::purge_sessions(&custody).await.map(drop);
    systems.and(codes).and(sessions).map_err(in_words)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn in_words(failure: Failure) -> String {
    failure.to_string()
}
