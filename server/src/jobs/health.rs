//! How jobs and parked rows stand, for the operators' door: counts by kind and table, no ids.

use super::SCHEDULES;
use std::time::Duration;
use techo_jobs::Schedule;
use techo_model::UnixMillis;
use techo_store::{
    DatabaseName, StoreError, Stores,
    jobs::{KindCounts, TableCount, count_jobs, count_parked_rows},
};

/// So many failures in a row are no accident.
const FAILURES: i64 = 3;
/// A job that nobody does and that has not gone well for this long, and for three of its turns, does not run at all.
const SILENCE: Duration = Duration::from_mins(2);

/// What both databases say.
#[derive(Clone, Debug, Default)]
pub struct JobHealth {
    /// Jobs by kind.
    pub kinds: Vec<KindCounts>,
    /// Parked rows, by database and table.
    pub parked_rows: Vec<(DatabaseName, TableCount)>,
}

impl JobHealth {
    /// Asks both databases.
    ///
    /// # Errors
    /// One of them.
    pub async fn read(stores: &Stores, now: UnixMillis) -> Result<Self, StoreError> {
        let mut health = Self::default();
        for which in [DatabaseName::Identity, DatabaseName::Records] {
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
        let is_there = |schedule: &Schedule| self.kinds.iter().any(|kind| kind.kind == schedule.kind);
        let absent = SCHEDULES.iter().filter(|schedule| !is_there(schedule));
        let absent = absent.map(|schedule| format!("{} was never begun", schedule.kind));
        rows.chain(parked).chain(failing).chain(silent).chain(absent).collect()
    }
}

/// Whether a scheduled job has not gone well for long, and its failures do not say so. One that somebody does may be in a long turn,
/// which is dropped when it tells no progress for so long; that it is dropped again and again is silence, too.
fn is_silent(kind: &KindCounts, now: UnixMillis) -> bool {
    let Some(schedule) = SCHEDULES.iter().find(|schedule| schedule.kind == kind.kind) else { return false };
    let last = kind.last_success_at.unwrap_or(kind.enqueued_at);
    let patience = if kind.running > 0 { schedule.limit * 3 } else { SILENCE };
    kind.failures < FAILURES && last.plus(patience.max(schedule.every * 3)) < now
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAST: UnixMillis = UnixMillis(1_000_000);

    /// Every scheduled job, each of which went well a while ago.
    fn all() -> Vec<KindCounts> {
        let counts = |schedule: &Schedule| KindCounts {
            kind: schedule.kind.to_owned(),
            waiting: 1,
            running: 0,
            parked: 0,
            failures: 0,
            enqueued_at: UnixMillis(0),
            last_success_at: Some(LAST),
            last_failure_at: None,
        };
        SCHEDULES.iter().map(counts).collect()
    }

    /// What is told of all of them so long after they went well, with a change to one.
    fn told(kind: &str, after: Duration, change: impl FnOnce(&mut KindCounts)) -> Vec<String> {
        let mut kinds = all();
        change(kinds.iter_mut().find(|counts| counts.kind == kind).expect("it is scheduled"));
        JobHealth { kinds, parked_rows: Vec::new() }.complaints(LAST.plus(after))
    }

    #[test]
    fn a_job_that_runs_in_time_and_rarely_fails_is_no_complaint() {
        assert!(told("settle", SILENCE, |counts| counts.failures = 2).is_empty());
    }

    #[test]
    fn failures_in_a_row_parking_and_silence_are_each_told_with_their_number() {
        let soon = Duration::from_secs(1);
        assert_eq!(told("settle", soon, |counts| counts.failures = 3), ["settle failed 3 times in a row"]);
        assert_eq!(told("settle", soon, |counts| counts.parked = 2), ["2 of settle are parked"]);
        let earlier = |counts: &mut KindCounts| counts.last_success_at = Some(UnixMillis(LAST.0 - 1));
        assert_eq!(told("watch-cards", SILENCE, earlier), ["watch-cards has not gone well for long"]);
    }

    #[test]
    fn a_long_turn_is_no_silence_until_it_is_far_longer_than_a_turn_of_that_job_may_be() {
        let first_turn = |counts: &mut KindCounts| {
            (counts.running, counts.enqueued_at, counts.last_success_at) = (1, LAST, None);
        };
        let others = |told: Vec<String>, kind: &str| told.iter().any(|line| line.starts_with(kind));
        for Schedule { kind, every, limit } in SCHEDULES {
            let patience = (limit * 3).max(every * 3);
            assert!(!others(told(kind, patience, first_turn), kind), "{kind}");
            assert!(others(told(kind, patience + Duration::from_millis(1), first_turn), kind), "{kind}");
        }
        let minutes = Duration::from_mins(16);
        assert!(
            others(told("watch-cards", minutes, first_turn), "watch-cards"),
            "cards are not left for an hour"
        );
    }

    #[test]
    fn a_scheduled_job_without_a_row_is_told_by_its_name() {
        let mut kinds = all();
        kinds.retain(|counts| counts.kind != "carry-outbox");
        let health = JobHealth { kinds, parked_rows: Vec::new() };
        assert_eq!(health.complaints(LAST), ["carry-outbox was never begun"]);
        assert_eq!(JobHealth::default().complaints(LAST).len(), SCHEDULES.len());
    }

    #[test]
    fn parked_rows_are_told_by_table_and_number() {
        let count = TableCount { table_name: "log_outbox".to_owned(), parked: 200 };
        let health = JobHealth { kinds: all(), parked_rows: vec![(DatabaseName::Identity, count)] };
        assert_eq!(health.complaints(LAST), ["200 rows of log_outbox cannot be read and are parked"]);
    }
}
