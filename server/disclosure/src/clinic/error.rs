//! What can be wrong with what an organisation asks and sends.

use techo_custody::{Failure, lift_failures};

/// Why nobody was identified.
#[derive(Debug, thiserror::Error)]
pub enum IdentifyError {
    /// Theirs: what was typed is no share code.
    #[error("this is no share code")]
    ShareCode,
    /// Not there, too often, or ours.
    #[error(transparent)]
    Failure(Failure),
}

/// Why eligibility may not be asked.
#[derive(Debug, thiserror::Error)]
pub enum EligibilityError {
    /// Theirs: the day is further ahead than insurers know.
    #[error("the day is too far ahead")]
    TooFarAhead,
    /// Not allowed.
    #[error(transparent)]
    Failure(Failure),
}

/// Why a card is asked nothing.
#[derive(Debug, thiserror::Error)]
pub enum CardChallengeError {
    /// Theirs: no origin is registered for the organisation.
    #[error("no origin is registered")]
    NoOrigin,
    /// Ours.
    #[error(transparent)]
    Failure(Failure),
}

/// Why a record that was sent is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Theirs: its day is before the birth or after the death of its person.
    #[error("the person did not live on the day")]
    NotLiving,
    /// Theirs: another birth date than that of its person.
    #[error("the birth date is another")]
    BirthDate,
    /// Theirs: a document that is not older took it back.
    #[error("it was taken back")]
    TakenBack,
    /// Theirs: a newer document is kept.
    #[error("a newer document is kept")]
    Outdated,
    /// Theirs: as much as is kept of one person is kept already.
    #[error("too much is kept of this person")]
    TooMuchKept,
    /// Not allowed, not there, or ours.
    #[error(transparent)]
    Failure(Failure),
}

lift_failures!(CardChallengeError, EligibilityError, IdentifyError, SendError);
