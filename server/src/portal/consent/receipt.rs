//! The history of choices, and receipts.

use super::Answer;
use crate::portal::{Citizen, PortalState, fresh::export_allowed};
use axum::{
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::IntoResponse,
};
use techo_app::{consent_receipt_text, pages};
use techo_web::path_id::PathId;

/// `GET /consent/history`.
pub async fn history(State(state): State<PortalState>, citizen: Citizen) -> Answer {
    let versions = state.reading.consent_history(&citizen.scope).await?;
    Ok(citizen.page(pages::consent_history(citizen.lang(), &versions)))
}

/// `GET /consent/receipts/{version}`.
pub async fn receipt(
    State(state): State<PortalState>,
    citizen: Citizen,
    PathId(version): PathId<i64>,
) -> Answer {
    let one = state.reading.consent_version(&citizen.scope, version).await?;
    Ok(citizen.page(pages::consent_receipt(citizen.lang(), &one)))
}

/// `GET /consent/receipts/{version}/file`: the receipt as text.
pub async fn receipt_file(
    State(state): State<PortalState>,
    citizen: Citizen,
    PathId(version): PathId<i64>,
) -> Answer {
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
