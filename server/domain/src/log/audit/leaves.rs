//! Single leaves against their entries and against the tiles of the tree.

use super::{
    AuditError, LogFault, What,
    chains::{Chains, Link},
};
use crate::log::{
    leaf,
    tree::{Hash, Tile, tiles::split},
};
use techo_store::{Records, records::log_audit::LeafRow};

const WIDTH: u64 = 256;

/// The leaf hashes that the tree holds for one page.
pub(super) struct Tiles {
    first: u64,
    hashes: Vec<Hash>,
}

impl Tiles {
    /// The tiles of level 0 that cover some leaves.
    pub(super) async fn load(records: &Records, from: u64, count: u64) -> Result<Self, AuditError> {
        let (first, last) = (from / WIDTH, (from + count - 1) / WIDTH);
        let wanted: Vec<_> = (first..=last).map(|index| (0, index.cast_signed())).collect();
        let mut rows = records.tiles(&wanted).await?;
        rows.sort_by_key(|row| row.tile_index);
        let mut hashes = Vec::with_capacity(rows.len() * 256);
        for (index, row) in (first..).zip(&rows) {
            // A tile that is missing ends what is known; its first leaf will not be found.
            if row.tile_index.unsigned_abs() != index {
                break;
            }
            hashes.extend(split(&row.hashes).unwrap_or_default());
        }
        Ok(Self { first: first * WIDTH, hashes })
    }

    fn get(&self, index: u64) -> Option<&Hash> {
        self.hashes.get(usize::try_from(index - self.first).ok()?)
    }
}

/// Checks one leaf. Returns its hash, and whether its body was erased.
pub(super) fn check(
    row: &LeafRow,
    index: u64,
    chains: &mut Chains,
    tiles: &Tiles,
) -> Result<(Hash, bool), What> {
    let (Some(chain), Some(seq), Some(stored)) = (row.chain_id, row.chain_seq, row.entry.as_deref()) else {
        return Err(What::Removed);
    };
    if row.leaf_index.unsigned_abs() != index {
        return Err(What::Removed);
    }
    let entry = stored.try_into().map_err(|_| What::Edited)?;
    let content = row.salt.as_deref().zip(row.body.as_deref());
    let hash = leaf(&entry);
    let link = Link { chain, event: row.event_id.0, seq, previous: row.previous.as_deref(), entry, content };
    let followed = chains.follow(&link);
    match tiles.get(index) {
        // A body that was edited shows as such, whatever else it broke.
        _ if followed == Err(What::Edited) => Err(What::Edited),
        Some(held) if *held == hash => followed.map(|()| (hash, content.is_none())),
        Some(_) => Err(What::Replaced),
        None => Err(What::Tile),
    }
}

/// Tiles above the leaves, as they fill.
pub(super) async fn check_tiles(records: &Records, full: &[Tile], index: u64) -> Result<(), AuditError> {
    for tile in full.iter().filter(|tile| tile.level > 0) {
        let place = (i64::try_from(tile.level).unwrap_or(0), tile.index.cast_signed());
        let stored = records.tiles(&[place]).await?;
        if stored.first().is_none_or(|row| row.hashes != tile.hashes.concat()) {
            return Err(LogFault { index, what: What::Tile }.into());
        }
    }
    Ok(())
}
