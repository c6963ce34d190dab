//! Real databases for tests: a fresh SQLite file and a fresh PostgreSQL schema, the same tests on both.
//!
//! They stand here and not in the testkit, because they reach into pools that the store keeps to itself and run SQL, which stands nowhere
//! else; and because crates below the kit are tested with them, whose tests would have to wait for everything that it stands on.

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
    let (engine, urls, folder) = sqlite_place();
    open(engine, urls, folder).await
}

/// Databases that a former version made, and that are not carried over yet.
pub struct FormerStores {
    databases: [Db; 2],
    of: (&'static str, [DbUrl; 2], TempDir),
}

/// A cell of a row that a former version wrote.
#[derive(Clone, Debug)]
pub enum FormerCell {
    /// UUID.
    Id(uuid::Uuid),
    /// TEXT.
    Text(String),
    /// BIGINT.
    Number(i64),
    /// BYTEA.
    Bytes(Vec<u8>),
}

/// Fresh databases on every engine that is there, as the version made them whose last migrations had these numbers.
///
/// # Panics
/// When a database cannot be made.
pub async fn each_former_engine(identity: i64, records: i64) -> Vec<FormerStores> {
    let mut all = vec![former(sqlite_place(), (identity, records)).await];
    if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
        all.push(former(postgres_place(&url).await, (identity, records)).await);
    }
    all
}

async fn former(of: (&'static str, [DbUrl; 2], TempDir), (identity, records): (i64, i64)) -> FormerStores {
    let open = async |which: Which, url: &DbUrl, last: i64| {
        Db::open_former(url, which, last).await.expect("a former database can be made")
    };
    let vault = open(Which::Identity, &of.1[0], identity).await;
    let records = open(Which::Records, &of.1[1], records).await;
    FormerStores { databases: [vault, records], of }
}

impl FormerStores {
    /// Writes a row as the former version did.
    ///
    /// # Panics
    /// When the statement fails.
    pub async fn write(&self, which: Which, statement: &'static str, cells: &[FormerCell]) {
        let db = match which {
            Which::Identity => &self.databases[0],
            Which::Records => &self.databases[1],
        };
        macro_rules! run {
            ($pool:expr) => {{
                let query = cells.iter().fold(sqlx::query(statement), |query, cell| match cell {
                    FormerCell::Id(id) => query.bind(*id),
                    FormerCell::Text(text) => query.bind(text.clone()),
                    FormerCell::Number(number) => query.bind(*number),
                    FormerCell::Bytes(bytes) => query.bind(bytes.clone()),
                });
                query.execute($pool).await.map(drop).expect("a former row can be written");
            }};
        }
        match db {
            Db::Sqlite { write, .. } => run!(write),
            Db::Postgres(pool) => run!(pool),
        }
    }

    /// Brings them up to date.
    ///
    /// # Panics
    /// When a migration fails.
    pub async fn carry_over(self) -> TestStores {
        let [vault, records] = self.databases;
        vault.migrate(Which::Identity).await.expect("the identity vault can be carried over");
        records.migrate(Which::Records).await.expect("the record store can be carried over");
        let (engine, urls, folder) = self.of;
        TestStores {
            engine,
            stores: Stores { vault: Vault::new(vault), records: Records::new(records) },
            urls,
            _folder: folder,
        }
    }
}

fn sqlite_place() -> (&'static str, [DbUrl; 2], TempDir) {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let url = |name: &str| DbUrl::Sqlite(folder.path().join(name));
    ("sqlite", [url("identity.db"), url("records.db")], folder)
}

async fn postgres(server: &str) -> TestStores {
    let (engine, urls, folder) = postgres_place(server).await;
    open(engine, urls, folder).await
}

async fn postgres_place(server: &str) -> (&'static str, [DbUrl; 2], TempDir) {
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
    ("postgres", urls, folder)
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

/// The same to one row, whose key is the first parameter.
///
/// # Panics
/// When the statement fails.
pub async fn tamper_row(db: &Db, statement: &'static str, row: uuid::Uuid) -> u64 {
    match db {
        Db::Sqlite { write, .. } => {
            sqlx::query(statement).bind(row).execute(write).await.expect("the statement runs").rows_affected()
        }
        Db::Postgres(pool) => {
            sqlx::query(statement).bind(row).execute(pool).await.expect("the statement runs").rows_affected()
        }
    }
}
