//! An SQLite file at one moment.

use super::TableCounts;
use crate::{Result, StoreError};
use sqlx::{ConnectOptions as _, Connection as _, QueryBuilder, Sqlite, SqliteConnection, SqlitePool};
use std::{
    fs::OpenOptions,
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::task::JoinHandle;

const TABLES: &str = "SELECT name FROM sqlite_master
    WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name";
const PIN: &str = "SELECT COUNT(*) FROM database_kind";
const COPY: &str = "VACUUM INTO $1";

/// A reader that sees the moment, and the copy that is being made of it.
pub struct SqliteSnapshot {
    pub(super) pinned: SqliteConnection,
    copying: JoinHandle<Result<(), sqlx::Error>>,
}

impl SqliteSnapshot {
    /// Pins the file and begins its copy; while this runs nobody else may write to the file.
    pub(super) async fn take(read: &SqlitePool, copy: &Path) -> Result<Self> {
        let options = read.connect_options();
        let mut pinned = options.connect().await?;
        sqlx::raw_sql("BEGIN").execute(&mut pinned).await?;
        sqlx::query(PIN).execute(&mut pinned).await?;
        // An empty file is filled; one that SQLite makes could be read by others.
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(copy);
        drop(made.map_err(sqlx::Error::Io)?);
        let mut copier = options.connect().await?;
        let path = copy.to_str().ok_or_else(|| sqlx::Error::Io(io::ErrorKind::InvalidFilename.into()))?;
        let path = path.to_owned();
        let copying = tokio::spawn(async move {
            sqlx::query(COPY).bind(path).execute(&mut copier).await?;
            copier.close().await
        });
        begun(copy.to_owned(), &copying).await;
        Ok(Self { pinned, copying })
    }

    pub(super) async fn finish(self) -> Result<()> {
        self.pinned.close().await?;
        let copied = self.copying.await;
        copied.map_err(|_| StoreError::Unopened("写しを作る作業が止まりました".to_owned()))??;
        Ok(())
    }
}

/// Waits until the copy holds something, or is done: what it copies is then settled, whatever is written behind it.
async fn begun(copy: PathBuf, copying: &JoinHandle<Result<(), sqlx::Error>>) {
    while !copying.is_finished() && std::fs::metadata(&copy).is_ok_and(|file| file.len() == 0) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// How many rows each table has.
pub(super) async fn counts(connection: &mut SqliteConnection) -> Result<TableCounts> {
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut *connection).await?;
    let mut counts = TableCounts::new();
    for table in tables {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT COUNT(*) FROM \"");
        query.push(&table).push("\"");
        let count = query.build_query_scalar().persistent(false).fetch_one(&mut *connection).await?;
        counts.insert(table, count);
    }
    Ok(counts)
}
