//! Who is at the portal.

use super::{SessionKey, SignedIn};

/// Who is at the portal.
#[derive(Clone, Copy, Debug)]
pub struct CeremonyVisitor<'a> {
    /// The session.
    pub session: &'a SessionKey,
    /// The key of the cookie that the browser gets when the rights of its session rise. Nobody has it yet.
    pub next: &'a SessionKey,
    /// Who is signed in.
    pub signed_in: Option<&'a SignedIn>,
    /// Version of the privacy page that was agreed to in this session.
    pub agreed: Option<&'a str>,
    /// Language that was chosen in this session.
    pub language: Option<&'a str>,
    /// Browser and system, as [`super::agent_family`] has them.
    pub agent: &'a str,
}

impl<'a> CeremonyVisitor<'a> {
    /// Somebody of whom only the session is known, and whose cookie stays.
    pub fn stranger(session: &'a SessionKey) -> Self {
        Self { session, next: session, signed_in: None, agreed: None, language: None, agent: "" }
    }
}
