//! Who is signed in by the cookie of a door: what changing requests are counted by before their body is read.

use super::store::key_of;
use techo_custody::{Custody, Result};
use techo_identity::{
    session::{self, SessionKey},
    staff,
};
use techo_model::{AccountId, StaffId};
use techo_web::layers::changes::SessionLookup;
use tower_sessions::session::Id;

/// Citizens, by their account.
#[derive(Clone, Debug)]
pub struct CitizenLookup(pub Custody);

impl SessionLookup for CitizenLookup {
    type Person = AccountId;
    type Session = SessionKey;

    fn session(&self, cookie: &str) -> Option<SessionKey> {
        session_of(cookie)
    }

    async fn person(&self, session: &SessionKey) -> Result<Option<AccountId>> {
        session::account_of_session(&self.0, session).await
    }
}

/// Staff.
#[derive(Clone, Debug)]
pub struct StaffLookup(pub Custody);

impl SessionLookup for StaffLookup {
    type Person = StaffId;
    type Session = SessionKey;

    fn session(&self, cookie: &str) -> Option<SessionKey> {
        session_of(cookie)
    }

    async fn person(&self, session: &SessionKey) -> Result<Option<StaffId>> {
        staff::staff_of_session(&self.0, session).await
    }
}

/// What a cookie stands for, if it can be one of ours.
fn session_of(cookie: &str) -> Option<SessionKey> {
    cookie.parse::<Id>().ok().as_ref().map(key_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cookie_that_can_be_one_of_ours_is_looked_up() {
        assert!(session_of(&Id(7).to_string()).is_some());
        for foreign in ["", "short", "ja", "AAAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(session_of(foreign).is_none(), "{foreign}");
        }
    }
}
