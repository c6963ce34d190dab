//! The two engines behind one type.

use crate::{Result, StoreError, Tx, fault, tx::in_tx, write_lock};
use sqlx::{PgPool, Pool, SqlitePool, migrate::Migrator, postgres::PgConnectOptions};
use std::{path::PathBuf, str::FromStr as _};

/// Migrations of the identity vault.
pub static MIGRATIONS_IDENTITY: Migrator = sqlx::migrate!("../../migrations/identity");
/// Migrations of the record store.
pub static MIGRATIONS_RECORDS: Migrator = sqlx::migrate!("../../migrations/records");

/// Which of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseName {
    /// Identity vault.
    Identity,
    /// Record store.
    Records,
}

impl DatabaseName {
    pub(crate) fn migrations(self) -> &'static Migrator {
        match self {
            Self::Identity => &MIGRATIONS_IDENTITY,
            Self::Records => &MIGRATIONS_RECORDS,
        }
    }
}

/// Where a database is: `sqlite:PATH` or `postgres://…`.
#[derive(Clone, PartialEq, Eq)]
pub enum DbUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A server. The text may hold a password, so it never prints.
    Postgres(String),
}

impl DbUrl {
    /// Reads `sqlite:PATH` or `postgres://…`.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path))));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(StoreError::Address)
    }
}

impl std::fmt::Debug for DbUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// Where it is, for messages: without the account, its password and options.
impl std::fmt::Display for DbUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(text) => match PgConnectOptions::from_str(text) {
                Ok(options) => {
                    let database = options.get_database().unwrap_or_default();
                    write!(f, "postgres://{}:{}/{database}", options.get_host(), options.get_port())
                }
                Err(_) => f.write_str("postgres://…"),
            },
        }
    }
}

/// An open database.
#[derive(Clone, Debug)]
pub enum Db {
    /// SQLite: many readers, one writer, so that writers queue here instead of failing with "busy" there.
    Sqlite {
        /// Read-only connections.
        read: SqlitePool,
        /// The one writing connection.
        write: SqlitePool,
    },
    /// PostgreSQL.
    Postgres(PgPool),
}

/// Runs the same code against a connection for reading of whichever engine is configured.
macro_rules! on_db {
    ($db:expr, $pool:ident => $body:expr) => {{
        let db: &$crate::Db = $db;
        let _span = $crate::statement_span::statement_span!();
        let done = match db {
            $crate::Db::Sqlite { read: $pool, .. } => $body,
            $crate::Db::Postgres($pool) => $body,
        };
        db.heard(&done);
        done
    }};
}
pub(crate) use on_db;

/// Runs one writing statement, outside a transaction of the caller, on whichever engine is configured.
macro_rules! on_db_write {
    ($db:expr, $pool:ident => $body:expr) => {{
        let db: &$crate::Db = $db;
        let _span = $crate::statement_span::statement_span!();
        let done = match db {
            $crate::Db::Sqlite { write: $pool, .. } => {
                let mut wait = $crate::write_lock::WriteLockWait::waiting();
                loop {
                    match $body {
                        Err(busy) if wait.should_retry(&busy).await => {}
                        done => break done,
                    }
                }
            }
            $crate::Db::Postgres($pool) => $body,
        };
        db.heard_writing(&done);
        done
    }};
}
pub(crate) use on_db_write;

/// Import batches on PostgreSQL take turns, as they do on SQLite: each reads what is known and writes what follows from
/// it, and a second one in between would follow from what is no longer so. The second part of the key keeps installations
/// that share a server apart.
const TAKE_TURN: &str = "SELECT pg_advisory_xact_lock($1, hashtext(current_schema()))";
/// The first part of that key; any number that nothing else here uses.
const IMPORT_TURN: i32 = 0x7e00;

impl Db {
    /// Begins a transaction that will write.
    pub async fn begin(&self) -> Result<Tx> {
        match self {
            Self::Sqlite { write, .. } => Tx::begin_sqlite(write).await,
            Self::Postgres(pool) => Tx::begin_postgres(pool).await,
        }
    }

    /// Begins a transaction that only reads: nobody who writes waits for it.
    pub async fn begin_reading(&self) -> Result<Tx> {
        match self {
            Self::Sqlite { read, .. } => Tx::begin_sqlite_reading(read).await,
            Self::Postgres(pool) => Tx::begin_postgres(pool).await,
        }
    }

    /// Begins a transaction of an import, once it is its turn.
    pub async fn begin_in_turn(&self) -> Result<Tx> {
        let mut tx = self.begin().await?;
        if let Self::Postgres(_) = self {
            in_tx!(&mut tx, conn => {
                sqlx::query(TAKE_TURN).bind(IMPORT_TURN).execute(conn).await.map(drop)
            })?;
        }
        Ok(tx)
    }

    /// Between two transactions of long work: lets go of the right to write for long enough that everybody who waits
    /// for it gets it first. PostgreSQL has no such right.
    pub async fn yield_to_writers(&self) {
        if let Self::Sqlite { .. } = self {
            tokio::time::sleep(write_lock::GAP).await;
        }
    }

    /// Hears what became of a read. After an error that says more than something about its statement, connections that lie
    /// ready are replaced: they lead to the same place in the same state, a server that was restarted, or that takes no
    /// writes since another one took over.
    pub(crate) fn heard<T>(&self, done: &Result<T, sqlx::Error>) {
        let Err(error) = done else { return };
        if !fault::is_of_statement(error) {
            match self {
                Self::Sqlite { read, .. } => replace_idle(read),
                Self::Postgres(pool) => replace_idle(pool),
            }
        }
    }

    /// [`Db::heard`] for a write.
    pub(crate) fn heard_writing<T>(&self, done: &Result<T, sqlx::Error>) {
        let Err(error) = done else { return };
        if !fault::is_of_statement(error) {
            match self {
                Self::Sqlite { write, .. } => replace_idle(write),
                Self::Postgres(pool) => replace_idle(pool),
            }
        }
    }

    /// Asks the engine for a sign of life.
    pub async fn ping(&self) -> Result<()> {
        on_db!(self, pool => sqlx::query("SELECT 1").execute(pool).await.map(drop)).map_err(StoreError::from)
    }

    /// Closes all connections; waits for those in use.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Closes what lies ready in a pool, which opens new connections when they are needed.
fn replace_idle<E: sqlx::Database>(pool: &Pool<E>) {
    while let Some(mut connection) = pool.try_acquire() {
        connection.close_on_drop();
    }
}
