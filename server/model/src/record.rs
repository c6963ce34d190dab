//! What holds for every kind of record: which kinds there are, and whether one is open or under review.

use crate::{UnixMillis, words};

words! {
    /// The kinds of record. The words are stored, and stand in URLs and form fields too.
    RecordKind {
        /// 健診.
        Checkup "checkup";
        /// 検査.
        Laboratory "laboratory";
        /// 予防接種.
        Vaccination "vaccination";
        /// 資格.
        Coverage "coverage";
    }
}

words! {
    /// What waits for its person.
    WaitingKind {
        /// 健診: a document.
        Checkup "checkup";
        /// 予防接種: a dose.
        Vaccination "vaccination";
    }
}

/// Whether a record is open to its owner or frozen while a report about it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewState {
    /// Shown.
    Open,
    /// Frozen: the values are hidden from everybody, the owner sees that it is under review since then.
    UnderReview {
        /// When the owner reported it.
        since: UnixMillis,
    },
}

impl ReviewState {
    /// Of a record that is frozen since then, or not at all.
    pub fn of(frozen_at: Option<UnixMillis>) -> Self {
        frozen_at.map_or(Self::Open, |since| Self::UnderReview { since })
    }
}
