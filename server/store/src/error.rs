//! What can go wrong in a database, sorted by what the caller can do about it.

/// Result of every store function.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A failure of the store. Its text never carries a value that was bound to a statement.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique key exists already: somebody else was first.
    #[error("the row exists already")]
    Conflict,
    /// The database was made by a newer version of the program.
    #[error(
        "データベースはこのプログラムより新しい版で作られています（版 {0}）。新しい版の techo を使ってください。"
    )]
    Newer(i64),
    /// The migrations and the database disagree otherwise.
    #[error("データベースの移行に失敗しました: {0}")]
    Migration(String),
    /// The address of a database is not understood.
    #[error("データベースの指定が正しくありません。sqlite:PATH または postgres://… と書いてください。")]
    Address,
    /// A stored value is not what the program wrote there.
    #[error("a stored value of {0} cannot be read")]
    Corrupt(&'static str),
    /// Anything else: connection, disk, engine.
    #[error("the database failed: {0}")]
    Database(sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::Conflict,
            _ => Self::Database(error),
        }
    }
}

impl StoreError {
    /// Whether the same transaction may well succeed when tried again: another one was in the way.
    pub fn is_passing(&self) -> bool {
        // PostgreSQL: serialization failure, deadlock. SQLite: busy, and busy because of an older snapshot.
        const PASSING: [&str; 4] = ["40001", "40P01", "5", "517"];
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        error.code().is_some_and(|code| PASSING.contains(&code.as_ref()))
    }
}
