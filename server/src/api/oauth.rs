//! `POST /oauth/token`: client credentials with a signed assertion (SMART Backend Services). Errors as RFC 6749 says.

use super::{ApiState, Outcome};
use crate::layers::problem::Told;
use axum::{
    Form, Json, Router,
    extract::{State, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;
use serde_json::json;
use techo_domain::systems::{TOKEN_LIFE, TokenRefusal};

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
pub(super) fn routes() -> Router<ApiState> {
    Router::new().route("/oauth/token", post(token))
}

async fn token(
    State(state): State<ApiState>,
    form: Result<Form<TokenRequest>, FormRejection>,
) -> Result<Response, Outcome> {
    let Ok(Form(request)) = form else { return Ok(refusal(StatusCode::BAD_REQUEST, "invalid_request")) };
    if request.grant_type != GRANT {
        return Ok(refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type"));
    }
    if request.client_assertion_type != ASSERTION {
        return Ok(refusal(StatusCode::BAD_REQUEST, "invalid_request"));
    }
    let audience = state.token_endpoint();
    match state.domain.access_token(&request.client_assertion, &request.scope, &audience).await {
        Ok(token) => Ok(Json(json!({
            "access_token": token.text,
            "token_type": "bearer",
            "expires_in": TOKEN_LIFE.as_secs(),
            "scope": token.scopes.to_string(),
        }))
        .into_response()),
        Err(TokenRefusal::Client) => Ok(refusal(StatusCode::UNAUTHORIZED, "invalid_client")),
        Err(TokenRefusal::Failure(failure)) => Err(failure.into()),
        Err(refused) => Ok(refusal(StatusCode::BAD_REQUEST, &refused.to_string())),
    }
}

fn refusal(status: StatusCode, error: &str) -> Response {
    let mut response = (status, Json(json!({ "error": error }))).into_response();
    response.extensions_mut().insert(Told);
    response
}
