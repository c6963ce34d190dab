//! Numbers events, links each to the one before, and writes them inside a transaction of the caller.

use super::{Commitment, LogEvent, announcement::announcement_of, entry, seal::SealedLine};
use std::collections::BTreeMap;
use techo_custody::Custody;
use techo_model::ChainId;
use techo_store::{
    CorruptCell, StoreError, Tx,
    records::access_log::{ChainHead, NewAccessEvent},
};

/// Where the next entry of a chain goes.
struct Tail {
    seq: i64,
    previous: Option<Commitment>,
}

/// Appends events in the order given, inside the caller's transaction, so that they last exactly when it does.
///
/// What its owner must hear of is told to them in the same transaction ([`super::announcement`]).
///
/// Locks the chains concerned until the transaction ends: call it last, and once. An event that is in the log already
/// is a [`StoreError::Conflict`].
pub async fn append_in(custody: &Custody, tx: &mut Tx, events: &[LogEvent]) -> Result<(), StoreError> {
    let records = &custody.stores.records;
    let mut wanted: BTreeMap<ChainId, i64> = BTreeMap::new();
    for event in events {
        *wanted.entry(event.chain).or_default() += 1;
    }
    let heads = records.take_chain_numbers(tx, &wanted).await?;
    let mut tails = heads.iter().map(|head| tail(head, &wanted)).collect::<Result<BTreeMap<_, _>, _>>()?;
    let rows: Vec<NewAccessEvent> = events
        .iter()
        .map(|event| {
            let tail = tails.get_mut(&event.chain).expect("the store answers for every chain");
            link(event, tail, custody)
        })
        .collect();
    records.insert_access_events(tx, &rows).await?;
    let told: Vec<_> = events.iter().filter_map(announcement_of).collect();
    records.put_notices(tx, &told).await?;
    let ends = tails.into_iter().filter_map(|(chain, tail)| tail.previous.map(|end| (chain, end))).collect();
    records.end_chains(tx, &ends).await
}

fn tail(head: &ChainHead, wanted: &BTreeMap<ChainId, i64>) -> Result<(ChainId, Tail), StoreError> {
    let taken = wanted.get(&head.chain_id).copied().unwrap_or(0);
    let previous = head.last_entry.as_deref().map(Commitment::try_from).transpose();
    let previous = previous.map_err(|_| CorruptCell::new("access_chain", "last_entry", head.chain_id.0))?;
    Ok((head.chain_id, Tail { seq: head.next_seq - taken, previous }))
}

fn link(event: &LogEvent, tail: &mut Tail, custody: &Custody) -> NewAccessEvent {
    let salt = custody.environment.bytes();
    let body = event.body(tail.seq, tail.previous.as_ref());
    let entry = entry(&salt, &body);
    let line = SealedLine { chain: event.chain, seq: tail.seq, event: event.id, entry: &entry };
    let row = NewAccessEvent {
        event_id: event.id,
        chain_id: event.chain,
        chain_seq: tail.seq,
        previous: tail.previous,
        entry,
        mac: line.seal(custody.keys.current()).to_vec(),
        recorded_at: custody.environment.now(),
        salt,
        body,
    };
    *tail = Tail { seq: tail.seq + 1, previous: Some(row.entry) };
    row
}
