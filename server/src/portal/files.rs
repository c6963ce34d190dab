//! Scripts, styles and static files, from the folder of the bundle; compressed once when it was built.

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header::CACHE_CONTROL},
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
};
use std::path::Path;
use techo_web::problem::HttpError;
use tower_http::services::{ServeDir, ServeFile};

/// Longest name of a file.
const LONGEST_NAME: usize = 200;

/// Names under `/pkg` carry the hash of their contents.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// Files of the bundle.
pub fn routes<S: Clone + Send + Sync + 'static>(site: &Path) -> Router<S> {
    // The route has a template, by which it is counted; a nested service has none.
    let built = ServeDir::new(site).precompressed_br().precompressed_gzip();
    let hashed = Router::new().route_service("/pkg/{*file}", built).layer(from_fn(keep_forever));
    let plain = Router::new()
        .route_service("/favicon.svg", ServeFile::new(site.join("favicon.svg")))
        .route_service("/robots.txt", ServeFile::new(site.join("robots.txt")))
        .layer(from_fn(keep_a_day));
    hashed.merge(plain).layer(from_fn(known_length))
}

/// A name that no file system takes is no file, and no fault of ours. Endings of packed files are added to it.
async fn known_length(request: Request, next: Next) -> Response {
    let longest = request.uri().path().split('/').map(str::len).max().unwrap_or_default();
    if longest > LONGEST_NAME { HttpError::NotFound.into_response() } else { next.run(request).await }
}

async fn keep_forever(request: Request, next: Next) -> Response {
    keep(next.run(request).await, FOREVER)
}

async fn keep_a_day(request: Request, next: Next) -> Response {
    keep(next.run(request).await, A_DAY)
}

fn keep(mut response: Response, value: HeaderValue) -> Response {
    if response.status().is_success() {
        response.headers_mut().insert(CACHE_CONTROL, value);
    }
    response
}
