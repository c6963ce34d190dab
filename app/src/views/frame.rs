//! What stands around a page.

use techo_identity::enrol::CardTrouble;

/// Who looks at a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Somebody without a session.
    Stranger,
    /// A citizen.
    SignedIn(SessionClock),
}

/// How long a session lasts from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionClock {
    /// Seconds until it ends when nothing is done.
    pub idle_seconds: i64,
    /// Seconds until it ends whatever is done.
    pub absolute_seconds: i64,
}

/// Whether demo features are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// Real people.
    Live,
    /// Made-up people; `/demo/cards` is there.
    Demo,
}

/// Something to say above the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Banner {
    /// What the last form did, shown once.
    Notice(Notice),
    /// The card behind this account needs attention.
    CardTrouble(CardTrouble),
    /// The privacy page changed: the new version waits to be agreed to.
    AgreeToPrivacy,
}

/// What a form did. Kept by name in the session until the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Signed out.
    SignedOut,
    /// Enrolled: the first passkey is there.
    Welcome,
    /// A new passkey after all others were lost; those are stopped until their holder confirms them.
    Recovered,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey got a name.
    PasskeyRenamed,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A passkey that a recovery had suspended works again.
    PasskeyConfirmed,
    /// All other sessions were ended.
    SignedOutElsewhere,
    /// One other session was ended.
    SessionEnded,
    /// A record is under review.
    ReportFiled,
    /// The privacy page was agreed to.
    PrivacyAgreed,
    /// The form was about an older privacy page.
    PrivacyChanged,
    /// A new choice about sharing holds.
    ConsentSaved,
    /// A choice was not changed.
    ConsentDropped,
    /// Another change came first: what is shown now is not what was to be saved or given up.
    ConsentNotSaved,
    /// There was nothing left to be saved.
    ConsentNoDraft,
    /// A record is hidden or shown again.
    MarkSaved,
    /// Another mark came first.
    MarkNotSaved,
    /// A fresh check was made; what it was for has to be asked for again.
    CheckedAskAgain,
    /// A fresh check was made, and what it was for was refused.
    CheckedNotDone,
    /// A fresh check was made, and nothing waited for it.
    CheckedNothingWaits,
    /// Nothing is exported for a day after a recovery.
    ExportLocked,
    /// A renewed card belongs to this account now.
    CardLinked,
    /// A question about a line of the access log was received.
    QuestionAsked,
    /// An answer to an emergency was sent to the reviewer.
    ReplySent,
}

impl Notice {
    /// All with their stored names.
    pub const ALL: [(Self, &str); 25] = [
        (Self::SignedOut, "signed-out"),
        (Self::Welcome, "welcome"),
        (Self::Recovered, "recovered"),
        (Self::PasskeyAdded, "passkey-added"),
        (Self::PasskeyRenamed, "passkey-renamed"),
        (Self::PasskeyRemoved, "passkey-removed"),
        (Self::PasskeyConfirmed, "passkey-confirmed"),
        (Self::SignedOutElsewhere, "signed-out-elsewhere"),
        (Self::SessionEnded, "session-ended"),
        (Self::ReportFiled, "report-filed"),
        (Self::PrivacyAgreed, "privacy-agreed"),
        (Self::PrivacyChanged, "privacy-changed"),
        (Self::ConsentSaved, "consent-saved"),
        (Self::ConsentDropped, "consent-dropped"),
        (Self::ConsentNotSaved, "consent-not-saved"),
        (Self::ConsentNoDraft, "consent-no-draft"),
        (Self::MarkSaved, "mark-saved"),
        (Self::MarkNotSaved, "mark-not-saved"),
        (Self::CheckedAskAgain, "checked-ask-again"),
        (Self::CheckedNotDone, "checked-not-done"),
        (Self::CheckedNothingWaits, "checked-nothing-waits"),
        (Self::ExportLocked, "export-locked"),
        (Self::CardLinked, "card-linked"),
        (Self::QuestionAsked, "question-asked"),
        (Self::ReplySent, "reply-sent"),
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(notice, _)| *notice == self).map_or("", |(_, name)| name)
    }

    /// Whether something was done, or was not.
    pub fn tone(self) -> NoticeTone {
        match self {
            Self::PrivacyChanged
            | Self::ConsentNotSaved
            | Self::ConsentNoDraft
            | Self::MarkNotSaved
            | Self::CheckedAskAgain
            | Self::CheckedNotDone
            | Self::CheckedNothingWaits
            | Self::ExportLocked => NoticeTone::NotDone,
            _ => NoticeTone::Done,
        }
    }

    /// The notice with this stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(notice, _)| *notice)
    }
}

/// How a notice looks: what was not done never looks like what was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeTone {
    /// It was done.
    Done,
    /// It was not.
    NotDone,
}
