//! The way in and out: an invitation, a passkey, and the sign-out.

use crate::console::{
    ConsoleState, ConsoleVisitor,
    area::{ConsoleAccess, ConsoleArea, ConsoleRoutes},
    guest::ConsoleSessionData,
    page::{ConsoleFrame, show},
};
use crate::{portal::language, sessions::NextCookie};
use askama::Template;
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use serde_json::json;
use techo_app::i18n::t;
use techo_identity::{
    passkey::{AuthenticationResponse, RegistrationResponse},
    session,
    staff::{JoinError, StaffVisitor},
};
use techo_web::{
    layers::{
        csp_report,
        headers::{CLEAR, CLEAR_SITE_DATA},
    },
    problem::{AlreadyRendered, HttpResult},
    route_table::RouteTable,
    strict_json::StrictJson,
};

/// The way in and out.
pub(super) const AREA: ConsoleArea =
    ConsoleArea { path: "/", menu: None, proof: ConsoleAccess::None, routes };

fn routes() -> ConsoleRoutes {
    RouteTable::new()
        .get(ConsoleAccess::None, "/", home)
        .get(ConsoleAccess::None, "/sign-in", sign_in)
        .get(ConsoleAccess::None, "/join", join)
        .get(ConsoleAccess::None, "/console.js", script)
        .post(ConsoleAccess::None, "/passkey/join/begin", join_begin)
        .post(ConsoleAccess::None, "/passkey/join/finish", join_finish)
        .post(ConsoleAccess::None, "/passkey/sign-in/begin", sign_in_begin)
        .post(ConsoleAccess::None, "/passkey/sign-in/finish", sign_in_finish)
        .post(ConsoleAccess::None, "/language", language::choose)
        .post(ConsoleAccess::None, "/csp-reports", csp_report::receive)
        .post(ConsoleAccess::None, "/sign-out", sign_out)
}

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignIn {
    f: ConsoleFrame,
}

#[derive(Template)]
#[template(path = "console/join.html")]
struct Join {
    f: ConsoleFrame,
}

async fn home(guest: ConsoleVisitor) -> Redirect {
    Redirect::to(guest.first_page().unwrap_or("/sign-in"))
}

async fn sign_in(guest: ConsoleVisitor) -> HttpResult {
    match guest.first_page() {
        Some(page) => Ok(Redirect::to(page).into_response()),
        None => show(&SignIn { f: guest.frame("console-sign-in-title") }),
    }
}

async fn join(guest: ConsoleVisitor) -> HttpResult {
    show(&Join { f: guest.frame("console-join-title") })
}

async fn script() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("../console.js"))
}

/// The code of an invitation.
#[derive(Deserialize)]
struct Invited {
    code: String,
}

async fn join_begin(
    State(state): State<ConsoleState>,
    guest: ConsoleVisitor,
    StrictJson(invited): StrictJson<Invited>,
) -> HttpResult {
    match state.staff_sign_in.begin_joining(&guest.key().await?, &invited.code).await {
        Ok(options) => Ok(Json(options).into_response()),
        Err(error) => join_refused(&guest, error),
    }
}

async fn join_finish(
    State(state): State<ConsoleState>,
    guest: ConsoleVisitor,
    StrictJson(answer): StrictJson<RegistrationResponse>,
) -> HttpResult {
    let (key, next) = (guest.key().await?, guest.next_cookie());
    let visitor = StaffVisitor { session: &key, next: next.key() };
    match state.staff_sign_in.finish_joining(visitor, &answer).await {
        Ok(()) => enter(&guest, next).await,
        Err(error) => join_refused(&guest, error),
    }
}

/// What somebody is told whose invitation or passkey is not taken.
fn join_refused(guest: &ConsoleVisitor, error: JoinError) -> HttpResult {
    match error {
        JoinError::Invitation => Ok(refusal_message(&t(guest.lang, "console-join-wrong"))),
        JoinError::SyncedPasskey => Ok(refusal_message(&t(guest.lang, "console-join-synced"))),
        JoinError::Failure(failure) => Err(failure.into()),
    }
}

async fn sign_in_begin(State(state): State<ConsoleState>, guest: ConsoleVisitor) -> HttpResult {
    Ok(Json(state.staff_sign_in.begin_sign_in(&guest.key().await?).await?).into_response())
}

async fn sign_in_finish(
    State(state): State<ConsoleState>,
    guest: ConsoleVisitor,
    StrictJson(answer): StrictJson<AuthenticationResponse>,
) -> HttpResult {
    let (key, next) = (guest.key().await?, guest.next_cookie());
    state.staff_sign_in.finish_sign_in(StaffVisitor { session: &key, next: next.key() }, &answer).await?;
    enter(&guest, next).await
}

/// The new cookie of somebody who has just signed in.
async fn enter(guest: &ConsoleVisitor, next: NextCookie) -> HttpResult {
    // What whoever sat here before had open is not theirs.
    guest.change(|data| *data = ConsoleSessionData::default()).await?;
    guest.rise(next).await?;
    Ok(Json(json!({ "next": "/" })).into_response())
}

/// A refusal that the person can do something about.
fn refusal_message(sentence: &str) -> Response {
    let body = Json(json!({ "message": sentence }));
    let mut response = (StatusCode::FORBIDDEN, body).into_response();
    response.extensions_mut().insert(AlreadyRendered);
    response
}

async fn sign_out(State(state): State<ConsoleState>, guest: ConsoleVisitor) -> HttpResult {
    // Also with a cookie that is not the session's any more: it may have got another one while this request was sent.
    let Some(key) = guest.brought_key else { return Ok(Redirect::to("/sign-in").into_response()) };
    session::sign_out(&state.custody, &key).await?;
    guest.forget().await?;
    guest.change(|data| data.flash = Some("console-signed-out".to_owned())).await?;
    let mut response = Redirect::to("/sign-in").into_response();
    response.headers_mut().insert(CLEAR_SITE_DATA, CLEAR);
    Ok(response)
}
