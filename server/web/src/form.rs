//! How a form that was not taken is answered: its page again, with 422. What stands on the page is the page's own matter, see
//! [`techo_app::form`].

use crate::problem::Told;
use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

/// The page of a form that comes back with its mistakes.
pub fn refused(page: Response) -> Response {
    let mut response = (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    response.extensions_mut().insert(Told);
    response
}
