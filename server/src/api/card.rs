//! `POST /card/challenge`: what an organisation's card reader is to sign.

use super::{ApiState, Client, Outcome};
use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::post,
};

/// Routes of this area.
pub(super) fn routes() -> Router<ApiState> {
    Router::new().route("/card/challenge", post(challenge))
}

async fn challenge(State(state): State<ApiState>, client: Client) -> Result<Response, Outcome> {
    Ok(Json(state.reception.card_challenge(&client).await?).into_response())
}
