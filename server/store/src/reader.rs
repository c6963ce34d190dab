//! One connection for a long read.
//!
//! A pool hands its connections out in turn, and each of SQLite remembers its own pages of the file: what goes through a
//! whole table in pages would read everything several times. This is no transaction, so it holds nobody up.

use crate::{Db, Result};
use sqlx::{Postgres, Sqlite, pool::PoolConnection};

/// A connection to read with. It goes back to its pool when it is dropped.
#[derive(Debug)]
pub enum ReadConnection {
    /// SQLite, read-only.
    Sqlite(PoolConnection<Sqlite>),
    /// PostgreSQL.
    Postgres(PoolConnection<Postgres>),
}

impl Db {
    /// Takes a connection.
    pub async fn reader(&self) -> Result<ReadConnection> {
        Ok(match self {
            Self::Sqlite { read, .. } => ReadConnection::Sqlite(read.acquire().await?),
            Self::Postgres(pool) => ReadConnection::Postgres(pool.acquire().await?),
        })
    }
}

/// Runs the same code against a reader of whichever engine is configured.
macro_rules! on_reader {
    ($reader:expr, $conn:ident => $body:expr) => {{
        let _span = $crate::statement_span::statement_span!();
        match $reader {
            $crate::ReadConnection::Sqlite(conn) => {
                let $conn = &mut **conn;
                $body
            }
            $crate::ReadConnection::Postgres(conn) => {
                let $conn = &mut **conn;
                $body
            }
        }
    }};
}
pub(crate) use on_reader;
