//! Requests that are refused before their body was read.

use crate::problem::HttpError;
use axum::{
    body::{BodyDataStream, Bytes, HttpBody as _},
    extract::Request,
    http::{
        HeaderMap, HeaderValue,
        header::{CONNECTION, CONTENT_LENGTH, EXPECT},
    },
    response::{IntoResponse as _, Response},
};
use futures::StreamExt as _;
use std::time::Duration;
use tokio::time::timeout;

/// What is still read of a body that nobody wants, so that the connection can be used again.
const DRAINED: usize = 256 * 1024;
/// For how long.
const DRAIN_TIME: Duration = Duration::from_secs(1);

const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// Refuses a request whose body was not read. The body is read away when that is quickly done; else the answer says that the
/// connection ends, so that nobody takes the rest of the body for the next request or sends one in vain.
pub async fn turn_away(request: Request, trouble: HttpError) -> Response {
    // Whoever waits to be asked for the body has not sent it.
    let waits = request.headers().contains_key(EXPECT);
    let small = announced(request.headers()).is_none_or(|length| length <= DRAINED);
    let body = request.into_body();
    if body.is_end_stream() || (small && !waits && drained(body.into_data_stream()).await) {
        trouble.into_response()
    } else {
        closing(trouble)
    }
}

async fn drained(mut body: BodyDataStream) -> bool {
    let all = async {
        let mut read = 0;
        while let Some(part) = body.next().await {
            read += part.as_ref().map_or(DRAINED, Bytes::len);
            if read > DRAINED {
                return false;
            }
        }
        true
    };
    timeout(DRAIN_TIME, all).await.unwrap_or(false)
}

/// An answer after which the connection ends.
pub(super) fn closing(trouble: HttpError) -> Response {
    let mut response = trouble.into_response();
    response.headers_mut().insert(CONNECTION, CLOSE);
    response
}

/// How long the body says that it is.
pub(super) fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
