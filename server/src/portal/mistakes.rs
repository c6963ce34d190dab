//! What is theirs and comes from no form of ours that is filled in by hand: a request that was not understood. What a page has a
//! sentence for is matched where the page is made.

use techo_citizen::consent::{ConsentDraftError, RecordMarkError};
use techo_identity::passkey::AddPasskeyError;
use techo_web::problem::HttpError;

/// A draft that was not kept.
pub(super) fn draft_refused(error: ConsentDraftError) -> HttpError {
    match error {
        ConsentDraftError::Contradiction | ConsentDraftError::TooManyRules => HttpError::BadRequest,
        ConsentDraftError::Failure(failure) => failure.into(),
    }
}

/// A mark that was not kept while a check came between.
pub(super) fn mark_refused(error: RecordMarkError) -> HttpError {
    match error {
        RecordMarkError::MarkedMeanwhile | RecordMarkError::LabelOnCoverage => HttpError::BadRequest,
        RecordMarkError::Failure(failure) => failure.into(),
    }
}

/// A passkey that is one too many.
pub(super) fn passkey_refused(error: AddPasskeyError) -> HttpError {
    match error {
        AddPasskeyError::TooMany => HttpError::BadRequest,
        AddPasskeyError::Failure(failure) => failure.into(),
    }
}
