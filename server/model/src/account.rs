//! Accounts of citizens, their cards, passkeys and sessions: how each stands, and what is done with them.

use crate::words;

words! {
    /// Whether an account can be used.
    AccountState {
        /// It can.
        Active "active";
        /// Not now.
        Suspended "suspended";
        /// Never again.
        Closed "closed";
    }
}

words! {
    /// How a card stands that was bound to an account.
    BindingState {
        /// It lets in.
        Active "active";
        /// On hold: nobody is let in until it is released.
        Held "held";
        /// Revoked: nobody is let in until a new one is shown.
        Revoked "revoked";
        /// Another card came in its place.
        Superseded "superseded";
        /// It ended too long ago.
        Expired "expired";
    }
}

impl BindingState {
    /// Whether it is the card that the account stands on, and nothing final happened to it.
    pub fn can_change_state(self) -> bool {
        matches!(self, Self::Active | Self::Held)
    }
}

words! {
    /// Whether a passkey works.
    PasskeyState {
        /// It does.
        Active "active";
        /// Not until its owner confirms it after a recovery.
        Suspended "suspended";
    }
}

words! {
    /// At which listener a session was begun. It is worth nothing at another.
    SessionDoor {
        /// Citizens.
        Portal "portal";
        /// Staff.
        Console "console";
    }
}

words! {
    /// What a ceremony of a passkey is for.
    CeremonyPurpose {
        /// A passkey is made.
        Register "register";
        /// Somebody signs in.
        SignIn "sign-in";
        /// Somebody who is signed in proves it afresh.
        Verify "verify";
    }
}

words! {
    /// Why a card is shown. The words stand in requests, too.
    CardPurpose {
        /// First time here.
        Enrol "enrol";
        /// All passkeys are lost.
        Recover "recover";
        /// A renewed card joins the account of the person who is signed in.
        Link "link";
        /// The holder proves once more who they are, for what a passkey alone does not allow.
        StepUp "step-up";
    }
}

impl CardPurpose {
    /// Whether only somebody who is signed in has this purpose.
    pub fn needs_sign_in(self) -> bool {
        matches!(self, Self::Link | Self::StepUp)
    }
}

words! {
    /// What was done with an account. The words stand on the access log.
    AccountEvent {
        /// The account was made, with a card and a letter.
        Enrolled "account.enrolled";
        /// The card was shown because the passkeys were lost; they are suspended.
        Recovered "account.recovered";
        /// A passkey opened a session.
        SignedIn "session.signed-in";
        /// A passkey was right, but the account or its card does not allow to sign in.
        SignInRefused "session.refused";
        /// The card was shown once more within a session.
        CardShown "card.shown";
        /// The card was shown, but it is held, revoked, or nobody could say.
        CardRefused "card.refused";
        /// A passkey was made.
        PasskeyAdded "passkey.added";
        /// A passkey was removed.
        PasskeyRemoved "passkey.removed";
        /// A passkey that a recovery had suspended works again.
        PasskeyConfirmed "passkey.confirmed";
        /// A renewed card joined the account.
        CardLinked "card.linked";
        /// The card is on hold; nobody signs in until it is released.
        CardHeld "card.held";
        /// The card was released from its hold.
        CardReleased "card.released";
        /// The card was revoked; nobody signs in until a new one is shown.
        CardRevoked "card.revoked";
        /// The card ended too long ago; it must be renewed first.
        CardExpired "card.expired";
        /// Some other sessions were ended.
        SignedOutElsewhere "session.ended-elsewhere";
        /// All sessions were ended.
        SignedOutEverywhere "session.ended-everywhere";
        /// A version of the privacy page was agreed to.
        PrivacyAgreed "privacy.agreed";
    }
}

impl AccountEvent {
    /// Whether Techo found this out by itself, without the person doing anything.
    pub fn is_automatic(self) -> bool {
        matches!(self, Self::CardHeld | Self::CardReleased | Self::CardRevoked | Self::CardExpired)
    }

    /// Whether the person must hear of it outside the portal.
    pub fn reaches_outside(self) -> bool {
        matches!(self, Self::CardLinked | Self::Recovered | Self::PasskeyAdded | Self::SignInRefused)
    }
}
