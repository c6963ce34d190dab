//! Checkups, as imports see them: the newest document here, what it replaced in `versions`, what was deleted in `deletions`.

use crate::{Records, Result, Tx, records::of_people::of_people, tx::in_tx};
use sqlx::QueryBuilder;
use techo_model::{CheckupId, RecordCode, UnixMillis, checkup::MatchProof};

mod deletions;
mod key;
mod versions;

pub use deletions::CheckupDeletion;
pub use key::{CheckupKey, programme_key};
pub use versions::KnownVersion;

/// A row of `checkup` to be added or to replace an older document.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of `checkup`, described in docs/DATA.md")]
pub struct NewCheckup {
    pub record_code: RecordCode,
    pub checkup_id: CheckupId,
    pub facility: String,
    pub facility_name: String,
    pub examined_on: String,
    pub document_date: String,
    pub report_class: String,
    pub programme: String,
    pub phase: i64,
    pub insurer: String,
    pub results: String,
    pub digest: Vec<u8>,
    pub sent_by: String,
    pub matched_by: MatchProof,
    pub received_at: UnixMillis,
    pub at: UnixMillis,
    pub key_version: i64,
}

/// A checkup that is there already.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KnownCheckup {
    /// Whose.
    pub record_code: RecordCode,
    /// Key.
    pub checkup_id: CheckupId,
    /// 健診機関番号.
    pub facility: String,
    /// 健診実施日.
    pub examined_on: String,
    /// 報告区分.
    pub report_class: String,
    /// プログラム種別.
    pub programme: String,
    /// 保険者番号 in the document.
    pub insurer: String,
    /// Date of the document.
    pub document_date: String,
    /// Digest of its content.
    pub digest: Vec<u8>,
    /// When the document arrived.
    pub received_at: UnixMillis,
    /// When it last changed here.
    pub changed_at: UnixMillis,
}

impl KnownCheckup {
    /// What makes it the same checkup.
    pub fn key(&self) -> CheckupKey {
        let Self { record_code, facility, examined_on, report_class, programme, .. } = self;
        CheckupKey::new(*record_code, (facility, examined_on), (report_class, programme))
    }
}

impl NewCheckup {
    /// What makes it the same checkup.
    pub fn key(&self) -> CheckupKey {
        let Self { record_code, facility, examined_on, report_class, programme, .. } = self;
        CheckupKey::new(*record_code, (facility, examined_on), (report_class, programme))
    }
}

/// The last date that a document can have at an instant: its sender may be a day ahead. A clock that is behind the one by which a
/// document came to hold says nothing about that document.
pub fn latest_date(now: UnixMillis) -> String {
    now.date_in_japan().plus_days(1).to_string()
}

const KNOWN: &str = "SELECT record_code, checkup_id, facility, examined_on, report_class, programme, insurer, document_date, digest,
    received_at, changed_at FROM checkup WHERE record_code IN (";
// Changes nothing, but locks the rows until the transaction ends.
const LOCKED: &str = "UPDATE checkup SET phase = phase WHERE record_code = $1 AND facility = $2 AND examined_on = $3
    RETURNING record_code, checkup_id, facility, examined_on, report_class, programme, insurer, document_date, digest,
    received_at, changed_at";
const INSERT: &str =
    "INSERT INTO checkup (record_code, checkup_id, facility, facility_name, examined_on, document_date,
    report_class, programme, phase, insurer, results, digest, sent_by, received_at, changed_at, key_version,
    matched_by) ";
const ONCE: &str = " ON CONFLICT (record_code, facility, examined_on, report_class, programme) DO NOTHING";
const KEEP_FORMER: &str = "INSERT INTO checkup_version
    (record_code, checkup_id, document_date, results, digest, sent_by, received_at, replaced_at, held_since, facility_name)
    SELECT record_code, checkup_id, document_date, results, digest, sent_by, received_at, $3, changed_at, facility_name
    FROM checkup WHERE record_code = $1 AND checkup_id = $2 AND (document_date <= $4 OR (document_date > $5 AND changed_at <= $3))
    ON CONFLICT (record_code, checkup_id, digest, document_date) DO UPDATE SET
    held_since = COALESCE(checkup_version.held_since, excluded.held_since)";
const REPLACE: &str =
    "UPDATE checkup SET facility_name = $3, document_date = $4, report_class = $5, programme = $6,
    phase = $7, insurer = $8, results = $9, digest = $10, sent_by = $11, received_at = $12, changed_at = $13,
    matched_by = $14 WHERE record_code = $1 AND checkup_id = $2 AND (document_date <= $4
    OR (document_date > $15 AND changed_at <= $13))";
