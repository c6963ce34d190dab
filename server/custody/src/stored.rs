//! Values as they are stored, read back. One that nobody can have written is named by its table and column.

use crate::Internal;
use techo_model::CalendarDate;

/// A stored date.
///
/// # Errors
/// [`Internal::Corrupt`] naming the column.
pub fn stored_date(text: &str, column: &'static str) -> Result<CalendarDate, Internal> {
    CalendarDate::parse(text).map_err(|_| Internal::Corrupt(column))
}

/// A stored date that may be absent.
///
/// # Errors
/// Likewise.
pub fn maybe_stored_date(text: Option<&str>, column: &'static str) -> Result<Option<CalendarDate>, Internal> {
    text.map(|text| stored_date(text, column)).transpose()
}
