//! The operators' door: alive, ready, figures. Bound to this machine; carries counts and ages, never names.

mod job_figures;
mod ready;
mod write_check;

use crate::{
    config::Limits,
    jobs::{JobHealth, TreeHealth},
    layers::{
        figures::{self, Door, Figures},
        form::SessionCookie,
        receive::BodyPolicy,
        stack::{RequestPolicy, bounded},
    },
    roles::RoleSet,
    services::Services,
};
use axum::{Router, extract::State, middleware::from_fn_with_state, response::IntoResponse, routing::get};
use std::{fmt::Write as _, future::Future, sync::Arc, time::Duration};
use techo_audit::log::LogWriter;
use techo_custody::Domain;
use techo_disclosure::clinic::{self, TryAlarm};
use techo_jobs::JobCounters;
use techo_jpki::CrlFolder;
use write_check::WriteChecks;

/// What the door tells.
#[derive(Clone)]
pub struct OpsState {
    /// For signs of life.
    pub domain: Domain,
    /// Figures of every door.
    pub figures: Arc<Figures>,
    /// What writes the access log.
    pub log: LogWriter,
    /// The revocation lists of cards.
    pub card_lists: Arc<CrlFolder>,
    /// The tree of the access log.
    pub tree: Arc<TreeHealth>,
    /// How turns of jobs ended.
    pub jobs: Arc<JobCounters>,
    /// What this process is.
    pub roles: RoleSet,
    /// When the databases were last found to take writes.
    checks: Arc<WriteChecks>,
}

impl OpsState {
    /// Beside the other doors.
    pub fn new(services: &Services, roles: RoleSet) -> Self {
        Self {
            domain: services.domain.clone(),
            figures: services.figures.clone(),
            log: services.log.clone(),
            card_lists: services.card_lists.clone(),
            tree: services.tree.clone(),
            jobs: services.jobs.clone(),
            roles,
            checks: Arc::default(),
        }
    }
}

/// How long a part may take to say how it stands: both pages answer within two seconds, whatever is away.
const PART_LIMIT: Duration = Duration::from_millis(1_500);

/// What a part says, unless it takes too long.
async fn within<T>(asked: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(PART_LIMIT, asked).await.ok()
}

/// Bodies mean nothing here.
const BODY_LIMIT: usize = 4 * 1024;
/// A request that takes longer is given up.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// Requests in flight.
const IN_FLIGHT: usize = 16;

/// The door.
pub fn router(state: OpsState) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready::ready))
        .route("/metrics", get(metrics))
        .with_state(state)
}

/// The door within bounds, as it stands on the net.
pub fn bounded_router(state: OpsState, limits: &Limits) -> Router {
    let figures = state.figures.of(Door::Ops);
    let policy = RequestPolicy {
        own_origin: None,
        session_cookie: SessionCookie(None),
        bodies: BodyPolicy::new(BODY_LIMIT, limits, 0),
        time_limit: TIME_LIMIT,
        in_flight: IN_FLIGHT,
    };
    bounded(router(state), policy).layer(from_fn_with_state(figures, figures::layer))
}

async fn metrics(State(state): State<OpsState>) -> impl IntoResponse {
    let mut text = state.figures.text();
    let stores = &state.domain.stores;
    let (records, vault) = (&stores.records, &stores.vault);
    let (vault_up, records_up, waiting, entries, pending, undelivered, alarms, jobs) = tokio::join!(
        within(vault.db().ping()),
        within(records.db().ping()),
        within(records.count_waiting()),
        within(records.log_size()),
        within(records.count_pending_entries()),
        within(records.count_undelivered_checkpoints()),
        within(clinic::try_alarms(&state.domain)),
        within(JobHealth::read(stores, state.domain.world.now())),
    );
    job_figures::put_turns(&mut text, &state.jobs);
    if let Some(Ok(health)) = jobs {
        job_figures::put_health(&mut text, &health);
    }
    text.push_str("# TYPE techo_database_up gauge\n");
    for (name, answer) in [("identity", vault_up), ("records", records_up)] {
        let up = u8::from(matches!(answer, Some(Ok(()))));
        writeln!(text, "techo_database_up{{database=\"{name}\"}} {up}").expect("a string takes text");
    }
    if let Some(Ok(alarms)) = alarms {
        alarms.into_iter().for_each(|alarm| put_alarm(&mut text, alarm));
    }
    for (name, value) in [
        ("techo_waiting_records", waiting),
        ("techo_log_entries", entries),
        ("techo_log_entries_waiting", pending),
        ("techo_log_checkpoints_waiting", undelivered),
    ] {
        if let Some(Ok(value)) = value {
            writeln!(text, "# TYPE {name} gauge\n{name} {value}").expect("a string takes text");
        }
    }
    ([("content-type", "text/plain; version=0.0.4")], text)
}

fn put_alarm(text: &mut String, TryAlarm { kind, tries, is_stopped }: TryAlarm) {
    let kind = kind.as_str().replace('-', "_");
    let figures = [("tries", tries), ("stopped", i64::from(is_stopped))];
    for (name, value) in figures {
        let name = format!("techo_wrong_{kind}_{name}");
        writeln!(text, "# TYPE {name} gauge\n{name} {value}").expect("a string takes text");
    }
}
