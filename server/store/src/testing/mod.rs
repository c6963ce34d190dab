//! Real databases for tests: fresh SQLite files and fresh PostgreSQL databases, the same tests on both.
//!
//! They stand here and not in the testkit, because they reach into pools that the store keeps to itself and run SQL, which stands nowhere
//! else; and because crates below the kit are tested with them, whose tests would have to wait for everything that it stands on.

mod cluster;
mod room;
mod template;

pub use cluster::{PostgresCluster, WriteMode};
pub use room::{full, roomy};

use crate::{DatabaseName, Db, DbUrl, Records, Stores, Vault};
use tempfile::TempDir;
use template::{PostgresPair, Tables};

/// A pair of databases on one engine, gone when dropped (those of PostgreSQL when the next pair is made, the last ones with their
/// temporary cluster).
pub struct TestStores {
    /// `sqlite` or `postgres`, for messages.
    pub engine: &'static str,
    /// The databases.
    pub stores: Stores,
    /// Their addresses, identity first, for tests that start the program.
    pub urls: [DbUrl; 2],
    _place: TestPlace,
}

/// Where a pair of databases stands.
struct TestPlace {
    engine: &'static str,
    urls: [DbUrl; 2],
    _folder: Option<TempDir>,
    _pair: Option<PostgresPair>,
}

/// Fresh databases on every engine that is there: SQLite always, PostgreSQL when `TEST_DATABASE_URL` is set.
///
/// # Panics
/// When a database cannot be made, or when `CI` is set and `TEST_DATABASE_URL` is not.
pub async fn each_engine() -> Vec<TestStores> {
    let mut all = vec![sqlite().await];
    match std::env::var("TEST_DATABASE_URL") {
        Ok(url) => all.push(open(postgres_place(&url, Tables::Newest).await).await),
        Err(_) if std::env::var_os("CI").is_some() => {
            panic!("TEST_DATABASE_URL is missing in CI; run `make test`")
        }
        Err(_) => eprintln!("skipped on PostgreSQL: TEST_DATABASE_URL is not set (`make test` sets it)"),
    }
    all
}

/// A fresh pair on SQLite.
pub async fn sqlite() -> TestStores {
    let place = sqlite_place();
    template::copy_files(&place.urls).await;
    open(place).await
}

/// Databases that a former version made, and that are not carried over yet.
pub struct FormerStores {
    databases: [Db; 2],
    place: TestPlace,
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
        all.push(former(postgres_place(&url, Tables::None).await, (identity, records)).await);
    }
    all
}

async fn former(place: TestPlace, (identity, records): (i64, i64)) -> FormerStores {
    let open = async |which: DatabaseName, url: &DbUrl, last: i64| {
        Db::open_former(url, which, last).await.expect("a former database can be made")
    };
    let vault = open(DatabaseName::Identity, &place.urls[0], identity).await;
    let records = open(DatabaseName::Records, &place.urls[1], records).await;
    FormerStores { databases: [vault, records], place }
}

impl FormerStores {
    /// One of the two, as it is before it is carried over.
    pub fn db(&self, which: DatabaseName) -> &Db {
        match which {
            DatabaseName::Identity => &self.databases[0],
            DatabaseName::Records => &self.databases[1],
        }
    }

    /// Writes a row as the former version did.
    ///
    /// # Panics
    /// When the statement fails.
    pub async fn write(&self, which: DatabaseName, statement: &'static str, cells: &[FormerCell]) {
        let db = self.db(which);
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
        vault.migrate(DatabaseName::Identity).await.expect("the identity vault can be carried over");
        records.migrate(DatabaseName::Records).await.expect("the record store can be carried over");
        assemble(self.place, (vault, records))
    }
}

fn sqlite_place() -> TestPlace {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let urls = ["identity.db", "records.db"].map(|name| DbUrl::Sqlite(folder.path().join(name)));
    TestPlace { engine: "sqlite", urls, _folder: Some(folder), _pair: None }
}

async fn postgres_place(server: &str, tables: Tables) -> TestPlace {
    let pair = template::make_pair(server, tables).await;
    TestPlace { engine: "postgres", urls: pair.urls.clone(), _folder: None, _pair: Some(pair) }
}

async fn open(place: TestPlace) -> TestStores {
    let vault = Db::open(&place.urls[0], DatabaseName::Identity).await.expect("the identity vault opens");
    let records = Db::open(&place.urls[1], DatabaseName::Records).await.expect("the record store opens");
    assemble(place, (vault, records))
}

fn assemble(place: TestPlace, (vault, records): (Db, Db)) -> TestStores {
    TestStores {
        engine: place.engine,
        stores: Stores { vault: Vault::new(vault), records: Records::new(records) },
        urls: place.urls.clone(),
        _place: place,
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
