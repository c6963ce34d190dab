//! What the vault remembers of a rotation until its end, so that an interrupted one can be finished and by nothing else.

use super::{RotateError, row_counts::RowCounts};
use crate::keys::installed::Installed;
use serde::{Deserialize, Serialize};
use techo_store::{CorruptCell, StoreError, Stores, Tx};

const SETTING: &str = "rotation";

/// A rotation that began and did not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnfinishedRotation {
    /// The old key version.
    pub from: i64,
    /// The new one.
    pub to: i64,
}

/// The rotation that was interrupted, if there is one. While there is, nothing else may work with the databases.
///
/// # Errors
/// The vault does not answer, or holds a note that cannot be read.
pub async fn unfinished(stores: &Stores) -> Result<Option<UnfinishedRotation>, StoreError> {
    let noted = read(stores).await?;
    Ok(noted.map(|rotation| UnfinishedRotation { from: rotation.from, to: rotation.to.version() }))
}

async fn read(stores: &Stores) -> Result<Option<Rotation>, StoreError> {
    let Some(text) = stores.vault.setting(SETTING).await? else { return Ok(None) };
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|_| CorruptCell::new("vault_setting", "value", SETTING).into())
}

/// What a rotation is about, and what it counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rotation {
    /// The old key version.
    pub(super) from: i64,
    /// The new one, and how to know it again.
    pub(super) to: Installed,
    /// What there was before.
    pub(super) before: RowCounts,
    /// Whether that was counted when nobody wrote any more. An earlier version counted nothing twice.
    #[serde(default = "counted")]
    pub(super) is_counted_alone: bool,
    /// Insured aliases that were missing and are there now. They are made from coverage, so an import that was killed
    /// and not run again may have left too few or too many.
    pub(super) aliases_added: i64,
    /// Insured aliases that belonged to no coverage and are gone.
    pub(super) aliases_dropped: i64,
}

fn counted() -> bool {
    true
}

impl Rotation {
    /// One that begins.
    pub(super) fn new(from: i64, to: Installed, before: RowCounts) -> Self {
        Self { from, to, before, is_counted_alone: false, aliases_added: 0, aliases_dropped: 0 }
    }

    /// The one that was interrupted.
    pub(super) async fn noted(stores: &Stores) -> Result<Option<Self>, RotateError> {
        Ok(read(stores).await?)
    }

    /// Notes that it began.
    pub(super) async fn note(&self, stores: &Stores) -> Result<(), RotateError> {
        let mut tx = stores.vault.begin().await?;
        self.put(stores, &mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// Writes its counts, in the transaction of what was counted.
    pub(super) async fn put(&self, stores: &Stores, tx: &mut Tx) -> Result<(), RotateError> {
        let text = serde_json::to_string(self).expect("numbers and text always serialise");
        Ok(stores.vault.put_setting(tx, SETTING, &text).await?)
    }

    /// Forgets it: it is over.
    pub(super) async fn forget(stores: &Stores, tx: &mut Tx) -> Result<(), RotateError> {
        Ok(stores.vault.remove_setting(tx, SETTING).await?)
    }
}
