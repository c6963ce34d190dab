//! Databases as a test finds them, made once in each process and then copied: migrations take longer than most tests.

use crate::{DatabaseName, Db, DbUrl};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, postgres::PgConnectOptions};
use std::{
    fs,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    sync::{
        LazyLock, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};
use tempfile::TempDir;
use tokio::sync::OnceCell;

static COUNTER: AtomicU32 = AtomicU32::new(0);
/// Databases whose tests are over: whoever makes the next ones drops them.
static LEFT_OVER: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The files of a pair, identity first.
static FILES: OnceCell<[Vec<u8>; 2]> = OnceCell::const_new();
/// The names of the pair that is copied, identity first.
static TEMPLATES: OnceCell<[String; 2]> = OnceCell::const_new();

/// Puts two files there as the newest migrations leave them.
pub(super) async fn copy_files(urls: &[DbUrl; 2]) {
    let files = FILES.get_or_init(make_files).await;
    for (url, bytes) in urls.iter().zip(files) {
        let DbUrl::Sqlite(path) = url else { unreachable!("files belong to SQLite") };
        fs::write(path, bytes).expect("the temporary folder takes a file");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("the file is ours");
    }
}

async fn make_files() -> [Vec<u8>; 2] {
    let made = async |which: DatabaseName| {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let path = folder.path().join("template.db");
        let db = Db::open(&DbUrl::Sqlite(path.clone()), which).await.expect("a database can be made");
        db.close().await;
        read_closed(&path)
    };
    [made(DatabaseName::Identity).await, made(DatabaseName::Records).await]
}

/// What closed last wrote everything into the file itself.
fn read_closed(path: &Path) -> Vec<u8> {
    let log = path.with_extension("db-wal");
    assert!(!log.exists(), "nothing is left beside a closed database");
    fs::read(path).expect("the file was just made")
}

/// A pair of databases of PostgreSQL, dropped some time after this is.
pub(super) struct PostgresPair {
    /// Addresses, identity first.
    pub(super) urls: [DbUrl; 2],
    names: [String; 2],
}

impl Drop for PostgresPair {
    fn drop(&mut self) {
        LEFT_OVER.lock().unwrap_or_else(PoisonError::into_inner).extend(self.names.clone());
    }
}

/// Whether new databases are empty or as the newest migrations leave them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tables {
    None,
    Newest,
}

/// A pair on this server.
pub(super) async fn make_pair(server: &str, tables: Tables) -> PostgresPair {
    let server: PgConnectOptions = server.parse().expect("TEST_DATABASE_URL is an address");
    let mut connection = PgConnection::connect_with(&server).await.expect("TEST_DATABASE_URL answers");
    let left_over = std::mem::take(&mut *LEFT_OVER.lock().unwrap_or_else(PoisonError::into_inner));
    for name in &left_over {
        let _ = statement(&mut connection, &["DROP DATABASE ", name, " WITH (FORCE)"]).await;
    }
    let empty = ["template0".to_owned(), "template0".to_owned()];
    let templates = match tables {
        Tables::None => &empty,
        Tables::Newest => TEMPLATES.get_or_init(|| make_templates(&server)).await,
    };
    let names = names_of(&format!("t{}", COUNTER.fetch_add(1, Ordering::Relaxed)));
    for (name, template) in names.iter().zip(templates) {
        copy_database(&mut connection, name, template).await;
    }
    connection.close().await.expect("the connection closes");
    let urls = names.each_ref().map(|name| address(&server, name));
    PostgresPair { urls, names }
}

async fn make_templates(server: &PgConnectOptions) -> [String; 2] {
    let mut connection = PgConnection::connect_with(server).await.expect("TEST_DATABASE_URL answers");
    let names = names_of("template");
    for (which, name) in [DatabaseName::Identity, DatabaseName::Records].into_iter().zip(&names) {
        copy_database(&mut connection, name, "template0").await;
        let db = Db::open(&address(server, name), which).await.expect("a database can be made");
        db.close().await;
    }
    connection.close().await.expect("the connection closes");
    names
}

/// Of this run alone, so that several may test on one server, and what a former run left there is in nobody's way.
fn names_of(what: &str) -> [String; 2] {
    static RUN: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());
    ["identity", "records"].map(|which| format!("techo_{:016x}_{what}_{which}", *RUN))
}

fn address(server: &PgConnectOptions, database: &str) -> DbUrl {
    DbUrl::Postgres(server.clone().database(database).to_url_lossy().to_string())
}

/// Files are copied and not written anew through the server's log, which takes four times as long.
async fn copy_database(connection: &mut PgConnection, name: &str, template: &str) {
    let made =
        statement(connection, &["CREATE DATABASE ", name, " TEMPLATE ", template, " STRATEGY file_copy"])
            .await;
    made.expect("a database can be made");
}

/// Names cannot be parameters; these are our own.
async fn statement(connection: &mut PgConnection, parts: &[&str]) -> Result<(), sqlx::Error> {
    let mut words = sqlx::QueryBuilder::<sqlx::Postgres>::new("");
    for part in parts {
        words.push(part);
    }
    words.build().execute(connection).await.map(drop)
}
