//! A fresh check before something that matters: to the passkey (or the card), and on with what was interrupted.
//!
//! What goes on is kept in the session, so that no link can lead somebody elsewhere after they proved who they are. A form
//! that was sent is carried out after the check by its own handler: the check is the last step, and nobody puts the
//! telephone down believing that something was done which was not.

use super::{PortalState, PortalVisitor, SignedInCitizen, changes, visitor::broken};
use axum::{
    body::Body,
    http::{Request, header::CONTENT_TYPE, header::LOCATION},
    response::{IntoResponse as _, Redirect, Response},
};
use techo_app::views::frame::Notice;
use techo_identity::{
    access::{self, ExportAllowed, ExportError, VerifiedOwner},
    session::{InterruptedForm, InterruptedRequest, InterruptedStep},
};
use techo_web::problem::HttpError;
use tower::ServiceExt as _;

/// Where people go who came without a reason.
const HOME: &str = "/settings/passkeys";

/// Nothing when the check is fresh; else the way to it, which goes on with a page.
pub async fn require_step_up(
    state: &PortalState,
    citizen: &SignedInCitizen,
    reason: &str,
    path: String,
) -> Result<Option<Response>, HttpError> {
    interrupt(state, citizen, reason, InterruptedStep::Page { path }).await
}

/// The same for a form, which is carried out after the check.
pub async fn require_step_up_for_form(
    state: &PortalState,
    citizen: &SignedInCitizen,
    reason: &str,
    form: InterruptedForm,
) -> Result<Option<Response>, HttpError> {
    interrupt(state, citizen, reason, InterruptedStep::Form(form)).await
}

async fn interrupt(
    state: &PortalState,
    citizen: &SignedInCitizen,
    reason: &str,
    step: InterruptedStep,
) -> Result<Option<Response>, HttpError> {
    if citizen.signed_in.is_fresh(state.custody.environment.now()) {
        return Ok(None);
    }
    remember_step(state, &citizen.visitor, step).await?;
    Ok(Some(Redirect::to(&format!("/settings/verify?for={reason}")).into_response()))
}

/// The proof of a fresh check, or the way to it, which goes on with a step.
pub async fn verified(
    state: &PortalState,
    citizen: &SignedInCitizen,
    reason: &str,
    step: InterruptedStep,
) -> Result<Result<VerifiedOwner, Response>, HttpError> {
    if let Some(interruption) = interrupt(state, citizen, reason, step).await? {
        return Ok(Err(interruption));
    }
    Ok(Ok(access::prove_verified(&state.custody, &citizen.signed_in, &citizen.scope).await?))
}

/// The proof that something may be taken along, or the way to it. `page` is where the link to the file stands: people
/// come back to it from the check, and are told there when a recovery was too recent.
pub async fn export_allowed(
    state: &PortalState,
    citizen: &SignedInCitizen,
    page: &str,
) -> Result<Result<ExportAllowed, Response>, HttpError> {
    let again = InterruptedStep::AskAgain { path: page.to_owned() };
    let verified = match verified(state, citizen, "download", again).await? {
        Ok(verified) => verified,
        Err(interruption) => return Ok(Err(interruption)),
    };
    match access::prove_export_allowed(&state.custody, verified).await {
        Ok(allowed) => Ok(Ok(allowed)),
        Err(ExportError::Locked) => Ok(Err(citizen.see_other(page, Notice::ExportLocked).await?)),
        Err(ExportError::Failure(failure)) => Err(failure.into()),
    }
}

/// The way to the card, for what a passkey alone does not allow.
pub async fn require_card(
    state: &PortalState,
    citizen: &SignedInCitizen,
    form: InterruptedForm,
) -> Result<Response, HttpError> {
    remember_step(state, &citizen.visitor, InterruptedStep::Form(form)).await?;
    Ok(Redirect::to("/settings/verify/card").into_response())
}

/// Keeps what goes on after the check, in place of what was kept before.
pub async fn remember_step(
    state: &PortalState,
    visitor: &PortalVisitor,
    step: InterruptedStep,
) -> Result<(), HttpError> {
    let interrupted = InterruptedRequest { step, at: state.custody.environment.now() };
    visitor.session.change(|data| data.interrupted = Some(interrupted)).await.map_err(broken)
}

/// The page to which somebody goes back who gives up what a check interrupted.
pub async fn take_return_path(visitor: &PortalVisitor) -> Result<String, HttpError> {
    let interrupted = visitor.session.data().await.map_err(broken)?.interrupted;
    Ok(interrupted.map_or_else(
        || HOME.to_owned(),
        |interrupted| match interrupted.step {
            // The page itself would only ask for the check again.
            InterruptedStep::Page { path } if path.starts_with("/records") => "/records".to_owned(),
            InterruptedStep::Page { .. } => HOME.to_owned(),
            InterruptedStep::AskAgain { path } => path,
            InterruptedStep::Form(form) => form.page,
        },
    ))
}

/// Goes on with what was interrupted, once; answers which page is to be opened then.
pub async fn resume_step(state: &PortalState, visitor: &PortalVisitor) -> Result<String, HttpError> {
    let Some(interrupted) = visitor.session.data().await.map_err(broken)?.interrupted else {
        return set_notice(visitor, HOME.to_owned(), Notice::CheckedNothingWaits).await;
    };
    visitor.session.change(|data| data.interrupted = None).await.map_err(broken)?;
    match interrupted.resume_at(state.custody.environment.now()) {
        InterruptedStep::Page { path } => Ok(path),
        InterruptedStep::AskAgain { path } => set_notice(visitor, path, Notice::CheckedAskAgain).await,
        InterruptedStep::Form(form) => {
            let page = form.page.clone();
            match replay_form(state, visitor, form).await? {
                Some(next) => Ok(next),
                None => set_notice(visitor, page, Notice::CheckedNotDone).await,
            }
        }
    }
}

async fn set_notice(visitor: &PortalVisitor, path: String, notice: Notice) -> Result<String, HttpError> {
    let flash = Some(notice.as_str().to_owned());
    visitor.session.change(|data| data.flash = flash).await.map_err(broken)?;
    Ok(path)
}

/// Sends the form to its handler in the same session; the page to which that leads, or none when it refuses.
async fn replay_form(
    state: &PortalState,
    visitor: &PortalVisitor,
    form: InterruptedForm,
) -> Result<Option<String>, HttpError> {
    // The check gave the session a new cookie, and handlers ask by its key.
    visitor.key().await?;
    let broken = |_| HttpError::Broken("a form that was interrupted cannot be sent".into());
    let body = serde_urlencoded::to_string(&form.fields).map_err(|_| HttpError::BadRequest)?;
    let request = Request::post(&form.path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let mut request = request.body(Body::from(body)).map_err(broken)?;
    visitor.lend(request.extensions_mut());
    let router = changes().into_router().with_state(state.clone());
    let response = router.oneshot(request).await.unwrap_or_else(|never| match never {});
    let next = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    Ok(next.map(str::to_owned))
}
