//! Under which key version the databases stand. Both say so themselves, so that a key file that was replaced, a key file
//! of another installation, or one database without the other from a backup stop the start instead of doing harm.

use super::{KeyRing, UnknownKeyVersion, set::KeySet};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use techo_store::StoreError;

/// The name of the setting in both databases.
pub(crate) const SETTING: &str = "keys";

/// Why a key file and the databases do not go together.
#[derive(Debug, thiserror::Error)]
pub enum InstalledError {
    /// The file has the version, but with another secret.
    #[error("鍵ファイルがこのデータベースのものではありません。TECHO_KEYS を確かめてください。")]
    Foreign,
    /// The file lacks the version.
    #[error(transparent)]
    Missing(#[from] UnknownKeyVersion),
    /// The databases come from different days.
    #[error(
        "ふたつのデータベースの鍵の版が違います（個人情報は第{vault}版、記録は第{records}版）。同じ日の控えからそろえて戻してください。"
    )]
    Parted {
        /// Version of the identity vault.
        vault: i64,
        /// Version of the record store.
        records: i64,
    },
    /// A rotation was interrupted.
    #[error(
        "鍵の更新が途中で止まっています。「techo keys rotate」をもう一度実行して、最後まで終わらせてください。"
    )]
    Unfinished,
    /// A setting that nobody wrote so.
    #[error("データベースにある鍵の版の記録が読めません。")]
    Damaged,
    /// A database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a database says about its keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Installed {
    version: i64,
    check: String,
}

impl Installed {
    /// What a database says that stands under these keys.
    pub(crate) fn under(keys: &KeySet) -> Self {
        Self { version: keys.version(), check: STANDARD.encode(keys.check()) }
    }

    /// The version.
    pub(crate) fn version(&self) -> i64 {
        self.version
    }

    /// As the setting is stored.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).expect("numbers and text always serialise")
    }

    /// As the setting was stored.
    pub(crate) fn read(text: &str) -> Result<Self, InstalledError> {
        serde_json::from_str(text).map_err(|_| InstalledError::Damaged)
    }

    /// The ring, with the version writing that this names.
    pub(crate) fn choose(&self, ring: &KeyRing) -> Result<KeyRing, InstalledError> {
        if Self::under(ring.version(self.version)?) == *self {
            Ok(ring.writing(self.version)?)
        } else {
            Err(InstalledError::Foreign)
        }
    }
}
