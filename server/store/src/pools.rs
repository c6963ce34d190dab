//! How the connections to a database stand, for those who watch.

use crate::Db;
use sqlx::{Database, Pool};

/// A pool of connections at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolState {
    /// `sqlite` or `postgres`.
    pub engine: &'static str,
    /// `read` and `write` of SQLite, `all` of PostgreSQL.
    pub pool: &'static str,
    /// Open connections, idle ones included.
    pub open: u32,
    /// Open connections that nobody uses.
    pub idle: usize,
    /// Connections that may be open.
    pub most: u32,
}

impl Db {
    /// Every pool of this database.
    pub fn pools(&self) -> Vec<PoolState> {
        match self {
            Self::Sqlite { read, write } => {
                vec![state(read, "sqlite", "read"), state(write, "sqlite", "write")]
            }
            Self::Postgres(pool) => vec![state(pool, "postgres", "all")],
        }
    }
}

fn state<E: Database>(of: &Pool<E>, engine: &'static str, pool: &'static str) -> PoolState {
    PoolState { engine, pool, open: of.size(), idle: of.num_idle(), most: of.options().get_max_connections() }
}
