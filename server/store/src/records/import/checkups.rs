//! Checkups, as imports see them: the newest document, what it replaced, what was deleted.

use crate::{Records, Result, Tx, tx::in_tx};
use sqlx::QueryBuilder;
use techo_model::{
    CheckupId, RecordCode, UnixMillis,
    checkup::{CheckupFacts, MatchProof},
};

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

/// What makes a checkup the same checkup: person, place, day, 報告区分 and プログラム種別.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CheckupKey {
    record_code: RecordCode,
    facility: String,
    examined_on: String,
    report_class: String,
    programme: String,
}

/// プログラム種別 of documents that state none, in the code list.
const NO_PROGRAMME: &str = "000";
/// Stands for every programme in deletions from before it was noted.
const EVERY_PROGRAMME: &str = "*";

/// プログラム種別 as it is compared: none has two ways to be written.
pub fn programme_key(programme: &str) -> &str {
    if programme == NO_PROGRAMME { "" } else { programme }
}

impl CheckupKey {
    /// Of a document about a person.
    pub fn of(code: RecordCode, facts: &CheckupFacts) -> Self {
        let place = (facts.facility.as_str(), facts.examined_on.to_string());
        Self::new(code, (place.0, &place.1), (&facts.report_class, &facts.programme))
    }

    fn new(code: RecordCode, (facility, day): (&str, &str), (class, programme): (&str, &str)) -> Self {
        let programme = programme_key(programme);
        Self {
            record_code: code,
            facility: facility.to_owned(),
            examined_on: day.to_owned(),
            report_class: class.to_owned(),
            programme: programme.to_owned(),
        }
    }

    /// Whether both are of one person, place and day.
    pub fn is_of_the_day_of(&self, other: &Self) -> bool {
        (self.record_code, &self.facility, &self.examined_on)
            == (other.record_code, &other.facility, &other.examined_on)
    }
}

impl Deletion {
    /// The deletion that a document with this key asks for.
    pub fn of(key: &CheckupKey, document_date: String) -> Self {
        let CheckupKey { record_code, facility, examined_on, programme, .. } = key.clone();
        Self { record_code, facility, examined_on, programme, document_date }
    }

    /// Whether it is about this checkup: 報告区分 of a deletion is always 19, so the programme tells.
    pub fn concerns(&self, key: &CheckupKey) -> bool {
        let is_own = self.programme == key.programme || self.programme == EVERY_PROGRAMME;
        is_own
            && (self.record_code, &self.facility, &self.examined_on)
                == (key.record_code, &key.facility, &key.examined_on)
    }

    /// Whether it keeps a document of this date out.
    pub fn forbids(&self, key: &CheckupKey, document_date: &str) -> bool {
        self.concerns(key) && document_date <= self.document_date.as_str()
    }
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
    /// プログラム種別; `*` in those from before it was noted.
    pub programme: String,
    /// Date of the request.
    pub document_date: String,
}

const KNOWN: &str = "SELECT record_code, checkup_id, facility, examined_on, report_class, programme, insurer, document_date, digest,
    received_at, changed_at FROM checkup WHERE record_code IN (";
// Changes nothing, but locks the rows until the transaction ends.
const LOCKED: &str = "UPDATE checkup SET phase = phase WHERE record_code = $1 AND facility = $2 AND examined_on = $3
    RETURNING record_code, checkup_id, facility, examined_on, report_class, programme, insurer, document_date, digest,
    received_at, changed_at";
const VERSIONS: &str = "SELECT checkup_id, digest FROM checkup_version WHERE record_code IN (";
const DELETIONS: &str = "SELECT record_code, facility, examined_on, programme, document_date FROM checkup_deletion WHERE record_code IN (";
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
const KEEP_OLDER: &str = "INSERT INTO checkup_version
    (record_code, checkup_id, document_date, results, digest, sent_by, received_at, replaced_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (record_code, checkup_id, digest, document_date) DO NOTHING";
const REPLACE: &str =
    "UPDATE checkup SET facility_name = $3, document_date = $4, report_class = $5, programme = $6,
    phase = $7, insurer = $8, results = $9, digest = $10, sent_by = $11, received_at = $12, changed_at = $13,
    matched_by = $14 WHERE record_code = $1 AND checkup_id = $2 AND (document_date <= $4
    OR (document_date > $15 AND changed_at <= $13))";
const PROVE: &str = "UPDATE checkup SET matched_by = $3
    WHERE record_code = $1 AND checkup_id = $2 AND matched_by = 'unknown'";
const DELETE: &str = "DELETE FROM checkup WHERE record_code = $1 AND checkup_id = $2";
const DELETE_VERSIONS_UNTIL: &str =
    "DELETE FROM checkup_version WHERE record_code = $1 AND checkup_id = $2 AND document_date <= $3";
const DELETE_VERSIONS: &str = "DELETE FROM checkup_version WHERE record_code = $1 AND checkup_id = $2";
const REMEMBER_DELETION: &str = "INSERT INTO checkup_deletion (record_code, facility, examined_on, programme,
    document_date, sent_by, deleted_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (record_code, facility, examined_on, programme) DO UPDATE SET document_date = $5, sent_by = $6,
    deleted_at = $7 WHERE checkup_deletion.document_date < $5";

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

    /// Keeps a document that arrived after a newer one as history only.
    pub async fn keep_older_version(&self, tx: &mut Tx, old: &NewCheckup) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(KEEP_OLDER)
            .bind(old.record_code)
            .bind(old.checkup_id)
            .bind(&old.document_date)
            .bind(&old.results)
            .bind(&old.digest)
            .bind(&old.sent_by)
            .bind(old.received_at)
            .bind(old.at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Deletes the history of a checkup up to a date of documents.
    pub async fn delete_versions_until(
        &self,
        tx: &mut Tx,
        (code, id): (RecordCode, CheckupId),
        document_date: &str,
    ) -> Result<()> {
        in_tx!(tx, conn => {
            sqlx::query(DELETE_VERSIONS_UNTIL).bind(code).bind(id).bind(document_date).execute(conn).await.map(drop)
        })?;
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
            .bind(&deletion.programme)
            .bind(&deletion.document_date)
            .bind(sent_by)
            .bind(now)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }
}
