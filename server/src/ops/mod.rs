//! The operators' door: alive, ready, metrics. Bound to this machine; carries counts and ages, never names.

mod card_metrics;
mod job_metrics;
mod metrics;
mod ready;
mod write_check;

use crate::{roles::RoleSet, services::Services};
use axum::Router;
use std::{future::Future, sync::Arc, time::Duration};
use techo_audit::log::LogWriter;
use techo_custody::Custody;
use techo_jobs::JobCounters;
use techo_jpki::{CardStatusInquiry, CrlFolder};
use techo_web::{
    layers::{
        headers::{HeaderPolicy, ScriptPolicy},
        receive::BodyPolicy,
        request_head::SessionCookie,
        stack::{RequestPolicy, bounded, finished},
    },
    limits::ConnectionLimits,
    metrics::{HttpMetrics, ListenerName},
    route_table::RouteTable,
};
use write_check::WriteChecks;

/// What the door tells.
#[derive(Clone)]
pub struct OpsState {
    /// For signs of life.
    pub custody: Custody,
    /// What every door counts.
    pub metrics: Arc<HttpMetrics>,
    /// What writes the access log.
    pub log: LogWriter,
    /// The revocation lists of cards.
    pub card_lists: Arc<CrlFolder>,
    /// Asks what became of cards.
    pub card_status: CardStatusInquiry,
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
            custody: services.custody.clone(),
            metrics: services.metrics.clone(),
            log: services.log.clone(),
            card_lists: services.card_lists.clone(),
            card_status: services.card_status.clone(),
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

/// Who may ask a route of this door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpsAccess {
    /// Whoever reaches it: it is bound to this machine.
    Anybody,
}

/// Every route of the door.
pub fn route_table() -> RouteTable<OpsState, OpsAccess> {
    RouteTable::new()
        .get(OpsAccess::Anybody, "/healthz", || async { "ok\n" })
        .get(OpsAccess::Anybody, "/readyz", ready::ready)
        .get(OpsAccess::Anybody, "/metrics", metrics::metrics)
}

/// The door.
pub fn router(state: OpsState) -> Router {
    route_table().into_router().with_state(state)
}

/// The door within bounds, as it stands on the net.
pub fn bounded_router(state: OpsState, limits: &ConnectionLimits) -> Router {
    let metrics = state.metrics.of(ListenerName::Ops);
    let headers = HeaderPolicy {
        environment: state.custody.environment.clone(),
        https: false,
        scripts: ScriptPolicy::None,
    };
    let policy = RequestPolicy {
        own_origin: None,
        session_cookie: SessionCookie(None),
        bodies: BodyPolicy::new(BODY_LIMIT, limits, 0),
        time_limit: TIME_LIMIT,
        in_flight: IN_FLIGHT,
    };
    finished(bounded(router(state), policy), headers, metrics)
}
