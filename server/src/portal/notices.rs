//! `/notices`.

use super::{Citizen, PortalState};
use crate::layers::problem::Trouble;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use techo_app::pages;
use techo_model::NoticeId;

type Answer = Result<Response, Trouble>;

/// `/notices`.
pub async fn list(State(state): State<PortalState>, citizen: Citizen) -> Answer {
    let view = state.reading.notices(&citizen.scope).await?;
    Ok(citizen.page(pages::notices(citizen.lang(), &view)))
}

/// `/notices/{id}`: whoever sees it has opened it.
pub async fn notice(
    State(state): State<PortalState>,
    mut citizen: Citizen,
    Path(id): Path<String>,
) -> Answer {
    let id: NoticeId = id.parse().map_err(|_| Trouble::NotFound)?;
    let view = state.reading.notice(&citizen.scope, id).await?;
    citizen.visitor.unread = state.reading.unread_notices(&citizen.scope).await?;
    Ok(citizen.page(pages::notice(citizen.lang(), &view)))
}

/// `POST /notices/read`: all of them.
pub async fn all_read(State(state): State<PortalState>, citizen: Citizen) -> Answer {
    state.reading.all_notices_read(&citizen.scope).await?;
    Ok(Redirect::to("/notices").into_response())
}
