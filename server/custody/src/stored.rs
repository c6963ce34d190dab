//! Values as they are stored, read back. One that nobody can have written is named by its table, column and row.

use crate::Internal;
use serde::de::DeserializeOwned;
use techo_model::{CalendarDate, words::Word};
use techo_store::{CorruptCell, RowKey};

/// A stored date: `YYYY-MM-DD` and no other form of those that files may have.
///
/// # Errors
/// [`Internal::Corrupt`] naming the cell.
pub fn stored_date(
    text: &str,
    table: &'static str,
    column: &'static str,
    row: impl Into<RowKey>,
) -> Result<CalendarDate, Internal> {
    CalendarDate::parse_iso(text).map_err(|_| Internal::corrupt(table, column, row))
}

/// A stored date that may be absent.
///
/// # Errors
/// Likewise.
pub fn maybe_stored_date(
    text: Option<&str>,
    table: &'static str,
    column: &'static str,
    row: impl Into<RowKey>,
) -> Result<Option<CalendarDate>, Internal> {
    text.map(|text| stored_date(text, table, column, row)).transpose()
}

/// A word of a closed vocabulary from where the store does not see it, such as a sealed column.
///
/// # Errors
/// Likewise.
pub fn stored_word<W: Word>(
    text: &str,
    table: &'static str,
    column: &'static str,
    row: impl Into<RowKey>,
) -> Result<W, Internal> {
    W::parse(text).ok_or_else(|| Internal::corrupt(table, column, row))
}

/// What is stored as JSON.
///
/// # Errors
/// Likewise.
pub fn stored_json<T: DeserializeOwned>(
    text: &str,
    table: &'static str,
    column: &'static str,
    row: impl Into<RowKey>,
) -> Result<T, Internal> {
    serde_json::from_str(text).map_err(|_| CorruptCell::new(table, column, row).into())
}
