//! Entries that wait for a place, packed by the engine into one row: handing over a row for each costs more than everything else
//! that is done with them. What is not whole does not come packed, and is read row by row.

use super::packed_leaves::{ids, of_length};
use crate::{Result, Tx, tx::in_tx};
use sqlx::Row as _;
use techo_model::{ChainId, EventId};

/// An entry without a place in the tree.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PendingEntry {
    /// Number in its chain.
    pub chain_seq: i64,
    /// Key.
    pub event_id: EventId,
    /// Commitment.
    pub entry: Vec<u8>,
    /// Whose chain; none when the entry itself is not there.
    pub chain_id: Option<ChainId>,
    /// What only somebody with the keys can put on it.
    pub mac: Option<Vec<u8>>,
}

// See `packed_leaves` about the order and the casts. An entry that is not there has no seal, and is not whole.
const PACKED: &str = "SELECT COUNT(*), COUNT(CASE WHEN length(entry) = 32 AND length(mac) = 34 THEN 1 END),
        string_agg(CAST(chain_seq AS TEXT), ','), string_agg(CAST(event_id AS TEXT), ''),
        string_agg(CAST(chain_id AS TEXT), ''), string_agg(entry, ''), string_agg(mac, '')
    FROM (SELECT p.chain_seq, p.event_id, p.entry, e.chain_id, e.mac FROM log_pending p
        LEFT JOIN access_event e ON e.event_id = p.event_id AND e.chain_seq = p.chain_seq
        ORDER BY p.chain_seq, p.event_id LIMIT $1) AS run";

/// Columns of some entries, each strung together.
struct PackedPending {
    count: i64,
    whole: i64,
    numbers: Vec<u8>,
    events: Vec<u8>,
    chains: Vec<u8>,
    entries: Vec<u8>,
    macs: Vec<u8>,
}

/// Some of the entries that wait for a place, each chain in its order; none unless each of them is whole.
pub(super) async fn packed_pending(tx: &mut Tx, limit: i64) -> Result<Option<Vec<PendingEntry>>> {
    let packed = in_tx!(tx, conn => sqlx::query(PACKED).bind(limit).fetch_one(conn).await.and_then(|row| {
        let bytes = |column: usize| {
            row.try_get_unchecked::<Option<Vec<u8>>, _>(column).map(Option::unwrap_or_default)
        };
        Ok(PackedPending {
            count: row.try_get(0)?,
            whole: row.try_get(1)?,
            numbers: bytes(2)?,
            events: bytes(3)?,
            chains: bytes(4)?,
            entries: bytes(5)?,
            macs: bytes(6)?,
        })
    }))?;
    Ok(packed.unpack())
}

impl PackedPending {
    fn unpack(&self) -> Option<Vec<PendingEntry>> {
        let count = usize::try_from(self.count).ok().filter(|_| self.whole == self.count)?;
        if count == 0 {
            return Some(Vec::new());
        }
        let (events, chains) = (ids(&self.events, count)?, ids(&self.chains, count)?);
        let (entries, macs) = (of_length::<32>(&self.entries, count)?, of_length::<34>(&self.macs, count)?);
        let mut pending = Vec::with_capacity(count);
        for (index, number) in self.numbers.split(|byte| *byte == b',').enumerate() {
            pending.push(PendingEntry {
                chain_seq: std::str::from_utf8(number).ok()?.parse().ok()?,
                event_id: EventId(*events.get(index)?),
                entry: entries.get(index)?.to_vec(),
                chain_id: Some(ChainId(*chains.get(index)?)),
                mac: Some(macs.get(index)?.to_vec()),
            });
        }
        (pending.len() == count).then_some(pending)
    }
}
