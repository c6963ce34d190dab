//! Figures of jobs, as Prometheus reads them.

use crate::jobs::JobHealth;
use std::fmt::Write as _;
use techo_jobs::JobCounters;
use techo_model::UnixMillis;

/// A gauge of a kind of job.
type Gauge<'a> = (&'a str, fn(&techo_store::jobs::KindCounts) -> i64);

/// Turns of this process since its start.
pub(super) fn put_turns(text: &mut String, counters: &JobCounters) {
    text.push_str("# TYPE techo_job_turns_total counter\n");
    for (kind, counts) in counters.all() {
        let ends = [("done", counts.done), ("failed", counts.failed), ("panicked", counts.panicked)];
        for (end, count) in ends {
            writeln!(text, "techo_job_turns_total{{job=\"{kind}\",end=\"{end}\"}} {count}")
                .expect("a string takes text");
        }
    }
}

/// What the databases say of all processes.
pub(super) fn put_health(text: &mut String, health: &JobHealth) {
    const GAUGES: [Gauge<'_>; 5] = [
        ("techo_jobs_waiting", |kind| kind.waiting),
        ("techo_jobs_running", |kind| kind.running),
        ("techo_jobs_parked", |kind| kind.parked),
        ("techo_job_failures_in_a_row", |kind| kind.failures),
        ("techo_job_last_success_seconds", |kind| {
            kind.last_success_at.map_or(0, |UnixMillis(at)| at / 1_000)
        }),
    ];
    for (name, value) in GAUGES {
        writeln!(text, "# TYPE {name} gauge").expect("a string takes text");
        for counts in &health.kinds {
            let (kind, value) = (&counts.kind, value(counts));
            writeln!(text, "{name}{{job=\"{kind}\"}} {value}").expect("a string takes text");
        }
    }
    text.push_str("# TYPE techo_parked_rows gauge\n");
    for (which, count) in &health.parked_rows {
        let (database, table) = (which.name(), &count.table_name);
        writeln!(text, "techo_parked_rows{{database=\"{database}\",table=\"{table}\"}} {}", count.parked)
            .expect("a string takes text");
    }
}
