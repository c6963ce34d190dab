//! How long to wait after a failure.

use std::time::Duration;

/// When work that failed is tried again, and whether.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// After the first failure; twice as long after each further one in a row.
    pub first: Duration,
    /// But never longer than this.
    pub longest: Duration,
    /// Failures in a row after which it is parked; none tries for ever.
    pub most_failures: Option<i64>,
}

impl RetryPolicy {
    /// Of work that was asked for: within minutes at first, for some hours in all, and then it is parked.
    pub const ASKED: Self =
        Self { first: Duration::from_secs(5), longest: Duration::from_hours(1), most_failures: Some(12) };

    /// Of a scheduled job: soon, never later than its next turn or a quarter of a minute, and for ever.
    pub fn scheduled(every: Duration) -> Self {
        const SOON: Duration = Duration::from_secs(15);
        Self { first: every.min(SOON), longest: every.max(SOON), most_failures: None }
    }

    /// How long to wait after so many failures in a row.
    pub fn delay(&self, failures: i64) -> Duration {
        let doublings = u32::try_from(failures.saturating_sub(1).clamp(0, 31)).unwrap_or(31);
        self.first.saturating_mul(1 << doublings).min(self.longest)
    }

    /// Whether so many failures in a row are enough.
    pub fn gives_up_after(&self, failures: i64) -> bool {
        self.most_failures.is_some_and(|most| most <= failures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_in_a_row_doubles_the_wait_up_to_the_longest() {
        let policy = RetryPolicy::scheduled(Duration::from_secs(2));
        let waits: Vec<u64> = (1..=6).map(|failures| policy.delay(failures).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 15, 15, 15]);
        assert_eq!(policy.delay(i64::MAX), policy.longest);
        assert!(!policy.gives_up_after(i64::MAX), "a scheduled job is tried for ever");
    }

    #[test]
    fn a_rare_job_that_failed_does_not_wait_for_its_next_turn() {
        let policy = RetryPolicy::scheduled(Duration::from_mins(10));
        assert_eq!(policy.delay(1), Duration::from_secs(15));
        assert_eq!(policy.delay(20), Duration::from_mins(10));
    }

    #[test]
    fn work_that_was_asked_for_is_given_up_after_some_hours() {
        assert!(!RetryPolicy::ASKED.gives_up_after(11));
        assert!(RetryPolicy::ASKED.gives_up_after(12));
    }
}
