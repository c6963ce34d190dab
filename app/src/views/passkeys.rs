//! `/settings/passkeys` and the pages below it.

use crate::form::form_mistakes;
use techo_identity::passkey::{PasskeyState, PasskeyStorage};
use techo_model::{PasskeyId, SessionId, UnixMillis};
use techo_web::{form::FilledForm, form_fields};

/// `/settings/passkeys`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeysView {
    /// Passkeys of the account, oldest first.
    pub passkeys: Vec<PasskeyLine>,
    /// Running sessions, newest first, this one included.
    pub sessions: Vec<SessionLine>,
    /// A form for a new name that came back with a mistake.
    pub rename: Option<RenameForm>,
}

/// One passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyLine {
    /// Id for the forms.
    pub id: PasskeyId,
    /// Name that its owner gave; none yet when empty.
    pub nickname: String,
    /// Where it lives.
    pub storage: PasskeyStorage,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was used last.
    pub last_used_at: Option<UnixMillis>,
    /// Whether it opens the notebook.
    pub state: PasskeyState,
    /// Whether this session was opened with it.
    pub use_now: PasskeyUse,
}

/// Whether a passkey opened this session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyUse {
    /// This session.
    ThisSession,
    /// Another one, or none.
    Elsewhere,
}

/// One running session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLine {
    /// Id for the form that ends it.
    pub id: SessionId,
    /// Browser and system as far as they are known, e.g. `Chrome / Android`; empty when unknown.
    pub device: String,
    /// When it was opened.
    pub started_at: UnixMillis,
    /// When it was used last.
    pub last_seen_at: UnixMillis,
    /// Whether it is the one that reads this page.
    pub place: SessionCursor,
}

/// Which session a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionCursor {
    /// The one that reads this page.
    Here,
    /// Another one.
    Elsewhere,
}

/// A new name that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameForm {
    /// Which passkey.
    pub id: PasskeyId,
    /// What was typed, and why it was not taken.
    pub form: FilledForm<RenameField, NicknameProblem>,
}

form_fields! {
    /// The form for a new name.
    pub enum RenameField {
        /// The name.
        Nickname = "nickname",
    }
}

form_mistakes! {
    /// Why a name was not taken.
    pub enum NicknameProblem {
        /// Nothing was typed.
        Empty = "passkeys-name-empty",
        /// More than [`NICKNAME_MAX`](techo_identity::passkey::NICKNAME_MAX) characters.
        TooLong = "passkeys-name-long",
        /// Digits that may be the number of a person.
        PersonalNumber = "passkeys-name-number",
    }
}

/// `GET /settings/passkeys/{id}/remove`: asked before a passkey goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovePasskeyView {
    /// Which.
    pub passkey: PasskeyLine,
    /// Whether it may go.
    pub last: LastPasskey,
}

/// Whether a passkey is the only one that works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastPasskey {
    /// There are others.
    No,
    /// It is the only one: the card has to be shown first.
    CardFirst,
    /// It is the only one, and the card has been shown.
    CardShown,
}

/// `/settings/verify`: the passkey is asked for once more before something that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyFor {
    /// Adding a passkey.
    AddPasskey,
    /// Removing a passkey.
    RemovePasskey,
    /// Confirming a passkey that a recovery had suspended.
    ConfirmPasskey,
    /// Registering a renewed card.
    LinkCard,
    /// Choosing who may see records.
    Consent,
    /// Hiding one record, or showing it again.
    Mark,
    /// Taking something along as a file.
    Download,
    /// Making a code for a counter.
    ShareCode,
    /// Saying that a record is somebody else's.
    NotMine,
}
