//! The session of a request, as handlers use it.

use super::store::{NEXT, SIGNED_IN, key_of};
use techo_custody::environment::Environment;
use techo_identity::session::{PortalSession, SessionKey, SignedIn};
use tower_sessions::{
    Session,
    session::{Error, Id},
};

const PORTAL: &str = "portal";

/// A cookie that nobody has yet: the browser gets it when the rights of its session rise.
#[derive(Clone, Copy, Debug)]
pub struct NextCookie {
    id: Id,
    key: SessionKey,
}

impl NextCookie {
    /// Draws one.
    pub fn draw(environment: &Environment) -> Self {
        let id = Id(i128::from_be_bytes(environment.bytes()));
        Self { id, key: key_of(&id) }
    }

    /// The key under which the vault keeps what it stands for.
    pub fn key(&self) -> &SessionKey {
        &self.key
    }
}

/// The session of a request, typed.
#[derive(Clone, Debug)]
pub struct CurrentSession(Session);

impl CurrentSession {
    /// Wraps the session that the layer put into the request.
    pub fn new(session: Session) -> Self {
        Self(session)
    }

    /// The same session for another request that is made on the way.
    pub fn shared(&self) -> Session {
        self.0.clone()
    }

    /// Who is signed in.
    pub async fn signed_in(&self) -> Result<Option<SignedIn>, Error> {
        self.0.get(SIGNED_IN).await
    }

    /// What it remembers besides.
    pub async fn data(&self) -> Result<PortalSession, Error> {
        Ok(self.0.get(PORTAL).await?.unwrap_or_default())
    }

    /// Changes what it remembers. Nothing is written when nothing changes.
    pub async fn change(&self, change: impl FnOnce(&mut PortalSession)) -> Result<(), Error> {
        let mut data = self.data().await?;
        change(&mut data);
        self.0.insert(PORTAL, data).await
    }

    /// Takes the name of the notice for this page, once.
    pub async fn take_flash(&self) -> Result<Option<String>, Error> {
        let flash = self.data().await?.flash;
        if flash.is_some() {
            self.change(|data| data.flash = None).await?;
        }
        Ok(flash)
    }

    /// The key that challenges, tickets and ceremonies are bound to. A stranger's first request gets a session by this.
    pub async fn key(&self) -> Result<SessionKey, Error> {
        if let Some(key) = self.existing_key().await? {
            return Ok(key);
        }
        // Something must stand in it, or the layer sets no cookie.
        self.0.insert(PORTAL, self.data().await?).await?;
        self.0.save().await?;
        self.existing_key().await?.ok_or_else(|| {
            Error::Store(tower_sessions::session_store::Error::Backend("a session was not stored".to_owned()))
        })
    }

    /// The key of the session when the request came with one that has not ended.
    pub async fn existing_key(&self) -> Result<Option<SessionKey>, Error> {
        // Loading finds out whether the cookie still means anything; only then the id does.
        self.0.get_value(PORTAL).await?;
        Ok(self.0.id().as_ref().map(key_of))
    }

    /// Gives the browser the cookie under which the identity crate has just written a rise in rights; the old one is dead
    /// already. Whoever is signed in by it, if anybody, is for the rest of this request: the vault knows already.
    pub async fn rise(&self, next: NextCookie, signed_in: Option<&SignedIn>) -> Result<(), Error> {
        match signed_in {
            Some(signed_in) => self.0.insert(SIGNED_IN, signed_in).await?,
            None => drop(self.0.remove_value(SIGNED_IN).await?),
        }
        // Something must stand in it, or the layer sets no cookie.
        self.0.insert(PORTAL, self.data().await?).await?;
        self.0.insert(NEXT, next.id.to_string()).await?;
        self.0.cycle_id().await?;
        self.0.save().await
    }

    /// The key of the cookie that the request brought, whether it still means anything or not. Only before the session
    /// was loaded.
    pub fn brought_key(&self) -> Option<SessionKey> {
        self.0.id().as_ref().map(key_of)
    }

    /// Forgets the session in this request; its row has been revoked by [`techo_identity::session::sign_out`]. What is
    /// written afterwards goes into a session with an id of its own.
    pub async fn forget(&self) -> Result<(), Error> {
        self.0.clear().await;
        self.0.cycle_id().await
    }
}
