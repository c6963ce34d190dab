//! What a system is told of each thing that can be wrong with what it asks or sends. Whatever is not theirs is told in
//! [`outcome`](super::outcome), wherever it comes from.
//!
//! To tell one more: the variant in the error of its use case, and its sentence here; without it nothing compiles.

use super::FhirError;
use techo_disclosure::clinic::{CardChallengeError, EligibilityError, IdentifyError, SendError};

impl FhirError {
    /// Not understood: what cannot be used of it.
    pub(super) fn unusable(what: &str) -> Self {
        Self::invalid(format!("this cannot be used: {what}"))
    }
}

impl From<IdentifyError> for FhirError {
    fn from(error: IdentifyError) -> Self {
        match error {
            IdentifyError::ShareCode => Self::unusable("share-code"),
            IdentifyError::Failure(failure) => failure.into(),
        }
    }
}

impl From<EligibilityError> for FhirError {
    fn from(error: EligibilityError) -> Self {
        match error {
            EligibilityError::TooFarAhead => Self::unusable("servicedDate is more than two months ahead"),
            EligibilityError::Failure(failure) => failure.into(),
        }
    }
}

impl From<CardChallengeError> for FhirError {
    fn from(error: CardChallengeError) -> Self {
        match error {
            CardChallengeError::NoOrigin => Self::unusable("no-origin"),
            CardChallengeError::Failure(failure) => failure.into(),
        }
    }
}

impl From<SendError> for FhirError {
    fn from(error: SendError) -> Self {
        Self::unusable(match error {
            SendError::NotLiving => {
                "the day is before the birth or after the death of the person behind the code"
            }
            SendError::BirthDate => "the birth date is not that of the person behind the code",
            SendError::TakenBack => "a document that is not older took this checkup back",
            SendError::Outdated => "a newer document about this checkup is kept",
            SendError::TooMuchKept => {
                "too many records and corrections of this person are kept, so nothing more is taken in"
            }
            SendError::Failure(failure) => return failure.into(),
        })
    }
}
