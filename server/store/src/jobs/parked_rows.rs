//! Rows that cannot be read. Each stays where it is; the statements of those who would stumble over it pass it over.

use super::ParkedChoice;
use crate::{Db, Result, Tx, db::on_db, tx::in_tx};
use techo_model::UnixMillis;
use uuid::Uuid;

/// A row of `parked_row`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ParkedRow {
    /// Where the row is.
    pub table_name: String,
    /// Its key.
    pub row_id: Uuid,
    /// What of it cannot be read.
    pub column_name: String,
    /// Why: a stable word.
    pub reason: String,
    /// Since when it is passed over.
    pub parked_at: UnixMillis,
}

/// How many rows of one table are passed over.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TableCount {
    /// Where they are.
    pub table_name: String,
    /// How many.
    pub parked: i64,
}

const PARK: &str = "INSERT INTO parked_row (table_name, row_id, column_name, reason, parked_at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (table_name, row_id) DO NOTHING";
const IS_PARKED: &str = "SELECT COUNT(*) FROM parked_row WHERE table_name = $1 AND row_id = $2";
const COUNT: &str =
    "SELECT table_name, COUNT(*) AS parked FROM parked_row GROUP BY table_name ORDER BY table_name";
const LIST: &str = "SELECT table_name, row_id, column_name, reason, parked_at FROM parked_row
    ORDER BY table_name, parked_at, row_id LIMIT $1";
const FORGET: &str = "DELETE FROM parked_row WHERE $1 IS NULL OR row_id = $1";

/// Passes a row over from now on; one that is passed over already stays as it was.
///
/// # Errors
/// The database.
pub async fn park_row(tx: &mut Tx, row: &ParkedRow) -> Result<()> {
    in_tx!(tx, conn => sqlx::query(PARK)
        .bind(&row.table_name)
        .bind(row.row_id)
        .bind(&row.column_name)
        .bind(&row.reason)
        .bind(row.parked_at)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Whether a row is passed over.
///
/// # Errors
/// The database.
pub async fn is_row_parked(db: &Db, table: &str, row: Uuid) -> Result<bool> {
    let rows: i64 = on_db!(db, pool => {
        sqlx::query_scalar(IS_PARKED).bind(table).bind(row).fetch_one(pool).await
    })?;
    Ok(rows > 0)
}

/// How many rows of each table are passed over, by table.
///
/// # Errors
/// The database.
pub async fn count_parked_rows(db: &Db) -> Result<Vec<TableCount>> {
    Ok(on_db!(db, pool => sqlx::query_as(COUNT).fetch_all(pool).await)?)
}

/// Rows that are passed over, by table and since when, at most `limit`.
///
/// # Errors
/// The database.
pub async fn list_parked_rows(db: &Db, limit: i64) -> Result<Vec<ParkedRow>> {
    Ok(on_db!(db, pool => sqlx::query_as(LIST).bind(limit).fetch_all(pool).await)?)
}

/// Passes rows over no longer, so that they are tried again. Returns how many there were.
///
/// # Errors
/// The database.
pub async fn forget_parked_rows(tx: &mut Tx, choice: ParkedChoice) -> Result<u64> {
    Ok(in_tx!(tx, conn => sqlx::query(FORGET)
        .bind(choice.id())
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?)
}
