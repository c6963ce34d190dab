//! `/card/challenge` and `/card/token`: the one way in which any reader, the demo's or a real one, shows a card.

use super::{PortalState, PortalVisitor, step_up, visitor::broken};
use crate::sessions::NextCookie;
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use techo_app::views::{enrol::card_page, frame::Notice};
use techo_identity::enrol::{self, CardOutcome, CardPurpose, CardStep, ShownCard};
use techo_model::card::WebEidToken;
use techo_web::{problem::HttpError, strict_json::StrictJson};

/// What a challenge is for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeRequest {
    purpose: String,
}

/// What a reader brings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    token: WebEidToken,
    activation_code: Option<String>,
}

/// `POST /card/challenge`.
pub async fn challenge(
    State(state): State<PortalState>,
    visitor: PortalVisitor,
    StrictJson(body): StrictJson<ChallengeRequest>,
) -> Result<Response, HttpError> {
    let purpose = CardPurpose::parse(&body.purpose).ok_or(HttpError::BadRequest)?;
    let key = visitor.key().await?;
    let before =
        enrol::CeremonyVisitor { signed_in: visitor.signed_in(), ..enrol::CeremonyVisitor::stranger(&key) };
    Ok(Json(state.card_ceremonies.challenge(&before, purpose).await?).into_response())
}

/// `POST /card/token`.
pub async fn token(
    State(state): State<PortalState>,
    visitor: PortalVisitor,
    StrictJson(body): StrictJson<TokenRequest>,
) -> Result<Response, HttpError> {
    let key = visitor.key().await?;
    let session = visitor.session.data().await.map_err(broken)?;
    let next = visitor.next_cookie();
    let before =
        enrol::CeremonyVisitor { agreed: session.agreed.as_deref(), ..visitor.with_cookies(&key, &next) };
    let shown = ShownCard { token: &body.token, activation_code: body.activation_code.as_deref() };
    let outcome = state.card_ceremonies.present_card(&before, &shown).await?;
    let path = follow(&state, &visitor, next, &outcome).await?;
    Ok(Json(json!({ "next": path })).into_response())
}

/// Where to go after the card, with a new cookie: to the passkey, or on with what the card was shown for.
async fn follow(
    state: &PortalState,
    visitor: &PortalVisitor,
    next: NextCookie,
    outcome: &CardOutcome,
) -> Result<String, HttpError> {
    visitor.session.rise(next, outcome.signed_in.as_ref()).await.map_err(broken)?;
    Ok(match (outcome.step, outcome.purpose) {
        (CardStep::MakePasskey, CardPurpose::Recover) => card_page(CardPurpose::Recover).to_owned(),
        (CardStep::MakePasskey, _) => card_page(CardPurpose::Enrol).to_owned(),
        (CardStep::Linked, _) => {
            let flash = Some(Notice::CardLinked.as_str().to_owned());
            visitor.session.change(|data| data.flash = flash).await.map_err(broken)?;
            "/settings/passkeys".to_owned()
        }
        (CardStep::Shown, _) => step_up::resume_step(state, visitor).await?,
    })
}
