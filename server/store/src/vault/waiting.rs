//! Coverage rows that wait for their resident, sealed whole under the alias of their My Number.

use super::Vault;
use crate::{Result, Tx, records::import::waiting::PlaceInLine, tx::in_tx};
use sqlx::QueryBuilder;
use techo_model::{UnixMillis, WaitingId};
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
    ON CONFLICT (content_digest) DO UPDATE SET received_at = $6, arrival = excluded.arrival";
const PUT_IN_PLACE: &str = "INSERT INTO waiting_coverage (waiting_id, my_number_alias, content_digest, row_sealed, sent_by, received_at, key_version,
    arrival) VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT COALESCE(MAX(arrival), 0) + 1 FROM waiting_coverage))
    ON CONFLICT (content_digest) DO NOTHING";
const FOUND: &str =
    "SELECT w.waiting_id, w.my_number_alias, w.content_digest, w.row_sealed, w.sent_by, w.received_at,
    w.key_version, w.arrival FROM waiting_coverage w JOIN my_number_alias a ON a.alias = w.my_number_alias
    WHERE (w.arrival > $1 OR (w.arrival = $1 AND w.waiting_id > $2)) AND NOT EXISTS (SELECT 1 FROM parked_row p
    WHERE p.table_name = 'waiting_coverage' AND p.row_id = w.waiting_id) ORDER BY w.arrival, w.waiting_id LIMIT $3";
const OF_ALIASES: &str =
    "SELECT waiting_id, my_number_alias, content_digest, row_sealed, sent_by, received_at, key_version
    FROM waiting_coverage WHERE NOT EXISTS (SELECT 1 FROM parked_row p
    WHERE p.table_name = 'waiting_coverage' AND p.row_id = waiting_id) AND my_number_alias IN (";
const IN_ORDER: &str = ") ORDER BY arrival, waiting_id";
const REMOVE: &str = "DELETE FROM waiting_coverage WHERE waiting_id = $1";

impl Vault {
    /// Lets a coverage row wait; the same row waits once.
    pub async fn wait_for_resident(
        &self,
        tx: &mut Tx,
        row: &WaitingCoverage,
        place: PlaceInLine,
    ) -> Result<()> {
        let statement = match place {
            PlaceInLine::Last => PUT_LAST,
            PlaceInLine::Kept => PUT_IN_PLACE,
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

    /// Some of the waiting rows whose resident has arrived and that are not parked, in order of arrival, after the one with these.
    pub async fn waiting_coverage_found(
        &self,
        tx: &mut Tx,
        (arrival, id): (i64, WaitingId),
        limit: i64,
    ) -> Result<Vec<WaitingCoverage>> {
        Ok(in_tx!(tx, conn => {
            sqlx::query_as(FOUND).bind(arrival).bind(id).bind(limit).fetch_all(conn).await
        })?)
    }

    /// The rows that wait under these aliases and are not parked, in order of arrival.
    pub async fn waiting_coverage_of(&self, tx: &mut Tx, aliases: &[Uuid]) -> Result<Vec<WaitingCoverage>> {
        if aliases.is_empty() {
            return Ok(Vec::new());
        }
        Ok(in_tx!(tx, conn => {
            let mut query = QueryBuilder::new(OF_ALIASES);
            let mut list = query.separated(", ");
            for alias in aliases {
                list.push_bind(*alias);
            }
            query.push(IN_ORDER);
            query.build_query_as().fetch_all(conn).await
        })?)
    }

    /// Removes a row that waits no longer.
    pub async fn stop_waiting_for_resident(&self, tx: &mut Tx, id: WaitingId) -> Result<()> {
        in_tx!(tx, conn => sqlx::query(REMOVE).bind(id).execute(conn).await.map(drop))?;
        Ok(())
    }
}
