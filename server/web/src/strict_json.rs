//! Bodies of JSON: read by the one strict reader, and refused with the place of what is wrong.

use crate::problem::HttpError;
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use techo_exchange::json::{JsonBounds, JsonFault, JsonProblem, read_strict_json};

/// Longest body of a form in JSON: a card token with its certificate.
const BODY: JsonBounds = JsonBounds::of_bytes(64 * 1024);

/// A body of JSON in which no object has a name twice.
pub struct StrictJson<T>(pub T);

/// Why a body was not read.
#[derive(Debug)]
pub struct JsonRefusal {
    trouble: HttpError,
    place: Option<String>,
}

/// Rides on an answer that refuses a body: where in it something is wrong, and what.
#[derive(Clone, Debug)]
pub struct JsonPosition(pub String);

impl From<JsonProblem> for JsonRefusal {
    fn from(problem: JsonProblem) -> Self {
        let trouble =
            if problem.fault == JsonFault::TooLarge { HttpError::TooLarge } else { HttpError::BadRequest };
        Self { trouble, place: Some(problem.to_string()) }
    }
}

impl From<HttpError> for JsonRefusal {
    fn from(trouble: HttpError) -> Self {
        Self { trouble, place: None }
    }
}

impl IntoResponse for JsonRefusal {
    fn into_response(self) -> Response {
        let mut response = self.trouble.into_response();
        if let Some(place) = self.place {
            response.extensions_mut().insert(JsonPosition(place));
        }
        response
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for StrictJson<T> {
    type Rejection = JsonRefusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, JsonRefusal> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind =
            kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
        if kind != "application/json" && !kind.ends_with("+json") {
            return Err(HttpError::BadRequest.into());
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            JsonRefusal::from(match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => HttpError::TooLarge,
                _ => HttpError::BadRequest,
            })
        })?;
        Ok(Self(read_strict_json(&body, BODY)?))
    }
}
