//! Carries what was done in the vault over to the access log.
//!
//! Two databases have no transaction in common, so the order is: the line first, then the row of the outbox away. A
//! crash between the two leaves the row, and the next turn finds its event on the log by id. A row that cannot be read, or
//! that the log refuses for what it says, is parked, so that those behind it go on.

use super::{Action, Category, Initiative, LogActor, LogEvent, Purpose, apart::Parts, append_in};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use techo_custody::{Custody, Result, parking::unreadable_reason, resident_record};
use techo_model::{ChainId, EventId, ResidentId};
use techo_store::{CorruptCell, StoreError, vault::outbox::OutboxRow};
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
        carried += carry_apart(custody, &events).await?;
    }
}

/// Carries events together. When that is refused for what one of them says, ever smaller parts go apart, in their order, and what
/// is refused alone is parked.
async fn carry_apart(custody: &Custody, events: &[LogEvent]) -> Result<usize> {
    let (mut carried, mut parts) = (0, Parts::whole(events.len()));
    while let Some(part) = parts.take() {
        let some = &events[part.clone()];
        let mut put = put_new_lines(custody, some).await;
        // Somebody who carries the same at the same time makes a conflict, and the line is there when it is over.
        if part.len() == 1 && put.as_ref().is_err_and(is_refused) {
            put = put_new_lines(custody, some).await;
        }
        match put {
            Ok(new) => {
                carried += new;
                let ids: Vec<EventId> = some.iter().map(|event| event.id).collect();
                custody.stores.vault.outbox_done(&ids).await?;
            }
            Err(error) if !is_refused(&error) => return Err(error.into()),
            Err(_) if parts.halve(&part) => {}
            Err(error) => {
                tracing::error!(%error, event = %some[0].id, "the access log refuses an event of the outbox");
                // Its chain has an end that nobody wrote, for example.
                let cell = CorruptCell::new("log_outbox", "event_id", some[0].id.0);
                park_events(custody, vec![(cell, "refused")]).await?;
            }
        }
    }
    Ok(carried)
}

/// Whether something is refused for what it says, and not because the database is away or somebody was in the way.
fn is_refused(error: &StoreError) -> bool {
    !error.is_away() && !error.is_passing()
}

async fn park_events(custody: &Custody, spoilt: Vec<Spoilt>) -> Result<()> {
    if spoilt.is_empty() {
        return Ok(());
    }
    custody.check_keys().await?;
    let mut tx = custody.stores.vault.begin().await?;
    for (cell, reason) in spoilt {
        custody.park(&mut tx, cell, reason).await?;
    }
    Ok(tx.commit().await?)
}

async fn put_new_lines(custody: &Custody, events: &[LogEvent]) -> Result<usize, StoreError> {
    let records = &custody.stores.records;
    let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
    let mut tx = records.begin().await?;
    let there: HashSet<_> = records.existing_access_events(&mut tx, &ids).await?.into_iter().collect();
    let new: Vec<LogEvent> = events.iter().filter(|event| !there.contains(&event.id)).cloned().collect();
    append_in(custody, &mut tx, &new).await?;
    tx.commit().await?;
    Ok(new.len())
}

/// What the rows say, and which of them say nothing.
async fn readable_events(custody: &Custody, rows: &[OutboxRow]) -> Result<(Vec<LogEvent>, Vec<Spoilt>)> {
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

fn event(row: &OutboxRow, chain: ChainId) -> Result<LogEvent, (&'static str, &'static str)> {
    let kind = row.kind;
    let detail = serde_json::from_str(&row.detail).map_err(|_| ("detail", "unreadable"))?;
    let (actor, initiative, purpose) = if kind.is_automatic() {
        (LogActor::System("card-watch"), Initiative::Automatic, Purpose::SystemAdministration)
    } else {
        (LogActor::Owner(chain), Initiative::Human, Purpose::PatientRequest)
    };
    Ok(LogEvent {
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
