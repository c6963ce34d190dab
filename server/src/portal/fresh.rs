//! A fresh check before something that matters: to the passkey (or the card) and back again.
//!
//! The way back is kept in the session, so that no link can lead somebody elsewhere after they proved who they are.

use super::{Citizen, PortalState, Visitor, visitor::broken};
use crate::layers::problem::Trouble;
use axum::response::{IntoResponse as _, Redirect, Response};

/// Where people go who came without a reason.
const HOME: &str = "/settings/passkeys";

/// Nothing when the check is fresh; else the way to it.
pub async fn detour(
    state: &PortalState,
    citizen: &Citizen,
    reason: &str,
    back: String,
) -> Result<Option<Response>, Trouble> {
    if citizen.signed_in.is_fresh(state.domain.world.now()) {
        return Ok(None);
    }
    citizen.visitor.session.change(|data| data.purpose = Some(back)).await.map_err(broken)?;
    Ok(Some(Redirect::to(&format!("/settings/verify?for={reason}")).into_response()))
}

/// Takes the way back, once.
pub async fn way_back(visitor: &Visitor) -> Result<String, Trouble> {
    let back = visitor.session.data().await.map_err(broken)?.purpose;
    if back.is_some() {
        visitor.session.change(|data| data.purpose = None).await.map_err(broken)?;
    }
    Ok(back.unwrap_or_else(|| HOME.to_owned()))
}

/// The way to the card, for what a passkey alone does not allow.
pub async fn card_detour(citizen: &Citizen, back: String) -> Result<Response, Trouble> {
    citizen.visitor.session.change(|data| data.purpose = Some(back)).await.map_err(broken)?;
    Ok(Redirect::to("/settings/verify/card").into_response())
}
