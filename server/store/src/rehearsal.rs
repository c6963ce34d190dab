//! A copy of a database on which an import is rehearsed: what it would do is done there, and nobody waits for it.
//!
//! SQLite copies itself into a file, from one moment and without keeping anybody from writing. PostgreSQL copies into
//! temporary tables of one connection, which stand before the real ones and vanish with it. What an import never looks
//! into is not copied there, only its shape: the access log is by far the largest part.

use crate::{Db, Result, open::make_private};
use sqlx::{
    Executor as _,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::SqliteSynchronous,
};
use std::{path::Path, time::Duration};

const COPY_SQLITE: &str = "VACUUM INTO $1";

/// One text, since names of tables cannot be parameters. The columns of a copy have keys and checks like the original's.
const COPY_POSTGRES: &str = "DO $copy$
    DECLARE part TEXT; home TEXT := current_schema();
    BEGIN
        FOR part IN SELECT tablename FROM pg_tables WHERE schemaname = home LOOP
            EXECUTE format('CREATE TEMP TABLE %I (LIKE %I.%I INCLUDING ALL)', part, home, part);
            IF part NOT LIKE 'log%' AND part NOT LIKE 'access%' AND part NOT LIKE 'packed%' THEN
                EXECUTE format('INSERT INTO pg_temp.%I SELECT * FROM %I.%I', part, home, part);
            END IF;
        END LOOP;
    END $copy$";

/// How long a rehearsal waits for its one connection. Nobody else has it, so this is a guard against a mistake of ours.
const WAIT: Duration = Duration::from_secs(30);

impl Db {
    /// A copy that can be written to without anybody noticing. `file` is where SQLite puts it: nothing may be there yet,
    /// and whoever asks takes it away. PostgreSQL needs no file.
    ///
    /// # Errors
    /// The copy cannot be made: no room, or no right to make temporary tables.
    pub async fn rehearsal(&self, file: &Path) -> Result<Self> {
        match self {
            Self::Sqlite { read, .. } => {
                make_private(file).map_err(sqlx::Error::Io)?;
                sqlx::query(COPY_SQLITE).bind(file.to_string_lossy()).execute(read).await?;
                Self::connect_sqlite(file, SqliteSynchronous::Off).await
            }
            Self::Postgres(pool) => rehearse_on_postgres(pool.connect_options().as_ref().clone()).await,
        }
    }
}

/// One connection that never goes away by itself. A new one, should this one break, begins with a copy of its own, so
/// that nothing is ever written to the real tables.
async fn rehearse_on_postgres(options: PgConnectOptions) -> Result<Db> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(WAIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(COPY_POSTGRES).await.map(drop) })
        });
    Ok(Db::Postgres(pool.connect_with(options).await?))
}
