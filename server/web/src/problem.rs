//! Why a request was not done: one kind for everything that is answered alike, and nothing about the cause. Each door gives it its
//! page or its document; the cause goes to the log, beside the reference.

use axum::{
    http::{
        StatusCode,
        header::{ALLOW, CONNECTION, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use std::sync::Arc;
use techo_custody::{Failure, Internal};
use tower::{BoxError, load_shed::error::Overloaded};

/// How long to stay away when everybody came at once.
const BUSY_SECONDS: u64 = 5;
/// The same when a database is locked, full or away.
pub const AWAY_SECONDS: u64 = 10;

/// What a handler of a door with pages gives back.
pub type HttpResult = Result<Response, HttpError>;

/// Why a request was not done.
#[derive(Clone, Debug)]
pub enum HttpError {
    /// No such page, or nothing there for this person.
    NotFound,
    /// No session.
    NoSession,
    /// A change that did not come from our own pages.
    CrossSite,
    /// Not allowed; one body for every reason.
    Refused,
    /// The notebook is of somebody who cannot open it by themself yet. Told only after card or passkey proved who it is.
    BelowAge,
    /// A step was taken too late, twice or from another page.
    Stale,
    /// Not understood.
    BadRequest,
    /// Too large.
    TooLarge,
    /// The body came too slowly.
    TooSlow,
    /// Too often.
    Limited {
        /// Seconds.
        retry_after: u64,
    },
    /// Everybody came at once.
    Busy,
    /// A database is locked, full or away, and the same request may succeed later; the text is for the log.
    Away(Arc<str>),
    /// Our fault; the text is for the log.
    Broken(Arc<str>),
}

impl HttpError {
    /// Status, stable type, English title.
    pub fn facts(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::NoSession => (StatusCode::UNAUTHORIZED, "no-session", "Sign in first"),
            Self::CrossSite => {
                (StatusCode::FORBIDDEN, "cross-site", "The request did not come from this site")
            }
            Self::Refused => (StatusCode::FORBIDDEN, "refused", "Refused"),
            Self::BelowAge => {
                (StatusCode::FORBIDDEN, "below-age", "Notebooks of people below 15 cannot be opened yet")
            }
            Self::Stale => (StatusCode::CONFLICT, "stale", "This step is over: begin again"),
            Self::BadRequest => (StatusCode::BAD_REQUEST, "bad-request", "The request was not understood"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The request is too large"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too-slow", "The request came too slowly"),
            Self::Limited { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "limit", "Too many requests: wait a moment")
            }
            Self::Busy => {
                (StatusCode::SERVICE_UNAVAILABLE, "busy", "Many people are here: try again in a moment")
            }
            Self::Away(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "transient",
                "This is not possible for now: try again later",
            ),
            Self::Broken(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "broken", "Something went wrong on our side")
            }
        }
    }

    /// Seconds until the next try makes sense, where waiting helps.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Limited { retry_after } => Some(*retry_after),
            Self::Busy => Some(BUSY_SECONDS),
            Self::Away(_) => Some(AWAY_SECONDS),
            _ => None,
        }
    }

    /// Tells the log what stands behind it, beside the reference that the person was told.
    pub fn note(&self, reference: &str) {
        match self {
            Self::Broken(cause) => tracing::error!(reference, cause = &**cause, "request failed"),
            Self::Away(cause) => tracing::warn!(reference, cause = &**cause, "request put off"),
            _ => {}
        }
    }

    /// The trouble behind a bare status that a library answered with.
    pub fn of_status(status: StatusCode) -> Option<Self> {
        Some(match status {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Self::NotFound,
            StatusCode::UNAUTHORIZED => Self::NoSession,
            StatusCode::FORBIDDEN => Self::Refused,
            StatusCode::CONFLICT => Self::Stale,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::REQUEST_TIMEOUT => Self::TooSlow,
            StatusCode::SERVICE_UNAVAILABLE => Self::Busy,
            StatusCode::TOO_MANY_REQUESTS => Self::Limited { retry_after: 1 },
            status if status.is_client_error() => Self::BadRequest,
            status if status.is_server_error() => {
                Self::Broken("a library answered with a bare status".into())
            }
            _ => return None,
        })
    }
}

impl From<Failure> for HttpError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => {
                tracing::info!(reason = refusal.log_field(), "refused");
                Self::Refused
            }
            Failure::BelowAge => Self::BelowAge,
            Failure::Limited { retry_after } => Self::Limited { retry_after },
            Failure::NotFound => Self::NotFound,
            Failure::Internal(cause) => Self::from(cause),
        }
    }
}

impl From<Internal> for HttpError {
    fn from(cause: Internal) -> Self {
        let text = cause.to_string().into();
        if cause.is_away() { Self::Away(text) } else { Self::Broken(text) }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let mut response = self.facts().0.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Marks the answer to a request whose work panicked, so that it is counted as such.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panicked;

/// Marks an error response that says everything itself.
#[derive(Clone, Copy, Debug)]
pub struct AlreadyRendered;

/// What an answer that gets its body here keeps of the one before: when to come back, whether the connection ends, and whether
/// something panicked.
pub fn copy_extensions(retry_after: Option<u64>, former: &Response, answer: &mut Response) {
    if former.extensions().get::<Panicked>().is_some() {
        answer.extensions_mut().insert(Panicked);
    }
    let headers = answer.headers_mut();
    if let Some(seconds) = retry_after {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    for name in [RETRY_AFTER, CONNECTION, ALLOW] {
        if let Some(value) = former.headers().get(&name) {
            headers.insert(name, value.clone());
        }
    }
}

/// The fallback of every router.
pub async fn not_found() -> HttpError {
    HttpError::NotFound
}

/// What the layers that bound time and number answer with instead of calling further in.
pub async fn turned_away(error: BoxError) -> HttpError {
    if error.is::<Overloaded>() { HttpError::Busy } else { HttpError::Away("a request took too long".into()) }
}

/// A handler that panicked: the message stays in the log of the panic itself.
pub fn panicked(_cause: Box<dyn std::any::Any + Send>) -> Response {
    let mut response = HttpError::Broken("a handler panicked".into()).into_response();
    response.extensions_mut().insert(Panicked);
    response
}
