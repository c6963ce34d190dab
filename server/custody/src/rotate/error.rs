//! What stops a rotation, in sentences for the operator. Row ids are named, codes and values never.

use crate::{
    Failure, Internal,
    keys::{UnknownKeyVersion, file::KeyFileError, installed::InstalledError},
};
use techo_store::StoreError;
use uuid::Uuid;

/// Why a rotation did not come to its end. It can be run again.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// Somebody asked to stop.
    #[error("鍵の更新を中断しました。「techo keys rotate」をもう一度実行すると、続きから始めます。")]
    Stopped,
    /// A worker is there, on this machine or on another one.
    #[error(
        "手帳の作業（techo serve の worker）がどこかで動いています（{0}件）。すべての機械で serve を止めてから、もう一度実行してください。異常終了したあとなら、1分ほど待ってください。"
    )]
    AtWork(i64),
    /// A row that cannot be carried.
    #[error(
        "表 {table} の行 {row} を新しい鍵に移せません（{reason}）。控えから戻すか、この行を確かめてください。"
    )]
    Row {
        /// Table.
        table: &'static str,
        /// Its key.
        row: Uuid,
        /// Why, in words.
        reason: &'static str,
    },
    /// A record code that no key of the file made.
    #[error(
        "表 {table} に、この鍵ファイルのものではない符号があります。データベースと鍵ファイルの組み合わせを確かめてください。"
    )]
    ForeignCode {
        /// Table.
        table: &'static str,
    },
    /// Rows that stand under another version than they should.
    #[error("表 {table} に、第{version}版ではない鍵の行が{rows}件あります。")]
    Left {
        /// Table.
        table: String,
        /// The version under which they should be.
        version: i64,
        /// How many are not.
        rows: i64,
    },
    /// A table has not the rows, or not the different codes, that it had.
    #[error(
        "表 {table} の件数が更新の前と違います（行 {rows_before}→{rows_after}、符号の種類 {codes_before}→{codes_after}）。"
    )]
    Count {
        /// Table.
        table: String,
        /// Rows before.
        rows_before: i64,
        /// Rows after.
        rows_after: i64,
        /// Different codes before; 0 where none are counted.
        codes_before: i64,
        /// Different codes after.
        codes_after: i64,
    },
    /// The key file and the databases do not go together.
    #[error(transparent)]
    Installed(#[from] InstalledError),
    /// The key file.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// A database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Anything else of ours.
    #[error(transparent)]
    Ours(#[from] Failure),
}

impl From<UnknownKeyVersion> for RotateError {
    fn from(error: UnknownKeyVersion) -> Self {
        Self::Installed(error.into())
    }
}

/// Says which row a failure is about.
pub(super) fn at(table: &'static str, row: Uuid) -> impl FnOnce(Failure) -> RotateError {
    move |failure| match failure {
        Failure::Internal(internal) if internal.corrupt_cell().is_some() => {
            RotateError::Row { table, row, reason: "値が読めません" }
        }
        Failure::Internal(Internal::Store(error)) => error.into(),
        Failure::Internal(Internal::Key(error)) => error.into(),
        Failure::Internal(Internal::Seal(_)) => {
            RotateError::Row { table, row, reason: "封印が開きません" }
        }
        Failure::Internal(Internal::Code(_)) => {
            RotateError::Row { table, row, reason: "符号が別の鍵のものです" }
        }
        other => other.into(),
    }
}
