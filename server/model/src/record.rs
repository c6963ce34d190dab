//! What holds for every kind of record: which kinds there are, and whether one is open or under review.

use crate::UnixMillis;

/// The kinds of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// 健診.
    Checkup,
    /// 検査.
    Laboratory,
    /// 予防接種.
    Vaccination,
    /// 資格.
    Coverage,
}

impl RecordKind {
    /// All kinds with their stored names, which stand in URLs and form fields too.
    pub const ALL: [(Self, &str); 4] = [
        (Self::Checkup, "checkup"),
        (Self::Laboratory, "laboratory"),
        (Self::Vaccination, "vaccination"),
        (Self::Coverage, "coverage"),
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("checkup", |(_, name)| name)
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
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
