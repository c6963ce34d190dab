//! お知らせ: what a person comes to know without asking, and what they may ask about a line of the access log.

use crate::{account::AccountEvent, words};

words! {
    /// What a notice is about.
    NoticeKind {
        /// An organisation looked for the first time.
        FirstLook "first-look";
        /// An organisation declared an emergency and may see what was allowed for emergencies.
        EmergencyDeclared "emergency-declared";
        /// The review of an emergency was closed.
        EmergencyReviewed "emergency-reviewed";
        /// A question about a line of the access log was answered.
        QuestionAnswered "question-answered";
        /// A clinic or hospital sent laboratory results.
        LaboratoryArrived "laboratory-arrived";
        /// Consent was changed.
        ConsentChanged "consent-changed";
        /// A passkey was made.
        PasskeyAdded "passkey-added";
        /// A passkey was removed.
        PasskeyRemoved "passkey-removed";
        /// A passkey that a recovery had suspended works again.
        PasskeyConfirmed "passkey-confirmed";
        /// The account was recovered with the card; former passkeys are suspended.
        Recovered "recovered";
        /// A renewed card joined the account.
        CardLinked "card-linked";
        /// The card is on hold.
        CardHeld "card-held";
        /// The card was released.
        CardReleased "card-released";
        /// The card was revoked.
        CardRevoked "card-revoked";
        /// The card ended too long ago.
        CardExpired "card-expired";
    }
}

impl NoticeKind {
    /// Whether it speaks of a declared emergency.
    pub fn is_of_emergency(self) -> bool {
        matches!(self, Self::EmergencyDeclared | Self::EmergencyReviewed)
    }

    /// What happened to an account that its owner must hear of, in case it was not them.
    pub fn of_account(event: AccountEvent) -> Option<Self> {
        match event {
            AccountEvent::PasskeyAdded => Some(Self::PasskeyAdded),
            AccountEvent::PasskeyRemoved => Some(Self::PasskeyRemoved),
            AccountEvent::PasskeyConfirmed => Some(Self::PasskeyConfirmed),
            AccountEvent::Recovered => Some(Self::Recovered),
            AccountEvent::CardLinked => Some(Self::CardLinked),
            AccountEvent::CardHeld => Some(Self::CardHeld),
            AccountEvent::CardReleased => Some(Self::CardReleased),
            AccountEvent::CardRevoked => Some(Self::CardRevoked),
            AccountEvent::CardExpired => Some(Self::CardExpired),
            AccountEvent::Enrolled
            | AccountEvent::SignedIn
            | AccountEvent::SignInRefused
            | AccountEvent::CardShown
            | AccountEvent::CardRefused
            | AccountEvent::SignedOutElsewhere
            | AccountEvent::SignedOutEverywhere
            | AccountEvent::PrivacyAgreed => None,
        }
    }
}

words! {
    /// What is asked about a line of the access log. The words stand in form fields too.
    QuestionTopic {
        /// Why did they look?
        Why "why";
        /// Who of them looked?
        Who "who";
        /// I was never there.
        Unknown "unknown";
        /// Why so much?
        TooMuch "too-much";
    }
}
