//! A reference for every request: what a person reads to support, and what stands in the log beside the cause.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use std::fmt;
use techo_custody::environment::Environment;
use uuid::Uuid;

/// The reference of a request: random, so that it tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestReference(pub Uuid);

impl fmt::Display for RequestReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Eight hexadecimal digits are short enough to read out and long enough to find a line in a day's log.
        let text = self.0.simple().to_string();
        write!(f, "{}-{}", &text[..4], &text[4..8])
    }
}

/// Puts a reference on the request.
pub async fn layer(State(environment): State<Environment>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(RequestReference(environment.opaque_id()));
    next.run(request).await
}
