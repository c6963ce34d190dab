//! `/settings` and what stands below it: passkeys, sessions, the fresh check, signing out.

use super::{
    PortalState, PortalVisitor, SignedInCitizen,
    mistakes::passkey_refused,
    step_up::{self, require_step_up, require_step_up_for_form},
    visitor::broken,
};
use axum::{
    Form, Json,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use serde_json::json;
use techo_app::{
    pages,
    views::{
        frame::{Notice, PageBanner},
        passkeys::{
            LastPasskey, NicknameProblem, PasskeyLine, PasskeyUse, PasskeysView, RemovePasskeyView,
            RenameField, RenameForm, SessionCursor, SessionLine, VerifyFor,
        },
    },
};
use techo_identity::{
    access,
    passkey::{self, RenamePasskeyError},
    session::{self, InterruptedForm, InterruptedStep},
};
use techo_model::{PasskeyId, SessionId};
use techo_web::{
    form::{FilledForm, refused},
    layers::headers::{CLEAR, CLEAR_SITE_DATA},
    path_id::PathId,
    problem::{HttpError, HttpResult},
};

/// `/settings`.
pub async fn page(citizen: SignedInCitizen) -> Response {
    citizen.page(pages::settings(citizen.lang()))
}

/// `/settings/passkeys`.
pub async fn passkeys(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    show(&state, &citizen, None).await
}

async fn show(state: &PortalState, citizen: &SignedInCitizen, rename: Option<RenameForm>) -> HttpResult {
    let who = &citizen.signed_in;
    let passkeys = state.passkeys.passkeys(who).await?;
    let sessions = session::list_sessions(&state.custody, who).await?;
    let view = PasskeysView {
        passkeys: passkeys.into_iter().map(|passkey| line(citizen, passkey)).collect(),
        sessions: sessions
            .into_iter()
            .map(|session| SessionLine {
                id: session.id,
                device: session.agent,
                started_at: session.started_at,
                last_seen_at: session.last_seen_at,
                place: if session.id == who.session { SessionCursor::Here } else { SessionCursor::Elsewhere },
            })
            .collect(),
        rename,
    };
    Ok(citizen.page(pages::passkeys(citizen.lang(), &view)))
}

fn line(citizen: &SignedInCitizen, passkey: passkey::PasskeyLine) -> PasskeyLine {
    let used_now = citizen.signed_in.passkey == passkey.id;
    PasskeyLine {
        id: passkey.id,
        nickname: passkey.nickname,
        storage: passkey.storage,
        created_at: passkey.created_at,
        last_used_at: passkey.last_used_at,
        state: passkey.state,
        use_now: if used_now { PasskeyUse::ThisSession } else { PasskeyUse::Elsewhere },
    }
}

/// `POST /settings/passkeys/{id}/name`.
pub async fn rename(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    PathId(id): PathId<PasskeyId>,
    Form(mut form): Form<FilledForm<RenameField, NicknameProblem>>,
) -> HttpResult {
    let name = form.text(RenameField::Nickname);
    let problem = match state.passkeys.rename_passkey(&citizen.signed_in, id, name).await {
        Ok(()) => return citizen.see_other("/settings/passkeys", Notice::PasskeyRenamed).await,
        Err(RenamePasskeyError::Empty) => NicknameProblem::Empty,
        Err(RenamePasskeyError::TooLong) => NicknameProblem::TooLong,
        Err(RenamePasskeyError::PersonalNumber) => NicknameProblem::PersonalNumber,
        Err(RenamePasskeyError::NotOneLine) => return Err(HttpError::BadRequest),
        Err(RenamePasskeyError::Failure(failure)) => return Err(failure.into()),
    };
    if problem == NicknameProblem::PersonalNumber {
        form.fill(RenameField::Nickname, "");
    }
    let form = form.refused(RenameField::Nickname, problem);
    show(&state, &citizen, Some(RenameForm { id, form })).await.map(refused)
}

/// `GET /settings/passkeys/{id}/remove`: asks first.
pub async fn remove_page(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    PathId(id): PathId<PasskeyId>,
) -> HttpResult {
    let page = removal(id);
    if let Some(interruption) = require_step_up(&state, &citizen, "remove-passkey", page.clone()).await? {
        return Ok(interruption);
    }
    let who = &citizen.signed_in;
    let all = state.passkeys.passkeys(who).await?;
    let passkey = all.into_iter().find(|passkey| passkey.id == id).ok_or(HttpError::NotFound)?;
    let last = match (
        state.passkeys.is_last_passkey(who, id).await?,
        who.card_is_fresh(state.custody.environment.now()),
    ) {
        (false, _) => LastPasskey::No,
        (true, false) => LastPasskey::CardFirst,
        (true, true) => LastPasskey::CardShown,
    };
    if last == LastPasskey::CardFirst {
        step_up::remember_step(&state, &citizen.visitor, InterruptedStep::Page { path: page }).await?;
    }
    let view = RemovePasskeyView { passkey: line(&citizen, passkey), last };
    Ok(citizen.page(pages::remove_passkey(citizen.lang(), &view)))
}

fn removal(id: PasskeyId) -> String {
    format!("/settings/passkeys/{id}/remove")
}

/// `POST /settings/passkeys/{id}/remove`.
pub async fn remove(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    PathId(id): PathId<PasskeyId>,
) -> HttpResult {
    let form = InterruptedForm { path: removal(id), fields: Vec::new(), page: removal(id) };
    if let Some(interruption) = require_step_up_for_form(&state, &citizen, "remove-passkey", form).await? {
        return Ok(interruption);
    }
    let verified = access::prove_verified(&state.custody, &citizen.signed_in, &citizen.scope).await?;
    if state.passkeys.is_last_passkey(&citizen.signed_in, id).await? {
        let shown = access::prove_card_shown(&state.custody, verified).await?;
        state.passkeys.remove_passkey(&shown, id).await?;
    } else {
        state.passkeys.remove_passkey(&verified, id).await?;
    }
    if id == citizen.signed_in.passkey {
        // The session stood on this passkey, and has ended with it.
        return say_goodbye(&citizen.visitor, Notice::PasskeyRemoved).await;
    }
    citizen.see_other("/settings/passkeys", Notice::PasskeyRemoved).await
}

/// `POST /settings/passkeys/{id}/confirm`: one that a recovery had suspended.
pub async fn confirm(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    PathId(id): PathId<PasskeyId>,
) -> HttpResult {
    let form = InterruptedForm {
        path: format!("/settings/passkeys/{id}/confirm"),
        fields: Vec::new(),
        page: "/settings/passkeys".to_owned(),
    };
    if let Some(interruption) = require_step_up_for_form(&state, &citizen, "confirm-passkey", form).await? {
        return Ok(interruption);
    }
    state.passkeys.confirm_passkey(&citizen.signed_in, id).await.map_err(passkey_refused)?;
    citizen.see_other("/settings/passkeys", Notice::PasskeyConfirmed).await
}

/// `POST /settings/sessions/end-others`: sign out everywhere else.
pub async fn end_others(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    session::sign_out_others(&state.custody, &citizen.signed_in).await?;
    citizen.see_other("/settings/passkeys", Notice::SignedOutElsewhere).await
}

/// `POST /settings/sessions/{id}/end`: one of the others alone, or this one.
pub async fn end_one(
    State(state): State<PortalState>,
    citizen: SignedInCitizen,
    PathId(id): PathId<SessionId>,
) -> HttpResult {
    session::sign_out_session(&state.custody, &citizen.signed_in, id).await?;
    if id == citizen.signed_in.session {
        return say_goodbye(&citizen.visitor, Notice::SignedOut).await;
    }
    citizen.see_other("/settings/passkeys", Notice::SessionEnded).await
}

/// `POST /settings/sessions/end-all`: everywhere, here included.
pub async fn end_all(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    session::sign_out_everywhere(&state.custody, &citizen.signed_in).await?;
    say_goodbye(&citizen.visitor, Notice::SignedOut).await
}

/// What a fresh check is for.
#[derive(Deserialize)]
pub struct VerifyQuery {
    r#for: Option<String>,
}

/// `/settings/verify`: the passkey once more.
pub async fn verify_page(citizen: SignedInCitizen, Query(query): Query<VerifyQuery>) -> HttpResult {
    let purpose = match query.r#for.as_deref() {
        Some("remove-passkey") => VerifyFor::RemovePasskey,
        Some("confirm-passkey") => VerifyFor::ConfirmPasskey,
        Some("link-card") => VerifyFor::LinkCard,
        Some("consent") => VerifyFor::Consent,
        Some("mark") => VerifyFor::Mark,
        Some("download") => VerifyFor::Download,
        Some("share") => VerifyFor::ShareCode,
        Some("report") => VerifyFor::NotMine,
        _ => VerifyFor::AddPasskey,
    };
    Ok(citizen.page(pages::verify(citizen.lang(), purpose)))
}

