//! The only place with SQL: the identity vault and the record store, each on SQLite or PostgreSQL.
//!
//! One file per subject. A function stands beside the constant with its statement; the statement runs on both engines.
//! To add a table: a migration in `migrations/`, a file under [`vault`] or [`records`], a file in `tests/store/`.

pub mod backup;
mod cell;
mod db;
mod error;
mod fault;
pub mod jobs;
mod kind;
mod open;
mod patience;
mod pools;
mod reader;
pub mod records;
mod rehearsal;
mod statement_span;
#[cfg(feature = "testing")]
pub mod testing;
mod tried;
mod tx;
pub mod vault;
mod write_lock;

pub use cell::{CorruptCell, RowKey, StoredRows};
pub use db::{DatabaseName, Db, DbUrl, MIGRATIONS_IDENTITY, MIGRATIONS_RECORDS};
pub use error::{Result, StoreError};
pub use patience::answered_within;
pub use pools::PoolState;
pub use reader::ReadConnection;
pub use records::Records;
pub use tx::Tx;
pub use vault::Vault;

/// Both databases of one installation.
#[derive(Clone, Debug)]
pub struct Stores {
    /// Who people are.
    pub vault: Vault,
    /// What is known about their health, under pseudonyms.
    pub records: Records,
}

impl Stores {
    /// One of the two.
    pub fn db(&self, which: DatabaseName) -> &Db {
        match which {
            DatabaseName::Identity => self.vault.db(),
            DatabaseName::Records => self.records.db(),
        }
    }
}
