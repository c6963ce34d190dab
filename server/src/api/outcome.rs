//! What a system is told when something was not done: an `OperationOutcome` under `/fhir`, a problem document elsewhere, and
//! nothing about a cause of ours. The cause goes to the log, beside the reference.

use axum::{
    extract::Request,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use techo_custody::{Failure, Internal};
use techo_exchange::fhir::{self, request::RequestProblem};
use techo_web::{
    layers::reference::RequestReference,
    problem::{AWAY_SECONDS, AlreadyRendered, HttpError, copy_extensions},
};

/// What resources are sent as.
pub(super) const FHIR_JSON: &str = "application/fhir+json";

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FhirIssue {
    /// Code of `http://hl7.org/fhir/issue-type`.
    pub code: &'static str,
    /// What and what to do, in English for whoever builds the system. Never a value that came with the request.
    pub text: String,
    /// FHIRPath of the element.
    pub expression: Option<String>,
}

impl From<RequestProblem> for FhirIssue {
    fn from(RequestProblem { place, what }: RequestProblem) -> Self {
        Self { code: "invalid", text: what.to_owned(), expression: Some(place) }
    }
}

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FhirError {
    status: StatusCode,
    issues: Vec<FhirIssue>,
    retry_after: Option<u64>,
    cause: Option<String>,
}

impl FhirError {
    fn new(status: StatusCode, code: &'static str, text: impl Into<String>) -> Self {
        let issues = vec![FhirIssue { code, text: text.into(), expression: None }];
        Self { status, issues, retry_after: None, cause: None }
    }

    /// Nothing there, or nobody, or not for this organisation: one answer.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "nothing was found")
    }

    /// No access token, or one that is over.
    pub fn login() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "login", "a valid access token is needed; see /oauth/token")
    }

    /// The token does not cover it.
    pub fn forbidden(text: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", text)
    }

    /// Not understood.
    pub fn invalid(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid", text)
    }

    /// Not understood, with its place.
    pub fn bad_request(issue: impl Into<FhirIssue>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, issues: vec![issue.into()], retry_after: None, cause: None }
    }

    /// Only other forms of the answer can be written.
    pub fn not_acceptable(known: &str) -> Self {
        Self::new(
            StatusCode::NOT_ACCEPTABLE,
            "not-supported",
            format!("the answer can be written as {known}"),
        )
    }

    /// Understood, but not done here: an unknown parameter, a modifier.
    pub fn not_supported(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "not-supported", text)
    }

    /// A resource that breaks rules, each with its place.
    pub fn unprocessable(issues: Vec<FhirIssue>) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, issues, retry_after: None, cause: None }
    }

    /// A condition that several fulfil where at most one may.
    pub fn several(text: &str) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "multiple-matches", text)
    }

    /// Too often.
    pub fn throttled(retry_after: u64) -> Self {
        let outcome = Self::new(StatusCode::TOO_MANY_REQUESTS, "throttled", "too many tries: wait");
        Self { retry_after: Some(retry_after), ..outcome }
    }

    /// Ours.
    pub fn broken(cause: impl Into<String>) -> Self {
        let outcome = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "exception", "something went wrong here");
        Self { cause: Some(cause.into()), ..outcome }
    }

    /// A database is locked, full or away; the same request may succeed later.
    pub fn away(cause: impl Into<String>) -> Self {
        let text = "this is not possible for now: try again later";
        let outcome = Self::new(StatusCode::SERVICE_UNAVAILABLE, "transient", text);
        Self { cause: Some(cause.into()), retry_after: Some(AWAY_SECONDS), ..outcome }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Whether it is up to whoever asked; ours is not told inside of something that went well.
    pub fn is_theirs(&self) -> bool {
        self.status.is_client_error() && self.status != StatusCode::TOO_MANY_REQUESTS
    }

    /// The resource, for an entry of a bundle.
    pub fn resource(&self) -> Value {
        self.fhir("in a bundle")
    }

    fn fhir(&self, reference: &str) -> Value {
        let issue = |issue: &FhirIssue| {
            let mut body = json!({
                "severity": if self.status.is_server_error() { "fatal" } else { "error" },
                "code": issue.code,
                "diagnostics": format!("{} (reference {reference})", issue.text),
            });
            if let Some(expression) = &issue.expression {
                body["expression"] = json!([expression]);
            }
            body
        };
        json!({ "resourceType": "OperationOutcome", "issue": self.issues.iter().map(issue).collect::<Vec<_>>() })
    }

    /// RFC 6749 has words for what clients do wrong; for the rest it lends those of its authorization endpoint.
    fn token_error(&self, reference: &str) -> Value {
        let error = match self.status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => "temporarily_unavailable",
            status if status.is_server_error() => "server_error",
            _ => "invalid_request",
        };
        let text = self.issues.first().map_or("", |issue| issue.text.as_str());
        json!({ "error": error, "error_description": format!("{text} (reference {reference})") })
    }

    fn problem(&self, reference: &str) -> Value {
        let first = self.issues.first();
        json!({
            "type": format!("urn:techo:problem:{}", first.map_or("invalid", |issue| issue.code)),
            "title": first.map_or("", |issue| issue.text.as_str()),
            "status": self.status.as_u16(),
            "reference": reference,
        })
    }
}

