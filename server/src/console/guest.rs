//! Who asks: any [`ConsoleVisitor`], or a [`SignedInMember`] of staff whose session was verified for this request.

use super::{ConsoleState, page::ConsoleFrame};
use crate::sessions::{CurrentSession, NextCookie, NotSignedIn, broken};
use axum::{
    extract::{FromRequestParts, OriginalUri, Request, State},
    http::{Method, request::Parts},
    middleware::Next,
    response::Response,
};
use serde::{Deserialize, Serialize};
use techo_app::Lang;
use techo_custody::Custody;
use techo_disclosure::clinic::VisitReference;
use techo_identity::{
    session::SessionKey,
    staff::{self, ClinicStaff, ReviewStaff, StaffMember},
};
use techo_web::problem::HttpError;
use tower_sessions::Session;
use uuid::Uuid;

/// Under which name a session keeps [`ConsoleSessionData`].
const SESSION_DATA: &str = "console";

/// What a session of the console remembers. Nothing here decides about a right, and no health data is here.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ConsoleSessionData {
    /// The clinic's own code for the person whose chart lies open.
    pub chart: Option<Uuid>,
    /// Whose insurance was asked about a moment ago, so that its page can be loaded again.
    pub insurance: Option<VisitReference>,
    /// Key of the sentence for the next page.
    pub flash: Option<String>,
}

/// Anybody.
pub struct ConsoleVisitor {
    /// Language of the answer.
    pub lang: Lang,
    /// Who is signed in, if anybody.
    pub member: Option<StaffMember>,
    /// The key of the cookie that was sent, even when it has ended.
    pub brought_key: Option<SessionKey>,
    session: Session,
    state: ConsoleState,
    path: String,
    flash: Option<String>,
}

/// Somebody who is signed in now.
pub struct SignedInMember {
    /// The guest that they are.
    pub guest: ConsoleVisitor,
    staff: StaffMember,
}

impl ConsoleVisitor {
    /// The key that ceremonies are bound to; begins a session for a stranger.
    pub async fn key(&self) -> Result<SessionKey, HttpError> {
        CurrentSession::new(self.session.clone()).key().await.map_err(broken)
    }

    /// A cookie for whoever signs in in this request.
    pub fn next_cookie(&self) -> NextCookie {
        NextCookie::draw(&self.state.custody.environment)
    }

    /// Gives the browser the cookie of whoever has just signed in; the old one is dead already.
    pub async fn rise(&self, next: NextCookie) -> Result<(), HttpError> {
        CurrentSession::new(self.session.clone()).rise(next, None).await.map_err(broken)
    }

    /// What the session remembers.
    pub async fn session_data(&self) -> Result<ConsoleSessionData, HttpError> {
        Ok(self.session.get(SESSION_DATA).await.map_err(broken)?.unwrap_or_default())
    }

    /// Changes what the session remembers.
    pub async fn change(&self, change: impl FnOnce(&mut ConsoleSessionData)) -> Result<(), HttpError> {
        let mut data = self.session_data().await?;
        change(&mut data);
        self.session.insert(SESSION_DATA, data).await.map_err(broken)
    }

    /// Stores what the session remembers now; otherwise that is done when the answer leaves.
    pub async fn save(&self) -> Result<(), HttpError> {
        self.session.save().await.map_err(broken)
    }

    /// Forgets everything.
    pub async fn forget(&self) -> Result<(), HttpError> {
        CurrentSession::new(self.session.clone()).forget().await.map_err(broken)
    }

    /// Where whoever is signed in begins.
    pub fn first_page(&self) -> Option<&'static str> {
        let role = self.member.as_ref()?.role();
        Some(self.state.menu.entries_of(role).next().map_or("/", |entry| entry.path))
    }

    /// What stands around a page.
    pub fn frame(&self, title: &'static str) -> ConsoleFrame {
        ConsoleFrame {
            lang: self.lang,
            title,
            css: self.state.assets.css.clone(),
            path: self.path.clone(),
            member: self.member.clone(),
            areas: self.state.menu.clone(),
            edition: self.state.edition,
            flash: self.flash.clone(),
            mistakes: Vec::new(),
        }
    }
}

impl SignedInMember {
    /// The proof that they work at a clinic.
    pub fn clinic_staff(&self) -> Result<ClinicStaff, HttpError> {
        Ok(self.staff.clinic_staff()?)
    }

    /// The proof that they review emergencies.
    pub fn reviewer(&self) -> Result<ReviewStaff, HttpError> {
        Ok(self.staff.reviewer()?)
    }

    /// What stands around a page.
    pub fn frame(&self, title: &'static str) -> ConsoleFrame {
        self.guest.frame(title)
    }
}

/// Tells error pages, which are made outside the session, who looks at them. A request without our cookie has nobody to be
/// looked for.
pub(super) async fn show_member(State(custody): State<Custody>, request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().cloned();
    let mut response = next.run(request).await;
    // Whoever could not be asked a moment ago is not asked again.
    let is_away = matches!(response.extensions().get(), Some(HttpError::Away(_)));
    let asks = response.status().as_u16() >= 400 && !is_away;
    if let (true, Some(session)) = (asks, session) {
        let key = CurrentSession::new(session).existing_key().await.ok().flatten();
        if let Some(key) = key
            && let Ok(Some(member)) = staff::staff_member(&custody, &key).await
        {
            response.extensions_mut().insert(Viewing(member));
        }
    }
    response
}

/// Who looks at an error page.
#[derive(Clone)]
pub(super) struct Viewing(pub(super) StaffMember);

impl FromRequestParts<ConsoleState> for ConsoleVisitor {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &ConsoleState) -> Result<Self, HttpError> {
        let session = parts.extensions.get::<Session>().cloned();
        let session = session.ok_or_else(|| HttpError::Broken("a route without the session layer".into()))?;
        let current = CurrentSession::new(session.clone());
        let brought_key = current.brought_key();
        let key = current.existing_key().await.map_err(broken)?;
        let member = match key {
            Some(key) => staff::staff_member(&state.custody, &key).await?,
            None => None,
        };
        if let Some(member) = &member {
            state.change_limit.check_person(member.id(), &parts.extensions)?;
        }
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let mut guest = Self {
            lang: parts.extensions.get::<Lang>().copied().unwrap_or(Lang::Ja),
            path: uri.path().to_owned(),
            member,
            brought_key,
            session,
            state: state.clone(),
            flash: None,
        };
        if parts.method == Method::GET {
            guest.flash = guest.session_data().await?.flash;
            if guest.flash.is_some() {
                guest.change(|data| data.flash = None).await?;
            }
        }
        Ok(guest)
    }
}

impl FromRequestParts<ConsoleState> for SignedInMember {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, state: &ConsoleState) -> Result<Self, NotSignedIn> {
        let guest = ConsoleVisitor::from_request_parts(parts, state).await.map_err(NotSignedIn::HttpError)?;
        match guest.member.clone() {
            Some(staff) => Ok(Self { guest, staff }),
            None => Err(NotSignedIn::GoAndSignIn),
        }
    }
}
