//! What the sweep has looked at, in either database.

use crate::{Result, Tx, tx::in_tx};
use sqlx::QueryBuilder;
use techo_model::{UnixMillis, WaitingId};

/// Notes when the sweep looked at these rows; the statement ends where the instant follows.
pub(crate) async fn note_tried(
    tx: &mut Tx,
    statement: &'static str,
    ids: &[WaitingId],
    now: UnixMillis,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    in_tx!(tx, conn => {
        let mut query = QueryBuilder::new(statement);
        query.push_bind(now).push(" WHERE waiting_id IN (");
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(")");
        query.build().execute(conn).await.map(drop)
    })?;
    Ok(())
}
