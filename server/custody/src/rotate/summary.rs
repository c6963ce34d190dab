//! Before and after: a rotation that loses a row or lets two people meet is not over.

use super::{RotateError, row_counts::RowCounts, state::Rotation};
use serde::Serialize;
use techo_store::Stores;

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RotationSummary {
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

/// Compares what there was with what there is.
pub(super) async fn compare(stores: &Stores, rotation: &Rotation) -> Result<RotationSummary, RotateError> {
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
    Ok(RotationSummary {
        from: rotation.from,
        to: rotation.to.version(),
        tables,
        aliases_added: rotation.aliases_added,
        aliases_dropped: rotation.aliases_dropped,
    })
}
