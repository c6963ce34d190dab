//! The identity vault: who people are, how they sign in, which organisations send data.

pub mod accounts;
pub mod aliases;
pub mod bindings;
pub mod ceremonies;
pub mod challenges;
pub mod files;
pub mod letters;
pub mod life_spans;
pub mod organisation_search;
pub mod organisations;
pub mod outbox;
pub mod outside_events;
pub mod owners;
pub mod passkeys;
pub mod residents;
pub mod rotation;
mod session_ends;
pub mod sessions;
pub mod settings;
pub mod share_codes;
pub mod staff;
pub mod staff_sessions;
pub mod systems;
pub mod waiting;
pub mod wrong_tries;

use crate::{Db, Result, Tx};

/// The identity vault.
#[derive(Clone, Debug)]
pub struct Vault {
    db: Db,
}

impl Vault {
    /// Wraps an open database with the tables of the vault.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The database inside, for health checks and for closing.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Begins a writing transaction.
    pub async fn begin(&self) -> Result<Tx> {
        self.db.begin().await
    }

    /// Begins a transaction that only reads: nobody who writes waits for it.
    pub async fn begin_reading(&self) -> Result<Tx> {
        self.db.begin_reading().await
    }

    /// Begins a transaction of an import: those take turns.
    pub async fn begin_in_turn(&self) -> Result<Tx> {
        self.db.begin_in_turn().await
    }
}
