//! Looks that repeat a line of the access log within a minute, until they become a line themselves.

use crate::{Records, Result, Tx, tx::in_tx};
use sqlx::QueryBuilder;
use techo_model::{ChainId, EventId, UnixMillis};

/// A row of `log_repeat`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RepeatRow {
    /// Whose chain.
    pub chain_id: ChainId,
    /// The line that is repeated.
    pub event_id: EventId,
    /// How often.
    pub repeats: i64,
    /// When that line says it happened.
    pub first_at: UnixMillis,
    /// When it was repeated last.
    pub last_at: UnixMillis,
}

const COUNT: &str = "INSERT INTO log_repeat (chain_id, event_id, repeats, first_at, last_at) ";
const COUNT_MORE: &str = " ON CONFLICT (chain_id, event_id) DO UPDATE SET
    repeats = log_repeat.repeats + excluded.repeats, last_at = excluded.last_at";
// The condition is asked again of the row itself, so that of two processes one takes it.
const TAKE: &str = "DELETE FROM log_repeat WHERE first_at <= $1 AND (chain_id, event_id) IN
    (SELECT chain_id, event_id FROM log_repeat WHERE first_at <= $1 AND NOT EXISTS
        (SELECT 1 FROM parked_row p WHERE p.table_name = 'log_repeat' AND p.row_id = event_id)
    ORDER BY first_at, event_id LIMIT $2)
    RETURNING chain_id, event_id, repeats, first_at, last_at";
const BODIES: &str = "SELECT event_id, body FROM access_event_body WHERE event_id IN (";

/// Rows of one statement: SQLite takes 32,766 parameters.
const ROWS: usize = 1_000;

impl Records {
    /// Adds to the counts of some lines.
    pub async fn count_repeats(&self, tx: &mut Tx, rows: &[RepeatRow]) -> Result<()> {
        for some in rows.chunks(ROWS) {
            in_tx!(tx, conn => {
                let mut query = QueryBuilder::new(COUNT);
                query.push_values(some, |mut row, repeat| {
                    row.push_bind(repeat.chain_id)
                        .push_bind(repeat.event_id)
                        .push_bind(repeat.repeats)
                        .push_bind(repeat.first_at)
                        .push_bind(repeat.last_at);
                });
                query.push(COUNT_MORE);
                query.build().execute(conn).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Takes some of the counts that began before an instant and are not parked.
    pub async fn take_repeats(&self, tx: &mut Tx, before: UnixMillis, limit: i64) -> Result<Vec<RepeatRow>> {
        Ok(in_tx!(tx, conn => sqlx::query_as(TAKE).bind(before).bind(limit).fetch_all(conn).await)?)
    }

    /// The bodies of some lines; those that were erased are left out.
    pub async fn access_bodies(&self, tx: &mut Tx, events: &[EventId]) -> Result<Vec<(EventId, String)>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        Ok(in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(BODIES);
            let mut list = query.separated(", ");
            for event in events {
                list.push_bind(*event);
            }
            query.push(")");
            query.build_query_as().fetch_all(conn).await
        })?)
    }
}
