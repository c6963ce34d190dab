//! A PostgreSQL database at one moment, and the programs that come with the server: `pg_dump` and `pg_restore`.

use super::TableCounts;
use crate::{DbUrl, Result, StoreError};
use sqlx::{
    ConnectOptions as _, Connection as _, PgConnection, PgPool, Postgres, QueryBuilder,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgSslMode},
};
use std::{path::Path, process::Stdio, str::FromStr as _};
use tokio::process::{Child, Command};

const TABLES: &str = "SELECT table_name::text FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1";
const PIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const EXPORT: &str = "SELECT pg_export_snapshot()";
const SCHEMA: &str = "SELECT current_schema()::text";

/// A reader that sees the moment, and the program that copies it.
pub struct PostgresSnapshot {
    pub(super) pinned: PoolConnection<Postgres>,
    dumping: Child,
}

impl PostgresSnapshot {
    /// Pins the database and begins its copy.
    pub(super) async fn take(pool: &PgPool, url: &str, copy: &Path) -> Result<Self> {
        let mut pinned = pool.acquire().await?;
        // Closed afterwards in any case, so that no transaction stays open.
        pinned.close_on_drop();
        sqlx::raw_sql(PIN).execute(&mut *pinned).await?;
        let snapshot: String = sqlx::query_scalar(EXPORT).fetch_one(&mut *pinned).await?;
        let schema: String = sqlx::query_scalar(SCHEMA).fetch_one(&mut *pinned).await?;
        if schema != "public" {
            let text = format!("控えが作れるのは、スキーマ public のデータベースだけです（今は {schema}）");
            return Err(StoreError::Unopened(text));
        }
        let mut dump = tool("pg_dump", url)?;
        dump.args(["--format=custom", "--no-owner", "--no-privileges", "--no-sync"]);
        dump.arg(format!("--snapshot={snapshot}")).arg("--file").arg(copy);
        Ok(Self { pinned, dumping: start(dump, "pg_dump")? })
    }

    pub(super) async fn finish(self) -> Result<()> {
        let done = ended(self.dumping, "pg_dump").await;
        drop(self.pinned);
        done
    }
}

