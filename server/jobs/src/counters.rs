//! How turns ended since the start of this process.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnOutcome {
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
pub struct TurnCounts {
    /// That went well.
    pub done: u64,
    /// That failed, were parked or lost their lease, panics apart.
    pub failed: u64,
    /// That panicked.
    pub panicked: u64,
}

/// Turns by kind.
#[derive(Debug, Default)]
pub struct JobCounters(Mutex<BTreeMap<&'static str, TurnCounts>>);

impl JobCounters {
    /// Counts a turn.
    pub(crate) fn count(&self, kind: &'static str, outcome: TurnOutcome) {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = kinds.entry(kind).or_default();
        match outcome {
            TurnOutcome::Done => counts.done += 1,
            TurnOutcome::Failed | TurnOutcome::Parked | TurnOutcome::Lost => counts.failed += 1,
            TurnOutcome::Panicked => counts.panicked += 1,
        }
    }

    /// Turns by kind, since the start.
    pub fn all(&self) -> BTreeMap<&'static str, TurnCounts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
