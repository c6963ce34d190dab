//! Real databases for tests: a fresh SQLite file and a fresh PostgreSQL schema, the same tests on both.

mod cluster;
mod room;

pub use cluster::{Cluster, Writes};
pub use room::{full, roomy};

use crate::{Db, DbUrl, Records, Stores, Vault, Which};
use sqlx::{Connection as _, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// A pair of databases on one engine, gone when dropped (schemas of PostgreSQL go with its temporary cluster).
pub struct TestStores {
    /// `sqlite` or `postgres`, for messages.
    pub engine: &'static str,
    /// The databases.
    pub stores: Stores,
    /// Their addresses, identity first, for tests that start the program.
    pub urls: [DbUrl; 2],
    _folder: TempDir,
}

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// Fresh databases on every engine that is there: SQLite always, PostgreSQL when `TEST_DATABASE_URL` is set.
///
/// # Panics
/// When a database cannot be made, or when `CI` is set and `TEST_DATABASE_URL` is not.
pub async fn each_engine() -> Vec<TestStores> {
    let mut all = vec![sqlite().await];
    match std::env::var("TEST_DATABASE_URL") {
        Ok(url) => all.push(postgres(&url).await),
        Err(_) if std::env::var_os("CI").is_some() => {
            panic!("TEST_DATABASE_URL is missing in CI; run `make test`")
        }
        Err(_) => eprintln!("skipped on PostgreSQL: TEST_DATABASE_URL is not set (`make test` sets it)"),
    }
    all
}

/// A fresh pair on SQLite.
pub async fn sqlite() -> TestStores {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let url = |name: &str| DbUrl::Sqlite(folder.path().join(name));
    open("sqlite", [url("identity.db"), url("records.db")], folder).await
}

async fn postgres(server: &str) -> TestStores {
    let mut connection = PgConnection::connect(server).await.expect("TEST_DATABASE_URL answers");
    let folder = TempDir::new().expect("a temporary folder can be made");
    let run = format!("{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
    let mut urls = Vec::new();
    for which in ["identity", "records"] {
        let schema = format!("t{run}_{which}");
        sqlx::QueryBuilder::<sqlx::Postgres>::new("CREATE SCHEMA ")
            .push(&schema)
            .build()
            .execute(&mut connection)
            .await
            .expect("a schema can be made");
        let joint = if server.contains('?') { '&' } else { '?' };
        urls.push(DbUrl::Postgres(format!("{server}{joint}options=-csearch_path%3D{schema}")));
    }
    let urls: [DbUrl; 2] = urls.try_into().expect("there are two");
    open("postgres", urls, folder).await
}

async fn open(engine: &'static str, urls: [DbUrl; 2], folder: TempDir) -> TestStores {
    let vault = Db::open(&urls[0], Which::Identity).await.expect("the identity vault opens");
    let records = Db::open(&urls[1], Which::Records).await.expect("the record store opens");
    TestStores {
        engine,
        stores: Stores { vault: Vault::new(vault), records: Records::new(records) },
        urls,
        _folder: folder,
    }
}

/// Does to a database what only an attacker or an accident would do. Returns how many rows it hit.
///
/// # Panics
/// When the statement fails.
pub async fn tamper(db: &Db, statement: &'static str, numbers: &[i64]) -> u64 {
    match db {
        Db::Sqlite { write, .. } => {
            let query = numbers.iter().fold(sqlx::query(statement), |query, number| query.bind(*number));
            query.execute(write).await.expect("the statement runs").rows_affected()
        }
        Db::Postgres(pool) => {
            let query = numbers.iter().fold(sqlx::query(statement), |query, number| query.bind(*number));
            query.execute(pool).await.expect("the statement runs").rows_affected()
        }
    }
}
