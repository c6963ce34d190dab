//! `/readyz`: can requests be answered, and does everything beside them keep up. One line a part, by name, no values.

use super::OpsState;
use crate::jobs::TreeStanding;
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use std::{fmt, time::Duration};

/// A row of the outbox that waits for longer than this means that its job does not keep up.
const OUTBOX_PATIENCE: Duration = Duration::from_mins(1);

/// More entries without a place than come together between two turns mean that the sequencer does not keep up.
const TREE_BACKLOG: i64 = 100_000;

/// How a part stands.
enum Standing {
    /// As it should.
    Ok,
    /// Requests are answered, but somebody should look.
    Degraded(&'static str),
    /// Requests cannot be answered.
    Down(&'static str),
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("ok"),
            Self::Degraded(why) => write!(f, "degraded: {why}"),
            Self::Down(why) => write!(f, "down: {why}"),
        }
    }
}

/// 200 while requests can be answered, 503 when not; the lines say what is the matter.
pub(super) async fn ready(State(state): State<OpsState>) -> impl IntoResponse {
    let stores = &state.domain.stores;
    let parts = [
        ("identity", database(stores.vault.db().ping().await.is_ok())),
        ("records", database(stores.records.db().ping().await.is_ok())),
        ("access-log", if state.log.is_ready() { Standing::Ok } else { Standing::Down("cannot be written") }),
        ("outbox", outbox(&state).await),
        ("log-tree", log_tree(&state).await),
        ("card-lists", card_lists(&state)),
    ];
    let down = parts.iter().any(|(_, standing)| matches!(standing, Standing::Down(_)));
    let text: String = parts.iter().map(|(name, standing)| format!("{name}: {standing}\n")).collect();
    (if down { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }, text)
}

fn database(answers: bool) -> Standing {
    if answers { Standing::Ok } else { Standing::Down("does not answer") }
}

async fn outbox(state: &OpsState) -> Standing {
    let oldest = state.domain.stores.vault.outbox_batch(1).await;
    let now = state.domain.world.now();
    match oldest.as_deref() {
        Ok([row, ..]) if row.created_at.plus(OUTBOX_PATIENCE) < now => {
            Standing::Degraded("waits for the access log for more than a minute")
        }
        Ok(_) => Standing::Ok,
        Err(_) => Standing::Degraded("cannot be read"),
    }
}

/// Pages are answered whatever happens to the tree: their lines are safe in the chains, and whoever could stop the portal
/// by spoiling the tree would be given a lever.
async fn log_tree(state: &OpsState) -> Standing {
    let records = &state.domain.stores.records;
    match state.tree.standing() {
        TreeStanding::Contradiction => {
            Standing::Degraded("STOPPED: the access log contradicts its checkpoints; run techo audit verify")
        }
        TreeStanding::Failing => Standing::Degraded("does not grow"),
        TreeStanding::SecondPlaceAway => Standing::Degraded("checkpoints wait for the second place"),
        TreeStanding::Growing => match records.count_pending_entries().await {
            Ok(waiting) if waiting > TREE_BACKLOG => Standing::Degraded("does not keep up"),
            Ok(_) => Standing::Ok,
            Err(_) => Standing::Degraded("cannot be read"),
        },
    }
}

/// Without a fresh list nobody enrols; whoever has a passkey signs in for a day more.
fn card_lists(state: &OpsState) -> Standing {
    let condition = state.card_lists.condition(state.domain.world.now());
    if condition.lists.is_empty() {
        Standing::Degraded("no list can be used")
    } else if !condition.lists.iter().all(|list| list.is_fresh) {
        Standing::Degraded("a list is too old")
    } else if !condition.refused.is_empty() {
        Standing::Degraded("a file was refused")
    } else {
        Standing::Ok
    }
}
