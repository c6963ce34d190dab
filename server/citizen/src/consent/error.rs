//! What can be wrong with choices and marks.

use techo_custody::{Failure, lift_failures};

/// Why no draft was kept.
#[derive(Debug, thiserror::Error)]
pub enum ConsentDraftError {
    /// Theirs: a rule contradicts itself, which no page of ours writes.
    #[error("a rule contradicts itself")]
    Contradiction,
    /// Theirs: more rules than anybody can keep in mind.
    #[error("there are too many rules")]
    TooManyRules,
    /// Not allowed, or ours.
    #[error(transparent)]
    Failure(Failure),
}

/// Why a draft was neither saved nor given up.
#[derive(Debug, thiserror::Error)]
pub enum ConsentSaveError {
    /// Theirs: something else was saved since it was drafted.
    #[error("something else was saved meanwhile")]
    SavedMeanwhile,
    /// Theirs: another draft was made since it was shown.
    #[error("something else was drafted meanwhile")]
    DraftedMeanwhile,
    /// Not allowed, not there, or ours.
    #[error(transparent)]
    Failure(Failure),
}

/// Why a record did not get its mark.
#[derive(Debug, thiserror::Error)]
pub enum RecordMarkError {
    /// Theirs: another mark was put since it was chosen.
    #[error("another mark was put meanwhile")]
    MarkedMeanwhile,
    /// Theirs: a label on a period of insurance.
    #[error("a period of insurance has no labels")]
    LabelOnCoverage,
    /// Not allowed, not there, or ours.
    #[error(transparent)]
    Failure(Failure),
}

lift_failures!(ConsentDraftError, ConsentSaveError, RecordMarkError);
