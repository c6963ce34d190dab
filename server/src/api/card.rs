//! `POST /card/challenge`: what an organisation's card reader is to sign.

use super::{ApiRoutes, ApiState, Client, Outcome, Reach};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};

/// Routes of this area.
pub(super) fn routes() -> ApiRoutes {
    ApiRoutes::new().post(Reach::Clients, "/card/challenge", challenge)
}

async fn challenge(State(state): State<ApiState>, client: Client) -> Result<Response, Outcome> {
    Ok(Json(state.clinic_access.card_challenge(&client).await?).into_response())
}
