//! `/fhir/.well-known/smart-configuration`: how a system gets in, as SMART App Launch 2 says it for backend services. Public,
//! because whoever reads it has no token yet.

use super::{ApiAccess, ApiRoutes, ApiState};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use serde_json::json;
use techo_disclosure::systems::GrantedScopes;

/// Routes of this area.
pub(super) fn routes() -> ApiRoutes {
    ApiRoutes::new().get(ApiAccess::Anybody, "/fhir/.well-known/smart-configuration", smart_configuration)
}

/// The profile demands that `S256` is named, although nobody is sent to an authorization endpoint here.
async fn smart_configuration(State(state): State<ApiState>) -> Response {
    let offered = GrantedScopes::offered().to_string();
    Json(json!({
        "token_endpoint": state.token_endpoint(),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES384", "RS384"],
        "scopes_supported": offered.split(' ').collect::<Vec<_>>(),
        "code_challenge_methods_supported": ["S256"],
        "capabilities": ["client-confidential-asymmetric", "permission-v2"],
    }))
    .into_response()
}
