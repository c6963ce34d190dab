//! Hashes of ranges of leaves, found in stored tiles.

use super::{
    HashTile, TreeHash,
    grow::{TILE_HEIGHT, TILE_WIDTH, complete},
    node,
    path::subtrees,
};
use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};
use techo_custody::{Internal, Result};
use techo_store::{Records, records::log_tree::TileRow};

/// A tile that is not there or not whole, by its level and its place.
fn broken((level, index): (i64, i64)) -> Internal {
    Internal::corrupt("log_tile", "hashes", format!("{level}/{index}").as_str())
}

/// The hash over each of some ranges, as the tree of RFC 6962 has them.
pub async fn hashes(records: &Records, ranges: &[Range<u64>]) -> Result<Vec<TreeHash>> {
    let wanted: BTreeSet<_> = ranges.iter().cloned().flat_map(subtrees).map(place).collect();
    let wanted: Vec<_> = wanted.into_iter().map(|(level, tile, _)| (level, tile)).collect();
    let rows = records.tiles(&wanted).await?;
    let tiles = rows.iter().map(|row| Ok(((row.level, row.tile_index), split(row)?)));
    let tiles = tiles.collect::<Result<HashMap<_, _>, Internal>>()?;
    let of_subtree = |(height, index): (u32, u64)| {
        let (level, tile, first) = place((height, index));
        let width = 1_usize << (height % TILE_HEIGHT);
        let hashes: &Vec<TreeHash> = tiles.get(&(level, tile)).ok_or_else(|| broken((level, tile)))?;
        Ok(complete(hashes.get(first..first + width).ok_or_else(|| broken((level, tile)))?))
    };
    let of_range = |range: &Range<u64>| {
        let parts =
            subtrees(range.clone()).into_iter().map(of_subtree).collect::<Result<Vec<_>, Internal>>()?;
        parts
            .into_iter()
            .rev()
            .reduce(|right, left| node(&left, &right))
            .ok_or_else(|| broken((0, i64::try_from(range.start).unwrap_or(i64::MAX))))
    };
    ranges.iter().map(|range| of_range(range).map_err(Into::into)).collect()
}

/// Level and place of the tile in which a full subtree stands, and its first hash there.
fn place((height, index): (u32, u64)) -> (i64, i64, usize) {
    let first = index << (height % TILE_HEIGHT);
    let within = usize::try_from(first % TILE_WIDTH as u64).unwrap_or(0);
    (i64::from(height / TILE_HEIGHT), i64::try_from(first / TILE_WIDTH as u64).unwrap_or(i64::MAX), within)
}

/// The hashes of a stored tile.
pub(crate) fn split(row: &TileRow) -> Result<Vec<TreeHash>, Internal> {
    let (hashes, rest) = row.hashes.as_chunks::<32>();
    if rest.is_empty() { Ok(hashes.to_vec()) } else { Err(broken((row.level, row.tile_index))) }
}

/// A tile as it is stored.
pub(super) fn row(tile: &HashTile) -> TileRow {
    TileRow {
        level: i64::try_from(tile.level).unwrap_or(i64::MAX),
        tile_index: i64::try_from(tile.index).unwrap_or(i64::MAX),
        hashes: tile.hashes.concat(),
    }
}
