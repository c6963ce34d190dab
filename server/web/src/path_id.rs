//! Ids from paths. What is no id is answered like an id that nobody has: neither form nor existence can be told apart.

use crate::problem::HttpError;
use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use std::str::FromStr;

/// The one id in the path of a request.
///
/// It stands behind the proof of who asks among the parameters of a handler, so that a stranger learns nothing about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathId<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for PathId<T> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HttpError> {
        let read = Path::<String>::from_request_parts(parts, state).await;
        let Path(text) = read.map_err(|_| HttpError::NotFound)?;
        text.parse().map(Self).map_err(|_| HttpError::NotFound)
    }
}
