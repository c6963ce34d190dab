//! Why something is not allowed, for the audit and for the log of whoever it is about. Everybody else gets one answer.

use techo_custody::refusals;

refusals! {
    /// Of whoever has to be signed in, and checked a moment ago.
    pub(crate) enum SessionRefusal {
        /// Nobody is signed in.
        NotSignedIn = "not-signed-in",
        /// The session has ended, has another cookie by now, or is somebody else's.
        Ended = "session-ended",
        /// The last check is too long ago, and there is no ticket of a card.
        NotFresh = "not-fresh",
        /// The card was shown too long ago.
        CardNotFresh = "card-not-fresh",
        /// The account is not active, or its owner is not alive any more.
        AccountNotActive = "account-not-active",
    }
}

refusals! {
    /// Of a card that was shown, and of the account that it leads to.
    pub(crate) enum CardRefusal {
        /// Nothing was asked of it, or too long ago.
        NoChallenge = "no-challenge",
        /// Its token, its signature or its certificate.
        Token = "card-token",
        /// It is on hold.
        Held = "card-held",
        /// It is revoked.
        Revoked = "card-revoked",
        /// Nobody can say what became of it.
        StatusUnknown = "card-status-unknown",
        /// The account has none.
        NoCard = "no-card",
        /// The account does not have it any more, or it is on hold, revoked or over.
        NotActive = "card-not-active",
        /// No account has it.
        Unknown = "card-unknown",
        /// An account has it already.
        Known = "card-known",
        /// It belongs to another account.
        OfAnother = "card-of-another",
        /// Another took its place since it won a ticket.
        Replaced = "card-replaced",
        /// Nothing says that it is theirs.
        Unproven = "card-unproven",
        /// Its holder has an account already.
        AccountExists = "account-exists",
        /// Whoever the letter was sent to has no account.
        NoAccount = "no-account",
    }
}

refusals! {
    /// Of the code of a letter.
    pub(crate) enum LetterRefusal {
        /// What was typed is no code.
        CodeForm = "code-form",
        /// No letter that still works has it.
        CodeUnknown = "code-unknown",
        /// Its second half is wrong.
        CodeWrong = "code-wrong",
        /// The letter was used meanwhile.
        Used = "letter-used",
        /// The letter was sent to somebody else.
        OfAnother = "letter-of-another",
        /// Whoever it was sent to is not alive.
        NotAlive = "resident-not-alive",
    }
}

refusals! {
    /// Of a passkey that is made, shown or removed.
    pub(crate) enum PasskeyRefusal {
        /// Nothing was begun, or too long ago, or it was ended already.
        NoCeremony = "no-ceremony",
        /// It was begun by somebody else.
        CeremonyOfAnother = "ceremony-of-another",
        /// The data of the browser cannot be read.
        ClientData = "client-data",
        /// The page stood within one of somebody else.
        CrossOrigin = "cross-origin",
        /// The id of the credential is none, or another one than it says of itself.
        CredentialId = "credential-id",
        /// The credential is known already.
        CredentialKnown = "credential-known",
        /// It would not be found without a name.
        NotDiscoverable = "passkey-not-discoverable",
        /// The account got as many as it may have meanwhile.
        TooMany = "too-many-passkeys",
        /// Nobody has it.
        Unknown = "passkey-unknown",
        /// Its signature, or whatever else the library finds.
        Wrong = "passkey-wrong",
        /// A recovery suspended it.
        Suspended = "passkey-suspended",
        /// It was removed or suspended meanwhile.
        NotActive = "passkey-not-active",
        /// It was used elsewhere at the same moment.
        UsedElsewhere = "passkey-used-elsewhere",
        /// No other would be left, and the card was not shown.
        Last = "last-passkey",
    }
}

refusals! {
    /// Of those who work at the console.
    pub(crate) enum StaffRefusal {
        /// They, or the organisation where they work, are suspended.
        NotActive = "staff-not-active",
        /// Their role does not allow it.
        Role = "role",
    }
}
