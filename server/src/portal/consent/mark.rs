//! Hiding a single record, and showing it again.

use super::Answer;
use crate::{
    layers::problem::Trouble,
    portal::{Citizen, PortalState, fresh, reading::Reported},
};
use axum::{
    Form,
    extract::{Query, State},
};
use serde::Deserialize;
use techo_app::{pages, views::frame::Notice};
use techo_domain::Failure;
use techo_model::consent::Mark;

/// `GET /consent/mark?kind=…&id=…`.
pub async fn mark_page(
    State(state): State<PortalState>,
    citizen: Citizen,
    Query(asked): Query<Reported>,
) -> Answer {
    let (kind, id) = asked.read()?;
    let standing = state.reading.record_mark(&citizen.scope, kind, id).await?;
    let held = state.reading.records(&citizen.scope).await?;
    let record = asked.find(&held)?;
    Ok(citizen.page(pages::consent_mark(citizen.lang(), &record, standing.mark)))
}

/// `POST /consent/mark`.
#[derive(Deserialize)]
pub struct Marked {
    #[serde(flatten)]
    record: Reported,
    mark: String,
}

/// Needs a fresh check; taking a seal off needs the card.
pub async fn mark(State(state): State<PortalState>, citizen: Citizen, Form(sent): Form<Marked>) -> Answer {
    let (kind, id) = sent.record.read()?;
    let mark = match (sent.mark.as_str(), Mark::from_name(&sent.mark)) {
        ("none", _) => None,
        (_, Some(mark)) => Some(mark),
        _ => return Err(Trouble::BadRequest),
    };
    let back = format!("/consent/mark?kind={}&id={id}", kind.as_str());
    if let Some(detour) = fresh::detour(&state, &citizen, "consent", back.clone()).await? {
        return Ok(detour);
    }
    let former = state.reading.record_mark(&citizen.scope, kind, id).await?.mark;
    let unseals = former == Some(Mark::Sealed) && mark != Some(Mark::Sealed);
    if unseals && !citizen.signed_in.card_is_fresh(state.domain.world.now()) {
        return fresh::card_detour(&citizen, back).await;
    }
    match state.reading.mark_record(&citizen.scope, kind, id, mark).await {
        Ok(()) => citizen.see_other("/records", Notice::MarkSaved).await,
        Err(Failure::Invalid(_)) => citizen.see_other(&back, Notice::ConsentDropped).await,
        Err(other) => Err(other.into()),
    }
}
