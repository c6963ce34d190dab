//! Carries what was done in the vault over to the access log.
//!
//! Two databases have no transaction in common, so the order is: the line first, then the row of the outbox away. A
//! crash between the two leaves the row, and the next turn finds its event on the log by id. A row that cannot be read is
//! parked, so that those behind it go on.

use super::{Action, Actor, Category, Event, Initiative, Purpose, append_in};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use techo_custody::{Custody, Result, parking::unreadable_reason, resident_record};
use techo_model::{ChainId, EventId, ResidentId};
use techo_store::{CorruptCell, vault::outbox::OutboxRow};
use uuid::Uuid;

const BATCH: i64 = 200;

/// What of a row keeps it from being carried, and why: a stable word.
type Spoilt = (CorruptCell, &'static str);

/// Moves everything that waits in the outbox onto the access log, oldest first. Returns how many lines were new
/// there. Can be killed at any moment and run again, and by several processes at once.
///
/// # Errors
/// A database; rows that are not carried yet stay where they are, as do those that are parked.
pub async fn relay_outbox(custody: &Custody) -> Result<usize> {
    let mut carried = 0;
    loop {
        let batch = custody.stores.vault.outbox_batch(BATCH).await?;
        if batch.is_empty() {
            return Ok(carried);
        }
        let (events, mut spoilt) = readable_events(custody, &batch.rows).await?;
        spoilt.extend(batch.corrupt.into_iter().map(|cell| (cell, "unknown-word")));
        park_events(custody, spoilt).await?;
        let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
        if !ids.is_empty() {
            carried += put_new_lines(custody, events, &ids).await?;
            custody.stores.vault.outbox_done(&ids).await?;
        }
    }
}

async fn park_events(custody: &Custody, spoilt: Vec<Spoilt>) -> Result<()> {
    if spoilt.is_empty() {
        return Ok(());
    }
    let mut tx = custody.stores.vault.begin().await?;
    for (cell, reason) in spoilt {
        custody.park(&mut tx, cell, reason).await?;
    }
    Ok(tx.commit().await?)
}

async fn put_new_lines(custody: &Custody, mut events: Vec<Event>, ids: &[EventId]) -> Result<usize> {
    let records = &custody.stores.records;
    let mut tx = records.begin().await?;
    let there: HashSet<_> = records.existing_access_events(&mut tx, ids).await?.into_iter().collect();
    events.retain(|event| !there.contains(&event.id));
    append_in(custody, &mut tx, &events).await?;
    tx.commit().await?;
    Ok(events.len())
}

/// What the rows say, and which of them say nothing.
async fn readable_events(custody: &Custody, rows: &[OutboxRow]) -> Result<(Vec<Event>, Vec<Spoilt>)> {
    let residents: HashSet<ResidentId> = rows.iter().map(|row| row.resident_id).collect();
    let residents: Vec<_> = residents.into_iter().collect();
    let mut chains: HashMap<ResidentId, ChainId> = HashMap::new();
    for row in custody.stores.vault.sealed_chains(&residents).await? {
        match resident_record::open_chain(&custody.keys, row.resident_id, &row.chain_sealed) {
            Ok(chain) => drop(chains.insert(row.resident_id, chain)),
            Err(failure) if unreadable_reason(&failure).is_some() => {}
            Err(failure) => return Err(failure),
        }
    }
    let (mut events, mut spoilt) = (Vec::new(), Vec::new());
    for row in rows {
        let chain = chains.get(&row.resident_id).copied().ok_or(("resident_id", "person-unreadable"));
        match chain.and_then(|chain| event(row, chain)) {
            Ok(event) => events.push(event),
            Err((column, why)) => spoilt.push((CorruptCell::new("log_outbox", column, row.event_id.0), why)),
        }
    }
    Ok((events, spoilt))
}

fn event(row: &OutboxRow, chain: ChainId) -> Result<Event, (&'static str, &'static str)> {
    let kind = row.kind;
    let detail = serde_json::from_str(&row.detail).map_err(|_| ("detail", "unreadable"))?;
    let (actor, initiative, purpose) = if kind.is_automatic() {
        (Actor::System("card-watch"), Initiative::Automatic, Purpose::SystemAdministration)
    } else {
        (Actor::Owner(chain), Initiative::Human, Purpose::PatientRequest)
    };
    Ok(Event {
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
        detail: without_ids(detail),
    })
}

/// Ids of the vault stay in the vault: on the log they would tell whose chain this is to anyone who has both databases.
fn without_ids(mut detail: Map<String, Value>) -> Map<String, Value> {
    detail.retain(|_, value| value.as_str().is_none_or(|text| Uuid::parse_str(text).is_err()));
    detail
}
