//! Laboratory reports. What was withdrawn is read by nobody; results of a frozen report do not leave the database.

use crate::{
    Records, Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use techo_model::{CalendarDate, LaboratoryId, RecordCode, UnixMillis, laboratory::ReportStatus};

/// A report of one person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LaboratoryRow {
    /// Key.
    pub laboratory_id: LaboratoryId,
    /// The sender's own identifier.
    pub identifier: String,
    /// From 1, without gaps.
    pub version: i64,
    /// How far it is.
    pub status: ReportStatus,
    /// What the sender calls it.
    pub title: Option<String>,
    /// Day of the collection.
    pub examined_on: CalendarDate,
    /// Instant of the collection.
    pub examined_at: Option<UnixMillis>,
    /// The same as the sender wrote it.
    pub examined_stated: Option<String>,
    /// When the report was given out.
    pub issued_at: Option<UnixMillis>,
    /// The same as the sender wrote it.
    pub issued_stated: Option<String>,
    /// `Vec<LaboratoryResult>` as JSON; none while frozen.
    pub results: Option<String>,
    /// `BTreeSet<Label>` as JSON.
    pub labels: String,
    /// Official number of the sender.
    pub sent_by: String,
    /// Name of the sender at that time.
    pub sender_name: String,
    /// When it was taken in.
    pub received_at: UnixMillis,
    /// When it last changed here.
    pub changed_at: UnixMillis,
    /// Since when it is frozen.
    pub frozen_at: Option<UnixMillis>,
}

keyed! {
    LaboratoryRow in "laboratory" by ["laboratory_id"];
}

/// A row of `laboratory` to be added or to replace a former version.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns of `laboratory`, described in docs/DATA.md")]
pub struct NewLaboratory {
    pub record_code: RecordCode,
    pub laboratory_id: LaboratoryId,
    pub identifier: String,
    pub status: ReportStatus,
    pub title: Option<String>,
    pub examined_on: CalendarDate,
    pub examined_at: Option<UnixMillis>,
    pub examined_stated: Option<String>,
    pub issued_at: Option<UnixMillis>,
    pub issued_stated: Option<String>,
    pub results: String,
    pub labels: String,
    pub digest: Vec<u8>,
    pub sent_by: String,
    pub sender_name: String,
    pub sent_for: Option<String>,
    pub at: UnixMillis,
    pub key_version: i64,
}

/// A report that is there already.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KnownLaboratory {
    /// Key.
    pub laboratory_id: LaboratoryId,
    /// Version.
    pub version: i64,
    /// When it was taken in.
    pub received_at: UnixMillis,
    /// When it last changed here.
    pub changed_at: UnixMillis,
    /// Digest of its content.
    pub digest: Vec<u8>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<UnixMillis>,
}

const OF_PERSON: &str =
    "SELECT laboratory_id, identifier, version, status, title, examined_on, examined_at, examined_stated, issued_at,
    issued_stated,
    CASE WHEN frozen_at IS NULL THEN results END AS results, labels, sent_by, sender_name, received_at, changed_at,
    frozen_at FROM laboratory WHERE record_code = $1 AND withdrawn_at IS NULL
    ORDER BY examined_on DESC, laboratory_id DESC";
const FIND: &str = "SELECT laboratory_id, identifier, version, status, title, examined_on, examined_at, examined_stated, issued_at,
    issued_stated,
    CASE WHEN frozen_at IS NULL THEN results END AS results, labels, sent_by, sender_name, received_at, changed_at,
    frozen_at FROM laboratory WHERE record_code = $1 AND laboratory_id = $2 AND withdrawn_at IS NULL";
// Changes nothing, but locks the row until the transaction ends.
const LOCK: &str =
    "UPDATE laboratory SET version = version WHERE record_code = $1 AND sent_by = $2 AND identifier = $3
    RETURNING laboratory_id, version, received_at, changed_at, digest, withdrawn_at";
const INSERT: &str = "INSERT INTO laboratory (record_code, laboratory_id, identifier, version, status, title, examined_on,
    examined_at, issued_at, results, labels, digest, sent_by, sender_name, sent_for, received_at, changed_at, key_version,
    examined_stated, issued_stated)
    VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, $17, $18)
    ON CONFLICT DO NOTHING";
