//! What stands around a page.

use techo_identity::enrol::CardWarning;
use techo_model::words;

/// Who looks at a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageViewer {
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
pub enum PortalEdition {
    /// Real people.
    Live,
    /// Made-up people; `/demo/cards` is there.
    Demo,
}

/// Something to say above the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageBanner {
    /// What the last form did, shown once.
    Notice(Notice),
    /// The card behind this account needs attention.
    CardWarning(CardWarning),
    /// The privacy page changed: the new version waits to be agreed to.
    AgreeToPrivacy,
}

words! {
    /// What a form did. Kept by name in the session until the next page.
    Notice {
        /// Signed out.
        SignedOut "signed-out";
        /// Enrolled: the first passkey is there.
        Welcome "welcome";
        /// A new passkey after all others were lost; those are stopped until their holder confirms them.
        Recovered "recovered";
        /// A passkey was added.
        PasskeyAdded "passkey-added";
        /// A passkey got a name.
        PasskeyRenamed "passkey-renamed";
        /// A passkey was removed.
        PasskeyRemoved "passkey-removed";
        /// A passkey that a recovery had suspended works again.
        PasskeyConfirmed "passkey-confirmed";
        /// All other sessions were ended.
        SignedOutElsewhere "signed-out-elsewhere";
        /// One other session was ended.
        SessionEnded "session-ended";
        /// A record is under review.
        ReportFiled "report-filed";
        /// The privacy page was agreed to.
        PrivacyAgreed "privacy-agreed";
        /// The form was about an older privacy page.
        PrivacyChanged "privacy-changed";
        /// A new choice about sharing holds.
        ConsentSaved "consent-saved";
        /// A choice was not changed.
        ConsentDropped "consent-dropped";
        /// Another change came first: what is shown now is not what was to be saved or given up.
        ConsentNotSaved "consent-not-saved";
        /// There was nothing left to be saved.
        ConsentNoDraft "consent-no-draft";
        /// A record is hidden or shown again.
        MarkSaved "mark-saved";
        /// Another mark came first.
        MarkNotSaved "mark-not-saved";
        /// A fresh check was made; what it was for has to be asked for again.
        CheckedAskAgain "checked-ask-again";
        /// A fresh check was made, and what it was for was refused.
        CheckedNotDone "checked-not-done";
        /// A fresh check was made, and nothing waited for it.
        CheckedNothingWaits "checked-nothing-waits";
        /// Nothing is exported for a day after a recovery.
        ExportLocked "export-locked";
        /// Another export of the same person runs.
        ExportRunning "export-running";
        /// A renewed card belongs to this account now.
        CardLinked "card-linked";
        /// A question about a line of the access log was received.
        QuestionAsked "question-asked";
        /// An answer to an emergency was sent to the reviewer.
        ReplySent "reply-sent";
    }
}

impl Notice {
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
            | Self::ExportLocked
            | Self::ExportRunning => NoticeTone::NotDone,
            _ => NoticeTone::Done,
        }
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
