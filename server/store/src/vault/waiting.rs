//! Coverage rows that wait for their resident, sealed whole under the alias of their My Number.

use super::Vault;
use crate::{
    Result, Tx,
    jobs::ParkedChoice,
    records::import::waiting::{ArrivalPlace, QueuePosition},
    tried::note_tried,
    tx::in_tx,
};
use sqlx::QueryBuilder;
use techo_model::{
    UnixMillis, WaitingId,
    paging::{Page, PageRequest},
};
use uuid::Uuid;

/// A waiting coverage row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct WaitingCoverage {
    /// Key.
    pub waiting_id: WaitingId,
    /// Whom it is for.
    pub my_number_alias: Uuid,
    /// Keyed digest of the row.
    pub content_digest: Vec<u8>,
    /// The row.
    pub row_sealed: Vec<u8>,
    /// Organisation that sent it.
    pub sent_by: String,
    /// First import.
    pub received_at: UnixMillis,
    /// Key version of alias, digest and seal.
    pub key_version: i64,
    /// The order in which they came; given by the store.
    #[sqlx(default)]
    pub arrival: i64,
}

const PUT_LAST: &str = "INSERT INTO waiting_coverage (waiting_id, my_number_alias, content_digest, row_sealed, sent_by, received_at, key_version,
    arrival) VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT COALESCE(MAX(arrival), 0) + 1 FROM waiting_coverage))
    ON CONFLICT (content_digest) DO UPDATE SET received_at = $6, arrival = excluded.arrival, tried_at = NULL";
const PUT_IN_PLACE: &str = "INSERT INTO waiting_coverage (waiting_id, my_number_alias, content_digest, row_sealed, sent_by, received_at, key_version,
    arrival) VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT COALESCE(MAX(arrival), 0) + 1 FROM waiting_coverage))
    ON CONFLICT (content_digest) DO NOTHING";
const UNTRIED: &str =
    "SELECT waiting_id, my_number_alias, content_digest, row_sealed, sent_by, received_at, key_version, arrival
    FROM waiting_coverage WHERE tried_at IS NULL AND NOT EXISTS (SELECT 1 FROM parked_row p
    WHERE p.table_name = 'waiting_coverage' AND p.row_id = waiting_id) ORDER BY arrival, waiting_id LIMIT $1";
const OF_ALIASES: &str =
    "SELECT waiting_id, my_number_alias, content_digest, row_sealed, sent_by, received_at, key_version, arrival
    FROM waiting_coverage WHERE NOT EXISTS (SELECT 1 FROM parked_row p
    WHERE p.table_name = 'waiting_coverage' AND p.row_id = waiting_id) AND (arrival, waiting_id) > (";
const MARK_TRIED: &str = "UPDATE waiting_coverage SET tried_at = ";
const LOOK_AGAIN_AT_PARKED: &str =
    "UPDATE waiting_coverage SET tried_at = NULL WHERE waiting_id IN (SELECT row_id FROM parked_row
    WHERE table_name = 'waiting_coverage' AND ($1 IS NULL OR row_id = $1))";
const REMOVE: &str = "DELETE FROM waiting_coverage WHERE waiting_id = $1";

impl Vault {
    /// Lets a coverage row wait; the same row waits once.
    pub async fn wait_for_resident(
        &self,
        tx: &mut Tx,
        row: &WaitingCoverage,
        place: QueuePosition,
    ) -> Result<()> {
        let statement = match place {
            QueuePosition::Last => PUT_LAST,
            QueuePosition::Kept => PUT_IN_PLACE,
        };
        in_tx!(tx, conn => sqlx::query(statement)
            .bind(row.waiting_id)
            .bind(row.my_number_alias)
            .bind(&row.content_digest)
            .bind(&row.row_sealed)
            .bind(&row.sent_by)
            .bind(row.received_at)
            .bind(row.key_version)
            .execute(conn)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Some of those at which the sweep has not looked yet and that are not parked, in order of arrival.
    pub async fn untried_coverage(&self, tx: &mut Tx, limit: i64) -> Result<Vec<WaitingCoverage>> {
        Ok(in_tx!(tx, conn => sqlx::query_as(UNTRIED).bind(limit).fetch_all(conn).await)?)
    }

    /// Notes that the sweep has looked at some.
    pub async fn mark_coverage_tried(&self, tx: &mut Tx, ids: &[WaitingId], now: UnixMillis) -> Result<()> {
        note_tried(tx, MARK_TRIED, ids, now).await
    }

    /// Lets the sweep look once more at what is parked; before it is parked no longer.
    pub async fn look_again_at_parked_coverage(&self, tx: &mut Tx, choice: ParkedChoice) -> Result<()> {
        in_tx!(tx, conn => {
            sqlx::query(LOOK_AGAIN_AT_PARKED).bind(choice.id()).execute(conn).await.map(drop)
        })?;
        Ok(())
    }

    /// A page of the rows that wait under these aliases and are not parked, in order of arrival.
    pub async fn waiting_coverage_of(
        &self,
        tx: &mut Tx,
        aliases: &[Uuid],
        request: PageRequest<ArrivalPlace>,
    ) -> Result<Page<WaitingCoverage, ArrivalPlace>> {
        if aliases.is_empty() {
            return Ok(Page::empty());
        }
        let after = request.after_or(ArrivalPlace::START);
        let rows = in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(OF_ALIASES);
            query.push_bind(after.arrival).push(", ").push_bind(after.id).push(") AND my_number_alias IN (");
            let mut list = query.separated(", ");
            for alias in aliases {
                list.push_bind(*alias);
            }
            query.push(") ORDER BY arrival, waiting_id LIMIT ").push_bind(request.fetched_rows());
            query.build_query_as().fetch_all(conn).await
        })?;
        Ok(Page::of(rows, &request, |row: &WaitingCoverage| ArrivalPlace {
            arrival: row.arrival,
            id: row.waiting_id,
        }))
    }

    /// Removes a row that waits no longer.
    pub async fn stop_waiting_for_resident(&self, tx: &mut Tx, id: WaitingId) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(REMOVE).bind(id).execute(conn).await.map(drop))?;
        Ok(())
    }
}
