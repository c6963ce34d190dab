//! What can be wrong with inviting somebody to the console, and with joining it.

use techo_custody::{Failure, lift_failures};

/// Why somebody was not invited.
#[derive(Debug, thiserror::Error)]
pub enum InvitationError {
    /// Theirs: no name, or one that is too long.
    #[error("the name is none")]
    Name,
    /// Theirs: digits in the name that may be the number of a person.
    #[error("the name may hold a personal number")]
    PersonalNumber,
    /// Theirs: the role needs a place that treats people, or the organisation is none.
    #[error("the role does not fit the organisation")]
    Organisation,
    /// Theirs: nobody knows the organisation.
    #[error("the organisation is not registered")]
    UnknownOrganisation,
    /// Theirs: they are suspended, and have to be let in first.
    #[error("whoever is to be invited again is suspended")]
    Suspended,
    /// Not there, or ours.
    #[error(transparent)]
    Failure(Failure),
}

/// Why somebody who was invited did not join.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// Theirs: the code is wrong, used or over.
    #[error("the invitation is none, or not any more")]
    Invitation,
    /// Theirs: the passkey could leave its device.
    #[error("the passkey is not bound to its device")]
    SyncedPasskey,
    /// Not allowed, or ours.
    #[error(transparent)]
    Failure(Failure),
}

lift_failures!(InvitationError, JoinError);
