//! Single leaves against their entries and against the tiles of the tree.

use super::{AuditError, FaultKind, LogFault, chains::Chains, link::Link};
use crate::log::{
    leaf,
    tree::{HashTile, TreeHash, tiles::split},
};
use techo_store::{
    Records,
    records::{log_audit::LeafRow, packed_leaves::PackedLeaf},
};

const WIDTH: u64 = 256;

/// The leaf hashes that the tree holds for one page.
pub(super) struct Tiles {
    first: u64,
    hashes: Vec<TreeHash>,
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
            hashes.extend(split(row).unwrap_or_default());
        }
        Ok(Self { first: first * WIDTH, hashes })
    }

    fn get(&self, index: u64) -> Option<&TreeHash> {
        self.hashes.get(usize::try_from(index - self.first).ok()?)
    }
}

/// A leaf of a packed run.
pub(super) fn of_run(leaf: PackedLeaf<'_>) -> Link<'_> {
    Link {
        chain: leaf.chain_id,
        event: leaf.event_id.0,
        seq: leaf.chain_seq,
        previous: leaf.previous.map(<[u8; 32]>::as_slice),
        entry: *leaf.entry,
        mac: leaf.mac.map(<[u8; 34]>::as_slice),
        content: Some((leaf.salt, leaf.body)),
    }
}

/// A leaf of which anything may be missing.
pub(super) fn of_row(row: &LeafRow, index: u64) -> Result<Link<'_>, FaultKind> {
    let (Some(chain), Some(seq), Some(entry)) = (row.chain_id, row.chain_seq, row.entry.as_deref()) else {
        return Err(FaultKind::Removed);
    };
    if row.leaf_index.unsigned_abs() != index {
        return Err(FaultKind::Removed);
    }
    Ok(Link {
        chain,
        event: row.event_id.0,
        seq,
        previous: row.previous.as_deref(),
        entry: entry.try_into().map_err(|_| FaultKind::Edited)?,
        mac: row.mac.as_deref(),
        content: row.salt.as_deref().zip(row.body.as_deref()),
    })
}

/// Checks one leaf. Returns its hash.
pub(super) fn check(
    link: &Link<'_>,
    index: u64,
    chains: &mut Chains,
    tiles: &Tiles,
) -> Result<TreeHash, FaultKind> {
    let hash = leaf(&link.entry);
    let followed = chains.follow(link, index);
    match tiles.get(index) {
        // A body that was edited shows as such, whatever else it broke.
        _ if followed == Err(FaultKind::Edited) => Err(FaultKind::Edited),
        Some(held) if *held == hash => followed.map(|()| hash),
        Some(_) => Err(FaultKind::Replaced),
        None => Err(FaultKind::Tile),
    }
}

/// Tiles above the leaves, as they fill.
pub(super) async fn check_tiles(records: &Records, full: &[HashTile], index: u64) -> Result<(), AuditError> {
    for tile in full.iter().filter(|tile| tile.level > 0) {
        let place = (i64::try_from(tile.level).unwrap_or(0), tile.index.cast_signed());
        let stored = records.tiles(&[place]).await?;
        if stored.first().is_none_or(|row| row.hashes != tile.hashes.concat()) {
            return Err(LogFault { index, what: FaultKind::Tile }.into());
        }
    }
    Ok(())
}
