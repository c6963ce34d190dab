//! The history of choices, and receipts.

use crate::portal::{PortalState, SignedInCitizen, step_up::export_allowed};
use axum::{
    extract::{Query, State},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::IntoResponse,
};
use serde::Deserialize;
use techo_app::{consent_receipt_text, pages};
use techo_web::path_id::PathId;
use techo_web::problem::HttpResult;

/// `?before=`: the number of the version before which the page begins.
#[derive(Deserialize)]
pub struct HistoryCursor {
    before: Option<i64>,
}

/// `GET /consent/history`.
pub async fn history(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    Query(place): Query<HistoryCursor>,
) -> HttpResult {
    let history = state.reading.consent_history(&citizen.scope, place.before).await?;
    Ok(citizen.page(pages::consent_history(citizen.lang(), &history)))
}

/// `GET /consent/receipts/{version}`.
pub async fn receipt(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    PathId(version): PathId<i64>,
) -> HttpResult {
    let one = state.reading.consent_version(&citizen.scope, version).await?;
    Ok(citizen.page(pages::consent_receipt(citizen.lang(), &one)))
}

/// `GET /consent/receipts/{version}/file`: the receipt as text.
pub async fn receipt_file(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    PathId(version): PathId<i64>,
) -> HttpResult {
    let page = format!("/consent/receipts/{version}");
    let allowed = match export_allowed(&state, &citizen, &page).await? {
        Ok(allowed) => allowed,
        Err(instead) => return Ok(instead),
    };
    let one = state.reading.consent_receipt(&allowed, version).await?;
    let name = format!("attachment; filename=\"techo-consent-{}.txt\"", one.version);
    let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, consent_receipt_text(citizen.lang(), &one)).into_response())
}