impl From<Failure> for FhirError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => {
                tracing::info!(reason = refusal.log_field(), "refused");
                Self::forbidden("refused")
            }
            Failure::BelowAge => Self::forbidden("refused"),
            Failure::Limited { retry_after } => Self::throttled(retry_after),
            Failure::NotFound => Self::not_found(),
            Failure::Internal(cause) => cause.into(),
        }
    }
}

impl From<Internal> for FhirError {
    fn from(cause: Internal) -> Self {
        if cause.is_away() { Self::away(cause.to_string()) } else { Self::broken(cause.to_string()) }
    }
}

impl From<&HttpError> for FhirError {
    fn from(trouble: &HttpError) -> Self {
        match trouble {
            HttpError::NotFound => Self::not_found(),
            HttpError::NoSession => Self::login(),
            HttpError::CrossSite | HttpError::Refused => Self::forbidden("refused"),
            HttpError::Limited { retry_after } => Self::throttled(*retry_after),
            HttpError::Broken(cause) => Self::broken(&**cause),
            HttpError::Away(cause) => Self::away(&**cause),
            HttpError::TooSlow => {
                Self::new(StatusCode::REQUEST_TIMEOUT, "timeout", "the request came too slowly")
            }
            HttpError::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-long", "the request is too large")
            }
            other => {
                let status = other.clone().into_response().status();
                let busy = status.is_server_error();
                let outcome = Self::new(
                    status,
                    if busy { "transient" } else { "invalid" },
                    if busy { "try again in a moment" } else { "the request was not understood" },
                );
                Self { retry_after: other.retry_after(), ..outcome }
            }
        }
    }
}

impl IntoResponse for FhirError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// An answer that is a resource.
pub(super) fn fhir_json(resource: &Value) -> Response {
    ([(CONTENT_TYPE, FHIR_JSON)], fhir::json_text(resource)).into_response()
}

/// An answer that is a resource which was made.
pub(super) fn fhir_created(resource: &Value) -> Response {
    (StatusCode::CREATED, fhir_json(resource)).into_response()
}

/// The fallback of the router.
pub(super) async fn unknown_route() -> FhirError {
    FhirError::not_found()
}

/// Gives every refusal and every failure its body.
pub(super) async fn layer(request: Request, next: Next) -> Response {
    let manner = Manner::of(request.uri().path());
    let reference =
        request.extensions().get::<RequestReference>().map(ToString::to_string).unwrap_or_default();
    let response = next.run(request).await;
    let extensions = response.extensions();
    let outcome = match (extensions.get::<FhirError>(), extensions.get::<HttpError>()) {
        (Some(outcome), _) => Some(outcome.clone()),
        (None, Some(trouble)) => Some(trouble.into()),
        (None, None) if extensions.get::<AlreadyRendered>().is_some() => None,
        (None, None) => HttpError::of_status(response.status()).map(|trouble| FhirError::from(&trouble)),
    };
    match outcome {
        Some(outcome) => present(&outcome, manner, &reference, &response),
        None => response,
    }
}

/// How the clients of a place read errors.
#[derive(Clone, Copy)]
enum Manner {
    /// `OperationOutcome`.
    Fhir,
    /// RFC 6749 section 5.2.
    Token,
    /// Problem documents.
    Problem,
}

impl Manner {
    fn of(path: &str) -> Self {
        match path {
            "/oauth/token" => Self::Token,
            path if path.starts_with("/fhir") => Self::Fhir,
            _ => Self::Problem,
        }
    }
}

fn present(outcome: &FhirError, manner: Manner, reference: &str, former: &Response) -> Response {
    match &outcome.cause {
        Some(cause) if outcome.status == StatusCode::SERVICE_UNAVAILABLE => {
            tracing::warn!(reference, cause, "request put off");
        }
        Some(cause) => tracing::error!(reference, cause, "request failed"),
        None => {}
    }
    let (body, kind) = match manner {
        Manner::Fhir => (outcome.fhir(reference), FHIR_JSON),
        Manner::Token => (outcome.token_error(reference), "application/json"),
        Manner::Problem => (outcome.problem(reference), "application/problem+json"),
    };
    let mut response = (outcome.status, [(CONTENT_TYPE, kind)], body.to_string()).into_response();
    copy_extensions(outcome.retry_after, former, &mut response);
    if outcome.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
