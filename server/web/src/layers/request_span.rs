//! A span around every request: which listener, which route, and the reference that a person may read out. Never a path, a query or
//! a method that somebody made up.

use super::reference::RequestReference;
use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use tracing::{Instrument as _, Span, field::Empty, info_span};

/// Works on the request within its span; `listener` is the name of the door.
pub async fn layer(State(listener): State<&'static str>, request: Request, next: Next) -> Response {
    let span = span(listener, &request);
    let response = next.run(request).instrument(span.clone()).await;
    span.record("status", response.status().as_u16());
    response
}

fn span(listener: &'static str, request: &Request) -> Span {
    let extensions = request.extensions();
    let route = extensions.get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str);
    let reference = extensions.get::<RequestReference>().map(tracing::field::display);
    let method = known(request.method());
    info_span!("request", listener, method, route, reference, status = Empty)
}

/// The name of a method that we know.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
