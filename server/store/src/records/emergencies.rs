//! Declared emergencies (救急): who declared one and why, until when it ran, what the person answered, and what the review found.
//!
//! Rows stand under the number of the person's chain. Sealed columns are opaque here.

use crate::{
    Records, Result, Tx,
    cell::{self, keyed},
    db::on_db,
    tx::in_tx,
};
use techo_model::{
    ChainId, EventId, UnixMillis,
    emergency::{EmergencyReview, Finding, FoundBy},
    paging::{Page, PageRequest},
};
use uuid::Uuid;

/// A row of `emergency`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct EmergencyRow {
    /// Whose chain of the access log.
    pub chain_id: ChainId,
    /// Key: the line of the access log that tells of the declaration.
    pub emergency_id: EventId,
    /// Official number of the organisation.
    pub organisation: String,
    /// Who declared it, by the id that the organisation gave.
    pub subject: String,
    /// Their name.
    pub subject_name: Option<String>,
    /// Their role.
    pub subject_role: Option<String>,
    /// How the person was found.
    pub found_by: FoundBy,
    /// Why.
    pub reason_sealed: Vec<u8>,
    /// When.
    pub declared_at: UnixMillis,
    /// First instant at which nothing can be read by it any more.
    pub ends_at: UnixMillis,
    /// What the person answered.
    pub reply_sealed: Option<Vec<u8>>,
    /// When they answered last.
    pub replied_at: Option<UnixMillis>,
    /// What the review found, once there was one.
    pub finding: Option<Finding>,
    /// What the reviewer tells the person.
    pub remark_sealed: Option<Vec<u8>>,
    /// The reviewer.
    pub reviewed_by: Option<Uuid>,
    /// When it was reviewed last.
    pub reviewed_at: Option<UnixMillis>,
    /// Whether somebody has to look at it.
    pub state: EmergencyReview,
    /// Key version of the sealed columns.
    pub key_version: i64,
}

keyed! {
    EmergencyRow in "emergency" by ["emergency_id"];
}

/// What a review found.
#[derive(Clone, Debug)]
pub struct ReviewRow<'a> {
    /// What was found.
    pub finding: Finding,
    /// What the reviewer tells the person.
    pub remark_sealed: &'a [u8],
    /// The reviewer.
    pub by: Uuid,
    /// When.
    pub at: UnixMillis,
    /// When the person had answered, as the reviewer saw it.
    pub heard: Option<UnixMillis>,
}

/// Where an emergency stands in a list of them: since when it stands there, and its key.
pub type EmergencyCursor = (UnixMillis, Uuid);

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT chain_id, emergency_id, organisation, subject, subject_name, subject_role, found_by, reason_sealed,
            declared_at, ends_at, reply_sealed, replied_at, finding, remark_sealed, reviewed_by, reviewed_at, state,
            key_version
            FROM emergency ",
            $rest
        )
    };
}

const INSERT: &str =
    "INSERT INTO emergency (chain_id, emergency_id, organisation, subject, subject_name, subject_role,
    found_by, reason_sealed, declared_at, ends_at, state, key_version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11)";
const OF_SUBJECT: &str = columns!(
    "WHERE chain_id = $1 AND organisation = $2 AND subject = $3 ORDER BY declared_at DESC, emergency_id DESC LIMIT $4"
);
const OF_PERSON: &str = columns!("WHERE chain_id = $1 AND emergency_id = $2");
const ONE: &str = columns!("WHERE emergency_id = $1");
const TO_REVIEW: &str = columns!(
    "WHERE state = 'open' AND (declared_at, emergency_id) > ($1, $2) ORDER BY declared_at, emergency_id LIMIT $3"
);
const REVIEWED: &str = columns!(
    "WHERE state = 'closed' AND (reviewed_at, emergency_id) < ($1, $2)
    ORDER BY reviewed_at DESC, emergency_id DESC LIMIT $3"
);
const COUNT: &str = "SELECT COUNT(*) FROM emergency WHERE organisation = $1 AND subject = $2 AND declared_at > $3 AND declared_at <= $4";
const END: &str = "UPDATE emergency SET ends_at = $4
    WHERE emergency_id = $1 AND organisation = $2 AND subject = $3 AND ends_at > $4
    RETURNING chain_id";
