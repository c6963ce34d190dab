//! `/readyz`: can requests be answered, and does everything beside them keep up. One line a part, by name, no values.

use super::{OpsState, within, write_check::WriteCheck};
use crate::{
    jobs::{JobHealth, TreeHealth, TreeNote},
    roles::ProcessRole,
};
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use std::{fmt, time::Duration};
use techo_audit::log::LogResult;
use techo_custody::Internal;
use techo_store::Db;

/// A row of the outbox that waits for longer than this means that its job does not keep up.
const OUTBOX_PATIENCE: Duration = Duration::from_mins(1);

/// For this long after a line could not be written, nobody is sent here.
const LOG_PENANCE: Duration = Duration::from_secs(20);

/// More entries without a place than come together between two turns mean that the sequencer does not keep up.
const TREE_BACKLOG: i64 = 100_000;

/// For longer than this no worker is without a turn of the tree.
const TREE_SILENCE: Duration = Duration::from_mins(3);
/// The folder of revocation lists is looked at every few seconds, unless whatever it lies on hangs.
const LISTS_PATIENCE: Duration = Duration::from_mins(1);

/// How a part stands.
enum PartHealth {
    /// As it should.
    Ok,
    /// As it should, with when that was seen.
    Seen(String),
    /// Requests are answered, but somebody should look.
    Degraded(String),
    /// Requests cannot be answered.
    Down(String),
}

impl fmt::Display for PartHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("ok"),
            Self::Seen(when) => write!(f, "ok: {when}"),
            Self::Degraded(why) => write!(f, "degraded: {why}"),
            Self::Down(why) => write!(f, "down: {why}"),
        }
    }
}

/// 200 while requests can be answered, 503 when not; the lines say what is the matter. All parts are asked at the same time,
/// and one that takes too long is as bad as one that fails.
pub(super) async fn ready(State(state): State<OpsState>) -> impl IntoResponse {
    let stores = &state.custody.stores;
    let (identity, records, keys, access_log, outbox, log_tree, jobs) = tokio::join!(
        database(&state, &state.checks.identity, stores.vault.db()),
        database(&state, &state.checks.records, stores.records.db()),
        keys(&state),
        access_log(&state),
        outbox(&state),
        log_tree(&state),
        jobs(&state),
    );
    let parts = [
        ("roles", roles(&state)),
        ("identity", identity),
        ("records", records),
        ("keys", keys),
        ("access-log", access_log),
        ("outbox", outbox),
        ("log-tree", log_tree),
        ("jobs", jobs),
        ("card-lists", card_lists(&state)),
    ];
    let down = parts.iter().any(|(_, standing)| matches!(standing, PartHealth::Down(_)));
    let text: String = parts.iter().map(|(name, standing)| format!("{name}: {standing}\n")).collect();
    (if down { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }, text)
}

/// What this process is, and what another one has to be.
fn roles(state: &OpsState) -> PartHealth {
    let elsewhere: Vec<_> = state.roles.missing().map(ProcessRole::name).collect();
    if elsewhere.is_empty() {
        PartHealth::Ok
    } else {
        PartHealth::Seen(format!("{} here, {} elsewhere", state.roles, elsewhere.join(" ")))
    }
}

fn degraded(why: &str) -> PartHealth {
    PartHealth::Degraded(why.to_owned())
}

async fn database(state: &OpsState, check: &WriteCheck, db: &Db) -> PartHealth {
    let now = state.custody.environment.now();
    let (read, written) = tokio::join!(within(db.ping()), within(check.ask(db, now)));
    match (read, written) {
        (Some(Ok(())), Some(Ok(()))) => PartHealth::Ok,
        // Somebody writes for long: an import, or another program. Requests wait for their turn.
        (Some(Ok(())), None) => degraded("waits for its turn to write"),
        (Some(Ok(())), Some(Err(error))) if error.is_passing() => degraded("waits for its turn to write"),
        (Some(Ok(())), Some(Err(_))) => PartHealth::Down("takes no writes".to_owned()),
        _ => PartHealth::Down("does not answer".to_owned()),
    }
}

/// A process with other keys than the databases reads nothing that was written since, and what it writes nobody else reads.
async fn keys(state: &OpsState) -> PartHealth {
    match within(state.custody.check_keys()).await {
        Some(Ok(())) => PartHealth::Ok,
        Some(Err(Internal::KeysChanged)) => PartHealth::Down(
            "changed since this process began; start it anew with the new key file".to_owned(),
        ),
        Some(Err(_)) | None => degraded("cannot be read"),
    }
}