/// Puts a dump into an empty database, whole or not at all.
///
/// # Errors
/// `pg_restore` is missing or refuses.
pub async fn restore_dump(url: &DbUrl, dump: &Path) -> Result<()> {
    let mut restore = tool("pg_restore", text(url)?)?;
    restore.args(["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]).arg(dump);
    ended(start(restore, "pg_restore")?, "pg_restore").await
}

/// Whether a database has no tables.
///
/// # Errors
/// The database cannot be reached.
pub async fn is_empty(url: &DbUrl) -> Result<bool> {
    let mut connection = PgConnection::connect(text(url)?).await?;
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut connection).await?;
    connection.close().await?;
    Ok(tables.is_empty())
}

/// Marks a database into which a backup is being put: nothing starts on it until [`unmark_finished`].
///
/// # Errors
/// The database.
pub async fn mark_unfinished(url: &DbUrl) -> Result<()> {
    say(url, "CREATE TABLE restore_unfinished (nothing BIGINT)").await
}

/// Takes the mark away.
///
/// # Errors
/// The database.
pub async fn unmark_finished(url: &DbUrl) -> Result<()> {
    say(url, "DROP TABLE restore_unfinished").await
}

/// Makes an empty database beside another one, to try a backup out.
///
/// # Errors
/// The account may not make databases.
pub async fn trial_database(beside: &DbUrl, name: &str) -> Result<DbUrl> {
    named(beside, "CREATE DATABASE ", name).await?;
    let options = PgConnectOptions::from_str(text(beside)?)?.database(name);
    Ok(DbUrl::Postgres(options.to_url_lossy().to_string()))
}

/// Removes a database that [`trial_database`] made.
///
/// # Errors
/// The database.
pub async fn drop_trial(beside: &DbUrl, name: &str) -> Result<()> {
    named(beside, "DROP DATABASE IF EXISTS ", name).await
}

async fn named(url: &DbUrl, words: &'static str, name: &str) -> Result<()> {
    let mut connection = PgConnection::connect(text(url)?).await?;
    let mut query = QueryBuilder::<Postgres>::new(words);
    query.push("\"").push(name).push("\"").build().execute(&mut connection).await?;
    Ok(connection.close().await?)
}

async fn say(url: &DbUrl, words: &'static str) -> Result<()> {
    let mut connection = PgConnection::connect(text(url)?).await?;
    sqlx::raw_sql(words).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

fn text(url: &DbUrl) -> Result<&str> {
    match url {
        DbUrl::Postgres(text) => Ok(text),
        DbUrl::Sqlite(_) => Err(StoreError::Address),
    }
}

/// How many rows each table has.
pub(super) async fn counts(connection: &mut PgConnection) -> Result<TableCounts> {
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut *connection).await?;
    let mut counts = TableCounts::new();
    for table in tables {
        let mut query = QueryBuilder::<Postgres>::new("SELECT COUNT(*) FROM \"");
        query.push(&table).push("\"");
        let count = query.build_query_scalar().persistent(false).fetch_one(&mut *connection).await?;
        counts.insert(table, count);
    }
    Ok(counts)
}

/// One of the server's programs, told the database by its environment: arguments can be seen by everybody on the machine.
fn tool(program: &str, url: &str) -> Result<Command> {
    let options = PgConnectOptions::from_str(url)?;
    let address = options.to_url_lossy();
    let host =
        options.get_socket().map_or_else(|| options.get_host().into(), |path| path.as_os_str().to_owned());
    let mut command = Command::new(program);
    command
        .env("PGHOST", host)
        .env("PGPORT", options.get_port().to_string())
        .env("PGUSER", options.get_username())
        .env("PGDATABASE", options.get_database().unwrap_or(options.get_username()))
        .env("PGSSLMODE", ssl_mode(options.get_ssl_mode()));
    if let Some(password) = address.password() {
        command.env("PGPASSWORD", decoded(password));
    }
    // Not every file of the address comes back from what was read of it.
    let given = address.join(url).unwrap_or(address);
    for (name, file) in given.query_pairs() {
        let variable = match &*name {
            "sslrootcert" | "ssl-root-cert" | "ssl-ca" => "PGSSLROOTCERT",
            "sslcert" | "ssl-cert" => "PGSSLCERT",
            "sslkey" | "ssl-key" => "PGSSLKEY",
            _ => continue,
        };
        command.env(variable, file.as_ref());
    }
    if let Some(options) = options.get_options() {
        command.env("PGOPTIONS", options);
    }
    if program == "pg_restore" {
        command.arg("--dbname").arg(options.get_database().unwrap_or(options.get_username()));
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    Ok(command)
}

fn ssl_mode(mode: PgSslMode) -> &'static str {
    match mode {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require => "require",
        PgSslMode::VerifyCa => "verify-ca",
        PgSslMode::VerifyFull => "verify-full",
    }
}

/// Undoes the percent signs of an address.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = (*first == b'%').then(|| tail.get(..2)).flatten();
        let byte = escaped.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn start(mut command: Command, program: &str) -> Result<Child> {
    command.spawn().map_err(|error| {
        let why = if error.kind() == std::io::ErrorKind::NotFound {
            "見つかりません。PostgreSQLのプログラムを入れて、PATHに加えてください".to_owned()
        } else {
            error.to_string()
        };
        StoreError::Unopened(format!("{program} を動かせません（{why}）"))
    })
}

async fn ended(child: Child, program: &str) -> Result<()> {
    let output = child.wait_with_output().await.map_err(sqlx::Error::Io)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.trim().lines().last().unwrap_or_default().to_owned();
    Err(StoreError::Unopened(format!("{program} が終わりませんでした（{last}）")))
}
