//! `/privacy`, and agreeing to it after it changed.

use super::{PortalState, PortalVisitor, SignedInCitizen};
use axum::{Form, extract::State, response::Response};
use serde::Deserialize;
use techo_app::{
    pages,
    views::{
        PRIVACY_VERSION,
        frame::{Notice, PageBanner},
    },
};
use techo_identity::enrol;
use techo_web::problem::HttpError;

/// `/privacy`.
pub async fn page(visitor: PortalVisitor) -> Response {
    visitor.page(pages::privacy(visitor.lang))
}

/// The version that stood on the page with the form.
#[derive(Deserialize)]
pub struct AgreementForm {
    #[serde(default)]
    version: String,
}

/// `POST /privacy/agree`: a citizen agrees to the version that is in force. Whoever read an older one reads again.
pub async fn agree(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Form(agreed): Form<AgreementForm>,
) -> Result<Response, HttpError> {
    if agreed.version != PRIVACY_VERSION {
        return citizen.see_other("/privacy", Notice::PrivacyChanged).await;
    }
    enrol::agree_to_privacy(&state.custody, &citizen.signed_in, PRIVACY_VERSION).await?;
    citizen.see_other("/home", Notice::PrivacyAgreed).await
}

/// What the first page says until the version in force was agreed to.
pub async fn banner(state: &PortalState, citizen: &SignedInCitizen) -> Result<Option<PageBanner>, HttpError> {
    let facts = enrol::account_facts(&state.custody, citizen.signed_in.account).await?;
    Ok((facts.agreed_version.as_deref() != Some(PRIVACY_VERSION)).then_some(PageBanner::AgreeToPrivacy))
}
