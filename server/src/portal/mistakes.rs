//! What is theirs and comes from no form of ours that is filled in by hand: a request that was not understood. What a page has a
//! sentence for is matched where the page is made.

use crate::layers::problem::HttpError;
use techo_citizen::consent::{ConsentDraftError, RecordMarkError};
use techo_identity::passkey::AddPasskeyError;

impl From<ConsentDraftError> for HttpError {
    fn from(error: ConsentDraftError) -> Self {
        match error {
            ConsentDraftError::Contradiction | ConsentDraftError::TooManyRules => Self::BadRequest,
            ConsentDraftError::Failure(failure) => failure.into(),
        }
    }
}

impl From<RecordMarkError> for HttpError {
    fn from(error: RecordMarkError) -> Self {
        match error {
            RecordMarkError::MarkedMeanwhile | RecordMarkError::LabelOnCoverage => Self::BadRequest,
            RecordMarkError::Failure(failure) => failure.into(),
        }
    }
}

impl From<AddPasskeyError> for HttpError {
    fn from(error: AddPasskeyError) -> Self {
        match error {
            AddPasskeyError::TooMany => Self::BadRequest,
            AddPasskeyError::Failure(failure) => failure.into(),
        }
    }
}
