//! Checkups that stand under somebody without a 枝番 that proves it.

use crate::{Records, Result, db::on_db};
use techo_model::{CheckupId, RecordCode};

/// A checkup without such a proof.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct UnprovenRow {
    /// Whose.
    pub record_code: RecordCode,
    /// Key.
    pub checkup_id: CheckupId,
    /// 健診機関番号.
    pub facility: String,
    /// 健診実施日.
    pub examined_on: String,
    /// Date of the document.
    pub document_date: String,
    /// 保険者番号 in the document.
    pub insurer: String,
    /// Organisation that sent it.
    pub sent_by: String,
    /// What is known of the match.
    pub matched_by: String,
}

const PAGE: &str =
    "SELECT record_code, checkup_id, facility, examined_on, document_date, insurer, sent_by, matched_by
    FROM checkup WHERE matched_by NOT IN ('branch', 'code')
    AND (record_code > $1 OR (record_code = $1 AND checkup_id > $2)) ORDER BY record_code, checkup_id LIMIT $3";

impl Records {
    /// Some of these checkups, in the order of their keys, after the one with these.
    pub async fn unproven_checkups(
        &self,
        after: (RecordCode, CheckupId),
        limit: i64,
    ) -> Result<Vec<UnprovenRow>> {
        Ok(on_db!(&self.db, pool => {
            sqlx::query_as(PAGE).bind(after.0).bind(after.1).bind(limit).fetch_all(pool).await
        })?)
    }
}
