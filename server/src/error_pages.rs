//! What a person or a program is told at the citizens' door when something was not done: one page or one problem document per
//! kind, and nothing about the cause. The cause goes to the log, beside the reference.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method,
        header::{ACCEPT, CONTENT_TYPE},
    },
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use serde_json::json;
use std::sync::Arc;
use techo_app::{AssetPaths, Lang, PageFrame, pages, render, views};
use techo_web::{
    layers::{
        headers::CspNonce,
        language::{self, LanguageCookie},
        reference::RequestReference,
    },
    problem::{AlreadyRendered, HttpError, copy_extensions},
    strict_json::JsonPosition,
};
use views::frame::{PageViewer, PortalEdition};

/// What error pages need.
#[derive(Clone)]
pub struct ErrorPresenter {
    /// Names of the built files.
    pub assets: Arc<AssetPaths>,
    /// Whether this is the demo.
    pub edition: PortalEdition,
}

struct Asked {
    json: bool,
    head: bool,
    lang: Lang,
    nonce: String,
    path: String,
    reference: String,
}

/// Gives every refusal and every failure its page or its problem document.
pub async fn layer(State(presenter): State<ErrorPresenter>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let response = next.run(request).await;
    let trouble = response.extensions().get::<HttpError>().cloned().or_else(|| bare(&response));
    match trouble {
        Some(trouble) => {
            let mut answer = present(&presenter, &asked, &trouble, &response);
            copy_extensions(trouble.retry_after(), &response, &mut answer);
            answer
        }
        None => response,
    }
}

/// An error without a body of ours: routers and libraries answer with plain text.
fn bare(response: &Response) -> Option<HttpError> {
    if response.extensions().get::<AlreadyRendered>().is_some() {
        None
    } else {
        HttpError::of_status(response.status())
    }
}

impl Asked {
    fn of(request: &Request) -> Self {
        let extensions = request.extensions();
        Self {
            json: wants_json(request.method(), request.headers(), request.uri().path()),
            head: request.method() == Method::HEAD,
            lang: extensions
                .get::<Lang>()
                .copied()
                .unwrap_or_else(|| language::of(request.headers(), LanguageCookie::Plain)),
            nonce: extensions.get::<CspNonce>().map(|nonce| nonce.0.clone()).unwrap_or_default(),
            path: request.uri().path().to_owned(),
            reference: extensions.get::<RequestReference>().map(ToString::to_string).unwrap_or_default(),
        }
    }
}

/// Whether a program asks rather than a person.
pub fn wants_json(method: &Method, headers: &HeaderMap, path: &str) -> bool {
    let has = |name, text: &str| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
            .is_some_and(|value| value.contains(text))
    };
    let ceremony = *method == Method::POST && (path.starts_with("/card/") || path.starts_with("/passkey/"));
    ceremony || has(CONTENT_TYPE, "json") || (has(ACCEPT, "json") && !has(ACCEPT, "text/html"))
}

fn present(presenter: &ErrorPresenter, asked: &Asked, trouble: &HttpError, former: &Response) -> Response {
    let (status, kind, title) = trouble.facts();
    trouble.note(&asked.reference);
    if asked.json || asked.head {
        let mut body = json!({
            "type": format!("urn:techo:problem:{kind}"),
            "title": title,
            "status": status.as_u16(),
            "reference": asked.reference,
        });
        if let Some(JsonPosition(place)) = former.extensions().get() {
            body["detail"] = place.as_str().into();
        }
        (status, [(CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
    } else {
        let viewer = former.extensions().get::<PageViewer>().copied().unwrap_or(PageViewer::Stranger);
        (status, Html(page(presenter, asked, trouble, viewer))).into_response()
    }
}

fn page(presenter: &ErrorPresenter, asked: &Asked, trouble: &HttpError, viewer: PageViewer) -> String {
    use views::errors::ErrorView;
    let reference = asked.reference.clone();
    let view = match trouble {
        HttpError::NotFound => ErrorView::NotFound,
        HttpError::BelowAge => ErrorView::BelowAge,
        HttpError::Stale => ErrorView::Stale,
        HttpError::TooLarge => ErrorView::TooLarge,
        HttpError::TooSlow => ErrorView::TooSlow,
        HttpError::Limited { retry_after } => {
            ErrorView::Limit { retry_after: i64::try_from(*retry_after).unwrap_or(i64::MAX) }
        }
        HttpError::Busy => ErrorView::Busy,
        HttpError::Away(_) => ErrorView::Away,
        HttpError::Broken(_) => ErrorView::Broken { reference },
        HttpError::NoSession | HttpError::CrossSite | HttpError::Refused | HttpError::BadRequest => {
            ErrorView::Refused { reference }
        }
    };
    let frame = PageFrame {
        lang: asked.lang,
        nonce: &asked.nonce,
        assets: &presenter.assets,
        path: &asked.path,
        viewer: if view == ErrorView::BelowAge { PageViewer::Stranger } else { viewer },
        banners: Vec::new(),
        unread: 0,
        edition: presenter.edition,
    };
    render(&frame, pages::error(asked.lang, &view, viewer))
}
