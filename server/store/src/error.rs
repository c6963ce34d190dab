//! What can go wrong in a database, sorted by what the caller can do about it.

use crate::{CorruptCell, DatabaseName, fault};
use std::path::PathBuf;

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
    /// The other of the two databases stands at this address.
    #[error(
        "これは{found}のデータベースで、{wanted}のものではありません。TECHO_IDENTITY_DB と TECHO_RECORDS_DB を取り違えていないか確かめてください。"
    )]
    Swapped {
        /// What was looked for.
        wanted: DatabaseName,
        /// What is there.
        found: DatabaseName,
    },
    /// Others may read the file.
    #[error("{} をほかの利用者が読めます。「chmod 600 {}」で本人だけが読めるようにしてください。", .0.display(), .0.display())]
    Exposed(PathBuf),
    /// Somebody else has been bringing the tables up to date for too long.
    #[error("ほかの techo がデータベースを準備しています。終わってから、もう一度実行してください。")]
    Preparing,
    /// A backup was being put into it.
    #[error(
        "控えから戻す作業（techo restore）が終わっていません。空のデータベースを作り直して、もう一度戻してください。"
    )]
    HalfRestored,
    /// The database cannot be opened.
    #[error("データベースを開けません: {0}")]
    Unopened(String),
    /// A stored value is not what the program wrote there.
    #[error(transparent)]
    Corrupt(#[from] CorruptCell),
    /// Something in the transaction failed before, so it takes nothing more and is not committed.
    #[error("the transaction ended before, because something in it failed")]
    Ended,
    /// It took longer than whoever holds the other database waits.
    #[error("the database did not answer in time")]
    Silent,
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
        matches!(self, Self::Database(error) if fault::is_in_the_way(error))
    }

    /// Whether the database cannot be used for now (locked, full, unreachable, starting, taking no writes), so that whoever
    /// asked may ask again later.
    pub fn is_away(&self) -> bool {
        match self {
            Self::Database(error) => fault::is_away(error),
            Self::Ended | Self::Silent => true,
            _ => false,
        }
    }

    /// The column of a row that was found and cannot be read; none when something else is wrong.
    pub fn unreadable_column(&self) -> Option<&str> {
        match self {
            Self::Database(sqlx::Error::ColumnDecode { index, .. }) => Some(index.trim_matches('"')),
            _ => None,
        }
    }
}
