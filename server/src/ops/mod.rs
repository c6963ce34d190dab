//! The operators' door: alive, ready, figures. Bound to this machine; carries counts and ages, never names.

mod ready;

use crate::jobs::TreeHealth;
use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use techo_domain::{Domain, card::CrlFolder, log::LogWriter};

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
    if let Ok(waiting) = state.domain.stores.records.count_waiting().await {
        writeln!(text, "# TYPE techo_waiting_records gauge\ntecho_waiting_records {waiting}")
            .expect("a string takes text");
    }
    let records = &state.domain.stores.records;
    let log = tokio::join!(
        records.log_size(),
        records.count_pending_entries(),
        records.count_undelivered_checkpoints()
    );
    for (name, value) in [
        ("techo_log_entries", log.0),
        ("techo_log_entries_waiting", log.1),
        ("techo_log_checkpoints_waiting", log.2),
    ] {
        if let Ok(value) = value {
            writeln!(text, "# TYPE {name} gauge\n{name} {value}").expect("a string takes text");
        }
    }
    ([("content-type", "text/plain; version=0.0.4")], text)
}
