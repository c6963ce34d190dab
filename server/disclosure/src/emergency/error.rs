//! What can be wrong with an emergency that is declared, answered or reviewed.

use crate::clinic::IdentifyError;
use techo_custody::{Failure, lift_failures};

/// Why what somebody wrote about an emergency is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmergencyTextError {
    /// Theirs: nothing is written.
    #[error("nothing is written")]
    Empty,
    /// Theirs: more than [`TEXT_MAX`](super::TEXT_MAX) characters, or some that cannot be seen.
    #[error("the text is too long, or has control characters")]
    TooLong,
    /// Theirs: digits that may be the number of a person.
    #[error("the text may hold a personal number")]
    PersonalNumber,
}

/// Why an emergency was not declared.
#[derive(Debug, thiserror::Error)]
pub enum DeclareError {
    /// Theirs: the reason as a text.
    #[error(transparent)]
    Text(#[from] EmergencyTextError),
    /// Theirs: fewer than [`REASON_MIN`](super::REASON_MIN) characters, or hardly different ones.
    #[error("the reason says too little")]
    ReasonShort,
    /// Theirs: the reason of one that is over.
    #[error("the reason was given in the last day")]
    ReasonAgain,
    /// Theirs: what points at the person is no share code.
    #[error("this is no share code")]
    ShareCode,
    /// Not allowed, not there, too often, or ours.
    #[error(transparent)]
    Failure(Failure),
}

/// Why a review was not closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseReviewError {
    /// Theirs: the remark.
    #[error(transparent)]
    Remark(#[from] EmergencyTextError),
    /// Theirs: the emergency is not over yet.
    #[error("the emergency still runs")]
    StillRuns,
    /// Theirs: somebody else closed it, or the person answered since it was shown.
    #[error("the review changed meanwhile")]
    ChangedMeanwhile,
    /// Not allowed, not there, or ours.
    #[error(transparent)]
    Failure(Failure),
}

lift_failures!(CloseReviewError, DeclareError);

impl From<IdentifyError> for DeclareError {
    fn from(error: IdentifyError) -> Self {
        match error {
            IdentifyError::ShareCode => Self::ShareCode,
            IdentifyError::Failure(failure) => Self::Failure(failure),
        }
    }
}
