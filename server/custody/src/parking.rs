//! Rows that cannot be read are parked: they stay where they are, and are passed over by what would stumble over them, until
//! `techo jobs retry` lets them be tried again. So one of them never stops those behind it.
//!
//! To let another reader park rows: ask [`Custody::readable`] where a row is opened, and let the store's statement pass parked rows
//! of its table over.

use crate::{Custody, Failure, Internal, Result, seal::SealError};
use techo_store::{
    CorruptCell, DatabaseName, Tx,
    jobs::{ParkedRow, park_row},
};

/// The reason of a row in which something stands that the program did not write there.
pub const UNREADABLE: &str = "unreadable";

/// Why a row cannot be read, as a stable word; none when the failure says nothing about a row, but about the moment.
pub fn unreadable_reason(failure: &Failure) -> Option<&'static str> {
    let Failure::Internal(internal) = failure else { return None };
    match internal {
        Internal::Seal(SealError::Broken) => Some("seal-broken"),
        Internal::Seal(SealError::Key(_)) | Internal::Key(_) => Some("key-missing"),
        other => other.corrupt_cell().map(|_| UNREADABLE),
    }
}

impl Custody {
    /// What was opened; none when it cannot be read, and then its row is parked in the transaction, which is of the database
    /// where the row stands.
    ///
    /// # Errors
    /// Whatever says nothing about the row, and the database.
    pub async fn readable<T>(&self, tx: &mut Tx, cell: CorruptCell, opened: Result<T>) -> Result<Option<T>> {
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
    pub async fn park_alone(
        &self,
        which: DatabaseName,
        cell: CorruptCell,
        reason: &'static str,
    ) -> Result<()> {
        self.check_keys().await?;
        let mut tx = self.stores.db(which).begin().await?;
        self.park(&mut tx, cell, reason).await?;
        Ok(tx.commit().await?)
    }

    /// Parks a row. Whoever does asked [`Custody::check_keys`] before the transaction began: to a process whose keys are no longer
    /// those of the databases everything that was written since looks spoilt.
    ///
    /// # Errors
    /// The database; the cell itself, when its row has none.
    pub async fn park(&self, tx: &mut Tx, cell: CorruptCell, reason: &'static str) -> Result<()> {
        let Some(id) = cell.row.id() else { return Err(cell.into()) };
        let CorruptCell { table, column, row } = cell;
        tracing::error!(table, %column, %row, reason, "a row cannot be read and is passed over");
        let parked = ParkedRow {
            table_name: table.to_owned(),
            row_id: id,
            column_name: column.into_owned(),
            reason: reason.to_owned(),
            parked_at: self.environment.now(),
        };
        Ok(park_row(tx, &parked).await?)
    }
}