/// How writing the log went the last time in this process. A while after a failure it is tried anew whether the record store takes writes at all, or
/// the log would stay down for as long as nobody is sent here. Not at once: a small write may fit where a line does not.
async fn access_log(state: &OpsState) -> PartHealth {
    if !state.log.is_ready() {
        return PartHealth::Down("takes no more lines".to_owned());
    }
    let Some(last) = state.log.last_outcome() else {
        return if state.roles.has_door() {
            PartHealth::Ok
        } else {
            PartHealth::Seen("written elsewhere".to_owned())
        };
    };
    match last.result {
        LogResult::Written => PartHealth::Seen(format!("written at {}", last.at.rfc3339())),
        // It says something about that line; whoever wanted to write it was told, and others write theirs.
        LogResult::Refused => PartHealth::Degraded(format!("a line was refused at {}", last.at.rfc3339())),
        LogResult::Failed => {
            let (db, now) = (state.custody.stores.records.db(), state.custody.environment.now());
            let failed = format!("could not be written at {}", last.at.rfc3339());
            if now < last.at.plus(LOG_PENANCE) {
                return PartHealth::Down(failed);
            }
            match within(state.checks.records.ask_now(db, now)).await {
                Some(Ok(())) => PartHealth::Degraded(format!("{failed}, can be written again")),
                _ => PartHealth::Down(failed),
            }
        }
    }
}

async fn outbox(state: &OpsState) -> PartHealth {
    let oldest = within(state.custody.stores.vault.outbox_batch(1)).await;
    let now = state.custody.environment.now();
    match oldest {
        Some(Ok(batch)) => match batch.rows.first() {
            Some(row) if row.created_at.plus(OUTBOX_PATIENCE) < now => {
                degraded("waits for the access log for more than a minute")
            }
            _ => PartHealth::Ok,
        },
        Some(Err(_)) | None => degraded("cannot be read"),
    }
}

/// Pages are answered whatever happens to the tree: their lines are safe in the chains, and whoever could stop the portal
/// by spoiling the tree would be given a lever. Which process looks after it does not matter: its note stands in the record store.
async fn log_tree(state: &OpsState) -> PartHealth {
    let (records, now) = (&state.custody.stores.records, state.custody.environment.now());
    let note = match within(TreeNote::read(records)).await {
        Some(Ok(Some(note))) => note,
        Some(Ok(None)) => return degraded("nobody has looked after it yet"),
        Some(Err(_)) | None => return degraded("cannot be read"),
    };
    match note.standing {
        TreeHealth::Contradiction => {
            degraded("STOPPED: the access log contradicts its checkpoints; run techo audit verify")
        }
        _ if note.at.plus(TREE_SILENCE) < now => {
            PartHealth::Degraded(format!("nobody has looked after it since {}", note.at.rfc3339()))
        }
        TreeHealth::Failing => degraded("does not grow"),
        TreeHealth::MirrorAway => degraded("checkpoints wait for the second place"),
        TreeHealth::Growing => match within(records.count_pending_entries()).await {
            Some(Ok(waiting)) if waiting > TREE_BACKLOG => degraded("does not keep up"),
            Some(Ok(_)) => PartHealth::Ok,
            Some(Err(_)) | None => degraded("cannot be read"),
        },
    }
}

/// Requests are answered without any job, for a while.
async fn jobs(state: &OpsState) -> PartHealth {
    let now = state.custody.environment.now();
    match within(JobHealth::read(&state.custody.stores, now)).await {
        Some(Ok(health)) => match health.complaints(now) {
            complaints if complaints.is_empty() => PartHealth::Ok,
            complaints => PartHealth::Degraded(complaints.join(", ")),
        },
        Some(Err(_)) | None => degraded("cannot be read"),
    }
}

/// Without a fresh list nobody enrols; whoever has a passkey signs in for a day more.
fn card_lists(state: &OpsState) -> PartHealth {
    let now = state.custody.environment.now();
    let condition = state.card_lists.condition(now);
    if condition.looked_at.plus(LISTS_PATIENCE) < now {
        degraded("the folder has not been looked at for more than a minute")
    } else if !condition.is_listed {
        degraded("the folder cannot be read")
    } else if condition.lists.is_empty() {
        degraded("no list can be used")
    } else if !condition.lists.iter().all(|list| list.is_fresh) {
        degraded("a list is too old")
    } else if !condition.refused.is_empty() {
        degraded("a file was refused")
    } else {
        PartHealth::Ok
    }
}
