//! What the console says when something was not done.

use super::{
    ConsoleState,
    guest::Viewing,
    page::{ConsoleFrame, show},
};
use askama::Template;
use axum::{
    Json,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::json;
use techo_app::{Lang, i18n::t};
use techo_web::{
    layers::reference::RequestReference,
    problem::{AlreadyRendered, HttpError, copy_extensions},
    strict_json::JsonPosition,
};

#[derive(Template)]
#[template(path = "console/error.html")]
struct ErrorPage {
    f: ConsoleFrame,
    text: String,
    reference: String,
}

/// Gives every refusal and every failure its page, or a sentence for the script of a passkey form.
pub async fn layer(State(state): State<ConsoleState>, request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let lang = extensions.get::<Lang>().copied().unwrap_or(Lang::Ja);
    let reference = extensions.get::<RequestReference>().map(ToString::to_string).unwrap_or_default();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let told = response.extensions().get::<AlreadyRendered>().is_some();
    let trouble = response.extensions().get::<HttpError>().cloned();
    let trouble = trouble.or_else(|| if told { None } else { HttpError::of_status(response.status()) });
    let Some(trouble) = trouble else { return response };
    trouble.note(&reference);
    let mut text = t(lang, key(&trouble)).into_owned();
    if let Some(JsonPosition(place)) = response.extensions().get() {
        text = format!("{text} ({place})");
    }
    let status = trouble.clone().into_response().status();
    let body = if path.starts_with("/passkey/") {
        Json(json!({ "message": text, "reference": reference })).into_response()
    } else {
        let frame = ConsoleFrame {
            lang,
            title: "console-error-title",
            css: state.assets.css.clone(),
            path: "/".to_owned(),
            member: response.extensions().get::<Viewing>().map(|viewing| viewing.0.clone()),
            areas: state.menu.clone(),
            edition: state.edition,
            flash: None,
            mistakes: Vec::new(),
        };
        show(&ErrorPage { f: frame, text, reference }).unwrap_or_else(|_| status.into_response())
    };
    let mut answer = (status, body).into_response();
    copy_extensions(trouble.retry_after(), &response, &mut answer);
    answer
}

fn key(trouble: &HttpError) -> &'static str {
    match trouble {
        HttpError::NotFound => "console-error-not-found",
        HttpError::Limited { .. } | HttpError::Busy => "console-error-limited",
        HttpError::Away(_) => "console-error-away",
        HttpError::Broken(_) => "console-error-broken",
        HttpError::Stale | HttpError::BadRequest | HttpError::TooLarge | HttpError::TooSlow => {
            "console-error-bad"
        }
        HttpError::NoSession | HttpError::CrossSite | HttpError::Refused | HttpError::BelowAge => {
            "console-error-refused"
        }
    }
}
