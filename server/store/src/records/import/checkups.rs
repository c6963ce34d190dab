//! Checkups, as imports see them: the newest document, what it replaced, what was deleted.

use crate::{Records, Result, Tx, tx::in_tx};
use sqlx::QueryBuilder;
use techo_model::{CheckupId, RecordCode, UnixMillis};

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
    pub matched_by: &'static str,
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
    /// Date of the document.
    pub document_date: String,
    /// Digest of its content.
    pub digest: Vec<u8>,
    /// When it last changed here.
    pub changed_at: UnixMillis,
}

/// A version that was replaced, by digest.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KnownVersion {
    /// Of which checkup.
    pub checkup_id: CheckupId,
    /// Digest of its content.
    pub digest: Vec<u8>,
}

/// A checkup that was deleted on request of its sender.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Deletion {
    /// Whose.
    pub record_code: RecordCode,
    /// 健診機関番号.
    pub facility: String,
    /// 健診実施日.
    pub examined_on: String,
    /// Date of the request.
    pub document_date: String,
}

const KNOWN: &str = "SELECT record_code, checkup_id, facility, examined_on, document_date, digest, changed_at FROM checkup WHERE record_code IN (";
const VERSIONS: &str = "SELECT checkup_id, digest FROM checkup_version WHERE record_code IN (";
const DELETIONS: &str =
    "SELECT record_code, facility, examined_on, document_date FROM checkup_deletion WHERE record_code IN (";
const INSERT: &str =
    "INSERT INTO checkup (record_code, checkup_id, facility, facility_name, examined_on, document_date,
    report_class, programme, phase, insurer, results, digest, sent_by, received_at, changed_at, key_version,
    matched_by) ";
const ONCE: &str = " ON CONFLICT (record_code, facility, examined_on) DO NOTHING";
const KEEP_FORMER: &str = "INSERT INTO checkup_version
    (record_code, checkup_id, document_date, results, digest, sent_by, received_at, replaced_at)
    SELECT record_code, checkup_id, document_date, results, digest, sent_by, received_at, $3
    FROM checkup WHERE record_code = $1 AND checkup_id = $2
    ON CONFLICT (record_code, checkup_id, digest, document_date) DO NOTHING";
const KEEP_OLDER: &str = "INSERT INTO checkup_version
    (record_code, checkup_id, document_date, results, digest, sent_by, received_at, replaced_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
    ON CONFLICT (record_code, checkup_id, digest, document_date) DO NOTHING";
const REPLACE: &str =
    "UPDATE checkup SET facility_name = $3, document_date = $4, report_class = $5, programme = $6,
    phase = $7, insurer = $8, results = $9, digest = $10, sent_by = $11, received_at = $12, changed_at = $12,
    matched_by = $13 WHERE record_code = $1 AND checkup_id = $2";
const PROVE: &str = "UPDATE checkup SET matched_by = $3
    WHERE record_code = $1 AND checkup_id = $2 AND matched_by = 'unknown'";
const DELETE: &str = "DELETE FROM checkup WHERE record_code = $1 AND checkup_id = $2";
const DELETE_VERSIONS: &str = "DELETE FROM checkup_version WHERE record_code = $1 AND checkup_id = $2";
const REMEMBER_DELETION: &str = "INSERT INTO checkup_deletion (record_code, facility, examined_on, document_date, sent_by, deleted_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (record_code, facility, examined_on) DO UPDATE SET document_date = $4, sent_by = $5, deleted_at = $6
    WHERE checkup_deletion.document_date < $4";
const FORGET_DELETION: &str =
    "DELETE FROM checkup_deletion WHERE record_code = $1 AND facility = $2 AND examined_on = $3";

/// Runs a statement that ends in a list of record codes.
macro_rules! of_people {
    ($tx:expr, $statement:expr, $codes:expr) => {{
        if $codes.is_empty() {
            return Ok(Vec::new());
        }
        Ok(in_tx!($tx, conn => {
            let mut query = QueryBuilder::new($statement);
            let mut list = query.separated(", ");
            for code in $codes {
                list.push_bind(*code);
            }
            query.push(")");
            query.build_query_as().fetch_all(conn).await
        })?)
    }};
}

impl Records {
    /// All checkups of some people.
    pub async fn known_checkups(&self, tx: &mut Tx, codes: &[RecordCode]) -> Result<Vec<KnownCheckup>> {
        of_people!(tx, KNOWN, codes)
    }

    /// All replaced versions of some people.
    pub async fn known_versions(&self, tx: &mut Tx, codes: &[RecordCode]) -> Result<Vec<KnownVersion>> {
        of_people!(tx, VERSIONS, codes)
    }

    /// All deletions of some people.
    pub async fn known_deletions(&self, tx: &mut Tx, codes: &[RecordCode]) -> Result<Vec<Deletion>> {
        of_people!(tx, DELETIONS, codes)
    }

    /// Adds checkups.
    pub async fn insert_checkups(&self, tx: &mut Tx, checkups: &[NewCheckup]) -> Result<()> {
        self.add_checkups(tx, checkups, "").await.map(drop)
    }

    /// Adds one; false when there is one of this person, place and day already.
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
                    .push_bind(new.at)
                    .push_bind(new.at)
                    .push_bind(new.key_version)
                    .push_bind(new.matched_by);
            });
            query.push(end);
            query.build().execute(conn).await.map(|done| done.rows_affected())
        })?;
        Ok(added)
    }

    /// Puts a newer document in the place of the one that is there, which becomes history. A freeze stays.
    pub async fn replace_checkup(&self, tx: &mut Tx, new: &NewCheckup) -> Result<()> {
        in_tx!(tx, conn => {
            sqlx::query(KEEP_FORMER).bind(new.record_code).bind(new.checkup_id).bind(new.at).execute(&mut *conn).await?;
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
                .bind(new.at)
                .bind(new.matched_by)
                .execute(conn)
                .await
                .map(drop)
        })?;
        Ok(())
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

    /// Keeps a document that arrived after a newer one as history only.
    pub async fn keep_older_version(&self, tx: &mut Tx, old: &NewCheckup) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(KEEP_OLDER)
            .bind(old.record_code)
            .bind(old.checkup_id)
            .bind(&old.document_date)
            .bind(&old.results)
            .bind(&old.digest)
            .bind(&old.sent_by)
            .bind(old.at)
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

    /// Remembers that a checkup was deleted, so that an older document does not bring it back.
    pub async fn remember_deletion(
        &self,
        tx: &mut Tx,
        deletion: &Deletion,
        sent_by: &str,
        now: UnixMillis,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(REMEMBER_DELETION)
            .bind(deletion.record_code)
            .bind(&deletion.facility)
            .bind(&deletion.examined_on)
            .bind(&deletion.document_date)
            .bind(sent_by)
            .bind(now)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Forgets a deletion, because a newer document brought the checkup back.
    pub async fn forget_deletion(&self, tx: &mut Tx, deletion: &Deletion) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(FORGET_DELETION)
            .bind(deletion.record_code)
            .bind(&deletion.facility)
            .bind(&deletion.examined_on)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }
}
