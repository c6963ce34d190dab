//! Documents and rows that wait for their person (quarantine), sealed whole.

use crate::{
    Records, Result, StoredRows, Tx,
    cell::{self, keyed},
    db::on_db,
    jobs::ParkedChoice,
    tried::note_tried,
    tx::in_tx,
};
use sqlx::QueryBuilder;
use techo_model::{
    RecordCode, UnixMillis, WaitingId,
    paging::{Page, PageRequest},
    record::WaitingKind,
};
use uuid::Uuid;

/// A row of `waiting_record`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct WaitingRecord {
    /// Key.
    pub waiting_id: WaitingId,
    /// What it is.
    pub kind: WaitingKind,
    /// Under which alias it waits: insured id, or record code.
    pub alias: Vec<u8>,
    /// Alias of the family, for checkups.
    pub family_alias: Option<Vec<u8>>,
    /// Why it waits: a stable word.
    pub reason: String,
    /// Keyed digest of its content.
    pub content_digest: Vec<u8>,
    /// Content.
    pub content_sealed: Vec<u8>,
    /// Organisation that sent it.
    pub sent_by: String,
    /// First import.
    pub received_at: UnixMillis,
    /// Key version of aliases, digest and seal.
    pub key_version: i64,
    /// The order in which they came; given by the store.
    #[sqlx(default)]
    pub arrival: i64,
}

keyed! {
    WaitingRecord in "waiting_record" by ["waiting_id"];
}

/// Where something goes that waits already and comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueuePosition {
    /// Behind what came meanwhile.
    Last,
    /// It keeps its place, because it came in a file that was taken in before.
    Kept,
}

/// Where something that waits stands in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArrivalPlace {
    /// Its number; two that came at once may have the same.
    pub arrival: i64,
    /// Its key.
    pub id: WaitingId,
}

impl ArrivalPlace {
    /// Before everything.
    pub const START: Self = Self { arrival: i64::MIN, id: WaitingId(Uuid::nil()) };
}

const PUT_LAST: &str = "INSERT INTO waiting_record (waiting_id, kind, alias, family_alias, reason, content_digest, content_sealed,
    sent_by, received_at, key_version, arrival) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
    (SELECT COALESCE(MAX(arrival), 0) + 1 FROM waiting_record))
    ON CONFLICT (content_digest) DO UPDATE SET reason = $5, received_at = $9, arrival = excluded.arrival";
const PUT_IN_PLACE: &str = "INSERT INTO waiting_record (waiting_id, kind, alias, family_alias, reason, content_digest, content_sealed,
    sent_by, received_at, key_version, arrival) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
    (SELECT COALESCE(MAX(arrival), 0) + 1 FROM waiting_record))
    ON CONFLICT (content_digest) DO UPDATE SET reason = $5";
