//! Who asks: any [`PortalVisitor`], or a [`SignedInCitizen`] whose session was verified for this request.
//!
//! A handler that takes a `SignedInCitizen` cannot be reached by a stranger: the extractor answers instead, with the way to the
//! sign-in page for people and with 401 for programs.

use super::PortalState;
use crate::{
    error_pages::wants_json,
    sessions::{CurrentSession, NextCookie, NotSignedIn},
};
use axum::{
    extract::{FromRequestParts, OriginalUri, Request, State},
    http::{Method, header::USER_AGENT, request::Parts},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use techo_app::{
    Lang, Page, PageFrame, render,
    views::frame::{Notice, PageBanner, PageViewer, SessionClock},
};
use techo_custody::environment::Environment;
use techo_identity::{
    access::{self, PatientScope, PresentOwner},
    session::{self, SessionKey, SignedIn, agent_family},
};
use techo_model::UnixMillis;
use techo_web::{layers::headers::CspNonce, problem::HttpError};
use tower_sessions::Session;

pub(super) use crate::sessions::broken;

/// Anybody.
pub struct PortalVisitor {
    /// Language of the answer.
    pub lang: Lang,
    /// The session, empty for somebody who came for the first time.
    pub session: CurrentSession,
    /// Browser and system in a word each.
    pub agent: String,
    /// How many notices are unread; the frame says it.
    pub unread: i64,
    /// The key of the cookie that was sent, even when it has ended.
    pub brought_key: Option<SessionKey>,
    state: PortalState,
    nonce: String,
    path: String,
    signed_in: Option<SignedIn>,
    banners: Vec<PageBanner>,
}

/// Somebody who is signed in, and the proof that they may see their own record now.
pub struct SignedInCitizen {
    /// The visitor that this citizen is.
    pub visitor: PortalVisitor,
    /// By what and since when.
    pub signed_in: SignedIn,
    /// What they may see.
    pub scope: PatientScope,
}

impl PortalVisitor {
    /// Who is signed in, if anybody.
    pub fn signed_in(&self) -> Option<&SignedIn> {
        self.signed_in.as_ref()
    }

    /// The key that challenges and ceremonies are bound to; begins a session for a stranger.
    pub async fn key(&self) -> Result<SessionKey, HttpError> {
        self.session.key().await.map_err(broken)
    }

    /// A cookie for the session if its rights rise in this request.
    pub fn next_cookie(&self) -> NextCookie {
        NextCookie::draw(&self.state.custody.environment)
    }

    /// As ceremonies see them.
    pub fn with_cookies<'a>(
        &'a self,
        key: &'a SessionKey,
        next: &'a NextCookie,
    ) -> session::CeremonyVisitor<'a> {
        session::CeremonyVisitor {
            session: key,
            next: next.key(),
            signed_in: self.signed_in.as_ref(),
            agreed: None,
            language: Some(self.lang.code()),
            agent: &self.agent,
        }
    }

    /// A page in its frame.
    pub fn page(&self, page: Page) -> Response {
        let frame = PageFrame {
            lang: self.lang,
            nonce: &self.nonce,
            assets: &self.state.presenter.assets,
            path: &self.path,
            viewer: viewer(self.signed_in.as_ref(), self.state.custody.environment.now()),
            banners: self.banners.clone(),
            unread: self.unread,
            edition: self.state.presenter.edition,
        };
        Html(render(&frame, page)).into_response()
    }

    /// Puts into another request what this one came with, so that it is asked by the same person in the same session.
    pub fn lend(&self, extensions: &mut http::Extensions) {
        extensions.insert(self.session.shared());
        extensions.insert(self.lang);
        extensions.insert(CspNonce(self.nonce.clone()));
    }

    /// Answers a form: the next page says what it did.
    pub async fn see_other(&self, path: &str, notice: Notice) -> Result<Response, HttpError> {
        self.session.change(|data| data.flash = Some(notice.as_str().to_owned())).await.map_err(broken)?;
        Ok(Redirect::to(path).into_response())
    }
}

impl SignedInCitizen {
    /// Says something above the page.
    pub fn announce(&mut self, banners: impl IntoIterator<Item = PageBanner>) {
        self.visitor.banners.extend(banners);
    }

    /// Language of the answer.
    pub fn lang(&self) -> Lang {
        self.visitor.lang
    }