// Changes nothing, but nobody ends it until the transaction ends.
const HOLD: &str = "UPDATE emergency SET ends_at = ends_at WHERE emergency_id = $1 AND ends_at > $2";
const REPLY: &str = "UPDATE emergency SET reply_sealed = $3, replied_at = $4, state = 'open' WHERE chain_id = $1 AND emergency_id = $2";
const CLOSE: &str =
    "UPDATE emergency SET finding = $2, remark_sealed = $3, reviewed_by = $4, reviewed_at = $5, state = 'closed'
    WHERE emergency_id = $1 AND state = 'open' AND COALESCE(replied_at, -1) = $6";
const OF_VERSION: &str =
    columns!("WHERE key_version = $1 AND emergency_id > $2 ORDER BY emergency_id LIMIT $3");
const RESEAL: &str =
    "UPDATE emergency SET reason_sealed = $3, reply_sealed = $4, remark_sealed = $5, key_version = $6
    WHERE emergency_id = $1 AND key_version = $2";

const LOCK_DECLARER: &str =
    "INSERT INTO emergency_declarer (chain_id, organisation, subject, tried_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (chain_id, organisation, subject) DO UPDATE SET tried_at = excluded.tried_at";

impl Records {
    /// Lets one declaration of somebody of an organisation for a person pass at a time: whoever else declares waits until
    /// the transaction ends, and then sees what came of it.
    pub async fn lock_declarer(
        &self,
        tx: &mut Tx,
        chain: ChainId,
        (organisation, subject): (&str, &str),
        now: UnixMillis,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(LOCK_DECLARER)
            .bind(chain)
            .bind(organisation)
            .bind(subject)
            .bind(now)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// The last emergencies that somebody of an organisation declared for a person, newest first, as the transaction sees
    /// them.
    pub async fn emergencies_of_declarer(
        &self,
        tx: &mut Tx,
        chain: ChainId,
        (organisation, subject): (&str, &str),
        limit: i64,
    ) -> Result<Vec<EmergencyRow>> {
        cell::all(in_tx!(tx, conn => sqlx::query_as(OF_SUBJECT)
            .bind(chain)
            .bind(organisation)
            .bind(subject)
            .bind(limit)
            .fetch_all(conn)
            .await)?)
    }

    /// Keeps a declaration.
    pub async fn insert_emergency(&self, tx: &mut Tx, row: &EmergencyRow) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(INSERT)
            .bind(row.chain_id)
            .bind(row.emergency_id)
            .bind(&row.organisation)
            .bind(&row.subject)
            .bind(&row.subject_name)
            .bind(&row.subject_role)
            .bind(row.found_by)
            .bind(&row.reason_sealed)
            .bind(row.declared_at)
            .bind(row.ends_at)
            .bind(row.key_version)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// The last emergencies that somebody of an organisation declared for a person, newest first.
    pub async fn emergencies_of_subject(
        &self,
        chain: ChainId,
        organisation: &str,
        subject: &str,
        limit: i64,
    ) -> Result<Vec<EmergencyRow>> {
        cell::all(on_db!(&self.db, pool => sqlx::query_as(OF_SUBJECT)
            .bind(chain)
            .bind(organisation)
            .bind(subject)
            .bind(limit)
            .fetch_all(pool)
            .await)?)
    }

    /// An emergency of a person.
    pub async fn emergency_of(&self, chain: ChainId, id: EventId) -> Result<Option<EmergencyRow>> {
        cell::one(
            on_db!(&self.db, pool => sqlx::query_as(OF_PERSON).bind(chain).bind(id).fetch_optional(pool).await)?,
        )
    }

    /// An emergency, whoever's it is; for reviewers, who never learn that.
    pub async fn emergency(&self, id: EventId) -> Result<Option<EmergencyRow>> {
        cell::one(on_db!(&self.db, pool => sqlx::query_as(ONE).bind(id).fetch_optional(pool).await)?)
    }

    /// A page of the emergencies that wait for a review, oldest first: those that had none, and those that the person answered since.
    pub async fn emergencies_to_review(
        &self,
        request: PageRequest<EmergencyCursor>,
    ) -> Result<Page<EmergencyRow, EmergencyCursor>> {
        let (at, id) = request.after_or((UnixMillis(i64::MIN), Uuid::nil()));
        let rows = on_db!(&self.db, pool => sqlx::query_as(TO_REVIEW)
            .bind(at)
            .bind(id)
            .bind(request.fetched_rows())
            .fetch_all(pool)
            .await)?;
        Ok(Page::of(cell::all(rows)?, &request, |row: &EmergencyRow| (row.declared_at, row.emergency_id.0)))
    }

    /// A page of the emergencies whose review is closed, the last one first.
    pub async fn emergencies_reviewed(
        &self,
        request: PageRequest<EmergencyCursor>,
    ) -> Result<Page<EmergencyRow, EmergencyCursor>> {
        let (at, id) = request.after_or((UnixMillis(i64::MAX), Uuid::max()));
        let rows = on_db!(&self.db, pool => sqlx::query_as(REVIEWED)
            .bind(at)
            .bind(id)
            .bind(request.fetched_rows())
            .fetch_all(pool)
            .await)?;
        let reviewed_at = |row: &EmergencyRow| row.reviewed_at.unwrap_or(row.declared_at);
        Ok(Page::of(cell::all(rows)?, &request, |row| (reviewed_at(row), row.emergency_id.0)))
    }

    /// How many emergencies somebody of an organisation declared in a span of time, for whomever.
    pub async fn count_emergencies(
        &self,
        organisation: &str,
        subject: &str,
        (since, until): (UnixMillis, UnixMillis),
    ) -> Result<i64> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(COUNT)
            .bind(organisation)
            .bind(subject)
            .bind(since)
            .bind(until)
            .fetch_one(pool)
            .await)?)
    }

    /// Ends an emergency that still runs, for whoever declared it. Answers whose it was; none when there is none to end.
    pub async fn end_emergency(
        &self,
        tx: &mut Tx,
        id: EventId,
        (organisation, subject): (&str, &str),
        now: UnixMillis,
    ) -> Result<Option<ChainId>> {
        Ok(in_tx!(tx, conn => sqlx::query_scalar(END)
            .bind(id)
            .bind(organisation)
            .bind(subject)
            .bind(now)
            .fetch_optional(conn)
            .await)?)
    }

    /// Whether an emergency runs, which nobody ends before the transaction does.
    pub async fn holds_emergency(&self, tx: &mut Tx, id: EventId, now: UnixMillis) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(HOLD)
            .bind(id)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Keeps what the person answered, in place of a former answer.
    pub async fn put_emergency_reply(
        &self,
        tx: &mut Tx,
        (chain, id): (ChainId, EventId),
        reply_sealed: &[u8],
        now: UnixMillis,
    ) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(REPLY)
            .bind(chain)
            .bind(id)
            .bind(reply_sealed)
            .bind(now)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Closes a review. Answers false when somebody else closed it meanwhile, or when the person answered since.
    pub async fn close_emergency(&self, tx: &mut Tx, id: EventId, review: &ReviewRow<'_>) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(CLOSE)
            .bind(id)
            .bind(review.finding)
            .bind(review.remark_sealed)
            .bind(review.by)
            .bind(review.at)
            .bind(review.heard.map_or(-1, |at| at.0))
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Emergencies under a key version, in order, after `after`.
    pub async fn emergencies_of_version(
        &self,
        version: i64,
        after: EventId,
        limit: i64,
    ) -> Result<Vec<EmergencyRow>> {
        cell::all(on_db!(&self.db, pool => {
            sqlx::query_as(OF_VERSION).bind(version).bind(after).bind(limit).fetch_all(pool).await
        })?)
    }

    /// Writes the sealed columns of an emergency that was read with the key version `from`.
    pub async fn reseal_emergency(&self, tx: &mut Tx, row: &EmergencyRow, from: i64) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(RESEAL)
            .bind(row.emergency_id)
            .bind(from)
            .bind(&row.reason_sealed)
            .bind(&row.reply_sealed)
            .bind(&row.remark_sealed)
            .bind(row.key_version)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }
}
