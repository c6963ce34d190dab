//! What must reach a person outside the portal: written in the transaction of what it tells about, listed for the
//! municipality's next batch of letters, and marked once it was told.

use super::Vault;
use crate::{
    Result, Tx,
    cell::{self, keyed},
    db::on_db,
    db::on_db_write,
    tx::in_tx,
};
use techo_model::{AccountId, CalendarDate, EventId, ResidentId, UnixMillis, account::AccountEvent};
use uuid::Uuid;

/// Something that was done to the account of a person, to be told outside of it.
#[derive(Clone, Debug)]
pub struct NewOutsideEvent<'a> {
    /// The same id as on the access log.
    pub event_id: EventId,
    /// Whose account.
    pub account_id: AccountId,
    /// What was done, as on the access log.
    pub kind: AccountEvent,
    /// JSON: ids, counts, closed words; never a value.
    pub detail: &'a str,
    /// When.
    pub at: UnixMillis,
}

/// An event that was not told yet, with what a letter about it needs.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OutsideEventRow {
    /// Id of the event; of the first one when there were several.
    pub event_id: EventId,
    /// Whom it is about.
    pub resident_id: ResidentId,
    /// What was done, as on the access log.
    pub kind: AccountEvent,
    /// JSON: ids, counts, closed words; of the last one when there were several.
    pub detail: String,
    /// How often: more than once for refused sign-ins only.
    pub times: i64,
    /// When it happened first.
    pub first_at: UnixMillis,
    /// When it happened last.
    pub last_at: UnixMillis,
    /// 氏名.
    pub name_sealed: Vec<u8>,
    /// 郵便番号.
    pub postal_code_sealed: Option<Vec<u8>>,
    /// 住所.
    pub address_sealed: Option<Vec<u8>>,
    /// 支援措置.
    pub is_protected: bool,
}

keyed! {
    OutsideEventRow in "outside_event" by ["event_id"];
}

/// The place of an event in the order in which they are listed: by person, so that one letter holds all of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutsideEventCursor {
    /// Whom it is about.
    pub resident: ResidentId,
    /// Id of the event.
    pub event: EventId,
}

impl OutsideEventCursor {
    /// Before all events.
    pub const START: Self = Self { resident: ResidentId(Uuid::nil()), event: EventId(Uuid::nil()) };
}

impl OutsideEventRow {
    /// Where the list goes on after this event.
    pub fn place(&self) -> OutsideEventCursor {
        OutsideEventCursor { resident: self.resident_id, event: self.event_id }
    }
}

const PUT: &str = "INSERT INTO outside_event (event_id, resident_id, kind, detail, times, first_at, last_at)
    SELECT $1, resident_id, $3, $4, 1, $5, $5 FROM account WHERE account_id = $2
    ON CONFLICT (resident_id) WHERE told_at IS NULL AND kind = 'session.refused'
    DO UPDATE SET times = outside_event.times + 1, detail = $4, last_at = $5";
const UNTOLD: &str = "SELECT e.event_id, e.resident_id, e.kind, e.detail, e.times, e.first_at, e.last_at,
        r.name_sealed, r.postal_code_sealed, r.address_sealed, r.is_protected
    FROM outside_event e JOIN resident r ON r.resident_id = e.resident_id
    WHERE e.told_at IS NULL AND r.municipality = $1 AND r.died_on IS NULL
        AND (r.moved_out_on IS NULL OR r.moved_out_on > $5)
        AND (e.resident_id > $2 OR (e.resident_id = $2 AND e.event_id > $3))
    ORDER BY e.resident_id, e.event_id LIMIT $4";
const TELL: &str =
    "UPDATE outside_event SET told_at = $3 WHERE event_id = $1 AND times = $2 AND told_at IS NULL";
const PURGE: &str = "DELETE FROM outside_event WHERE told_at <= $1";

impl Vault {
    /// Keeps something that the person must be told outside the portal, in the transaction of what it tells about. A
    /// refused sign-in joins the one that waits to be told already.
    pub async fn put_outside_event(&self, tx: &mut Tx, event: &NewOutsideEvent<'_>) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(PUT)
            .bind(event.event_id)
            .bind(event.account_id)
            .bind(event.kind)
            .bind(event.detail)
            .bind(event.at)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// What the residents of a municipality were not told yet, person by person, after the place given. Those who died
    /// or moved out have no address there and are left out; who is to move out after `today` still lives there.
    pub async fn unprinted_events(
        &self,
        municipality: &str,
        (after, limit): (OutsideEventCursor, i64),
        today: CalendarDate,
    ) -> Result<Vec<OutsideEventRow>> {
        cell::all(on_db!(&self.db, pool => sqlx::query_as(UNTOLD)
            .bind(municipality)
            .bind(after.resident)
            .bind(after.event)
            .bind(limit)
            .bind(today.to_string())
            .fetch_all(pool)
            .await)?)
    }

    /// Notes that an event was told as it was listed. Answers false when it was told meanwhile, or when it happened
    /// once more since it was listed: then it waits for the next batch, with all of its times.
    pub async fn mark_event_printed(
        &self,
        tx: &mut Tx,
        event: &OutsideEventRow,
        now: UnixMillis,
    ) -> Result<bool> {
        let done = in_tx!(tx, conn => sqlx::query(TELL)
            .bind(event.event_id)
            .bind(event.times)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Forgets events that were told before this instant.
    pub async fn purge_printed_events(&self, before: UnixMillis) -> Result<u64> {
        Ok(on_db_write!(&self.db, pool => {
            sqlx::query(PURGE).bind(before).execute(pool).await.map(|done| done.rows_affected())
        })?)
    }
}
