//! `/share`: the code for a counter. It answers the form itself instead of leading on, because nothing keeps the digits.

use super::{Citizen, PortalState, fresh::verified};
use crate::layers::problem::Trouble;
use axum::{extract::State, response::Response};
use techo_app::pages;
use techo_domain::session::InterruptedStep;

/// `/share`: what became of the last code.
pub async fn page(State(state): State<PortalState>, citizen: Citizen) -> Result<Response, Trouble> {
    let last = state.domain.share_code_state(&citizen.scope).await?;
    Ok(citizen.page(pages::share(citizen.lang(), &last, None)))
}

/// A new code, after a fresh check; the one before is void.
pub async fn make(State(state): State<PortalState>, citizen: Citizen) -> Result<Response, Trouble> {
    // The answer to the form shows the code, so that nobody can send it in the person's place.
    let again = InterruptedStep::AskAgain { path: "/share".to_owned() };
    let verified = match verified(&state, &citizen, "share", again).await? {
        Ok(verified) => verified,
        Err(detour) => return Ok(detour),
    };
    let code = state.domain.make_share_code(&verified).await?;
    let last = state.domain.share_code_state(&citizen.scope).await?;
    Ok(citizen.page(pages::share(citizen.lang(), &last, Some(&code))))
}
