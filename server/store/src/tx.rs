//! A writing transaction on whichever engine is configured.
//!
//! An engine may end a transaction by itself: SQLite when the disk is full, PostgreSQL after any error at all. What came after
//! it would then be written outside of it, or thrown away by a commit that says that all is well. So a transaction in which
//! anything went wrong takes no further statement and is never committed. Its connection is used again only when the engine
//! confirmed that nothing is left of it; otherwise it is closed, and the pool makes a new one.

use crate::{Result, StoreError, fault, write_lock::WriteLockWait};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, pool::PoolConnection};
use std::time::Duration;

/// How long the engine may take to confirm that nothing is left.
const ROLLBACK_LIMIT: Duration = Duration::from_secs(5);

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Tx {
    /// None once it has ended.
    connection: Option<TxConnection>,
    condition: Condition,
}

/// The connection of a transaction, for itself alone as long as it lasts.
#[derive(Debug)]
pub(crate) enum TxConnection {
    /// SQLite, begun IMMEDIATE.
    Sqlite(PoolConnection<Sqlite>),
    /// PostgreSQL.
    Postgres(PoolConnection<Postgres>),
}

/// How a transaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    /// It takes statements.
    Open,
    /// A statement was sent and its answer has not been seen; it may never be, when the caller went away.
    Asked,
    /// A statement failed and could be told from the connection.
    Failed,
    /// Something failed, and the connection with it.
    Lost,
}

/// Runs a fixed statement on a connection of either engine.
macro_rules! say {
    ($connection:expr, $words:expr) => {
        match $connection {
            TxConnection::Sqlite(connection) => {
                sqlx::raw_sql($words).execute(&mut **connection).await.map(drop)
            }
            TxConnection::Postgres(connection) => {
                sqlx::raw_sql($words).execute(&mut **connection).await.map(drop)
            }
        }
    };
}

impl Tx {
    /// Begins on the one writing connection of an SQLite file, and waits for other processes that write to it.
    pub(crate) async fn begin_sqlite(write: &SqlitePool) -> Result<Self> {
        let mut tx = Self::on(TxConnection::Sqlite(write.acquire().await?));
        let mut turn = WriteLockWait::waiting();
        loop {
            match tx.begin("BEGIN IMMEDIATE").await {
                Err(busy) if turn.should_retry(&busy).await => {}
                begun => return Ok(begun.map(|()| tx)?),
            }
        }
    }

    /// Begins on a connection that only reads, from one moment, without the right to write.
    pub(crate) async fn begin_sqlite_reading(read: &SqlitePool) -> Result<Self> {
        let mut tx = Self::on(TxConnection::Sqlite(read.acquire().await?));
        tx.begin("BEGIN").await?;
        Ok(tx)
    }

    /// Begins on PostgreSQL.
    pub(crate) async fn begin_postgres(pool: &PgPool) -> Result<Self> {
        let mut tx = Self::on(TxConnection::Postgres(pool.acquire().await?));
        tx.begin("BEGIN").await?;
        Ok(tx)
    }

    fn on(connection: TxConnection) -> Self {
        Self { connection: Some(connection), condition: Condition::Asked }
    }

    async fn begin(&mut self, words: &'static str) -> Result<(), sqlx::Error> {
        let Some(connection) = &mut self.connection else { return Ok(()) };
        let begun = say!(connection, words);
        if begun.is_ok() {
            self.condition = Condition::Open;
        }
        begun
    }

    /// Makes it last.
    ///
    /// # Errors
    /// The engine refused, or something in it failed before. Nothing of it lasts then; only when the connection was lost while
    /// the engine was asked is that unknown.
    pub async fn commit(mut self) -> Result<()> {
        if self.condition != Condition::Open {
            self.rollback().await?;
            return Err(StoreError::Ended);
        }
        self.condition = Condition::Asked;
        if let Some(connection) = &mut self.connection {
            say!(connection, "COMMIT")?;
        }
        self.connection = None;
        Ok(())
    }

    /// Takes everything back, and waits until that is done.
    pub async fn rollback(mut self) -> Result<()> {
        let condition = self.condition;
        if let Some(connection) = self.connection.take() {
            take_back(connection, condition).await;
        }
        Ok(())
    }

    /// The connection for one more statement. Whoever asks tells with [`Tx::told`] what became of it; who does not get so far
    /// leaves a transaction that is never committed.
    pub(crate) fn ask(&mut self) -> Result<&mut TxConnection> {
        let is_open = std::mem::replace(&mut self.condition, Condition::Asked) == Condition::Open;
        match &mut self.connection {
            Some(connection) if is_open => Ok(connection),
            _ => Err(StoreError::Ended),
        }
    }

    /// What became of a statement.
    pub(crate) fn note_failure<T>(&mut self, done: &Result<T, sqlx::Error>) {
        self.condition = match done {
            Ok(_) => Condition::Open,
            Err(error) if fault::is_of_statement(error) => Condition::Failed,
            Err(_) => Condition::Lost,
        };
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            tokio::spawn(take_back(connection, self.condition));
        }
    }
}

/// Takes everything back, and gives the connection to its pool only if nothing is left on it.
async fn take_back(mut connection: TxConnection, condition: Condition) {
    let is_clean = match condition {
        Condition::Lost => false,
        Condition::Open | Condition::Asked | Condition::Failed => {
            let asked = async { say!(&mut connection, "ROLLBACK") };
            matches!(tokio::time::timeout(ROLLBACK_LIMIT, asked).await, Ok(Ok(())))
        }
    };
    if !is_clean {
        tracing::warn!("a database connection is replaced, because its transaction did not end as it should");
        match &mut connection {
            TxConnection::Sqlite(connection) => connection.close_on_drop(),
            TxConnection::Postgres(connection) => connection.close_on_drop(),
        }
    }
}

/// Runs the same code inside a transaction of whichever engine is configured.
macro_rules! in_tx {
    ($tx:expr, $conn:ident => $body:expr) => {{
        let tx: &mut $crate::Tx = &mut *$tx;
        let _span = $crate::statement_span::statement_span!();
        let done = match tx.ask()? {
            $crate::tx::TxConnection::Sqlite(connection) => {
                let $conn = &mut **connection;
                $body
            }
            $crate::tx::TxConnection::Postgres(connection) => {
                let $conn = &mut **connection;
                $body
            }
        };
        tx.note_failure(&done);
        done
    }};
}
pub(crate) use in_tx;
