//! How turns ended since the start of this process.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunOutcome {
    /// It went well.
    Done,
    /// It failed and is tried again.
    Failed,
    /// It panicked and is tried again.
    Panicked,
    /// It is not tried again.
    Parked,
    /// Somebody else has the lease.
    Lost,
}

/// Turns of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunCounts {
    /// That went well.
    pub done: u64,
    /// That failed, were parked or lost their lease, panics apart.
    pub failed: u64,
    /// That panicked.
    pub panicked: u64,
}

/// Turns by kind.
#[derive(Debug, Default)]
pub struct JobCounters(Mutex<BTreeMap<&'static str, RunCounts>>);

impl JobCounters {
    /// Counts a turn.
    pub(crate) fn count(&self, kind: &'static str, outcome: RunOutcome) {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = kinds.entry(kind).or_default();
        match outcome {
            RunOutcome::Done => counts.done += 1,
            RunOutcome::Failed | RunOutcome::Parked | RunOutcome::Lost => counts.failed += 1,
            RunOutcome::Panicked => counts.panicked += 1,
        }
    }

    /// Turns by kind, since the start.
    pub fn all(&self) -> BTreeMap<&'static str, RunCounts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
