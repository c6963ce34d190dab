//! How jobs stand, for `/metrics`: turns of this process since its start, and what the databases say of all processes.

use crate::jobs::JobHealth;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use techo_jobs::JobCounters;
use techo_model::UnixMillis;
use techo_store::jobs::KindCounts;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobLabel {
    job: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TurnLabels {
    job: String,
    end: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TableLabels {
    database: &'static str,
    table: String,
}

/// A figure of each kind of job: name, help, value.
type KindGauge = (&'static str, &'static str, fn(&KindCounts) -> i64);

const KIND_GAUGES: [KindGauge; 5] = [
    ("jobs_waiting", "Jobs that wait to be done", |kind| kind.waiting),
    ("jobs_running", "Jobs that somebody does now", |kind| kind.running),
    ("jobs_parked", "Jobs that are not tried again until somebody says so", |kind| kind.parked),
    ("job_failures_in_a_row", "Turns of a job that failed since one went well", |kind| kind.failures),
    (
        "job_last_success_seconds",
        "When a turn of a job went well the last time, in seconds since 1970",
        last_success,
    ),
];

fn last_success(kind: &KindCounts) -> i64 {
    kind.last_success_at.map_or(0, |UnixMillis(at)| at / 1_000)
}

/// Turns of this process since its start.
pub(super) fn register_turns(registry: &mut Registry, counters: &JobCounters) {
    let turns: Family<TurnLabels, Counter> = Family::default();
    for (kind, counts) in counters.all() {
        let ends = [("done", counts.done), ("failed", counts.failed), ("panicked", counts.panicked)];
        for (end, count) in ends {
            let labels = TurnLabels { job: kind.to_owned(), end };
            turns.get_or_create(&labels).inc_by(count);
        }
    }
    registry.register("job_turns", "Turns of jobs in this process since its start, by how they ended", turns);
}

/// What the databases say of all processes.
pub(super) fn register_health(registry: &mut Registry, health: &JobHealth) {
    for (name, help, value) in KIND_GAUGES {
        let figures: Family<JobLabel, Gauge> = Family::default();
        for counts in &health.kinds {
            figures.get_or_create(&JobLabel { job: counts.kind.clone() }).set(value(counts));
        }
        registry.register(name, help, figures);
    }
    let parked: Family<TableLabels, Gauge> = Family::default();
    for (which, count) in &health.parked_rows {
        let labels = TableLabels { database: which.name(), table: count.table_name.clone() };
        parked.get_or_create(&labels).set(count.parked);
    }
    registry.register("parked_rows", "Rows that cannot be read and are passed over", parked);
}
