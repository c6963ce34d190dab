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
use std::collections::HashMap;
use techo_app::{
    pages,
    views::{consent::own_label_field, frame::Notice},
};
use techo_domain::Failure;
use techo_model::consent::{Label, Mark, Marking};

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
    Ok(citizen.page(pages::consent_mark(citizen.lang(), &record, &standing.marking)))
}

/// The choices that were sent.
fn marking(sent: &HashMap<String, String>) -> Result<Marking, Trouble> {
    let word = sent.get("mark").map(String::as_str).unwrap_or_default();
    let mark = match (word, Mark::from_name(word)) {
        ("none", _) => None,
        (_, Some(mark)) => Some(mark),
        _ => return Err(Trouble::BadRequest),
    };
    let ticked = |label: &&Label| sent.contains_key(&own_label_field(**label));
    Ok(Marking { mark, labels: Label::ALL.iter().filter(ticked).copied().collect() })
}

/// `POST /consent/mark`. Needs a fresh check; taking a seal off needs the card.
pub async fn mark(
    State(state): State<PortalState>,
    citizen: Citizen,
    Form(sent): Form<HashMap<String, String>>,
) -> Answer {
    let (kind, id) = Reported::of_form(&sent)?.read()?;
    let wanted = marking(&sent)?;
    let back = format!("/consent/mark?kind={}&id={id}", kind.as_str());
    if let Some(detour) = fresh::detour(&state, &citizen, "consent", back.clone()).await? {
        return Ok(detour);
    }
    let former = state.reading.record_mark(&citizen.scope, kind, id).await?.marking;
    let unseals = former.mark == Some(Mark::Sealed) && wanted.mark != Some(Mark::Sealed);
    if unseals && !citizen.signed_in.card_is_fresh(state.domain.world.now()) {
        return fresh::card_detour(&citizen, back).await;
    }
    match state.reading.mark_record(&citizen.scope, kind, id, wanted).await {
        Ok(()) => citizen.see_other("/records", Notice::MarkSaved).await,
        Err(Failure::Invalid(_)) => citizen.see_other(&back, Notice::ConsentDropped).await,
        Err(other) => Err(other.into()),
    }
}
