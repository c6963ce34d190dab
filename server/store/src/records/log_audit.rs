//! What an audit of the access log reads: everything, in the order of the leaves, in pages.

use crate::{
    Records, Result,
    db::on_db,
    records::access_log::{AccessEntry, ChainHead},
};
use sqlx::QueryBuilder;
use techo_model::{ChainId, EventId};

/// A leaf with its entry. Whatever is missing was removed; salt and body also by erasure.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the three tables, described in docs/DATA.md")]
pub struct LeafRow {
    pub leaf_index: i64,
    pub event_id: EventId,
    pub chain_id: Option<ChainId>,
    pub chain_seq: Option<i64>,
    pub previous: Option<Vec<u8>>,
    pub entry: Option<Vec<u8>>,
    pub mac: Option<Vec<u8>>,
    pub salt: Option<Vec<u8>>,
    pub body: Option<String>,
}

const LEAVES: &str =
    "SELECT l.leaf_index, l.event_id, e.chain_id, e.chain_seq, e.previous, e.entry, e.mac, b.salt, b.body
    FROM log_leaf l LEFT JOIN access_event e ON e.event_id = l.event_id
    LEFT JOIN access_event_body b ON b.event_id = l.event_id
    WHERE l.leaf_index >= $1 ORDER BY l.leaf_index LIMIT $2";
const PROVABLE: &str = "SELECT e.event_id, l.leaf_index, b.salt, b.body FROM access_event e
    JOIN log_leaf l ON l.event_id = e.event_id JOIN access_event_body b ON b.event_id = e.event_id
    WHERE e.chain_id = ";
const AMONG: &str = " AND e.event_id IN (";
const HEADS: &str = "SELECT chain_id, next_seq, last_entry FROM access_chain
    WHERE chain_id > $1 ORDER BY chain_id LIMIT $2";
const COUNT_EVENTS: &str = "SELECT COUNT(*) FROM access_event";
const COUNT_PLACES: &str = "SELECT (SELECT COUNT(*) FROM log_leaf) + (SELECT COUNT(*) FROM log_pending)";
const LEAF_OF: &str = "SELECT leaf_index FROM log_leaf WHERE event_id = $1";
const ONE: &str =
    "SELECT e.event_id, e.chain_seq, e.previous, e.entry, e.mac, e.recorded_at, b.salt, b.body FROM access_event e
    LEFT JOIN access_event_body b ON b.event_id = e.event_id WHERE e.event_id = $1 AND e.chain_id = $2";
const NEWEST: &str =
    "SELECT e.event_id, e.chain_seq, e.previous, e.entry, e.mac, e.recorded_at, b.salt, b.body FROM access_event e
    LEFT JOIN access_event_body b ON b.event_id = e.event_id
    WHERE e.chain_id = $1 AND e.chain_seq < $2 ORDER BY e.chain_seq DESC LIMIT $3";

/// A line that has a place in the tree and a body.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the three tables, described in docs/DATA.md")]
pub struct ProvableRow {
    pub event_id: EventId,
    pub leaf_index: i64,
    pub salt: Vec<u8>,
    pub body: String,
}

impl Records {
    /// Those of some entries that are of this chain, have a place in the tree and still have their body.
    pub async fn provable_entries(&self, chain: ChainId, events: &[EventId]) -> Result<Vec<ProvableRow>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        Ok(on_db!(&self.db, pool => {
            let mut query = QueryBuilder::new(PROVABLE);
            query.push_bind(chain).push(AMONG);
            let mut list = query.separated(", ");
            for event in events {
                list.push_bind(*event);
            }
            query.push(")");
            query.build_query_as().fetch_all(pool).await
        })?)
    }

    /// Leaves from a place on, in order.
    pub async fn leaves_from(&self, index: i64, limit: i64) -> Result<Vec<LeafRow>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(LEAVES).bind(index).bind(limit).fetch_all(pool).await)?)
    }

    /// Where chains end, in order of their numbers.
    pub async fn chain_heads_after(&self, after: ChainId, limit: i64) -> Result<Vec<ChainHead>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(HEADS).bind(after).bind(limit).fetch_all(pool).await)?)
    }

    /// How many entries there are.
    pub async fn count_access_events(&self) -> Result<i64> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(COUNT_EVENTS).fetch_one(pool).await)?)
    }

    /// How many entries have a place in the tree or wait for one.
    pub async fn count_log_places(&self) -> Result<i64> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(COUNT_PLACES).fetch_one(pool).await)?)
    }

    /// The place of an entry in the tree; none while it waits for one.
    pub async fn leaf_index(&self, event: EventId) -> Result<Option<i64>> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(LEAF_OF).bind(event).fetch_optional(pool).await)?)
    }

    /// One entry of a chain.
    pub async fn access_entry(&self, chain: ChainId, event: EventId) -> Result<Option<AccessEntry>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(ONE).bind(event).bind(chain).fetch_optional(pool).await)?)
    }

    /// Entries of a chain before a number, newest first.
    pub async fn newest_access_entries(
        &self,
        chain: ChainId,
        before: i64,
        limit: i64,
    ) -> Result<Vec<AccessEntry>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(NEWEST)
            .bind(chain)
            .bind(before)
            .bind(limit)
            .fetch_all(pool)
            .await)?)
    }
}
