//! `POST /card/challenge`: what an organisation's card reader is to sign.

use super::{ApiAccess, ApiRoutes, ApiState, FhirError, SystemClient};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};

/// Routes of this area.
pub(super) fn routes() -> ApiRoutes {
    ApiRoutes::new().post(ApiAccess::Clients, "/card/challenge", challenge)
}

async fn challenge(State(state): State<ApiState>, client: SystemClient) -> Result<Response, FhirError> {
    Ok(Json(state.clinic_access.card_challenge(&client).await?).into_response())
}
