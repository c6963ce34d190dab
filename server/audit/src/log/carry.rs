//! Carries what was done in the vault over to the access log.
//!
//! Two databases have no transaction in common, so the order is: the line first, then the row of the outbox away. A
//! crash between the two leaves the row, and the next turn finds its event on the log by id.

use super::{Action, Actor, Category, Event, Initiative, Purpose, append_in};
use crate::outbox::Kind;
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use techo_custody::{Domain, Result, resident_record};
use techo_model::{ChainId, EventId, ResidentId};
use techo_store::vault::outbox::OutboxRow;
use uuid::Uuid;

const BATCH: i64 = 200;
const JOB: &str = "carry-outbox";

/// Moves everything that waits in the outbox onto the access log, oldest first. Returns how many lines were new
/// there. Can be killed at any moment and run again, and by several processes at once.
///
/// # Errors
/// A database; rows that are not carried yet stay where they are.
pub async fn relay_outbox(domain: &Domain) -> Result<usize> {
    let mut carried = 0;
    loop {
        let rows = domain.stores.vault.outbox_batch(BATCH).await?;
        let events = readable_events(domain, &rows).await?;
        if events.is_empty() {
            return Ok(carried);
        }
        let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
        carried += put_new_lines(domain, events, &ids).await?;
        domain.stores.vault.outbox_done(&ids).await?;
    }
}

async fn put_new_lines(domain: &Domain, mut events: Vec<Event>, ids: &[EventId]) -> Result<usize> {
    let records = &domain.stores.records;
    let mut tx = records.begin().await?;
    let there: HashSet<_> = records.existing_access_events(&mut tx, ids).await?.into_iter().collect();
    events.retain(|event| !there.contains(&event.id));
    append_in(domain, &mut tx, &events).await?;
    tx.commit().await?;
    Ok(events.len())
}

async fn readable_events(domain: &Domain, rows: &[OutboxRow]) -> Result<Vec<Event>> {
    let residents: HashSet<ResidentId> = rows.iter().map(|row| row.resident_id).collect();
    let residents: Vec<_> = residents.into_iter().collect();
    let mut chains: HashMap<ResidentId, ChainId> = HashMap::new();
    for row in domain.stores.vault.sealed_chains(&residents).await? {
        chains.insert(
            row.resident_id,
            resident_record::open_chain(&domain.keys, row.resident_id, &row.chain_sealed)?,
        );
    }
    let event = |row: &OutboxRow| {
        let event = chains.get(&row.resident_id).and_then(|chain| event(row, *chain));
        if event.is_none() {
            tracing::error!(event = %row.event_id, job = JOB, "a row of the outbox cannot be read and stays there");
        }
        event
    };
    Ok(rows.iter().filter_map(event).collect())
}

fn event(row: &OutboxRow, chain: ChainId) -> Option<Event> {
    let kind = Kind::from_name(&row.kind)?;
    let (actor, initiative, purpose) = if kind.is_automatic() {
        (Actor::System("card-watch"), Initiative::Automatic, Purpose::SystemAdministration)
    } else {
        (Actor::Owner(chain), Initiative::Human, Purpose::PatientRequest)
    };
    Some(Event {
        id: row.event_id,
        chain,
        at: row.created_at,
        actor,
        on_behalf: None,
        action: Action::Account(kind),
        category: Category::Account,
        purpose,
        records: Vec::new(),
        initiative,
        reason: None,
        detail: without_ids(serde_json::from_str(&row.detail).ok()?),
    })
}

/// Ids of the vault stay in the vault: on the log they would tell whose chain this is to anyone who has both databases.
fn without_ids(mut detail: Map<String, Value>) -> Map<String, Value> {
    detail.retain(|_, value| value.as_str().is_none_or(|text| Uuid::parse_str(text).is_err()));
    detail
}
