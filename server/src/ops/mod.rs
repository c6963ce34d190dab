//! The operators' door: alive, ready, figures. Bound to this machine; carries counts and ages, never names.

mod ready;
mod write_check;

use crate::{jobs::TreeHealth, portal::PortalState};
use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use std::{
    fmt::Write as _,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use techo_domain::{Domain, card::CrlFolder, log::LogWriter};
use write_check::WriteChecks;

/// What the door tells.
#[derive(Clone)]
pub struct OpsState {
    /// For signs of life.
    pub domain: Domain,
    /// Figures of the portal.
    pub figures: Arc<Figures>,
    /// What writes the access log.
    pub log: LogWriter,
    /// The revocation lists of cards.
    pub card_lists: Arc<CrlFolder>,
    /// The tree of the access log.
    pub tree: Arc<TreeHealth>,
    /// When the databases were last found to take writes.
    checks: Arc<WriteChecks>,
}

impl OpsState {
    /// Beside the other doors.
    pub fn new(portal: &PortalState) -> Self {
        Self {
            domain: portal.domain.clone(),
            figures: portal.figures.clone(),
            log: portal.log.clone(),
            card_lists: portal.card_lists.clone(),
            tree: portal.tree.clone(),
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

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Figures {
    /// Responses by hundred: 1xx to 5xx.
    pub responses: [AtomicU64; 5],
}

impl Figures {
    /// Counts a response.
    pub fn count(&self, status: StatusCode) {
        let hundred = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.responses[hundred].fetch_add(1, Ordering::Relaxed);
    }
}

/// The door.
pub fn router(state: OpsState) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready::ready))
        .route("/metrics", get(metrics))
        .with_state(state)
}

async fn metrics(State(state): State<OpsState>) -> impl IntoResponse {
    let mut text = String::from("# TYPE techo_portal_responses_total counter\n");
    for (i, counter) in state.figures.responses.iter().enumerate() {
        let count = counter.load(Ordering::Relaxed);
        writeln!(text, "techo_portal_responses_total{{class=\"{}xx\"}} {count}", i + 1)
            .expect("a string takes text");
    }
    let stores = &state.domain.stores;
    let (records, vault) = (&stores.records, &stores.vault);
    let (vault_up, records_up, waiting, entries, pending, undelivered) = tokio::join!(
        within(vault.db().ping()),
        within(records.db().ping()),
        within(records.count_waiting()),
        within(records.log_size()),
        within(records.count_pending_entries()),
        within(records.count_undelivered_checkpoints()),
    );
    text.push_str("# TYPE techo_database_up gauge\n");
    for (name, answer) in [("identity", vault_up), ("records", records_up)] {
        let up = u8::from(matches!(answer, Some(Ok(()))));
        writeln!(text, "techo_database_up{{database=\"{name}\"}} {up}").expect("a string takes text");
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
