//! The tree over the access log: which entry is which leaf, the tiles of hashes, and the checkpoints. What the hashes mean
//! is the business of `techo_audit::log`; rows are added and the last tile of each level grows, nothing is ever removed.

pub use super::packed_pending::PendingEntry;

use super::packed_pending::packed_pending;
use crate::{Records, Result, Tx, db::on_db, tx::in_tx};
use sqlx::QueryBuilder;
use techo_model::{EventId, UnixMillis};

/// Up to 256 hashes of one level, 32 bytes each, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TileRow {
    /// 0 for leaf hashes.
    pub level: i64,
    /// Place among the tiles of the level.
    pub tile_index: i64,
    /// The hashes.
    pub hashes: Vec<u8>,
}

/// A signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CheckpointRow {
    /// Number of leaves.
    pub size: i64,
    /// Root over them.
    pub root: Vec<u8>,
    /// The signed note.
    pub note: String,
    /// When it was signed.
    pub signed_at: UnixMillis,
}

const LOCK: &str = "UPDATE log_head SET size = size WHERE log_name = 'access' RETURNING size";
const GROW: &str = "UPDATE log_head SET size = $1 WHERE log_name = 'access'";
const HEAD: &str = "SELECT size FROM log_head WHERE log_name = 'access'";
const PENDING: &str = "SELECT p.chain_seq, p.event_id, p.entry, e.chain_id, e.mac FROM log_pending p
    LEFT JOIN access_event e ON e.event_id = p.event_id AND e.chain_seq = p.chain_seq
    ORDER BY p.chain_seq, p.event_id LIMIT $1";
const PENDING_UNSEALED: &str = "SELECT p.chain_seq, p.event_id, p.entry, e.chain_id, e.mac FROM log_pending p
    JOIN access_event e ON e.event_id = p.event_id AND e.chain_seq = p.chain_seq
    WHERE e.mac IS NULL ORDER BY p.chain_seq, p.event_id LIMIT $1";
const SEAL: &str = "UPDATE access_event SET mac = $2 WHERE event_id = $1 AND mac IS NULL";
const LAST_MAC: &str = "SELECT e.mac FROM log_leaf l JOIN access_event e ON e.event_id = l.event_id
    ORDER BY l.leaf_index DESC LIMIT 1";
const LAST_DELIVERED: &str = "SELECT MAX(size) FROM log_checkpoint WHERE delivered_at IS NOT NULL";
const COUNT_PENDING: &str = "SELECT COUNT(*) FROM log_pending";
const PLACED: &str = "DELETE FROM log_pending WHERE (chain_seq, event_id) IN (";
const INSERT_LEAVES: &str = "INSERT INTO log_leaf (leaf_index, event_id) ";
const PUT_TILES: &str = "INSERT INTO log_tile (level, tile_index, hashes) ";
const TILE_GROWS: &str = " ON CONFLICT (level, tile_index) DO UPDATE SET hashes = excluded.hashes";
const TILES: &str = "SELECT level, tile_index, hashes FROM log_tile WHERE (level, tile_index) IN (";
const ADD_CHECKPOINT: &str =
    "INSERT INTO log_checkpoint (size, root, note, signed_at) VALUES ($1, $2, $3, $4)";
const LAST_CHECKPOINT: &str =
    "SELECT size, root, note, signed_at FROM log_checkpoint ORDER BY size DESC LIMIT 1";
const CHECKPOINTS: &str =
    "SELECT size, root, note, signed_at FROM log_checkpoint WHERE size > $1 ORDER BY size LIMIT $2";
const UNDELIVERED: &str = "SELECT size, root, note, signed_at FROM log_checkpoint
    WHERE delivered_at IS NULL ORDER BY size LIMIT $1";
const COUNT_UNDELIVERED: &str = "SELECT COUNT(*) FROM log_checkpoint WHERE delivered_at IS NULL";
const DELIVERED: &str =
    "UPDATE log_checkpoint SET delivered_at = $2 WHERE size = $1 AND delivered_at IS NULL";

/// Rows of one statement: SQLite takes 32,766 parameters.
const ROWS: usize = 4_000;

impl Records {
    /// Makes the caller the sequencer until its transaction ends, and returns the number of leaves.
    pub async fn lock_log_head(&self, tx: &mut Tx) -> Result<i64> {
        Ok(in_tx!(tx, conn => sqlx::query_scalar(LOCK).fetch_one(conn).await)?)
    }

