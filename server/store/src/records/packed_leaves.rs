//! A run of leaves with their entries in one row, column by column.
//!
//! Most of the time of an audit goes into carrying rows from the engine to their reader, one by one with all their columns.
//! Here the engine strings the columns together. That works because everything but the body has a fixed length, and a
//! body, which is JSON on one line, holds no line break. A run that is not regular cannot be packed and is read as rows
//! ([`Records::leaves_from`]).

use crate::{ReadConnection, Records, Result, reader::on_reader};
use sqlx::Row as _;
use techo_model::{ChainId, EventId};
use uuid::Uuid;

/// An entry that is there whole, at its place in the order of the leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the three tables, described in docs/DATA.md")]
pub struct PackedLeaf<'a> {
    pub event_id: EventId,
    pub chain_id: ChainId,
    pub chain_seq: i64,
    pub previous: Option<&'a [u8; 32]>,
    pub entry: &'a [u8; 32],
    pub mac: Option<&'a [u8; 34]>,
    pub salt: &'a [u8; 16],
    pub body: &'a str,
}

/// Leaves that follow each other.
#[derive(Debug)]
pub struct PackedLeaves {
    count: usize,
    links: i64,
    sealed: i64,
    events: Vec<u8>,
    chains: Vec<u8>,
    numbers: Vec<u8>,
    previous: Vec<u8>,
    entries: Vec<u8>,
    macs: Vec<u8>,
    salts: Vec<u8>,
    bodies: Vec<u8>,
}

/// Stands for no previous entry. An entry of zeros in its place is noticed, since links are counted.
const NONE: [u8; 32] = [0; 32];
/// Stands for no seal, likewise.
const UNSEALED: [u8; 34] = [0; 34];

// The order is asked for within, so that the columns are strung together in it. A cast makes 16 bytes of an id in SQLite,
// 36 characters in PostgreSQL.
const PACKED: &str = "SELECT COUNT(*), COUNT(previous), COUNT(mac),
        string_agg(CAST(event_id AS TEXT), ''), string_agg(CAST(chain_id AS TEXT), ''),
        string_agg(CAST(chain_seq AS TEXT), ','), string_agg(COALESCE(previous, $3), ''),
        string_agg(entry, ''), string_agg(COALESCE(mac, $5), ''), string_agg(salt, ''), string_agg(body, $4)
    FROM (SELECT l.event_id, e.chain_id, e.chain_seq, e.previous, e.entry, e.mac, b.salt, b.body
        FROM log_leaf l JOIN access_event e ON e.event_id = l.event_id
        JOIN access_event_body b ON b.event_id = l.event_id
        WHERE l.leaf_index >= $1 AND l.leaf_index < $2 AND length(e.entry) = 32 AND length(b.salt) = 16
        AND COALESCE(length(e.previous), 32) = 32 AND COALESCE(length(e.mac), 34) = 34 ORDER BY l.leaf_index) AS run";

impl Records {
    /// The leaves from one place up to another; none unless each of them is there, with a body and in the usual lengths.
    pub async fn packed_leaves(
        &self,
        reader: &mut ReadConnection,
        from: i64,
        until: i64,
    ) -> Result<Option<PackedLeaves>> {
        let packed = on_reader!(reader, conn => {
            let row = sqlx::query(PACKED)
                .bind(from)
                .bind(until)
                .bind(NONE.as_slice())
                .bind("\n")
                .bind(UNSEALED.as_slice())
                .fetch_one(conn)
                .await?;
            let count: i64 = row.try_get(0)?;
            if count == 0 || count != until - from {
                return Ok(None);
            }
            // Text as the bytes that it is: in SQLite an id is bytes that call themselves text.
            let bytes = |column: usize| row.try_get_unchecked::<Vec<u8>, _>(column);
            PackedLeaves {
                count: usize::try_from(count).unwrap_or(0),
                links: row.try_get(1)?,
                sealed: row.try_get(2)?,
                events: bytes(3)?,
                chains: bytes(4)?,
                numbers: bytes(5)?,
                previous: bytes(6)?,
                entries: bytes(7)?,
                macs: bytes(8)?,
                salts: bytes(9)?,
                bodies: bytes(10)?,
            }
        });
        Ok(Some(packed))
    }
}

impl PackedLeaves {
    /// The leaves in their order; none when the columns do not fit together.
    pub fn unpack(&self) -> Option<Vec<PackedLeaf<'_>>> {
        let (events, chains) = (ids(&self.events, self.count)?, ids(&self.chains, self.count)?);
        let numbers = self.numbers.split(|byte| *byte == b',');
        let entries = of_length::<32>(&self.entries, self.count)?;
        let salts = of_length::<16>(&self.salts, self.count)?;
        let previous = of_length::<32>(&self.previous, self.count)?;
        let macs = of_length::<34>(&self.macs, self.count)?;
        let sealed = macs.iter().filter(|mac| **mac != UNSEALED).count();
        if i64::try_from(sealed) != Ok(self.sealed) {
            return None;
        }
        let links = previous.iter().filter(|link| **link != NONE).count();
        let bodies: Vec<_> = std::str::from_utf8(&self.bodies).ok()?.split('\n').collect();
        if i64::try_from(links) != Ok(self.links) || bodies.len() != self.count {
            return None;
        }
        let mut leaves = Vec::with_capacity(self.count);
        for (index, number) in numbers.enumerate() {
            leaves.push(PackedLeaf {
                event_id: EventId(*events.get(index)?),
                chain_id: ChainId(*chains.get(index)?),
                chain_seq: std::str::from_utf8(number).ok()?.parse().ok()?,
                previous: previous.get(index).filter(|link| **link != NONE),
                entry: entries.get(index)?,
                mac: macs.get(index).filter(|mac| **mac != UNSEALED),
                salt: salts.get(index)?,
                body: bodies.get(index)?,
            });
        }
        (leaves.len() == self.count).then_some(leaves)
    }
}

pub(super) fn of_length<const N: usize>(column: &[u8], count: usize) -> Option<&[[u8; N]]> {
    let (parts, rest) = column.as_chunks();
    (parts.len() == count && rest.is_empty()).then_some(parts)
}

pub(super) fn ids(column: &[u8], count: usize) -> Option<Vec<Uuid>> {
    if let Some(parts) = of_length::<16>(column, count) {
        return Some(parts.iter().map(|bytes| Uuid::from_bytes(*bytes)).collect());
    }
    of_length::<36>(column, count)?.iter().map(|text| Uuid::try_parse_ascii(text).ok()).collect()
}
