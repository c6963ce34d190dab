//! The two engines behind one type, and how a database is opened.

use crate::{
    Result, StoreError, Tx,
    turn::{self, Turn},
};
use sqlx::{
    Connection as _, PgPool, SqliteConnection, SqlitePool,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    fs::OpenOptions,
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    str::FromStr as _,
    time::Duration,
};

/// Migrations of the identity vault.
pub static MIGRATIONS_IDENTITY: Migrator = sqlx::migrate!("../../migrations/identity");
/// Migrations of the record store.
pub static MIGRATIONS_RECORDS: Migrator = sqlx::migrate!("../../migrations/records");

/// Which of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Identity vault.
    Identity,
    /// Record store.
    Records,
}

impl Which {
    fn migrations(self) -> &'static Migrator {
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
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres://…"),
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
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            $crate::Db::Sqlite { read: $pool, .. } => $body,
            $crate::Db::Postgres($pool) => $body,
        }
    };
}
pub(crate) use on_db;

/// Runs one writing statement, outside a transaction of the caller, on whichever engine is configured.
macro_rules! on_db_write {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            $crate::Db::Sqlite { write: $pool, .. } => {
                let mut turn = $crate::turn::Turn::waiting();
                loop {
                    match $body {
                        Err(busy) if turn.comes_after(&busy).await => {}
                        done => break done,
                    }
                }
            }
            $crate::Db::Postgres($pool) => $body,
        }
    };
}
pub(crate) use on_db_write;

const READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 16;
const WAIT: Duration = Duration::from_secs(10);

impl Db {
    /// Opens the database, makes a missing SQLite file, and brings the tables up to date.
    pub async fn open(url: &DbUrl, which: Which) -> Result<Self> {
        let db = Self::connect(url).await?;
        db.migrate(which).await?;
        Ok(db)
    }

    async fn connect(url: &DbUrl) -> Result<Self> {
        match url {
            DbUrl::Sqlite(path) => Self::connect_sqlite(path).await,
            DbUrl::Postgres(text) => {
                let options = PgConnectOptions::from_str(text).map_err(|_| StoreError::Address)?;
                let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(WAIT);
                Ok(Self::Postgres(pool.connect_with(options).await?))
            }
        }
    }

    async fn connect_sqlite(path: &Path) -> Result<Self> {
        make_private(path).map_err(sqlx::Error::Io)?;
        // FULL, because a line of the access log that was promised must survive a power cut.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(WAIT);
        // Making the file ready for many readers needs it alone for a moment: that may be waited for.
        SqliteConnection::connect_with(&options).await?.close().await?;
        // A connection to a file cannot go stale behind our back, so none is asked for a sign of life before its use.
        let pool = || SqlitePoolOptions::new().acquire_timeout(WAIT).test_before_acquire(false);
        let write =
            pool().max_connections(1).connect_with(options.clone().busy_timeout(turn::GLANCE)).await?;
        let read = pool()
            .max_connections(READERS)
            .connect_with(options.create_if_missing(false).read_only(true))
            .await?;
        Ok(Self::Sqlite { read, write })
    }

    async fn migrate(&self, which: Which) -> Result<()> {
        let migrations = which.migrations();
        let migrated = match self {
            Self::Sqlite { write, .. } => {
                let patient = write.connect_options().as_ref().clone().busy_timeout(WAIT);
                migrations.run(&mut SqliteConnection::connect_with(&patient).await?).await
            }
            Self::Postgres(pool) => migrations.run(pool).await,
        };
        migrated.map_err(|error| match error {
            MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
                StoreError::Newer(version)
            }
            other => StoreError::Migration(other.to_string()),
        })
    }

    /// Begins a transaction that will write.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { write, .. } => {
                let mut turn = Turn::waiting();
                loop {
                    match write.begin_with("BEGIN IMMEDIATE").await {
                        Err(busy) if turn.comes_after(&busy).await => {}
                        begun => break Tx::Sqlite(begun?),
                    }
                }
            }
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Between two transactions of long work: lets go of the right to write for long enough that everybody who waits
    /// for it gets it first. PostgreSQL has no such right.
    pub async fn give_way(&self) {
        if let Self::Sqlite { .. } = self {
            tokio::time::sleep(turn::GAP).await;
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

/// Makes a missing database file readable for its owner alone; SQLite gives the files beside it the same mode.
fn make_private(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
