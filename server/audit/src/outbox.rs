//! What was done in the vault and must go on the access log: one row, in the transaction of what it tells about.
//!
//! A job carries the rows to the log. To add something that is told: a variant of [`Kind`] with its name.
//!
//! Whoever took an account would read the log instead of its owner. So what may mean that is kept for the owner outside
//! the portal as well ([`Kind::reaches_outside`]), in the same transaction; `techo letters --events` takes it from there.

use serde_json::{Map, Value};
use std::time::Duration;
use techo_custody::{Custody, Internal, Result};
use techo_model::{AccountId, EventId};
use techo_store::{
    Tx,
    vault::{outbox::NewOutboxRow, outside_events::NewOutsideEvent},
};

/// How long an event that was told outside the portal is kept.
const KEEP_TOLD: Duration = Duration::from_hours(90 * 24);

/// What was done. The names are stable: they stand on the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The account was made, with a card and a letter.
    Enrolled,
    /// The card was shown because the passkeys were lost; they are suspended.
    Recovered,
    /// A passkey opened a session.
    SignedIn,
    /// A passkey was right, but the account or its card does not allow to sign in.
    SignInRefused,
    /// The card was shown once more within a session.
    CardShown,
    /// The card was shown, but it is held, revoked, or nobody could say.
    CardRefused,
    /// A passkey was made.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A passkey that a recovery had suspended works again.
    PasskeyConfirmed,
    /// A renewed card joined the account.
    CardLinked,
    /// The card is on hold; nobody signs in until it is released.
    CardHeld,
    /// The card was released from its hold.
    CardReleased,
    /// The card was revoked; nobody signs in until a new one is shown.
    CardRevoked,
    /// The card ended too long ago; it must be renewed first.
    CardExpired,
    /// Some other sessions were ended.
    SignedOutElsewhere,
    /// All sessions were ended.
    SignedOutEverywhere,
    /// A version of the privacy page was agreed to.
    PrivacyAgreed,
}

impl Kind {
    /// All kinds with their stored names.
    pub const ALL: [(Self, &str); 17] = [
        (Self::Enrolled, "account.enrolled"),
        (Self::Recovered, "account.recovered"),
        (Self::SignedIn, "session.signed-in"),
        (Self::SignInRefused, "session.refused"),
        (Self::CardShown, "card.shown"),
        (Self::CardRefused, "card.refused"),
        (Self::PasskeyAdded, "passkey.added"),
        (Self::PasskeyRemoved, "passkey.removed"),
        (Self::PasskeyConfirmed, "passkey.confirmed"),
        (Self::CardLinked, "card.linked"),
        (Self::CardHeld, "card.held"),
        (Self::CardReleased, "card.released"),
        (Self::CardRevoked, "card.revoked"),
        (Self::CardExpired, "card.expired"),
        (Self::SignedOutElsewhere, "session.ended-elsewhere"),
        (Self::SignedOutEverywhere, "session.ended-everywhere"),
        (Self::PrivacyAgreed, "privacy.agreed"),
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind with this stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// Whether Techo found this out by itself, without the person doing anything.
    pub fn is_automatic(self) -> bool {
        matches!(self, Self::CardHeld | Self::CardReleased | Self::CardRevoked | Self::CardExpired)
    }

    /// Whether the person must hear of it outside the portal.
    pub fn reaches_outside(self) -> bool {
        matches!(self, Self::CardLinked | Self::Recovered | Self::PasskeyAdded | Self::SignInRefused)
    }
}

/// What goes onto the log about it: ids, counts, closed words. Never a value, a name or free text.
#[derive(Clone, Debug)]
pub struct Entry {
    kind: Kind,
    detail: Map<String, Value>,
}

impl Entry {
    /// An event without details.
    pub fn new(kind: Kind) -> Self {
        Self { kind, detail: Map::new() }
    }

    /// Adds a count.
    #[must_use]
    pub fn count(mut self, name: &str, count: u64) -> Self {
        self.detail.insert(name.to_owned(), count.into());
        self
    }

    /// Adds an id.
    #[must_use]
    pub fn id(mut self, name: &str, id: impl std::fmt::Display) -> Self {
        self.detail.insert(name.to_owned(), id.to_string().into());
        self
    }

    /// Adds a word of a closed vocabulary.
    #[must_use]
    pub fn word(mut self, name: &str, word: &str) -> Self {
        self.detail.insert(name.to_owned(), word.into());
        self
    }
}

/// Puts an event about the owner of an account into the outbox, and keeps what must reach them outside the portal.
pub async fn note_account_event(
    custody: &Custody,
    tx: &mut Tx,
    account: AccountId,
    entry: Entry,
) -> Result<()> {
    let detail = serde_json::to_string(&entry.detail)
        .map_err(|_| Internal::Unexpected("an outbox entry does not serialise"))?;
    let row = NewOutboxRow {
        event_id: EventId(custody.environment.new_id()),
        account_id: account,
        kind: entry.kind.as_str(),
        detail: &detail,
        created_at: custody.environment.now(),
    };
    custody.stores.vault.put_outbox(tx, &row).await?;
    if entry.kind.reaches_outside() {
        let NewOutboxRow { event_id, account_id, kind, detail, created_at: at } = row;
        let event = NewOutsideEvent { event_id, account_id, kind, detail, at };
        custody.stores.vault.put_outside_event(tx, &event).await?;
    }
    Ok(())
}

/// Forgets what was told outside the portal long ago. For a job.
pub async fn purge_outside_events(custody: &Custody) -> Result<u64> {
    Ok(custody.stores.vault.purge_told_events(custody.environment.now().minus(KEEP_TOLD)).await?)
}
