//! Rows that cannot be read are parked: they stay where they are, and are passed over by what would stumble over them, until
//! `techo jobs retry` lets them be tried again. So one of them never stops those behind it.
//!
//! To let another reader park rows: ask [`Custody::readable`] where a row is opened, and let the store's statement pass parked rows
//! of its table over.

use crate::{Custody, Failure, Internal, Result, seal::SealError};
use techo_store::{
    StoreError, Tx, Which,
    jobs::{ParkedRow, park_row},
};
use uuid::Uuid;

/// The cell that cannot be read.
#[derive(Clone, Copy, Debug)]
pub struct SpoiltCell {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// Key of the row.
    pub row: Uuid,
}

/// Why a row cannot be read, as a stable word; none when the failure says nothing about a row, but about the moment.
pub fn unreadable_reason(failure: &Failure) -> Option<&'static str> {
    let Failure::Internal(internal) = failure else { return None };
    match internal {
        Internal::Seal(SealError::Broken) => Some("seal-broken"),
        Internal::Seal(SealError::Key(_)) | Internal::Key(_) => Some("key-missing"),
        Internal::Corrupt(_) | Internal::Store(StoreError::Corrupt(_)) => Some("unreadable"),
        _ => None,
    }
}

impl Custody {
    /// What was opened; none when it cannot be read, and then its row is parked in the transaction, which is of the database
    /// where the row stands.
    ///
    /// # Errors
    /// Whatever says nothing about the row, and the database.
    pub async fn readable<T>(&self, tx: &mut Tx, cell: SpoiltCell, opened: Result<T>) -> Result<Option<T>> {
        match opened {
            Ok(opened) => Ok(Some(opened)),
            Err(failure) => match unreadable_reason(&failure) {
                Some(reason) => {
                    self.park(tx, cell, reason).await?;
                    Ok(None)
                }
                None => Err(failure),
            },
        }
    }

    /// Parks a row in a transaction of its own, of the database where it stands.
    ///
    /// # Errors
    /// The database; [`Internal::KeysChanged`].
    pub async fn park_alone(&self, which: Which, cell: SpoiltCell, reason: &'static str) -> Result<()> {
        self.check_keys().await?;
        let mut tx = self.stores.db(which).begin().await?;
        self.park(&mut tx, cell, reason).await?;
        Ok(tx.commit().await?)
    }

    /// Parks a row. Whoever does asked [`Custody::check_keys`] before the transaction began: to a process whose keys are no longer
    /// those of the databases everything that was written since looks spoilt.
    ///
    /// # Errors
    /// The database.
    pub async fn park(&self, tx: &mut Tx, cell: SpoiltCell, reason: &'static str) -> Result<()> {
        let SpoiltCell { table, column, row } = cell;
        tracing::error!(table, column, %row, reason, "a row cannot be read and is passed over");
        let parked = ParkedRow {
            table_name: table.to_owned(),
            row_id: row,
            column_name: column.to_owned(),
            reason: reason.to_owned(),
            parked_at: self.environment.now(),
        };
        Ok(park_row(tx, &parked).await?)
    }
}
