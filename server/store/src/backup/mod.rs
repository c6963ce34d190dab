//! Both databases at one moment, copied while others go on writing.
//!
//! Writers are held up for a moment only: imports by taking a turn as they do, everybody else on SQLite by the right to write to
//! both files, on PostgreSQL by a lock on the tables with which work in the vault begins and ends. Within that moment each database is pinned for a reader and its copy begins
//! from the same state: `VACUUM INTO` on SQLite, `pg_dump` of an exported snapshot on PostgreSQL. The record store is pinned first,
//! so that on PostgreSQL, where transactions that began before may still end, the vault knows at least what the record store
//! refers to, as after any work that was interrupted.

mod postgres;
mod sqlite;

pub use postgres::{drop_trial, is_empty, mark_unfinished, restore_dump, trial_database, unmark_finished};

use crate::{Db, DbUrl, Result, Stores, Tx, tx::TxConnection};
use postgres::PostgresSnapshot;
use sqlite::SqliteSnapshot;
use std::{collections::BTreeMap, path::Path};

/// Where accounts and the outbox begin and end their work.
const HOLD_POSTGRES: &str = "LOCK TABLE resident, log_outbox IN SHARE ROW EXCLUSIVE MODE";

/// Rows by table.
pub type TableCounts = BTreeMap<String, i64>;

/// One database as it was at the moment.
pub enum DatabaseSnapshot {
    /// SQLite.
    Sqlite(SqliteSnapshot),
    /// PostgreSQL.
    Postgres(PostgresSnapshot),
}

/// Pins both databases, vault first in the answer, and begins to copy them into these files, which do not exist yet.
///
/// # Errors
/// A database that is away or does not let go of its writers, a file that cannot be made.
pub async fn snapshots(
    stores: &Stores,
    urls: [&DbUrl; 2],
    copies: [&Path; 2],
) -> Result<[DatabaseSnapshot; 2]> {
    // Imports take their turns in this order, too, so that whoever waits here waits for no one who waits for us.
    let vault_held = hold(stores.vault.db()).await?;
    let records_held = stores.records.begin_in_turn().await?;
    let records = DatabaseSnapshot::take(stores.records.db(), urls[1], copies[1]).await?;
    let vault = DatabaseSnapshot::take(stores.vault.db(), urls[0], copies[0]).await?;
    records_held.rollback().await?;
    vault_held.rollback().await?;
    Ok([vault, records])
}

async fn hold(db: &Db) -> Result<Tx> {
    let mut tx = db.begin_in_turn().await?;
    let done = match tx.ask()? {
        TxConnection::Sqlite(_) => Ok(()),
        TxConnection::Postgres(connection) => {
            sqlx::query(HOLD_POSTGRES).execute(&mut **connection).await.map(drop)
        }
    };
    tx.note_failure(&done);
    done?;
    Ok(tx)
}

impl DatabaseSnapshot {
    async fn take(db: &Db, url: &DbUrl, copy: &Path) -> Result<Self> {
        match (db, url) {
            (Db::Sqlite { read, .. }, _) => Ok(Self::Sqlite(SqliteSnapshot::take(read, copy).await?)),
            (Db::Postgres(pool), DbUrl::Postgres(url)) => {
                Ok(Self::Postgres(PostgresSnapshot::take(pool, url, copy).await?))
            }
            (Db::Postgres(_), DbUrl::Sqlite(_)) => Err(crate::StoreError::Address),
        }
    }

    /// How many rows each table had at the moment.
    ///
    /// # Errors
    /// The database.
    pub async fn counts(&mut self) -> Result<TableCounts> {
        match self {
            Self::Sqlite(snapshot) => sqlite::counts(&mut snapshot.pinned).await,
            Self::Postgres(snapshot) => postgres::counts(&mut snapshot.pinned).await,
        }
    }

    /// The size of the largest checkpoint of the access log at the moment; of the record store only.
    ///
    /// # Errors
    /// The database.
    pub async fn largest_checkpoint(&mut self) -> Result<i64> {
        const LARGEST: &str = "SELECT CAST(COALESCE(MAX(size), 0) AS BIGINT) FROM log_checkpoint";
        Ok(match self {
            Self::Sqlite(snapshot) => sqlx::query_scalar(LARGEST).fetch_one(&mut snapshot.pinned).await?,
            Self::Postgres(snapshot) => sqlx::query_scalar(LARGEST).fetch_one(&mut *snapshot.pinned).await?,
        })
    }

    /// Waits until the copy is whole.
    ///
    /// # Errors
    /// The copy could not be made.
    pub async fn finish(self) -> Result<()> {
        match self {
            Self::Sqlite(snapshot) => snapshot.finish().await,
            Self::Postgres(snapshot) => snapshot.finish().await,
        }
    }
}

/// How many rows each table of an open database has.
///
/// # Errors
/// The database.
pub async fn counts(db: &Db) -> Result<TableCounts> {
    match db {
        Db::Sqlite { read, .. } => sqlite::counts(&mut *read.acquire().await?).await,
        Db::Postgres(pool) => postgres::counts(&mut *pool.acquire().await?).await,
    }
}
