//! How jobs and parked rows stand, for the operators' door: counts by kind and table, no ids.

use super::SCHEDULES;
use std::time::Duration;
use techo_model::UnixMillis;
use techo_store::{
    StoreError, Stores, Which,
    jobs::{KindCounts, TableCount, count_jobs, count_parked_rows},
};

/// So many failures in a row are no accident.
const FAILURES: i64 = 3;
/// A job that nobody does and that has not gone well for this long, and for three of its turns, does not run at all.
const SILENCE: Duration = Duration::from_mins(2);
/// The same of a job that somebody does: a turn may be long.
const LONG_TURN: Duration = Duration::from_hours(1);

/// What both databases say.
#[derive(Clone, Debug, Default)]
pub struct JobHealth {
    /// Jobs by kind.
    pub kinds: Vec<KindCounts>,
    /// Parked rows, by database and table.
    pub parked_rows: Vec<(Which, TableCount)>,
}

impl JobHealth {
    /// Asks both databases.
    ///
    /// # Errors
    /// One of them.
    pub async fn read(stores: &Stores, now: UnixMillis) -> Result<Self, StoreError> {
        let mut health = Self::default();
        for which in [Which::Identity, Which::Records] {
            let db = stores.db(which);
            health.kinds.extend(count_jobs(db, now).await?);
            let rows = count_parked_rows(db).await?;
            health.parked_rows.extend(rows.into_iter().map(|count| (which, count)));
        }
        Ok(health)
    }

    /// What somebody should look at, each with its number.
    pub fn complaints(&self, now: UnixMillis) -> Vec<String> {
        let rows = self.parked_rows.iter().map(|(_, count)| {
            let TableCount { table_name, parked } = count;
            format!("{parked} rows of {table_name} cannot be read and are parked")
        });
        let parked = self.kinds.iter().filter(|kind| kind.parked > 0);
        let parked = parked.map(|kind| format!("{} of {} are parked", kind.parked, kind.kind));
        let failing = self.kinds.iter().filter(|kind| FAILURES <= kind.failures);
        let failing = failing.map(|kind| format!("{} failed {} times in a row", kind.kind, kind.failures));
        let silent = self.kinds.iter().filter(|kind| is_silent(kind, now));
        let silent = silent.map(|kind| format!("{} has not gone well for long", kind.kind));
        rows.chain(parked).chain(failing).chain(silent).collect()
    }
}

/// Whether a scheduled job has not gone well for long, and no failure says why.
fn is_silent(kind: &KindCounts, now: UnixMillis) -> bool {
    let Some((_, every)) = SCHEDULES.into_iter().find(|(name, _)| *name == kind.kind) else { return false };
    let last = kind.last_success_at.unwrap_or(kind.enqueued_at);
    let patience = if kind.running > 0 { LONG_TURN } else { SILENCE };
    kind.failures == 0 && last.plus(patience.max(every * 3)) < now
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(change: impl FnOnce(&mut KindCounts)) -> Vec<String> {
        let mut counts = KindCounts {
            kind: "settle".to_owned(),
            waiting: 1,
            running: 0,
            parked: 0,
            failures: 0,
            enqueued_at: UnixMillis(0),
            last_success_at: Some(UnixMillis(1_000_000)),
            last_failure_at: None,
        };
        change(&mut counts);
        let health = JobHealth { kinds: vec![counts], parked_rows: Vec::new() };
        health.complaints(UnixMillis(1_000_000).plus(Duration::from_mins(30)))
    }

    #[test]
    fn a_job_that_runs_in_time_and_rarely_fails_is_no_complaint() {
        assert!(settle(|counts| counts.failures = 2).is_empty());
    }

    #[test]
    fn failures_in_a_row_parking_and_silence_are_each_told_with_their_number() {
        assert_eq!(settle(|counts| counts.failures = 3), ["settle failed 3 times in a row"]);
        assert_eq!(settle(|counts| counts.parked = 2), ["2 of settle are parked"]);
        let silent = settle(|counts| counts.last_success_at = Some(UnixMillis(999_999)));
        assert_eq!(silent, ["settle has not gone well for long"]);
        assert!(
            settle(|counts| (counts.last_success_at, counts.running) = (None, 1)).is_empty(),
            "a long turn is no silence"
        );
    }

    #[test]
    fn parked_rows_are_told_by_table_and_number() {
        let count = TableCount { table_name: "log_outbox".to_owned(), parked: 200 };
        let health = JobHealth { kinds: Vec::new(), parked_rows: vec![(Which::Identity, count)] };
        assert_eq!(
            health.complaints(UnixMillis(0)),
            ["200 rows of log_outbox cannot be read and are parked"]
        );
    }
}
