//! The record store: what is known about people's health, under pseudonyms, and the access log.

pub mod access_log;
pub mod checkups;
pub mod consent;
pub mod coverages;
pub mod dose_statements;
pub mod emergencies;
pub mod former_history;
pub mod held;
pub mod history;
pub mod import;
pub mod laboratory;
pub mod log_audit;
pub mod log_repeats;
pub mod log_tree;
pub mod marks;
pub mod notices;
mod of_people;
pub mod packed_leaves;
mod packed_pending;
mod person_locks;
pub mod proofs;
pub mod questions;
pub mod reports;
pub mod rotation;
pub mod settings;
pub mod treatment;
pub mod vaccinations;

use crate::{Db, Result, Tx};

/// The record store.
#[derive(Clone, Debug)]
pub struct Records {
    db: Db,
}

impl Records {
    /// Wraps an open database with the tables of the record store.
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

    /// Begins a transaction of an import: those take turns.
    pub async fn begin_in_turn(&self) -> Result<Tx> {
        self.db.begin_in_turn().await
    }
}