/// `/settings/passkeys/add`: one more device.
pub async fn add_page(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    let here = "/settings/passkeys/add".to_owned();
    if let Some(interruption) = require_step_up(&state, &citizen, "add-passkey", here).await? {
        return Ok(interruption);
    }
    Ok(citizen.page(pages::add_passkey(citizen.lang())))
}

/// `POST /session/extend`: the person is still there.
pub async fn extend(State(state): State<PortalState>, citizen: SignedInCitizen) -> HttpResult {
    let now = state.custody.environment.now();
    let until = citizen.signed_in.idle_ends_at(now);
    Ok(Json(json!({ "idle_seconds": until.since(now).as_secs() })).into_response())
}

/// `POST /sign-out`.
pub async fn sign_out(State(state): State<PortalState>, visitor: PortalVisitor) -> HttpResult {
    // Also with a cookie that is not the session's any more: it may have got another one while this request was sent.
    if let Some(key) = visitor.brought_key {
        session::sign_out(&state.custody, &key).await?;
    }
    say_goodbye(&visitor, Notice::SignedOut).await
}

/// The way out for somebody whose session has ended in this request.
async fn say_goodbye(visitor: &PortalVisitor, notice: Notice) -> HttpResult {
    if visitor.brought_key.is_some() {
        visitor.session.forget().await.map_err(broken)?;
        let said = Some(notice.as_str().to_owned());
        visitor.session.change(|data| data.flash = said).await.map_err(broken)?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    response.headers_mut().insert(CLEAR_SITE_DATA, CLEAR);
    Ok(response)
}

/// What the first page says when the card needs attention.
pub async fn card_banner(
    state: &PortalState,
    citizen: &SignedInCitizen,
) -> Result<Option<PageBanner>, HttpError> {
    let trouble = state.card_ceremonies.card_warning(citizen.signed_in.account).await?;
    Ok(trouble.map(PageBanner::CardWarning))
}
