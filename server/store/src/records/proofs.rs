//! Checkups that stand under somebody without a 枝番 that proves it.

use crate::{
    Records, Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use techo_model::{CalendarDate, CheckupId, RecordCode, checkup::MatchProof};

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
    pub examined_on: CalendarDate,
    /// Date of the document.
    pub document_date: CalendarDate,
    /// 保険者番号 in the document.
    pub insurer: String,
    /// Organisation that sent it.
    pub sent_by: String,
    /// What is known of the match.
    pub matched_by: MatchProof,
}

keyed! {
    UnprovenRow in "checkup" by ["checkup_id"];
}

/// A period of insurance whose 枝番 was another one than stated now.
#[derive(Clone, Copy, Debug)]
pub struct DoubtedPeriod<'a> {
    /// 保険者番号.
    pub insurer: &'a str,
    /// Its first day.
    pub from: &'a str,
    /// The first day without it.
    pub to: Option<&'a str>,
}

/// Behind every day.
const NEVER: &str = "9999-12-31";

const DOUBT: &str = "UPDATE checkup SET matched_by = 'unknown' WHERE record_code = $1 AND insurer = $2
    AND examined_on >= $3 AND examined_on < $4 AND matched_by = 'branch'";
const PAGE: &str =
    "SELECT record_code, checkup_id, facility, examined_on, document_date, insurer, sent_by, matched_by
    FROM checkup WHERE matched_by NOT IN ('branch', 'code')
    AND (record_code > $1 OR (record_code = $1 AND checkup_id > $2)) ORDER BY record_code, checkup_id LIMIT $3";

impl Records {
    /// Notes that nothing proves any more whose those checkups are that this person has by the 枝番 of a period.
    pub async fn doubt_branch_matches(
        &self,
        tx: &mut Tx,
        code: RecordCode,
        period: &DoubtedPeriod<'_>,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(DOUBT)
            .bind(code)
            .bind(period.insurer)
            .bind(period.from)
            .bind(period.to.unwrap_or(NEVER))
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Some of these checkups, in the order of their keys, after the one with these.
    pub async fn unproven_checkups(
        &self,
        after: (RecordCode, CheckupId),
        limit: i64,
    ) -> Result<Vec<UnprovenRow>> {
        cell::all(on_db!(&self.db, pool => {
            sqlx::query_as(PAGE).bind(after.0).bind(after.1).bind(limit).fetch_all(pool).await
        })?)
    }
}