const PROVE: &str = "UPDATE checkup SET matched_by = $3
    WHERE record_code = $1 AND checkup_id = $2 AND matched_by = 'unknown'";
const DELETE: &str = "DELETE FROM checkup WHERE record_code = $1 AND checkup_id = $2";
const DELETE_VERSIONS: &str = "DELETE FROM checkup_version WHERE record_code = $1 AND checkup_id = $2";
impl Records {
    /// All checkups of some people.
    pub async fn known_checkups(&self, tx: &mut Tx, codes: &[RecordCode]) -> Result<Vec<KnownCheckup>> {
        Ok(of_people!(tx, KNOWN, codes))
    }

    /// The checkups of a person, place and day; they stay locked until the transaction ends.
    pub async fn locked_checkups(
        &self,
        tx: &mut Tx,
        code: RecordCode,
        (facility, examined_on): (&str, &str),
    ) -> Result<Vec<KnownCheckup>> {
        Ok(in_tx!(tx, conn => {
            sqlx::query_as(LOCKED).bind(code).bind(facility).bind(examined_on).fetch_all(conn).await
        })?)
    }

    /// Adds checkups.
    pub async fn insert_checkups(&self, tx: &mut Tx, checkups: &[NewCheckup]) -> Result<()> {
        self.add_checkups(tx, checkups, "").await.map(drop)
    }

    /// Adds one; false when there is one of this key already.
    pub async fn insert_checkup(&self, tx: &mut Tx, checkup: &NewCheckup) -> Result<bool> {
        Ok(self.add_checkups(tx, std::slice::from_ref(checkup), ONCE).await? == 1)
    }

    async fn add_checkups(&self, tx: &mut Tx, checkups: &[NewCheckup], end: &str) -> Result<u64> {
        if checkups.is_empty() {
            return Ok(0);
        }
        let added = in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(INSERT);
            query.push_values(checkups, |mut row, new| {
                row.push_bind(new.record_code)
                    .push_bind(new.checkup_id)
                    .push_bind(&new.facility)
                    .push_bind(&new.facility_name)
                    .push_bind(&new.examined_on)
                    .push_bind(&new.document_date)
                    .push_bind(&new.report_class)
                    .push_bind(&new.programme)
                    .push_bind(new.phase)
                    .push_bind(&new.insurer)
                    .push_bind(&new.results)
                    .push_bind(&new.digest)
                    .push_bind(&new.sent_by)
                    .push_bind(new.received_at)
                    .push_bind(new.at)
                    .push_bind(new.key_version)
                    .push_bind(new.matched_by);
            });
            query.push(end);
            query.build().execute(conn).await.map(|done| done.rows_affected())
        })?;
        Ok(added)
    }

    /// Puts a newer document in the place of the one that is there, which becomes history. A freeze stays. False when the one
    /// that is there is newer.
    pub async fn replace_checkup(&self, tx: &mut Tx, new: &NewCheckup) -> Result<bool> {
        let latest = latest_date(new.at);
        let replaced = in_tx!(tx, conn => {
            sqlx::query(KEEP_FORMER)
                .bind(new.record_code)
                .bind(new.checkup_id)
                .bind(new.at)
                .bind(&new.document_date)
                .bind(&latest)
                .execute(&mut *conn)
                .await?;
            sqlx::query(REPLACE)
                .bind(new.record_code)
                .bind(new.checkup_id)
                .bind(&new.facility_name)
                .bind(&new.document_date)
                .bind(&new.report_class)
                .bind(&new.programme)
                .bind(new.phase)
                .bind(&new.insurer)
                .bind(&new.results)
                .bind(&new.digest)
                .bind(&new.sent_by)
                .bind(new.received_at)
                .bind(new.at)
                .bind(new.matched_by)
                .bind(&latest)
                .execute(conn)
                .await
                .map(|done| done.rows_affected())
        })?;
        Ok(replaced > 0)
    }

    /// Notes what proves whose a checkup is, when nothing is known of it yet.
    pub async fn prove_checkup(&self, tx: &mut Tx, row: &NewCheckup) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PROVE)
            .bind(row.record_code)
            .bind(row.checkup_id)
            .bind(row.matched_by)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Deletes a checkup with its history.
    pub async fn delete_checkup(&self, tx: &mut Tx, code: RecordCode, id: CheckupId) -> Result<()> {
        in_tx!(tx, conn => {
            sqlx::query(DELETE_VERSIONS).bind(code).bind(id).execute(&mut *conn).await?;
            sqlx::query(DELETE).bind(code).bind(id).execute(conn).await.map(drop)
        })?;
        Ok(())
    }
}
