//! Cells that hold what the program did not write there, and rows that are read with their cells checked.
//!
//! A row with closed words or dates is read as [`Stored`] and made into itself by [`one`], [`all`] or [`StoredRows::of`], so that what
//! cannot be read is named by table, column and row, and neither ends a transaction nor, in a batch, hides the rows behind it. To read
//! another row so: a line in `keyed!` beside it.

use crate::{Result, StoreError};
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};
use std::{borrow::Cow, fmt};
use uuid::Uuid;

/// How a row is named in logs and messages: by its own id or number, or by the official number of an organisation. Never by a name,
/// a value, or whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowKey {
    /// An id.
    Id(Uuid),
    /// A number, an official number, or several of them.
    Text(String),
    /// The row has none that may be told, and does not live long.
    Unnamed,
}

impl RowKey {
    /// The id, when it is one.
    pub fn id(&self) -> Option<Uuid> {
        if let Self::Id(id) = self { Some(*id) } else { None }
    }
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Unnamed => f.write_str("(unnamed)"),
        }
    }
}

impl From<Uuid> for RowKey {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}

impl From<i64> for RowKey {
    fn from(number: i64) -> Self {
        Self::Text(number.to_string())
    }
}

impl From<&str> for RowKey {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A cell that holds what the program did not write there. What it holds is told to nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{table}.{column} of row {row} cannot be read")]
pub struct CorruptCell {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: Cow<'static, str>,
    /// Row.
    pub row: RowKey,
}

impl CorruptCell {
    /// The cell at this place.
    pub fn new(table: &'static str, column: impl Into<Cow<'static, str>>, row: impl Into<RowKey>) -> Self {
        Self { table, column: column.into(), row: row.into() }
    }
}

/// Rows of a job: those that can be read, and the cells that keep the others from it.
#[derive(Clone, Debug)]
pub struct StoredRows<T> {
    /// What can be read, in order.
    pub rows: Vec<T>,
    /// What cannot.
    pub corrupt: Vec<CorruptCell>,
}

impl<T> StoredRows<T> {
    /// Of rows that were read.
    pub(crate) fn of(stored: Vec<Stored<T>>) -> Self {
        let (mut rows, mut corrupt) = (Vec::with_capacity(stored.len()), Vec::new());
        for Stored(row) in stored {
            match row {
                Ok(row) => rows.push(row),
                Err(cell) => corrupt.push(cell),
            }
        }
        Self { rows, corrupt }
    }

    /// Whether there was nothing at all.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.corrupt.is_empty()
    }
}

/// A row that may be named.
pub(crate) trait Keyed {
    /// Its table.
    const TABLE: &'static str;
    /// The columns, among those that are read, by which it is named.
    const KEY: &'static [&'static str];
}

/// Says of rows where they stand and by what they are named.
macro_rules! keyed {
    ($($row:ident in $table:literal by [$($key:literal),*];)+) => {$(
        impl $crate::cell::Keyed for $row {
            const TABLE: &'static str = $table;
            const KEY: &'static [&'static str] = &[$($key),*];
        }
    )+};
}
pub(crate) use keyed;

/// A row as it was read: itself, or the first cell of it that cannot be.
#[derive(Debug)]
pub(crate) struct Stored<T>(Result<T, CorruptCell>);

impl<'r, R, T> FromRow<'r, R> for Stored<T>
where
    R: Row,
    T: FromRow<'r, R> + Keyed,
    &'static str: ColumnIndex<R>,
    Uuid: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        match T::from_row(row) {
            Ok(read) => Ok(Self(Ok(read))),
            Err(sqlx::Error::ColumnDecode { index, .. }) => {
                let column = index.trim_matches('"').to_owned();
                Ok(Self(Err(CorruptCell::new(T::TABLE, column, key_of(row, T::KEY)))))
            }
            Err(other) => Err(other),
        }
    }
}

fn key_of<'r, R>(row: &'r R, columns: &[&'static str]) -> RowKey
where
    R: Row,
    &'static str: ColumnIndex<R>,
    Uuid: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
{
    let part = |column: &'static str| {
        let id = row.try_get::<Uuid, _>(column).ok().map(RowKey::Id);
        let number = || row.try_get::<i64, _>(column).ok().map(RowKey::from);
        let text = || row.try_get::<String, _>(column).ok().map(RowKey::Text);
        id.or_else(number).or_else(text).unwrap_or(RowKey::Unnamed)
    };
    match columns {
        [] => RowKey::Unnamed,
        [only] => part(only),
        several => {
            let parts: Vec<_> = several.iter().map(|column| part(column).to_string()).collect();
            RowKey::Text(parts.join("/"))
        }
    }
}

/// The row, when there is one.
pub(crate) fn one<T>(found: Option<Stored<T>>) -> Result<Option<T>> {
    found.map(|Stored(row)| row).transpose().map_err(StoreError::Corrupt)
}

/// All rows, or the first cell that cannot be read.
pub(crate) fn all<T>(rows: Vec<Stored<T>>) -> Result<Vec<T>> {
    rows.into_iter().map(|Stored(row)| row.map_err(StoreError::Corrupt)).collect()
}
