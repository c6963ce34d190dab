//! `/share`: the code for a counter. It answers the form itself instead of leading on, because nothing keeps the digits.

use super::{Citizen, PortalState};
use crate::layers::problem::Trouble;
use axum::{extract::State, response::Response};
use techo_app::pages;

/// `/share`: what became of the last code.
pub async fn page(State(state): State<PortalState>, citizen: Citizen) -> Result<Response, Trouble> {
    let last = state.domain.share_code_state(&citizen.scope).await?;
    Ok(citizen.page(pages::share(citizen.lang(), &last, None)))
}

/// A new code; the one before is void.
pub async fn make(State(state): State<PortalState>, citizen: Citizen) -> Result<Response, Trouble> {
    let code = state.domain.make_share_code(&citizen.scope).await?;
    let last = state.domain.share_code_state(&citizen.scope).await?;
    Ok(citizen.page(pages::share(citizen.lang(), &last, Some(&code))))
}
