//! Browser sessions: how long they live, what they say about who is signed in, and how they end.
//!
//! A cookie's value is never stored, only its SHA-256 ([`SessionKey`]). What decides about rights ([`SignedIn`]) is
//! written into columns when a session begins or rises, in the transaction of what it rises by and under the lock of its
//! account, together with a new cookie; everything else ([`PortalSession`]) is data that may be lost, since the last
//! writer wins. To keep one more thing in a session: a field of [`PortalSession`], with a default.
//!
//! Whatever ends something and whatever begins something of one account takes turns ([`held`]): what comes second
//! finds what the first has done.

mod agent;
mod endings;
pub mod held;
mod interrupted;
pub(crate) mod opening;
mod signed_in;
mod storage;
mod visitor;

pub use endings::{
    SessionLine, list_sessions, sign_out, sign_out_everywhere, sign_out_others, sign_out_session,
};
pub(crate) use endings::{end_all_sessions, end_other_sessions};
pub use held::{hold_account, hold_verified_account, lock_account, require_live_session};
pub(crate) use opening::{leave_session, open_session, raise_session};
pub use storage::{
    NewSession, StoredSession, account_of_session, create_session, delete_session, load_session,
    purge_sessions, save_session,
};

pub use agent::agent_family;
pub use interrupted::{InterruptedForm, InterruptedRequest, InterruptedStep};
pub use signed_in::SignedIn;
pub(crate) use signed_in::is_recent;
pub(crate) use storage::{card_shown_at, limits};
pub use visitor::CeremonyVisitor;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{fmt, time::Duration};

/// A session that is not used for this long has ended.
pub const IDLE: Duration = Duration::from_mins(15);

/// A session ends after this long, whatever is done.
pub const ABSOLUTE: Duration = Duration::from_hours(8);

/// How long a passkey's check of its user, or a card that was shown, counts as fresh.
pub const FRESH: Duration = Duration::from_mins(5);

/// The last use of a session is written at most this often.
pub(crate) const TOUCH: Duration = Duration::from_mins(1);

/// What a session is known by on the server: the SHA-256 of its cookie's value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    /// From the value of the cookie.
    pub fn of_token(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// From the bytes that are stored.
    pub(crate) fn of_stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes that are stored.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(…)")
    }
}

/// What a portal session remembers beside who is signed in. Nothing here decides about a right.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PortalSession {
    /// Name of the notice for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flash: Option<String>,
    /// Version of the privacy page that was agreed to before there was an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed: Option<String>,
    /// Language that was chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What a fresh check interrupted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interrupted: Option<InterruptedRequest>,
    /// The code for the counter that this session made, sealed; see `seal_share_code` of the disclosure crate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_code: Option<String>,
}
