//! `/share`: the code for a counter. It stands on the page until it is used or over, however often one looks.

use super::{PortalState, SignedInCitizen, step_up::verified, visitor::broken};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde_json::json;
use techo_app::pages;
use techo_disclosure::clinic::{self, ShareCodeState};
use techo_identity::session::InterruptedStep;
use techo_web::problem::HttpError;

/// `/share`: the code that this session made, or what became of the last one.
pub async fn page(State(state): State<PortalState>, citizen: SignedInCitizen) -> Result<Response, HttpError> {
    let last = clinic::share_code_state(&state.custody, &citizen.scope).await?;
    let kept = citizen.visitor.session.data().await.map_err(broken)?.share_code;
    let code =
        kept.and_then(|kept| clinic::open_sealed_share_code(&state.custody, &citizen.scope, &kept, &last));
    Ok(citizen.page(pages::share(citizen.lang(), &last, code.as_ref())))
}

/// A new code, after a fresh check; the one before is void. Loading the page that follows anew makes no other one.
pub async fn make(State(state): State<PortalState>, citizen: SignedInCitizen) -> Result<Response, HttpError> {
    // A form that the check interrupted is not sent by itself: nobody can send it in the person's place.
    let again = InterruptedStep::AskAgain { path: "/share".to_owned() };
    let verified = match verified(&state, &citizen, "share", again).await? {
        Ok(verified) => verified,
        Err(interruption) => return Ok(interruption),
    };
    let code = clinic::make_share_code(&state.custody, &verified).await?;
    let kept = clinic::seal_share_code(&state.custody, &citizen.scope, &code);
    citizen.visitor.session.change(|data| data.share_code = Some(kept)).await.map_err(broken)?;
    Ok(Redirect::to("/share").into_response())
}

/// What became of the last code, in a word, for the page that shows it.
pub async fn code_state(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
) -> Result<Response, HttpError> {
    let word = match clinic::share_code_state(&state.custody, &citizen.scope).await? {
        ShareCodeState::None => "none",
        ShareCodeState::Open { .. } => "open",
        ShareCodeState::Expired => "expired",
        ShareCodeState::Held { .. } => "held",
        ShareCodeState::Begun { .. } => "begun",
        ShareCodeState::Used { .. } => "used",
    };
    Ok(Json(json!({ "state": word })).into_response())
}