    /// Notes the number of leaves.
    pub async fn put_log_size(&self, tx: &mut Tx, size: i64) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(GROW).bind(size).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// The number of leaves.
    pub async fn log_size(&self) -> Result<i64> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(HEAD).fetch_one(pool).await)?)
    }

    /// Some of the entries that wait for a place, each chain in its order.
    pub async fn pending_entries(&self, tx: &mut Tx, limit: i64) -> Result<Vec<PendingEntry>> {
        match packed_pending(tx, limit).await? {
            Some(entries) => Ok(entries),
            None => Ok(in_tx!(tx, conn => sqlx::query_as(PENDING).bind(limit).fetch_all(conn).await)?),
        }
    }

    /// Some of those that wait for a place and were written before there were seals.
    pub async fn unsealed_pending_entries(&self, tx: &mut Tx, limit: i64) -> Result<Vec<PendingEntry>> {
        Ok(in_tx!(tx, conn => sqlx::query_as(PENDING_UNSEALED).bind(limit).fetch_all(conn).await)?)
    }

    /// Puts a seal on an entry that has none.
    pub async fn seal_access_event(&self, tx: &mut Tx, event: EventId, mac: &[u8]) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(SEAL).bind(event).bind(mac).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Whether the last entry that has a place has a seal.
    pub async fn is_last_leaf_sealed(&self, tx: &mut Tx) -> Result<bool> {
        let last: Option<Option<Vec<u8>>> =
            in_tx!(tx, conn => sqlx::query_scalar(LAST_MAC).fetch_optional(conn).await)?;
        Ok(last.flatten().is_some())
    }

    /// Size of the largest checkpoint that reached the second place.
    pub async fn last_delivered_checkpoint(&self) -> Result<Option<i64>> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(LAST_DELIVERED).fetch_one(pool).await)?)
    }

    /// How many entries wait for a place.
    pub async fn count_pending_entries(&self) -> Result<i64> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(COUNT_PENDING).fetch_one(pool).await)?)
    }

    /// Gives entries the next places, the first of them `first`.
    pub async fn place_entries(&self, tx: &mut Tx, first: i64, entries: &[PendingEntry]) -> Result<()> {
        let numbered: Vec<_> = (first..).zip(entries).collect();
        for some in numbered.chunks(ROWS) {
            in_tx!(tx, conn => {
                let mut query = QueryBuilder::new(INSERT_LEAVES);
                query.push_values(some, |mut row, (index, entry)| {
                    row.push_bind(*index).push_bind(entry.event_id);
                });
                query.build().execute(&mut *conn).await?;
                let mut query = QueryBuilder::new(PLACED);
                query.push_values(some, |mut row, (_, entry)| {
                    row.push_bind(entry.chain_seq).push_bind(entry.event_id);
                });
                query.push(")");
                query.build().execute(conn).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Writes tiles; those that are there grow.
    pub async fn put_tiles(&self, tx: &mut Tx, tiles: &[TileRow]) -> Result<()> {
        for some in tiles.chunks(ROWS) {
            in_tx!(tx, conn => {
                let mut query = QueryBuilder::new(PUT_TILES);
                query.push_values(some, |mut row, tile| {
                    row.push_bind(tile.level).push_bind(tile.tile_index).push_bind(tile.hashes.as_slice());
                });
                query.push(TILE_GROWS);
                query.build().execute(conn).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Some tiles by level and place, in no order; those that are not there are left out.
    pub async fn tiles(&self, places: &[(i64, i64)]) -> Result<Vec<TileRow>> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        Ok(on_db!(&self.db, pool => {
            let mut query = QueryBuilder::new(TILES);
            query.push_values(places, |mut row, (level, index)| {
                row.push_bind(*level).push_bind(*index);
            });
            query.push(")");
            query.build_query_as().fetch_all(pool).await
        })?)
    }

    /// The same inside a transaction.
    pub async fn tiles_in(&self, tx: &mut Tx, places: &[(i64, i64)]) -> Result<Vec<TileRow>> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        Ok(in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(TILES);
            query.push_values(places, |mut row, (level, index)| {
                row.push_bind(*level).push_bind(*index);
            });
            query.push(")");
            query.build_query_as().fetch_all(conn).await
        })?)
    }

    /// Adds a checkpoint. A second one of the same size is a [`StoreError::Conflict`](crate::StoreError::Conflict).
    pub async fn add_checkpoint(&self, tx: &mut Tx, row: &CheckpointRow) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(ADD_CHECKPOINT)
            .bind(row.size)
            .bind(&row.root)
            .bind(&row.note)
            .bind(row.signed_at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// The newest checkpoint.
    pub async fn last_checkpoint(&self) -> Result<Option<CheckpointRow>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(LAST_CHECKPOINT).fetch_optional(pool).await)?)
    }

    /// The newest checkpoint, as the sequencer sees it.
    pub async fn last_checkpoint_in(&self, tx: &mut Tx) -> Result<Option<CheckpointRow>> {
        Ok(in_tx!(tx, conn => sqlx::query_as(LAST_CHECKPOINT).fetch_optional(conn).await)?)
    }

    /// Checkpoints over more than `size` leaves, smallest first.
    pub async fn checkpoints_after(&self, size: i64, limit: i64) -> Result<Vec<CheckpointRow>> {
        Ok(
            on_db!(&self.db, pool => sqlx::query_as(CHECKPOINTS).bind(size).bind(limit).fetch_all(pool).await)?,
        )
    }

    /// Checkpoints that have not reached the second place, smallest first.
    pub async fn undelivered_checkpoints(&self, limit: i64) -> Result<Vec<CheckpointRow>> {
        Ok(on_db!(&self.db, pool => sqlx::query_as(UNDELIVERED).bind(limit).fetch_all(pool).await)?)
    }

    /// How many checkpoints have not reached the second place.
    pub async fn count_undelivered_checkpoints(&self) -> Result<i64> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(COUNT_UNDELIVERED).fetch_one(pool).await)?)
    }

    /// Notes that a checkpoint stands in the second place.
    pub async fn checkpoint_delivered(&self, size: i64, now: UnixMillis) -> Result<()> {
        let mut tx = self.begin().await?;
        in_tx!(&mut tx, conn => sqlx::query(DELIVERED).bind(size).bind(now).execute(conn).await.map(drop))?;
        tx.commit().await
    }
}
