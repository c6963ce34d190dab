//! `/notices`.

use super::{PortalState, SignedInCitizen};
use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect},
};
use techo_app::{
    pages,
    views::{frame::Notice, notices::ReplyField},
};
use techo_citizen::{EmergencyReplyError, notices::NoticeView};
use techo_disclosure::emergency::{EmergencyTextError, EmergencyView};
use techo_model::NoticeId;
use techo_web::{
    form::{FilledForm, refused},
    path_id::PathId,
    problem::{HttpError, HttpResult},
};

/// `/notices`.
pub async fn list(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    let view = state.reading.notices(&citizen.scope).await?;
    Ok(citizen.page(pages::notices(citizen.lang(), &view)))
}

/// `/notices/{id}`: whoever sees it has opened it.
pub async fn notice(
    State(state): State<PortalState>,
    mut citizen: SignedInCitizen,
    PathId(id): PathId<NoticeId>,
) -> HttpResult {
    let (view, about) = opened(&state, &mut citizen, id).await?;
    Ok(citizen.page(pages::notice(citizen.lang(), &view, about.as_ref(), &FilledForm::default())))
}

/// Opens a notice, with the emergency that it speaks of.
async fn opened(
    state: &PortalState,
    citizen: &mut SignedInCitizen,
    id: NoticeId,
) -> Result<(NoticeView, Option<EmergencyView>), HttpError> {
    let view = state.reading.notice(&citizen.scope, id).await?;
    citizen.visitor.unread = state.reading.unread_notices(&citizen.scope).await?;
    let about = match (view.kind.is_of_emergency(), view.event) {
        (true, Some(event)) => Some(state.reading.emergency(&citizen.scope, event).await?),
        _ => None,
    };
    Ok((view, about))
}

/// `POST /notices/{id}/reply`: the answer to the emergency that a notice speaks of. One that cannot be taken is shown
/// again with what is wrong.
pub async fn reply(
    State(state): State<PortalState>,
    mut citizen: SignedInCitizen,
    PathId(id): PathId<NoticeId>,
    Form(form): Form<FilledForm<ReplyField, EmergencyTextError>>,
) -> HttpResult {
    let (view, about) = opened(&state, &mut citizen, id).await?;
    let about = about.ok_or(HttpError::NotFound)?;
    match state.reading.answer_emergency(citizen.present(), about.id, form.text(ReplyField::Reply)).await {
        Ok(()) => citizen.see_other(&format!("/notices/{id}"), Notice::ReplySent).await,
        Err(EmergencyReplyError::Text(why)) => {
            let form = form.refused(ReplyField::Reply, why);
            Ok(refused(citizen.page(pages::notice(citizen.lang(), &view, Some(&about), &form))))
        }
        Err(EmergencyReplyError::Failure(failure)) => Err(failure.into()),
    }
}

/// `POST /notices/read`: all of them.
pub async fn all_read(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    state.reading.all_notices_read(citizen.present()).await?;
    Ok(Redirect::to("/notices").into_response())
}
