//! `/metrics`: what was counted, and what is asked for now. What cannot be asked is left out, so that nobody reads yesterday's
//! value.

use super::{OpsState, card_metrics, job_metrics, within};
use crate::jobs::JobHealth;
use axum::{
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::{
        EncodeLabelSet,
        text::{encode_eof, encode_registry},
    },
    metrics::{family::Family, gauge::Gauge, info::Info},
    registry::Registry,
};
use techo_disclosure::clinic::{self, TryAlarm};
use techo_store::{Db, PoolState};

/// The text format of OpenMetrics, as scrapers negotiate it.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DatabaseLabel {
    database: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PoolLabels {
    database: &'static str,
    engine: &'static str,
    pool: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TryLabel {
    kind: String,
}

/// `GET /metrics`.
pub(super) async fn metrics(State(state): State<OpsState>) -> Response {
    let asked = ask(&state).await;
    let mut text = String::new();
    let written = state
        .metrics
        .encode(&mut text)
        .and_then(|()| encode_registry(&mut text, &asked))
        .and_then(|()| encode_eof(&mut text));
    match written {
        Ok(()) => ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Everything that is asked for now; all parts at the same time.
async fn ask(state: &OpsState) -> Registry {
    let (vault, records) = (&state.custody.stores.vault, &state.custody.stores.records);
    let (vault_up, records_up, waiting, entries, pending, undelivered, outbox, alarms, jobs) = tokio::join!(
        within(vault.db().ping()),
        within(records.db().ping()),
        within(records.count_waiting()),
        within(records.log_size()),
        within(records.count_pending_entries()),
        within(records.count_undelivered_checkpoints()),
        within(vault.outbox_backlog()),
        within(clinic::try_alarms(&state.custody)),
        within(JobHealth::read(&state.custody.stores, state.custody.environment.now())),
    );
    let mut registry = Registry::with_prefix("techo");
    let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
    registry.register("build", "The program that answers", version);
    let is_up = |answer| matches!(answer, Some(Ok(())));
    databases_up(&mut registry, [("identity", is_up(vault_up)), ("records", is_up(records_up))]);
    pools(&mut registry, [("identity", vault.db()), ("records", records.db())]);
    let queued = i64::try_from(state.log.queued()).unwrap_or(i64::MAX);
    gauge(&mut registry, "log_queue", "Events that wait to be written onto the access log", Some(queued));
    let counts = [
        ("waiting_records", "Checkups and doses that wait for their person", flat(waiting)),
        ("log_entries", "Lines of the access log", flat(entries)),
        ("log_entries_waiting", "Lines of the access log without a place in the tree", flat(pending)),
        ("outbox_entries", "Events of the identity vault that are not on the access log yet", flat(outbox)),
        ("log_checkpoints_waiting", "Checkpoints that the second place has not taken", flat(undelivered)),
    ];
    for (name, help, value) in counts {
        gauge(&mut registry, name, help, value);
    }
    if let Some(Ok(alarms)) = alarms {
        wrong_tries(&mut registry, &alarms);
    }
    let lists = state.card_lists.condition(state.custody.environment.now());
    card_metrics::register_lists(&mut registry, &lists);
    card_metrics::register_inquiry(&mut registry, &state.card_status);
    job_metrics::register_turns(&mut registry, &state.jobs);
    if let Some(Ok(health)) = jobs {
        job_metrics::register_health(&mut registry, &health);
    }
    registry
}

fn flat<E>(answer: Option<Result<i64, E>>) -> Option<i64> {
    answer.and_then(Result::ok)
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: Option<i64>) {
    if let Some(value) = value {
        let gauge: Gauge = Gauge::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    }
}

fn databases_up(registry: &mut Registry, answers: [(&'static str, bool); 2]) {
    let up: Family<DatabaseLabel, Gauge> = Family::default();
    for (database, is_up) in answers {
        up.get_or_create(&DatabaseLabel { database }).set(i64::from(is_up));
    }
    registry.register("database_up", "Whether a database answers", up);
}

fn pools(registry: &mut Registry, databases: [(&'static str, &Db); 2]) {
    let [open, idle, most]: [Family<PoolLabels, Gauge>; 3] = Default::default();
    for (database, db) in databases {
        for state in db.pools() {
            let PoolState { engine, pool, .. } = state;
            let labels = PoolLabels { database, engine, pool };
            open.get_or_create(&labels).set(state.open.into());
            idle.get_or_create(&labels).set(i64::try_from(state.idle).unwrap_or(i64::MAX));
            most.get_or_create(&labels).set(state.most.into());
        }
    }
    registry.register("database_connections", "Open connections to a database", open);
    registry.register("database_idle_connections", "Open connections that nobody uses", idle);
    registry.register("database_max_connections", "Connections that may be open", most);
}

fn wrong_tries(registry: &mut Registry, alarms: &[TryAlarm]) {
    let [tries, stopped]: [Family<TryLabel, Gauge>; 2] = Default::default();
    for TryAlarm { kind, tries: count, is_stopped } in alarms {
        let label = TryLabel { kind: kind.as_str().replace('-', "_") };
        tries.get_or_create(&label).set(*count);
        stopped.get_or_create(&label).set(i64::from(*is_stopped));
    }
    registry.register("wrong_tries", "Wrong tries of all organisations in this quarter of an hour", tries);
    registry.register("wrong_tries_stopped", "Whether nobody may try at this moment", stopped);
}