    /// For what is changed in their name.
    pub fn present(&self) -> PresentOwner<'_> {
        PresentOwner { who: &self.signed_in, scope: &self.scope }
    }

    /// A page in its frame.
    pub fn page(&self, page: Page) -> Response {
        self.visitor.page(page)
    }

    /// Answers a form: the next page says what it did.
    pub async fn see_other(&self, path: &str, notice: Notice) -> Result<Response, HttpError> {
        self.visitor.see_other(path, notice).await
    }
}

impl FromRequestParts<PortalState> for PortalVisitor {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &PortalState) -> Result<Self, HttpError> {
        let session = CurrentSession::new(session_of(parts)?);
        let brought_key = session.brought_key();
        let signed_in = session.signed_in().await.map_err(broken)?;
        if let Some(signed_in) = &signed_in {
            state.change_limit.check_person(signed_in.account, &parts.extensions)?;
        }
        let mut banners = Vec::new();
        if parts.method == Method::GET {
            let flash = session.take_flash().await.map_err(broken)?;
            banners.extend(flash.and_then(|name| Notice::parse(&name)).map(PageBanner::Notice));
        }
        let extensions = &parts.extensions;
        let uri = extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).map(agent_family);
        Ok(Self {
            lang: extensions.get::<Lang>().copied().unwrap_or(Lang::Ja),
            nonce: extensions.get::<CspNonce>().map(|nonce| nonce.0.clone()).unwrap_or_default(),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            agent: agent.unwrap_or_default(),
            unread: 0,
            brought_key,
            state: state.clone(),
            session,
            signed_in,
            banners,
        })
    }
}

impl FromRequestParts<PortalState> for SignedInCitizen {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &PortalState) -> Result<Self, NotSignedIn> {
        let json = wants_json(&parts.method, &parts.headers, parts.uri.path());
        let stranger =
            || if json { NotSignedIn::HttpError(HttpError::NoSession) } else { NotSignedIn::GoAndSignIn };
        let mut visitor =
            PortalVisitor::from_request_parts(parts, state).await.map_err(NotSignedIn::HttpError)?;
        let Some(signed_in) = visitor.signed_in.clone() else { return Err(stranger()) };
        let scope =
            access::owner_scope(&state.custody, signed_in.account).await.map_err(
                |failure| match failure {
                    techo_custody::Failure::BelowAge => NotSignedIn::HttpError(HttpError::BelowAge),
                    techo_custody::Failure::Refused(_) | techo_custody::Failure::NotFound => stranger(),
                    other => NotSignedIn::HttpError(other.into()),
                },
            )?;
        if parts.method == Method::GET {
            let unread = state.reading.unread_notices(&scope).await;
            visitor.unread = unread.map_err(|failure| NotSignedIn::HttpError(failure.into()))?;
        }
        Ok(Self { visitor, signed_in, scope })
    }
}

fn session_of(parts: &Parts) -> Result<Session, HttpError> {
    parts
        .extensions
        .get::<Session>()
        .cloned()
        .ok_or_else(|| HttpError::Broken("a route without the session layer".into()))
}

fn viewer(signed_in: Option<&SignedIn>, now: UnixMillis) -> PageViewer {
    let seconds = |until: UnixMillis| i64::try_from(until.since(now).as_secs()).unwrap_or(0);
    signed_in.map_or(PageViewer::Stranger, |signed_in| {
        PageViewer::SignedIn(SessionClock {
            idle_seconds: seconds(signed_in.idle_ends_at(now)),
            absolute_seconds: seconds(signed_in.ends_at()),
        })
    })
}

/// Tells error pages, which are made outside the session, who looks at them. A request without our cookie has nobody to be
/// looked for.
pub async fn show_viewer(State(environment): State<Environment>, request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    let mut response = next.run(request).await;
    // Whoever could not be asked a moment ago is not asked again.
    let is_away = matches!(response.extensions().get(), Some(HttpError::Away(_)));
    let asks = response.status().as_u16() >= 400 && !is_away;
    if let (true, Some(session)) = (asks, session) {
        let signed_in = CurrentSession::new(session).signed_in().await.ok().flatten();
        response.extensions_mut().insert(viewer(signed_in.as_ref(), environment.now()));
    }
    response
}
