//! `POST /oauth/token`: client credentials with a signed assertion (SMART Backend Services). Errors as RFC 6749 says.

use super::{ApiAccess, ApiRoutes, ApiState, FhirError};
use axum::{
    Extension, Form, Json,
    extract::{State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use techo_disclosure::systems::{self, ClaimedSender, TOKEN_LIFE, TokenRefusal};
use techo_web::{layers::reference::RequestReference, problem::AlreadyRendered};

const GRANT: &str = "client_credentials";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What the endpoint takes. Parameters that it does not know are ignored, as RFC 6749 demands.
#[derive(Deserialize)]
pub struct TokenRequest {
    grant_type: String,
    scope: String,
    client_assertion_type: String,
    client_assertion: String,
}

/// Routes of this area.
pub(super) fn routes() -> ApiRoutes {
    ApiRoutes::new().post(ApiAccess::Anybody, "/oauth/token", token)
}

async fn token(
    State(state): State<ApiState>,
    Extension(reference): Extension<RequestReference>,
    form: Result<Form<TokenRequest>, FormRejection>,
) -> Result<Response, FhirError> {
    let request = match read_request(form) {
        Ok(request) => request,
        Err((error, what)) => return Ok(refusal(StatusCode::BAD_REQUEST, error, what, reference)),
    };
    let (assertion, audience) = (&request.client_assertion, state.token_endpoint());
    match systems::issue_access_token(&state.custody, assertion, &request.scope, &audience).await {
        Ok(token) => Ok(Json(json!({
            "access_token": token.text,
            "token_type": "bearer",
            "expires_in": TOKEN_LIFE.as_secs(),
            "scope": token.scopes.to_string(),
        }))
        .into_response()),
        Err(TokenRefusal::Failure(failure)) => Err(failure.into()),
        Err(refused) => Ok(token_refusal(&refused, assertion, reference)),
    }
}

/// The form, or the error of RFC 6749 with what was expected.
fn read_request(
    form: Result<Form<TokenRequest>, FormRejection>,
) -> Result<TokenRequest, (&'static str, &'static str)> {
    let Ok(Form(request)) = form else {
        return Err(("invalid_request", "a form with four fields is expected"));
    };
    if request.grant_type != GRANT {
        return Err(("unsupported_grant_type", "client_credentials is expected"));
    }
    if request.client_assertion_type != ASSERTION {
        return Err(("invalid_request", "a jwt-bearer assertion is expected"));
    }
    Ok(request)
}

/// The operator finds the reason by the reference.
fn token_refusal(refused: &TokenRefusal, assertion: &str, reference: RequestReference) -> Response {
    let claimed = ClaimedSender::of(assertion);
    let what = match refused {
        // A stranger is told one thing for every reason.
        TokenRefusal::Client(why) => {
            tracing::info!(%reference, %claimed, %why, "a client assertion was refused");
            return refusal(
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                "the assertion was refused",
                reference,
            );
        }
        TokenRefusal::Scope => "scopes of this class of organisations are expected",
        _ => "extensions.hl7-b2b with one purpose that this class of organisations may have is expected",
    };
    tracing::info!(%reference, %claimed, why = %refused, "a token was refused");
    refusal(StatusCode::BAD_REQUEST, &refused.to_string(), what, reference)
}

fn refusal(status: StatusCode, error: &str, what: &str, reference: RequestReference) -> Response {
    let body = json!({ "error": error, "error_description": format!("{what} (reference {reference})") });
    let mut response = (status, Json(body)).into_response();
    response.extensions_mut().insert(AlreadyRendered);
    response
}
