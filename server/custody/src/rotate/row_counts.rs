//! Counting everything that keys protect.

use super::RotateError;
use serde::{Deserialize, Serialize};
use techo_store::{Stores, records::rotation::TableCount};

/// How much there is of everything that a key protects, by table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RowCounts(pub(super) Vec<Counted>);

/// One table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counted {
    pub(super) table: String,
    pub(super) rows: i64,
    pub(super) codes: Option<i64>,
}

impl RowCounts {
    /// Counts both databases.
    pub(super) async fn take(stores: &Stores) -> Result<Self, RotateError> {
        let mut counts = stores.vault.count_protected().await?;
        counts.extend(stores.records.count_protected().await?);
        let counted =
            |count: TableCount| Counted { table: count.name, rows: count.total, codes: count.codes };
        Ok(Self(counts.into_iter().map(counted).collect()))
    }
}

/// Makes sure that every row of both databases stands under one key version.
pub(super) async fn all_under(stores: &Stores, version: i64) -> Result<(), RotateError> {
    let mut strays = stores.vault.count_not_under(version).await?;
    strays.extend(stores.records.count_not_under(version).await?);
    match strays.into_iter().find(|stray| stray.total > 0) {
        None => Ok(()),
        Some(stray) => Err(RotateError::Left { table: stray.name, version, rows: stray.total }),
    }
}
