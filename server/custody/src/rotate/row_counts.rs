//! Counting before and after: a rotation that loses a row or lets two people meet is not over.

use super::{RotateError, state::Rotation};
use serde::{Deserialize, Serialize};
use techo_store::{Stores, records::rotation::TableCount};

/// How much there is of everything that a key protects, by table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RowCounts(Vec<Counted>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    table: String,
    rows: i64,
    codes: Option<i64>,
}

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The old key version.
    pub from: i64,
    /// The new one.
    pub to: i64,
    /// Every table that keys protect.
    pub tables: Vec<TableSummary>,
    /// Aliases of insured ids that were missing, because an import was killed and not run again, and are there now.
    pub aliases_added: i64,
    /// Those that belonged to no coverage, for the same reason, and are gone.
    pub aliases_dropped: i64,
}

/// One table before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableSummary {
    /// Table.
    pub table: String,
    /// Rows before.
    pub rows_before: i64,
    /// Rows after.
    pub rows_after: i64,
    /// Different codes or aliases before; none where rows are made from other tables.
    pub codes_before: Option<i64>,
    /// Different codes or aliases after.
    pub codes_after: Option<i64>,
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

/// Compares what there was with what there is.
pub(super) async fn compare(stores: &Stores, rotation: &Rotation) -> Result<Summary, RotateError> {
    let after = RowCounts::take(stores).await?;
    let mut tables = Vec::with_capacity(after.0.len());
    for (before, after) in rotation.before.0.iter().zip(after.0) {
        let made = if before.table == "insured_alias" {
            rotation.aliases_added - rotation.aliases_dropped
        } else {
            0
        };
        if before.table != after.table || before.rows + made != after.rows || before.codes != after.codes {
            return Err(RotateError::Count {
                table: before.table.clone(),
                rows_before: before.rows,
                rows_after: after.rows,
                codes_before: before.codes.unwrap_or(0),
                codes_after: after.codes.unwrap_or(0),
            });
        }
        tables.push(TableSummary {
            table: after.table,
            rows_before: before.rows,
            rows_after: after.rows,
            codes_before: before.codes,
            codes_after: after.codes,
        });
    }
    Ok(Summary {
        from: rotation.from,
        to: rotation.to.version(),
        tables,
        aliases_added: rotation.aliases_added,
        aliases_dropped: rotation.aliases_dropped,
    })
}
