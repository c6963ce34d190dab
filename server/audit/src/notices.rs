//! お知らせ: what a person should come to know without asking. Kinds, ids and official numbers; no medical data, no names.
//!
//! Most notices write themselves: whatever goes onto the access log passes [`crate::log::announcement`], in the same transaction, so that a
//! first look cannot happen without being told. What the log does not show by itself is put with [`put_in`].
//! To add a kind: a variant of [`NoticeKind`] with its name, its words in `app/texts/*/notices.ftl`, and either a line in
//! [`crate::log::announcement`] or a call of [`put_in`].

use crate::outbox::Kind;
use techo_custody::environment::Environment;
use techo_model::{ChainId, EventId, NoticeId};
use techo_store::{Records, StoreError, Tx, records::notices::NewNoticeRow};

/// What a notice is about. The names are stable: they are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// An organisation looked for the first time.
    FirstLook,
    /// An organisation declared an emergency and may see what was allowed for emergencies.
    EmergencyDeclared,
    /// The review of an emergency was closed.
    EmergencyReviewed,
    /// A question about a line of the access log was answered.
    QuestionAnswered,
    /// A clinic or hospital sent laboratory results.
    LaboratoryArrived,
    /// Consent was changed.
    ConsentChanged,
    /// A passkey was made.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A passkey that a recovery had suspended works again.
    PasskeyConfirmed,
    /// The account was recovered with the card; former passkeys are suspended.
    Recovered,
    /// A renewed card joined the account.
    CardLinked,
    /// The card is on hold.
    CardHeld,
    /// The card was released.
    CardReleased,
    /// The card was revoked.
    CardRevoked,
    /// The card ended too long ago.
    CardExpired,
}

impl NoticeKind {
    /// All kinds with their stored names.
    pub const ALL: [(Self, &str); 15] = [
        (Self::FirstLook, "first-look"),
        (Self::EmergencyDeclared, "emergency-declared"),
        (Self::EmergencyReviewed, "emergency-reviewed"),
        (Self::QuestionAnswered, "question-answered"),
        (Self::LaboratoryArrived, "laboratory-arrived"),
        (Self::ConsentChanged, "consent-changed"),
        (Self::PasskeyAdded, "passkey-added"),
        (Self::PasskeyRemoved, "passkey-removed"),
        (Self::PasskeyConfirmed, "passkey-confirmed"),
        (Self::Recovered, "recovered"),
        (Self::CardLinked, "card-linked"),
        (Self::CardHeld, "card-held"),
        (Self::CardReleased, "card-released"),
        (Self::CardRevoked, "card-revoked"),
        (Self::CardExpired, "card-expired"),
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind with this stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// Whether it speaks of a declared emergency.
    pub fn is_of_emergency(self) -> bool {
        matches!(self, Self::EmergencyDeclared | Self::EmergencyReviewed)
    }

    /// What happened to an account that its owner must hear of, in case it was not them.
    pub(crate) fn of_account(kind: Kind) -> Option<Self> {
        Some(match kind {
            Kind::PasskeyAdded => Self::PasskeyAdded,
            Kind::PasskeyRemoved => Self::PasskeyRemoved,
            Kind::PasskeyConfirmed => Self::PasskeyConfirmed,
            Kind::Recovered => Self::Recovered,
            Kind::CardLinked => Self::CardLinked,
            Kind::CardHeld => Self::CardHeld,
            Kind::CardReleased => Self::CardReleased,
            Kind::CardRevoked => Self::CardRevoked,
            Kind::CardExpired => Self::CardExpired,
            _ => return None,
        })
    }
}

/// A notice to be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNotice {
    /// What it is about.
    pub kind: NoticeKind,
    /// Official number of the organisation that it speaks of.
    pub organisation: Option<String>,
    /// The line of the access log that it speaks of.
    pub event: Option<EventId>,
}

/// Puts a notice into the portal of a person, inside the caller's transaction of the record store.
pub async fn put_in(
    records: &Records,
    environment: &Environment,
    tx: &mut Tx,
    chain: ChainId,
    notice: NewNotice,
) -> Result<(), StoreError> {
    let row = NewNoticeRow {
        chain_id: chain,
        notice_id: NoticeId(environment.new_id()),
        kind: notice.kind.as_str(),
        organisation: notice.organisation,
        event_id: notice.event,
        created_at: environment.now(),
    };
    records.put_notices(tx, &[row]).await
}
