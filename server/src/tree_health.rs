//! How the tree of the access log stands: noted by the job that grows it, told at the operators' door.

use std::sync::atomic::{AtomicU8, Ordering};

/// How the tree of the access log stands, for the operators' door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TreeStanding {
    /// It grows, and its checkpoints arrive.
    Growing,
    /// It grows, but its checkpoints wait for the second place.
    SecondPlaceAway,
    /// It contradicts what was signed before, and stands still until somebody has looked.
    Contradiction,
    /// It could not grow; the next turn tries again.
    Failing,
}

/// The last standing.
#[derive(Debug, Default)]
pub struct TreeHealth(AtomicU8);

impl TreeHealth {
    /// How the tree stood after the last turn.
    pub fn standing(&self) -> TreeStanding {
        use TreeStanding::{Contradiction, Failing, Growing, SecondPlaceAway};
        let all = [Growing, SecondPlaceAway, Contradiction, Failing];
        all[usize::from(self.0.load(Ordering::Relaxed)).min(3)]
    }

    /// Notes how it stands after a turn.
    pub(crate) fn note(&self, standing: TreeStanding) {
        self.0.store(standing as u8, Ordering::Relaxed);
    }
}