const KEEP_FORMER: &str =
    "INSERT INTO laboratory_version (record_code, laboratory_id, version, status, title, examined_on,
    examined_at, issued_at, results, labels, digest, sent_for, received_at, replaced_at, examined_stated, issued_stated,
    sender_name)
    SELECT record_code, laboratory_id, version, status, title, examined_on, examined_at, issued_at, results, labels,
    digest, sent_for, changed_at, $3, examined_stated, issued_stated, sender_name FROM laboratory WHERE record_code = $1 AND laboratory_id = $2";
const REPLACE: &str =
    "UPDATE laboratory SET version = version + 1, status = $3, title = $4, examined_on = $5,
    examined_at = $6, issued_at = $7, results = $8, labels = $9, digest = $10, sender_name = $11, sent_for = $12,
    changed_at = $13, examined_stated = $14, issued_stated = $15, withdrawn_at = NULL WHERE record_code = $1 AND laboratory_id = $2";
const WITHDRAW: &str = "UPDATE laboratory SET withdrawn_at = $3, changed_at = $3
    WHERE record_code = $1 AND laboratory_id = $2 AND withdrawn_at IS NULL";

impl Records {
    /// All reports of a person, newest first.
    pub async fn laboratory(&self, code: RecordCode) -> Result<Vec<LaboratoryRow>> {
        cell::all(on_db!(&self.db, pool => sqlx::query_as(OF_PERSON).bind(code).fetch_all(pool).await)?)
    }

    /// One report of a person.
    pub async fn laboratory_report(
        &self,
        code: RecordCode,
        id: LaboratoryId,
    ) -> Result<Option<LaboratoryRow>> {
        cell::one(
            on_db!(&self.db, pool => sqlx::query_as(FIND).bind(code).bind(id).fetch_optional(pool).await)?,
        )
    }

    /// The report that a sender knows by this identifier, withdrawn or not. Its row stays locked until the transaction ends.
    pub async fn known_laboratory(
        &self,
        tx: &mut Tx,
        code: RecordCode,
        sent_by: &str,
        identifier: &str,
    ) -> Result<Option<KnownLaboratory>> {
        Ok(in_tx!(tx, conn => sqlx::query_as(LOCK)
            .bind(code)
            .bind(sent_by)
            .bind(identifier)
            .fetch_optional(conn)
            .await)?)
    }

    /// Adds a report. Answers false when the sender's identifier is taken.
    pub async fn insert_laboratory(&self, tx: &mut Tx, new: &NewLaboratory) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(INSERT)
            .bind(new.record_code)
            .bind(new.laboratory_id)
            .bind(&new.identifier)
            .bind(new.status)
            .bind(&new.title)
            .bind(new.examined_on)
            .bind(new.examined_at)
            .bind(new.issued_at)
            .bind(&new.results)
            .bind(&new.labels)
            .bind(&new.digest)
            .bind(&new.sent_by)
            .bind(&new.sender_name)
            .bind(&new.sent_for)
            .bind(new.at)
            .bind(new.key_version)
            .bind(&new.examined_stated)
            .bind(&new.issued_stated)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Puts a new version in the place of the one that is there, which becomes history. A freeze stays; what was withdrawn
    /// is back.
    pub async fn replace_laboratory(&self, tx: &mut Tx, new: &NewLaboratory) -> Result<()> {
        in_tx!(tx, conn => {
            sqlx::query(KEEP_FORMER)
                .bind(new.record_code)
                .bind(new.laboratory_id)
                .bind(new.at)
                .execute(&mut *conn)
                .await?;
            sqlx::query(REPLACE)
                .bind(new.record_code)
                .bind(new.laboratory_id)
                .bind(new.status)
                .bind(&new.title)
                .bind(new.examined_on)
                .bind(new.examined_at)
                .bind(new.issued_at)
                .bind(&new.results)
                .bind(&new.labels)
                .bind(&new.digest)
                .bind(&new.sender_name)
                .bind(&new.sent_for)
                .bind(new.at)
                .bind(&new.examined_stated)
                .bind(&new.issued_stated)
                .execute(conn)
                .await
                .map(drop)
        })?;
        Ok(())
    }

    /// Takes a report back: from now on nobody reads it.
    pub async fn withdraw_laboratory(
        &self,
        tx: &mut Tx,
        code: RecordCode,
        id: LaboratoryId,
        now: UnixMillis,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(WITHDRAW).bind(code).bind(id).bind(now).execute(conn).await.map(drop))?;
        Ok(())
    }
}
