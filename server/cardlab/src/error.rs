//! What can go wrong in the lab, as Japanese sentences for whoever types the command.

use crate::CardSerial;
use std::{io, path::PathBuf};

/// Why the lab could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// There is a lab in this folder already.
    #[error("{} にはすでにカード発行所があります。別のフォルダーを指定してください。", .0.display())]
    Exists(PathBuf),
    /// There is no lab in this folder.
    #[error("{} にカード発行所がありません。先に作成してください。", .0.display())]
    Missing(PathBuf),
    /// A file could not be read or written.
    #[error("{} を読み書きできません（{source}）。", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file of the lab does not hold what it should.
    #[error("{} の内容が壊れています。フォルダーごと作り直してください。", .0.display())]
    Broken(PathBuf),
    /// No card has this serial number.
    #[error("製造番号 {0} のカードはありません。")]
    NoSuchCard(CardSerial),
    /// The card is not in a state in which this can happen to it.
    #[error("製造番号 {0} のカードは、いまの状態では「{1}」の操作ができません。")]
    WrongState(CardSerial, &'static str),
    /// The cryptographic libraries refused; with this lab's own input they do not.
    #[error("証明書または鍵を作れませんでした（{0}）。")]
    Crypto(String),
}

/// Why a text is no PIN or no serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Not four digits.
    #[error("暗証番号は4桁の数字で書いてください")]
    Pin,
    /// Not 16 hexadecimal digits.
    #[error("製造番号は16桁の16進数で書いてください")]
    Serial,
}

impl LabError {
    /// A file that could not be read or written.
    pub(crate) fn io(path: &std::path::Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    /// What a cryptographic library said.
    pub(crate) fn crypto(error: impl std::fmt::Display) -> Self {
        Self::Crypto(error.to_string())
    }
}
