//! Documents and rows that wait for their person (quarantine), sealed whole.

use crate::{Records, Result, Tx, db::on_db, tx::in_tx};
use techo_model::{UnixMillis, WaitingId};

/// A row of `waiting_record`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Waiting {
    /// Key.
    pub waiting_id: WaitingId,
    /// `checkup` or `vaccination`.
    pub kind: String,
    /// Under which alias it waits: insured id, or record code.
    pub alias: Vec<u8>,
    /// Alias of the family, for checkups.
    pub family_alias: Option<Vec<u8>>,
    /// Why it waits: a stable word.
    pub reason: String,
    /// Keyed digest of its content.
    pub content_digest: Vec<u8>,
    /// Content.
    pub content_sealed: Vec<u8>,
    /// Organisation that sent it.
    pub sent_by: String,
    /// First import.
    pub received_at: UnixMillis,
    /// Key version of aliases, digest and seal.
    pub key_version: i64,
}

const PUT: &str = "INSERT INTO waiting_record (waiting_id, kind, alias, family_alias, reason, content_digest, content_sealed,
    sent_by, received_at, key_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (content_digest) DO UPDATE SET reason = $5";
const PAGE: &str =
    "SELECT waiting_id, kind, alias, family_alias, reason, content_digest, content_sealed, sent_by,
    received_at, key_version FROM waiting_record WHERE waiting_id > $1 ORDER BY waiting_id LIMIT $2";
const REMOVE: &str = "DELETE FROM waiting_record WHERE waiting_id = $1";
const COUNT: &str = "SELECT COUNT(*) FROM waiting_record";

impl Records {
    /// Lets a document or row wait; the same one waits once, with its latest reason.
    pub async fn let_wait(&self, tx: &mut Tx, waiting: &Waiting) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PUT)
            .bind(waiting.waiting_id)
            .bind(&waiting.kind)
            .bind(&waiting.alias)
            .bind(&waiting.family_alias)
            .bind(&waiting.reason)
            .bind(&waiting.content_digest)
            .bind(&waiting.content_sealed)
            .bind(&waiting.sent_by)
            .bind(waiting.received_at)
            .bind(waiting.key_version)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Some of those that wait, in order of arrival, after `after`.
    pub async fn waiting_after(&self, tx: &mut Tx, after: WaitingId, limit: i64) -> Result<Vec<Waiting>> {
        Ok(in_tx!(tx, conn => sqlx::query_as(PAGE).bind(after).bind(limit).fetch_all(conn).await)?)
    }

    /// Removes one that waits no longer.
    pub async fn stop_waiting(&self, tx: &mut Tx, id: WaitingId) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(REMOVE).bind(id).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// How many wait.
    pub async fn count_waiting(&self) -> Result<i64> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(COUNT).fetch_one(pool).await)?)
    }
}
