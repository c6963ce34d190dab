//! `/card/challenge` and `/card/token`: the one way in which any reader, the demo's or a real one, shows a card.

use super::{PortalState, Visitor, visitor::broken};
use crate::layers::problem::Trouble;
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use techo_app::views::{enrol::CardPurpose, frame::Notice};
use techo_domain::enrol::{CardShown, Presentation, Purpose};
use techo_model::card::WebEidToken;

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
    visitor: Visitor,
    body: Result<Json<ChallengeRequest>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Json(body) = body.map_err(rejected)?;
    let purpose = Purpose::from_name(&body.purpose).ok_or(Trouble::BadRequest)?;
    let key = visitor.key().await?;
    let challenge = state.domain.card_challenge(&key, visitor.signed_in(), purpose).await?;
    let origin = state.settings.portal_url.origin();
    let answer = json!({ "nonce": challenge.nonce, "origin": origin, "expires_in": challenge.expires_in.as_secs() });
    Ok(Json(answer).into_response())
}

/// `POST /card/token`.
pub async fn token(
    State(state): State<PortalState>,
    visitor: Visitor,
    body: Result<Json<TokenRequest>, JsonRejection>,
) -> Result<Response, Trouble> {
    let Json(body) = body.map_err(rejected)?;
    let key = visitor.key().await?;
    let session = visitor.session.data().await.map_err(broken)?;
    let shown = state
        .domain
        .present_card(
            state.card_door(),
            Presentation {
                session: &key,
                signed_in: visitor.signed_in(),
                token: &body.token,
                activation_code: body.activation_code.as_deref(),
                agreed: session.agreed.as_deref(),
            },
        )
        .await?;
    let next = follow(&visitor, shown).await?;
    Ok(Json(json!({ "next": next })).into_response())
}

/// Where to go after the card: to the passkey, or back to what the card was shown for.
async fn follow(visitor: &Visitor, shown: CardShown) -> Result<&'static str, Trouble> {
    match shown {
        CardShown::MakePasskey(Purpose::Recover) => Ok(CardPurpose::Recover.path()),
        CardShown::MakePasskey(_) => Ok(CardPurpose::Enrol.path()),
        CardShown::Linked(signed_in) => {
            visitor.session.establish(&signed_in).await.map_err(broken)?;
            let flash = Some(Notice::CardLinked.as_str().to_owned());
            visitor.session.change(|data| data.flash = flash).await.map_err(broken)?;
            Ok("/settings/passkeys")
        }
        CardShown::SteppedUp(signed_in) => {
            visitor.session.establish(&signed_in).await.map_err(broken)?;
            Ok("/settings/passkeys")
        }
    }
}

/// A body that is no JSON of the right form, or too large.
pub fn rejected(rejection: JsonRejection) -> Trouble {
    match rejection.status() {
        http::StatusCode::PAYLOAD_TOO_LARGE => Trouble::TooLarge,
        _ => Trouble::BadRequest,
    }
}
