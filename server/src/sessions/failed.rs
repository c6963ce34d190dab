//! What a person is told when their session could not be read or written.

use super::store::AWAY;
use axum::{extract::Request, http::StatusCode, middleware::Next, response::Response};
use techo_web::problem::{AlreadyRendered, HttpError};
use tower_sessions::{session, session_store};

/// A session that could not be read or written.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err, which gives the error away")]
pub fn broken(error: session::Error) -> HttpError {
    let text = format!("session: {error}").into();
    match &error {
        session::Error::Store(session_store::Error::Backend(cause)) if cause.starts_with(AWAY) => {
            HttpError::Away(text)
        }
        _ => HttpError::Broken(text),
    }
}

/// Directly outside of the session layer, which saves a session after the handler is done and answers with a bare 500 when it
/// cannot: the vault is away, and the layer has told the log why. Whatever comes from further in carries its own words.
pub async fn unsaved(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let said = response.extensions();
    let is_bare = said.get::<HttpError>().is_none() && said.get::<AlreadyRendered>().is_none();
    if is_bare && response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        response.extensions_mut().insert(HttpError::Away("a session could not be saved".into()));
    }
    response
}
