//! What a stranger gets where somebody has to be signed in, at every door with sessions.

use axum::response::{IntoResponse, Redirect, Response};
use techo_web::problem::HttpError;

/// Why nobody is signed in: people are led to the sign-in page of the door, programs are told.
pub enum NotSignedIn {
    /// 303 to `/sign-in`.
    GoAndSignIn,
    /// Anything else.
    HttpError(HttpError),
}

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        match self {
            Self::GoAndSignIn => Redirect::to("/sign-in").into_response(),
            Self::HttpError(trouble) => trouble.into_response(),
        }
    }
}
