//! What the portal does with a card: enrolment, recovery, a renewed card, showing the card once more.
//!
//! ```text
//! challenge ─▶ the card signs ─▶ present_card:
//!   challenge consumed ─▶ token and certificate verified ─▶ status asked ─▶ binding looked up ─▶ by purpose
//!     enrol    activation code of a letter ─▶ account, binding, ticket
//!     recover  known card, or a new or former one with a letter ─▶ passkeys suspended, sessions ended, ticket
//!     link     signed in and fresh, and a letter, the old card or its CA says that the new one is theirs ─▶ it joins
//!     step-up  signed in, known card ─▶ the session says so
//! ```
//!
//! A ticket is worth one passkey (see [`crate::passkey`]). Nothing in a certificate names its holder; who somebody is
//! comes from the letter alone, and later from the binding that the letter made. A session is no proof of whose card it
//! is: whoever took one would take the account for good by linking a card of their own.
//!
//! What a purpose may do is not a matter of the order of calls: a `PresentedCard` is a card that was verified and is good, an
//! `OwnCard` one that is proven to be theirs, an `AccountCard` the one that the account stands on. Each is made by its check alone.
//!
//! Each purpose holds the account, asks what is true only then, and gives the browser a new cookie when its rights rise.
//!
//! To add a purpose: a variant of [`CardPurpose`], its name in the migration's check, a file with its rules, and an
//! arm in `present`.

mod account;
mod account_card;
mod binding;
mod card_standing;
mod challenge;
mod enrolment;
mod link;
mod present;
mod recovery;
mod watch;

pub use account::{AccountFacts, account_facts, agree_to_privacy};
pub use binding::{card_lookups, known_binding, new_binding, reactivate_binding, stored_certificate};
pub(crate) use card_standing::judge_binding;
pub use challenge::{CardChallenge, has_ticket};

pub use crate::session::CeremonyVisitor;
pub use card_standing::CardWarning;
pub use present::{CardOutcome, CardStep, ShownCard};
pub use techo_model::account::CardPurpose;
pub use techo_store::vault::bindings::CardSelection;
pub use watch::CardSweep;

use std::{sync::Arc, time::Duration};
use techo_custody::Custody;
use techo_jpki::{CardStatusInquiry, TrustStore};

/// How long a challenge may be answered.
pub const CHALLENGE_LIFE: Duration = Duration::from_mins(5);

/// How long a ticket is worth a passkey.
pub const TICKET_LIFE: Duration = Duration::from_mins(10);

/// How long nothing is exported after a recovery.
pub const EXPORT_LOCK: Duration = Duration::from_hours(24);

/// Where cards are shown. Cheap to clone.
#[derive(Clone)]
pub struct CardCeremonies {
    custody: Custody,
    trust: Arc<TrustStore>,
    status: CardStatusInquiry,
    origin: Arc<str>,
}

impl CardCeremonies {
    /// Ceremonies that trust these CAs, ask this source for the status of cards, and stand at this origin
    /// (`TECHO_PORTAL_URL` without a slash at its end).
    pub fn new(
        custody: Custody,
        trust: Arc<TrustStore>,
        status: impl Into<CardStatusInquiry>,
        origin: &str,
    ) -> Self {
        let status = status.into();
        Self { custody, trust, status, origin: origin.trim_end_matches('/').into() }
    }
}

impl std::fmt::Debug for CardCeremonies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CardCeremonies({})", self.origin)
    }
}
