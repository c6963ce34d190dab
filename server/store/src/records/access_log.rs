//! The access log: numbered chains of entries, one chain a person, and the bodies that erasure can drop.
//!
//! Rows are only ever added. What an entry means and how it is hashed is the business of `techo_audit::log`.

use crate::{Records, Result, Tx, db::on_db, tx::in_tx};
use sqlx::QueryBuilder;
use std::collections::BTreeMap;
use techo_model::{ChainId, EventId, UnixMillis};

/// An entry to be added, with its body.
#[derive(Clone, Debug)]
pub struct NewAccessEvent {
    /// Key.
    pub event_id: EventId,
    /// Whose chain.
    pub chain_id: ChainId,
    /// Number in the chain, from 1, without gaps.
    pub chain_seq: i64,
    /// Commitment of the entry before it; none for the first.
    pub previous: Option<[u8; 32]>,
    /// Commitment of this entry.
    pub entry: [u8; 32],
    /// What only somebody with the keys can put on it.
    pub mac: Vec<u8>,
    /// When it was written.
    pub recorded_at: UnixMillis,
    /// What hides the body behind its commitment.
    pub salt: [u8; 16],
    /// Canonical JSON.
    pub body: String,
}

/// Where a chain stands after numbers were taken from it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ChainHead {
    /// Which chain.
    pub chain_id: ChainId,
    /// The number after those that were taken.
    pub next_seq: i64,
    /// Commitment of the last entry written; none for a new chain.
    pub last_entry: Option<Vec<u8>>,
}

/// An entry as stored. Salt and body are gone after erasure.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccessEntry {
    /// Key.
    pub event_id: EventId,
    /// Number in the chain.
    pub chain_seq: i64,
    /// Commitment of the entry before it.
    pub previous: Option<Vec<u8>>,
    /// Commitment of this entry.
    pub entry: Vec<u8>,
    /// What only somebody with the keys can put on it; none on a line from before there was such a thing.
    pub mac: Option<Vec<u8>>,
    /// When it was written.
    pub recorded_at: UnixMillis,
    /// Salt.
    pub salt: Option<Vec<u8>>,
    /// Canonical JSON.
    pub body: Option<String>,
}

// A new chain begins at 1, so taking n numbers puts 1 + n into the row or adds n to what is there. The row stays locked
// until the transaction ends, which is what numbers the entries of several processes one after the other.
const TAKE: &str = "INSERT INTO access_chain (chain_id, next_seq) ";
const TAKE_MORE: &str =
    " ON CONFLICT (chain_id) DO UPDATE SET next_seq = access_chain.next_seq + excluded.next_seq - 1
    RETURNING chain_id, next_seq, last_entry";
const END: &str = "INSERT INTO access_chain (chain_id, next_seq, last_entry) ";
const END_HERE: &str = " ON CONFLICT (chain_id) DO UPDATE SET last_entry = excluded.last_entry";
const INSERT: &str =
    "INSERT INTO access_event (event_id, chain_id, chain_seq, previous, entry, mac, recorded_at) ";
const INSERT_BODY: &str = "INSERT INTO access_event_body (event_id, salt, body) ";
const INSERT_PENDING: &str = "INSERT INTO log_pending (chain_seq, event_id, entry) ";
const EXISTING: &str = "SELECT event_id FROM access_event WHERE event_id IN (";
const CHAIN: &str =
    "SELECT e.event_id, e.chain_seq, e.previous, e.entry, e.mac, e.recorded_at, b.salt, b.body FROM access_event e
    LEFT JOIN access_event_body b ON b.event_id = e.event_id
    WHERE e.chain_id = $1 AND e.chain_seq > $2 ORDER BY e.chain_seq LIMIT $3";

const ERASE: &str = "DELETE FROM access_event_body WHERE event_id IN
    (SELECT event_id FROM access_event WHERE chain_id = $1 AND chain_seq <= $2)";
const NUMBER: &str = "SELECT chain_seq FROM access_event WHERE event_id = $1";

/// Rows of one statement: SQLite takes 32,766 parameters, a row has at most seven.
const ROWS: usize = 1_000;

