//! What was done in the vault and must go on the access log: one row, in the transaction of what it tells about.
//!
//! A job carries the rows to the log. To add something that is told: a variant of [`AccountEvent`] with its word.
//!
//! Whoever took an account would read the log instead of its owner. So what may mean that is kept for the owner outside
//! the portal as well ([`AccountEvent::reaches_outside`]), in the same transaction; `techo letters --events` takes it from there.

use serde_json::{Map, Value};
use std::time::Duration;
use techo_custody::{Custody, Internal, Result};
use techo_model::{AccountId, EventId, account::AccountEvent};
use techo_store::{
    Tx,
    vault::{outbox::NewOutboxRow, outside_events::NewOutsideEvent},
};

/// How long an event that was told outside the portal is kept.
const KEEP_TOLD: Duration = Duration::from_hours(90 * 24);

/// What goes onto the log about it: ids, counts, closed words. Never a value, a name or free text.
#[derive(Clone, Debug)]
pub struct OutboxEntry {
    kind: AccountEvent,
    detail: Map<String, Value>,
}

impl OutboxEntry {
    /// An event without details.
    pub fn new(kind: AccountEvent) -> Self {
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
    entry: OutboxEntry,
) -> Result<()> {
    let detail = serde_json::to_string(&entry.detail)
        .map_err(|_| Internal::Unexpected("an outbox entry does not serialise"))?;
    let row = NewOutboxRow {
        event_id: EventId(custody.environment.new_id()),
        account_id: account,
        kind: entry.kind,
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
    Ok(custody.stores.vault.purge_printed_events(custody.environment.now().minus(KEEP_TOLD)).await?)
}
