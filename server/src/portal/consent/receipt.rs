//! The history of choices, and receipts.

use super::Answer;
use crate::{
    layers::problem::Trouble,
    portal::{Citizen, PortalState, fresh},
};
use axum::{
    extract::{Path, State},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::IntoResponse,
};
use techo_app::{consent_receipt_text, pages, views::frame::Notice};

/// `GET /consent/history`.
pub async fn history(State(state): State<PortalState>, citizen: Citizen) -> Answer {
    let versions = state.reading.consent_history(&citizen.scope).await?;
    Ok(citizen.page(pages::consent_history(citizen.lang(), &versions)))
}

fn number(text: &str) -> Result<i64, Trouble> {
    text.parse().map_err(|_| Trouble::NotFound)
}

/// `GET /consent/receipts/{version}`.
pub async fn receipt(
    State(state): State<PortalState>,
    citizen: Citizen,
    Path(version): Path<String>,
) -> Answer {
    let one = state.reading.consent_version(&citizen.scope, number(&version)?).await?;
    Ok(citizen.page(pages::consent_receipt(citizen.lang(), &one)))
}

/// `GET /consent/receipts/{version}/file`: the receipt as text.
pub async fn receipt_file(
    State(state): State<PortalState>,
    citizen: Citizen,
    Path(version): Path<String>,
) -> Answer {
    let page = format!("/consent/receipts/{}", number(&version)?);
    if state.domain.account_facts(citizen.signed_in.account).await?.exports_locked_until.is_some() {
        return citizen.see_other(&page, Notice::ExportLocked).await;
    }
    if let Some(detour) = fresh::detour_download(&state, &citizen, "download", page).await? {
        return Ok(detour);
    }
    let one = state.reading.consent_receipt(&citizen.scope, number(&version)?).await?;
    let name = format!("attachment; filename=\"techo-consent-{}.txt\"", one.version);
    let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, consent_receipt_text(citizen.lang(), &one)).into_response())
}
