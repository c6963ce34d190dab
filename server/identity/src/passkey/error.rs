//! What can be wrong with passkeys as their owner handles them.

use techo_custody::{Failure, lift_failures};

/// Why no further passkey works.
#[derive(Debug, thiserror::Error)]
pub enum AddPasskeyError {
    /// Theirs: as many work already as an account may have ([`MAX_PASSKEYS`](super::MAX_PASSKEYS)).
    #[error("there are as many passkeys as may be")]
    TooMany,
    /// Not allowed, not there, or ours.
    #[error(transparent)]
    Failure(Failure),
}

/// Why a passkey did not get its name.
#[derive(Debug, thiserror::Error)]
pub enum RenamePasskeyError {
    /// Theirs: nothing that can be seen.
    #[error("the name is empty")]
    Empty,
    /// Theirs: more than [`NICKNAME_MAX`](super::NICKNAME_MAX) characters.
    #[error("the name is too long")]
    TooLong,
    /// Theirs: digits that may be the number of a person.
    #[error("the name may hold a personal number")]
    PersonalNumber,
    /// Theirs: characters that are no text of one line, which no field of a page sends.
    #[error("the name is not one line of text")]
    NotOneLine,
    /// Not allowed, not there, or ours.
    #[error(transparent)]
    Failure(Failure),
}

lift_failures!(AddPasskeyError, RenamePasskeyError);
