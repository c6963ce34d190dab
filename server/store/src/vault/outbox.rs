//! The outbox: what was done in the vault and must go on the access log, which stands in the other database.
//!
//! A row is written in the transaction of what it tells about. A job carries it over and removes it here; the log
//! knows an event by its id, so that carrying it twice does no harm.

use super::Vault;
use crate::{Result, StoredRows, Tx, cell::keyed, db::on_db, tx::in_tx};
use sqlx::QueryBuilder;
use techo_model::{AccountId, EventId, ResidentId, UnixMillis, account::AccountEvent};

/// Something that must go on the access log.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OutboxRow {
    /// The event's id on the log.
    pub event_id: EventId,
    /// Whom it is about.
    pub resident_id: ResidentId,
    /// What was done.
    pub kind: AccountEvent,
    /// JSON: ids, counts, dates, closed words; never a value.
    pub detail: String,
    /// When.
    pub created_at: UnixMillis,
}

keyed! {
    OutboxRow in "log_outbox" by ["event_id"];
}

/// An event about the owner of an account.
#[derive(Clone, Debug)]
pub struct NewOutboxRow<'a> {
    /// The event's id on the log.
    pub event_id: EventId,
    /// Whose account.
    pub account_id: AccountId,
    /// What was done.
    pub kind: AccountEvent,
    /// JSON.
    pub detail: &'a str,
    /// When.
    pub created_at: UnixMillis,
}

const PUT: &str = "INSERT INTO log_outbox (event_id, resident_id, kind, detail, created_at)
    SELECT $1, resident_id, $3, $4, $5 FROM account WHERE account_id = $2";
const BATCH: &str = "SELECT event_id, resident_id, kind, detail, created_at FROM log_outbox
    WHERE NOT EXISTS (SELECT 1 FROM parked_row p WHERE p.table_name = 'log_outbox' AND p.row_id = event_id)
    ORDER BY created_at, event_id LIMIT $1";
const COUNT: &str = "SELECT COUNT(*) FROM log_outbox";
const DONE: &str = "DELETE FROM log_outbox WHERE event_id IN (";

impl Vault {
    /// Puts an event into the outbox, in the transaction of what it tells about.
    pub async fn put_outbox(&self, tx: &mut Tx, row: &NewOutboxRow<'_>) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PUT)
            .bind(row.event_id)
            .bind(row.account_id)
            .bind(row.kind)
            .bind(row.detail)
            .bind(row.created_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// The oldest events that wait and are not parked, at most `limit`.
    pub async fn outbox_batch(&self, limit: i64) -> Result<StoredRows<OutboxRow>> {
        let rows = on_db!(&self.db, pool => sqlx::query_as(BATCH).bind(limit).fetch_all(pool).await)?;
        Ok(StoredRows::of(rows))
    }

    /// How many events wait, parked ones among them.
    pub async fn outbox_backlog(&self) -> Result<i64> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(COUNT).fetch_one(pool).await)?)
    }

    /// Removes events that are on the log now.
    pub async fn outbox_done(&self, events: &[EventId]) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        in_tx!(&mut tx, conn => {
            let mut query = QueryBuilder::new(DONE);
            let mut list = query.separated(", ");
            for event in events {
                list.push_bind(*event);
            }
            query.push(")");
            query.build().execute(conn).await.map(drop)
        })?;
        tx.commit().await
    }
}
