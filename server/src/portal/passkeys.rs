//! Passkey ceremonies: begin answers the options themselves, finish answers where to go.

use super::{
    PortalState, PortalVisitor, SignedInCitizen, mistakes::passkey_refused, step_up, visitor::broken,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde_json::json;
use techo_app::{pages, views::frame::Notice};
use techo_identity::{
    passkey::{AuthenticationResponse, PasskeyState, RegistrationResponse},
    session::SignedIn,
};
use techo_web::{
    problem::{HttpError, HttpResult},
    strict_json::StrictJson,
};

/// `/sign-in`: one button.
pub async fn sign_in_page(visitor: PortalVisitor) -> Response {
    match visitor.signed_in() {
        Some(_) => Redirect::to("/home").into_response(),
        None => visitor.page(pages::sign_in(visitor.lang)),
    }
}

/// `POST /passkey/register/begin`: with a ticket from the card, or signed in and freshly verified.
pub async fn register_begin(State(state): State<PortalState>, visitor: PortalVisitor) -> HttpResult {
    let key = visitor.key().await?;
    let next = visitor.next_cookie();
    let options = state.passkeys.begin_registration(&visitor.with_cookies(&key, &next)).await;
    let options = options.map_err(passkey_refused)?;
    Ok(Json(options).into_response())
}

/// `POST /passkey/register/finish`. The first passkey signs in; another one is added.
pub async fn register_finish(
    State(state): State<PortalState>,
    visitor: PortalVisitor,
    StrictJson(answer): StrictJson<RegistrationResponse>,
) -> HttpResult {
    let key = visitor.key().await?;
    let next = visitor.next_cookie();
    let made = state.passkeys.finish_registration(&visitor.with_cookies(&key, &next), &answer).await?;
    if let Some(signed_in) = &made.signed_in {
        visitor.session.rise(next, Some(signed_in)).await.map_err(broken)?;
    }
    match made.signed_in.as_ref().filter(|_| visitor.signed_in().is_none()) {
        Some(signed_in) => go(&visitor, "/home", Some(greeting(&state, signed_in).await?)).await,
        None => go(&visitor, "/settings/passkeys", Some(Notice::PasskeyAdded)).await,
    }
}

/// After a recovery there are passkeys that wait for their holder.
async fn greeting(state: &PortalState, signed_in: &SignedIn) -> Result<Notice, HttpError> {
    let all = state.passkeys.passkeys(signed_in).await?;
    let waiting = all.iter().any(|passkey| passkey.state == PasskeyState::Suspended);
    Ok(if waiting { Notice::Recovered } else { Notice::Welcome })
}

/// `POST /passkey/sign-in/begin`.
pub async fn sign_in_begin(State(state): State<PortalState>, visitor: PortalVisitor) -> HttpResult {
    let key = visitor.key().await?;
    Ok(Json(state.passkeys.begin_sign_in(&key).await?).into_response())
}

/// `POST /passkey/sign-in/finish`.
pub async fn sign_in_finish(
    State(state): State<PortalState>,
    visitor: PortalVisitor,
    StrictJson(answer): StrictJson<AuthenticationResponse>,
) -> HttpResult {
    let key = visitor.key().await?;
    let next = visitor.next_cookie();
    let opened = state.passkeys.finish_sign_in(&visitor.with_cookies(&key, &next), &answer).await?;
    visitor.session.rise(next, Some(&opened.signed_in)).await.map_err(broken)?;
    go(&visitor, "/home", None).await
}

/// `POST /passkey/verify/begin`: the passkey once more.
pub async fn verify_begin(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    let key = citizen.visitor.key().await?;
    Ok(Json(state.passkeys.begin_verification(&key, &citizen.signed_in).await?).into_response())
}

/// `POST /passkey/verify/finish`: on with what it was asked for.
pub async fn verify_finish(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    StrictJson(answer): StrictJson<AuthenticationResponse>,
) -> HttpResult {
    let visitor = &citizen.visitor;
    let key = visitor.key().await?;
    let next = visitor.next_cookie();
    let signed_in = state.passkeys.finish_verification(&visitor.with_cookies(&key, &next), &answer).await?;
    visitor.session.rise(next, Some(&signed_in)).await.map_err(broken)?;
    let back = step_up::resume_step(&state, visitor).await?;
    go(visitor, &back, None).await
}

async fn go(visitor: &PortalVisitor, next: &str, notice: Option<Notice>) -> HttpResult {
    if let Some(notice) = notice {
        visitor.session.change(|data| data.flash = Some(notice.as_str().to_owned())).await.map_err(broken)?;
    }
    Ok(Json(json!({ "next": next })).into_response())
}