const DOSES_OF: &str = "SELECT waiting_id, kind, alias, family_alias, reason, content_digest, content_sealed, sent_by, received_at,
    key_version, arrival FROM waiting_record WHERE NOT EXISTS (SELECT 1 FROM parked_row p
    WHERE p.table_name = 'waiting_record' AND p.row_id = waiting_id)
    AND kind = 'vaccination' AND (arrival, waiting_id) > (";
const CHECKUPS_OF: &str = "SELECT waiting_id, kind, alias, family_alias, reason, content_digest, content_sealed, sent_by, received_at,
    key_version, arrival FROM waiting_record WHERE NOT EXISTS (SELECT 1 FROM parked_row p
    WHERE p.table_name = 'waiting_record' AND p.row_id = waiting_id)
    AND kind = 'checkup' AND (arrival, waiting_id) > (";
const HAS_DOSE: &str =
    "SELECT waiting_id FROM waiting_record WHERE kind = 'vaccination' AND alias = $1 LIMIT 1";
const UNTRIED: &str =
    "SELECT waiting_id, kind, alias, family_alias, reason, content_digest, content_sealed, sent_by,
    received_at, key_version FROM waiting_record WHERE tried_at IS NULL AND NOT EXISTS (SELECT 1 FROM parked_row p
    WHERE p.table_name = 'waiting_record' AND p.row_id = waiting_id)
    ORDER BY arrival, waiting_id LIMIT $1";
const MARK_TRIED: &str = "UPDATE waiting_record SET tried_at = ";
const LOOK_AGAIN: &str = "UPDATE waiting_record SET tried_at = NULL WHERE sent_by = $1";
const LOOK_AGAIN_AT_PARKED: &str =
    "UPDATE waiting_record SET tried_at = NULL WHERE waiting_id IN (SELECT row_id FROM parked_row
    WHERE table_name = 'waiting_record' AND ($1 IS NULL OR row_id = $1))";
const BECAUSE: &str = "UPDATE waiting_record SET reason = $2 WHERE waiting_id = $1";
const PAGE: &str =
    "SELECT waiting_id, kind, alias, family_alias, reason, content_digest, content_sealed, sent_by,
    received_at, key_version FROM waiting_record WHERE waiting_id > $1 ORDER BY waiting_id LIMIT $2";
const REMOVE: &str = "DELETE FROM waiting_record WHERE waiting_id = $1";
const COUNT: &str = "SELECT COUNT(*) FROM waiting_record";

impl Records {
    /// Lets a document or row wait; the same one waits once, with its latest reason.
    pub async fn insert_waiting(
        &self,
        tx: &mut Tx,
        waiting: &WaitingRecord,
        place: QueuePosition,
    ) -> Result<()> {
        let statement = match place {
            QueuePosition::Last => PUT_LAST,
            QueuePosition::Kept => PUT_IN_PLACE,
        };
        in_tx!(tx, conn => sqlx::query(statement)
            .bind(waiting.waiting_id)
            .bind(waiting.kind)
            .bind(&waiting.alias)
            .bind(&waiting.family_alias)
            .bind(&waiting.reason)
            .bind(&waiting.content_digest)
            .bind(&waiting.content_sealed)
            .bind(&waiting.sent_by)
            .bind(waiting.received_at)
            .bind(waiting.key_version)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// A page of the doses that wait for these people and are not parked, in order of arrival.
    pub async fn waiting_for_people(
        &self,
        tx: &mut Tx,
        people: &[RecordCode],
        request: PageRequest<ArrivalPlace>,
    ) -> Result<Page<WaitingRecord, ArrivalPlace>> {
        let aliases: Vec<&[u8]> = people.iter().map(|code| code.0.as_bytes().as_slice()).collect();
        waiting_under(tx, (DOSES_OF, ") AND alias IN ("), &aliases, request).await
    }

    /// Whether a dose waits for this person.
    pub async fn has_waiting_dose(&self, code: RecordCode) -> Result<bool> {
        let found: Option<WaitingId> = on_db!(&self.db, pool => {
            sqlx::query_scalar(HAS_DOSE).bind(code.0.as_bytes().as_slice()).fetch_optional(pool).await
        })?;
        Ok(found.is_some())
    }

    /// A page of the checkup documents that wait for somebody of these families and are not parked, in order of arrival.
    pub async fn waiting_for_families(
        &self,
        tx: &mut Tx,
        families: &[[u8; 32]],
        request: PageRequest<ArrivalPlace>,
    ) -> Result<Page<WaitingRecord, ArrivalPlace>> {
        let aliases: Vec<&[u8]> = families.iter().map(<[u8; 32]>::as_slice).collect();
        waiting_under(tx, (CHECKUPS_OF, ") AND family_alias IN ("), &aliases, request).await
    }

    /// Some of those at which the sweep has not looked yet and that are not parked, in order of arrival.
    pub async fn untried_waiting(&self, tx: &mut Tx, limit: i64) -> Result<StoredRows<WaitingRecord>> {
        let rows = in_tx!(tx, conn => sqlx::query_as(UNTRIED).bind(limit).fetch_all(conn).await)?;
        Ok(StoredRows::of(rows))
    }

    /// Notes that the sweep has looked at some.
    pub async fn mark_tried(&self, tx: &mut Tx, ids: &[WaitingId], now: UnixMillis) -> Result<()> {
        note_tried(tx, MARK_TRIED, ids, now).await
    }

    /// Lets the sweep look once more at what this organisation sent.
    pub async fn requeue_waiting(&self, tx: &mut Tx, sent_by: &str) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(LOOK_AGAIN).bind(sent_by).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Lets the sweep look once more at what is parked; before it is parked no longer.
    pub async fn requeue_waiting_parked(&self, tx: &mut Tx, choice: ParkedChoice) -> Result<()> {
        in_tx!(tx, conn => {
            sqlx::query(LOOK_AGAIN_AT_PARKED).bind(choice.id()).execute(conn).await.map(drop)
        })?;
        Ok(())
    }

    /// Notes why one still waits.
    pub async fn wait_because(&self, tx: &mut Tx, id: WaitingId, reason: &str) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(BECAUSE).bind(id).bind(reason).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Some of those that wait, by key, after `after`.
    pub async fn waiting_after(
        &self,
        tx: &mut Tx,
        after: WaitingId,
        limit: i64,
    ) -> Result<Vec<WaitingRecord>> {
        cell::all(in_tx!(tx, conn => sqlx::query_as(PAGE).bind(after).bind(limit).fetch_all(conn).await)?)
    }

    /// Removes one that waits no longer.
    pub async fn stop_waiting(&self, tx: &mut Tx, id: WaitingId) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(REMOVE).bind(id).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// How many wait.
    pub async fn count_waiting(&self) -> Result<i64> {
        Ok(on_db!(&self.db, pool => sqlx::query_scalar(COUNT).fetch_one(pool).await)?)
    }
}

/// A page of what waits under some aliases; the statement comes in two parts, around the place after which it begins.
async fn waiting_under(
    tx: &mut Tx,
    (start, under): (&'static str, &'static str),
    aliases: &[&[u8]],
    request: PageRequest<ArrivalPlace>,
) -> Result<Page<WaitingRecord, ArrivalPlace>> {
    if aliases.is_empty() {
        return Ok(Page::empty());
    }
    let after = request.after_or(ArrivalPlace::START);
    let rows = cell::all(in_tx!(tx, conn => {
        let mut query = QueryBuilder::new(start);
        query.push_bind(after.arrival).push(", ").push_bind(after.id).push(under);
        let mut list = query.separated(", ");
        for alias in aliases {
            list.push_bind(*alias);
        }
        query.push(") ORDER BY arrival, waiting_id LIMIT ").push_bind(request.fetched_rows());
        query.build_query_as().fetch_all(conn).await
    })?)?;
    Ok(Page::of(rows, &request, |row: &WaitingRecord| ArrivalPlace {
        arrival: row.arrival,
        id: row.waiting_id,
    }))
}
