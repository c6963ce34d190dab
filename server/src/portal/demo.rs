//! The demo's card reader: a list of made-up holders, and a slot for their cards. It does what a reader does, through
//! the same `/card/challenge` and `/card/token`. There are no such routes outside the demo.

use super::{
    PortalAccess, PortalState, PortalVisitor,
    state::{DemoHolder, DemoReader},
};
use crate::error_pages::wants_json;
use axum::{
    Json,
    extract::{Query, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use techo_app::{
    pages,
    views::demo::{DemoCard, DemoCardState, DemoCardsView},
};
use techo_cardlab::{CardCondition, CardSerial, ChipChallenge, IssuedCard, SignError};
use techo_web::{path_id::PathId, problem::HttpError, route_table::RouteTable, strict_json::StrictJson};

/// Cards on one page of the list.
const PER_PAGE: usize = 20;

/// Routes of the demo; none outside it.
pub fn routes(state: &PortalState) -> RouteTable<PortalState, PortalAccess> {
    if state.demo.is_none() {
        return RouteTable::new();
    }
    RouteTable::new().get(PortalAccess::Anybody, "/demo/cards", list).post(
        PortalAccess::WayIn,
        "/demo/cards/{serial}/sign",
        sign,
    )
}

#[derive(Serialize)]
struct Line {
    serial: String,
    name: String,
    pin: String,
    activation_code: String,
    state: &'static str,
}

/// `?page=` and the purpose for which a card is chosen.
#[derive(Deserialize)]
pub struct ListQuery {
    page: Option<usize>,
}

fn reader(state: &PortalState) -> Result<&Arc<DemoReader>, HttpError> {
    state.demo.as_ref().ok_or(HttpError::NotFound)
}

async fn cards(state: &PortalState) -> Result<Vec<(IssuedCard, DemoHolder)>, HttpError> {
    let demo = reader(state)?.clone();
    let cards = blocking(move || demo.lab.cards().map(|cards| (cards, demo))).await?;
    let (cards, demo) = cards.map_err(|error| HttpError::Broken(format!("demo cards: {error}").into()))?;
    let held = |card: IssuedCard| demo.holder(&card).map(|holder| (card, holder));
    let mut lines: Vec<_> = cards.into_iter().filter_map(held).collect();
    lines.sort_by_key(|(_, holder)| holder.order);
    Ok(lines)
}

/// `GET /demo/cards`.
async fn list(
    State(state): State<PortalState>,
    Query(query): Query<ListQuery>,
    visitor: PortalVisitor,
    request: Request,
) -> Result<Response, HttpError> {
    let all = cards(&state).await?;
    let now = state.custody.environment.now();
    if wants_json(request.method(), request.headers(), "/demo/cards") {
        let lines = all.into_iter().map(|(card, holder)| Line {
            serial: card.serial.to_string(),
            name: holder.name,
            pin: card.pin.digits().to_owned(),
            activation_code: holder.activation_code,
            state: card.condition(now).as_str(),
        });
        return Ok(Json(lines.collect::<Vec<_>>()).into_response());
    }
    let pages_count = all.len().div_ceil(PER_PAGE).max(1);
    let page = query.page.unwrap_or(1).clamp(1, pages_count);
    let today = state.custody.environment.today();
    let shown = all.into_iter().skip((page - 1) * PER_PAGE).take(PER_PAGE).map(|(card, holder)| DemoCard {
        serial: card.serial.to_string(),
        age: Some(i64::from(today.age_since(holder.birth_date))),
        checkups: holder.checkups.into(),
        doses: holder.doses.into(),
        coverages: holder.coverages.into(),
        pin: card.pin.digits().to_owned(),
        activation_code: Some(holder.activation_code),
        state: shown_state(card.condition(now)),
        name: holder.name,
    });
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let view = DemoCardsView { cards: shown.collect(), page: number(page), pages: number(pages_count) };
    Ok(visitor.page(pages::demo_cards(visitor.lang, &view)))
}

fn shown_state(condition: CardCondition) -> DemoCardState {
    match condition {
        CardCondition::Held => DemoCardState::OnHold,
        CardCondition::Revoked | CardCondition::Superseded => DemoCardState::Revoked,
        CardCondition::Expired => DemoCardState::Expired,
        CardCondition::Valid | CardCondition::Locked => DemoCardState::Valid,
    }
}

/// What the reader asks of the card.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignRequest {
    pin: String,
    origin: String,
    nonce: String,
}

/// `POST /demo/cards/{serial}/sign`: the token itself; wrong PIN 403, locked 423.
async fn sign(
    State(state): State<PortalState>,
    PathId(serial): PathId<CardSerial>,
    StrictJson(asked): StrictJson<SignRequest>,
) -> Result<Response, HttpError> {
    let demo = reader(&state)?.clone();
    if demo.lab.card(&serial).is_err() {
        return Err(HttpError::NotFound);
    }
    // The first signature of a card makes its key, which takes a moment of a whole core.
    let signed = blocking(move || {
        let challenge = ChipChallenge { origin: &asked.origin, nonce: &asked.nonce };
        demo.lab.sign(&serial, &asked.pin, &challenge)
    });
    match signed.await? {
        Ok(token) => Ok(Json(token).into_response()),
        Err(SignError::WrongPin { tries_left }) => {
            Ok(with_body(StatusCode::FORBIDDEN, json!({ "tries_left": tries_left })))
        }
        Err(SignError::Locked) => Ok(with_body(StatusCode::LOCKED, json!({ "tries_left": 0 }))),
        Err(SignError::Lab(error)) => Err(HttpError::Broken(format!("demo card: {error}").into())),
    }
}

/// An error that brings its own body.
fn with_body(status: StatusCode, body: serde_json::Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.extensions_mut().insert(techo_web::problem::AlreadyRendered);
    response
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, HttpError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| HttpError::Broken("a demo card task stopped".into()))
}
