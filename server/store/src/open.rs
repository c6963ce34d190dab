//! How a database is opened: a file that nobody else may read, tables of the newest form, and the one of the two that was meant.

use crate::{DatabaseName, Db, DbUrl, Result, StoreError, write_lock};
use sqlx::{
    Connection as _, PgConnection, SqliteConnection,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    str::FromStr as _,
    time::Duration,
};
use tokio::time::Instant;

const READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 16;
const WAIT: Duration = Duration::from_secs(10);
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);
/// How long another program may take to bring the tables up to date.
const PREPARING_LIMIT: Duration = Duration::from_mins(2);

impl Db {
    /// Opens the database, makes a missing SQLite file, and brings the tables up to date. Several programs may do so at once.
    ///
    /// # Errors
    /// The database cannot be opened, is the other one, is newer than the program, or can be read by others.
    pub async fn open(url: &DbUrl, which: DatabaseName) -> Result<Self> {
        // PostgreSQL has a lock of its own around migrations.
        let _alone = match url {
            DbUrl::Sqlite(path) => Some(alone(path).await?),
            DbUrl::Postgres(_) => None,
        };
        let db = Self::connect(url).await.map_err(unopened)?;
        let prepared = db.prepare(which).await;
        if prepared.is_err() {
            db.close().await;
        }
        prepared.map(|()| db)
    }

    /// Opens a database as the version made it whose last migration had this number. For tests.
    #[cfg(feature = "testing")]
    pub(crate) async fn open_former(url: &DbUrl, which: DatabaseName, last: i64) -> Result<Self> {
        let db = Self::connect(url).await?;
        let former = which.migrations().iter().filter(|migration| migration.version <= last).cloned();
        db.run_migrations(&Migrator::with_migrations(former.collect())).await?;
        Ok(db)
    }

    async fn prepare(&self, which: DatabaseName) -> Result<()> {
        if self.is_half_restored().await.map_err(unopened)? {
            return Err(StoreError::HalfRestored);
        }
        match self.kind().await.map_err(unopened)? {
            Some(found) if found != which => Err(StoreError::Swapped { wanted: which, found }),
            _ => self.migrate(which).await,
        }
    }

    async fn connect(url: &DbUrl) -> Result<Self> {
        match url {
            DbUrl::Sqlite(path) => Self::connect_sqlite(path, SqliteSynchronous::Full).await,
            DbUrl::Postgres(text) => {
                let options = PgConnectOptions::from_str(text).map_err(|_| StoreError::Address)?;
                let pool = PgPoolOptions::new()
                    .max_connections(POSTGRES_CONNECTIONS)
                    .acquire_timeout(WAIT)
                    .after_release(|connection, _| Box::pin(answers(connection)));
                Ok(Self::Postgres(pool.connect_with(options).await?))
            }
        }
    }

    /// Opens a file of SQLite. What stays is written with FULL, because a line of the access log that was promised must
    /// survive a power cut.
    pub(crate) async fn connect_sqlite(path: &Path, synchronous: SqliteSynchronous) -> Result<Self> {
        make_private(path).map_err(sqlx::Error::Io)?;
        refuse_exposed(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .foreign_keys(true)
            .busy_timeout(WAIT);
        // Making the file ready for many readers needs it alone for a moment: that may be waited for.
        SqliteConnection::connect_with(&options).await?.close().await?;
        // A connection to a file cannot go stale behind our back, so none is asked for a sign of life before its use.
        let pool = || SqlitePoolOptions::new().acquire_timeout(WAIT).test_before_acquire(false);
        let write = pool()
            .max_connections(1)
            .connect_with(options.clone().busy_timeout(write_lock::BUSY_TIMEOUT))
            .await?;
        let read = pool()
            .max_connections(READERS)
            .connect_with(options.create_if_missing(false).read_only(true))
            .await?;
        Ok(Self::Sqlite { read, write })
    }

    pub(crate) async fn migrate(&self, which: DatabaseName) -> Result<()> {
        self.run_migrations(which.migrations()).await
    }

    async fn run_migrations(&self, migrations: &Migrator) -> Result<()> {
        let migrated = match self {
            Self::Sqlite { write, .. } => {
                let patient = write.connect_options().as_ref().clone().busy_timeout(WAIT);
                let mut connection = SqliteConnection::connect_with(&patient).await?;
                let migrated = migrations.run(&mut connection).await;
                connection.close().await?;
                migrated
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
}

/// Whether a connection that comes back answers soon; one that does not is closed. Without a limit of time, a server that went
/// without a word would take one connection after another with it, until none is left when it returns.
async fn answers(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    Ok(matches!(tokio::time::timeout(SIGN_OF_LIFE, connection.ping()).await, Ok(Ok(()))))
}

/// An error of the engine, in a sentence for whoever starts the program.
fn unopened(error: StoreError) -> StoreError {
    match error {
        StoreError::Database(sqlx::Error::PoolTimedOut) => {
            StoreError::Unopened("データベースのサーバーが応えません".to_owned())
        }
        StoreError::Database(cause) => StoreError::Unopened(cause.to_string()),
        other => other,
    }
}

/// Works alone on the databases of one folder until the file is dropped, also with other programs.
async fn alone(path: &Path) -> Result<Option<File>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A folder that cannot be locked, or is not there, says so below in better words, when the file is opened.
    let Ok(folder) = File::open(folder) else { return Ok(None) };
    let until = Instant::now() + PREPARING_LIMIT;
    loop {
        match folder.try_lock() {
            Ok(()) => return Ok(Some(folder)),
            Err(TryLockError::WouldBlock) if Instant::now() < until => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(TryLockError::WouldBlock) => return Err(StoreError::Preparing),
            Err(TryLockError::Error(_)) => return Ok(None),
        }
    }
}

/// Makes a missing database file readable for its owner alone; SQLite gives the files beside it the same mode.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// A file that others may read, as one that was copied or made by `VACUUM INTO`, is not used.
fn refuse_exposed(path: &Path) -> Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        let file = PathBuf::from(name);
        let is_exposed = fs::metadata(&file).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0);
        if is_exposed {
            return Err(StoreError::Exposed(file));
        }
    }
    Ok(())
}