impl Records {
    /// Takes as many numbers from each chain as asked for, and locks the chains until the transaction ends. The order of
    /// the map is the order of locking, so that two processes never wait for each other.
    pub async fn take_chain_numbers(
        &self,
        tx: &mut Tx,
        wanted: &BTreeMap<ChainId, i64>,
    ) -> Result<Vec<ChainHead>> {
        let mut heads = Vec::with_capacity(wanted.len());
        let wanted: Vec<_> = wanted.iter().collect();
        for some in wanted.chunks(ROWS) {
            let taken: Vec<ChainHead> = in_tx!(tx, conn => {
                let mut query = QueryBuilder::new(TAKE);
                query.push_values(some, |mut row, (chain, count)| {
                    row.push_bind(**chain).push_bind(1 + **count);
                });
                query.push(TAKE_MORE);
                query.build_query_as().fetch_all(conn).await
            })?;
            heads.extend(taken);
        }
        Ok(heads)
    }

    /// Adds entries with their bodies. The tree takes them up later.
    pub async fn insert_access_events(&self, tx: &mut Tx, events: &[NewAccessEvent]) -> Result<()> {
        for some in events.chunks(ROWS) {
            in_tx!(tx, conn => {
                let mut query = QueryBuilder::new(INSERT);
                query.push_values(some, |mut row, event| {
                    row.push_bind(event.event_id)
                        .push_bind(event.chain_id)
                        .push_bind(event.chain_seq)
                        .push_bind(event.previous.as_ref().map(<[u8; 32]>::as_slice))
                        .push_bind(event.entry.as_slice())
                        .push_bind(event.mac.as_slice())
                        .push_bind(event.recorded_at);
                });
                query.build().execute(&mut *conn).await?;
                let mut query = QueryBuilder::new(INSERT_BODY);
                query.push_values(some, |mut row, event| {
                    row.push_bind(event.event_id).push_bind(event.salt.as_slice()).push_bind(event.body.as_str());
                });
                query.build().execute(&mut *conn).await?;
                let mut query = QueryBuilder::new(INSERT_PENDING);
                query.push_values(some, |mut row, event| {
                    row.push_bind(event.chain_seq).push_bind(event.event_id).push_bind(event.entry.as_slice());
                });
                query.build().execute(conn).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Notes the last commitment of each chain, from which its next entry goes on. The chains are those that
    /// [`Records::take_chain_numbers`] locked in this transaction.
    pub async fn end_chains(&self, tx: &mut Tx, ends: &BTreeMap<ChainId, [u8; 32]>) -> Result<()> {
        let ends: Vec<_> = ends.iter().collect();
        for some in ends.chunks(ROWS) {
            in_tx!(tx, conn => {
                let mut query = QueryBuilder::new(END);
                query.push_values(some, |mut row, (chain, entry)| {
                    row.push_bind(**chain).push_bind(0_i64).push_bind(entry.as_slice());
                });
                query.push(END_HERE);
                query.build().execute(conn).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Which of some events are in the log already.
    pub async fn existing_access_events(&self, tx: &mut Tx, events: &[EventId]) -> Result<Vec<EventId>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        Ok(in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(EXISTING);
            let mut list = query.separated(", ");
            for event in events {
                list.push_bind(*event);
            }
            query.push(")");
            query.build_query_scalar().fetch_all(conn).await
        })?)
    }

    /// Drops salts and bodies of a chain up to and with a number. Commitments stay. Answers how many there were.
    pub async fn erase_access_bodies(&self, tx: &mut Tx, chain: ChainId, through: i64) -> Result<u64> {
        let done = in_tx!(tx, conn => sqlx::query(ERASE)
            .bind(chain)
            .bind(through)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done)
    }

    /// The number of an entry in its chain.
    pub async fn access_entry_number(&self, event: EventId) -> Result<Option<i64>> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(NUMBER).bind(event).fetch_optional(pool).await)?)
    }

    /// Entries of a chain after a number, in order.
    pub async fn access_entries(&self, chain: ChainId, after: i64, limit: i64) -> Result<Vec<AccessEntry>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(CHAIN)
            .bind(chain)
            .bind(after)
            .bind(limit)
            .fetch_all(pool)
            .await)?)
    }
}
