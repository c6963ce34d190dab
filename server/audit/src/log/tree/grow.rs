//! A tree that grows at its right edge. Holds the peaks of its full subtrees and the unfinished tile of each level.

use super::{TreeHash, empty_root, node};

/// Height of a tile: a hash of one level stands over 256 of the level below.
pub(super) const TILE_HEIGHT: u32 = 8;
/// Hashes of a full tile.
pub(super) const TILE_WIDTH: usize = 1 << TILE_HEIGHT;

/// Up to 256 hashes of one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashTile {
    /// 0 for leaf hashes.
    pub level: usize,
    /// Place among the tiles of its level.
    pub index: u64,
    /// The hashes.
    pub hashes: Vec<TreeHash>,
}

/// A growing tree.
#[derive(Clone, Debug, Default)]
pub struct LogTree {
    size: u64,
    peaks: Vec<TreeHash>,
    edge: Vec<Vec<TreeHash>>,
}

impl LogTree {
    /// The tree of this size whose unfinished tiles are these, level 0 first. None when they do not fit the size.
    pub fn restore(size: u64, edge: Vec<Vec<TreeHash>>) -> Option<Self> {
        let mut peaks = Vec::new();
        for level in (0..levels(size)).rev() {
            let hashes = edge.get(level)?;
            if hashes.len() != unfinished(size, level) {
                return None;
            }
            let mut taken = 0;
            for bit in (0..TILE_HEIGHT).rev() {
                let width = 1 << bit;
                if hashes.len() & width != 0 {
                    peaks.push(complete(&hashes[taken..taken + width]));
                    taken += width;
                }
            }
        }
        Some(Self { size, peaks, edge })
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf hash; hands over each tile that this fills.
    pub fn push(&mut self, leaf: TreeHash, full: &mut impl FnMut(HashTile)) {
        self.put(0, leaf, full);
        let (mut hash, mut height, mut rest) = (leaf, 0, self.size);
        while rest & 1 == 1 {
            let left = self.peaks.pop().expect("every set bit of the size has a peak");
            hash = node(&left, &hash);
            (height, rest) = (height + 1, rest >> 1);
            if height % TILE_HEIGHT == 0 {
                self.put((height / TILE_HEIGHT) as usize, hash, full);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    fn put(&mut self, level: usize, hash: TreeHash, full: &mut impl FnMut(HashTile)) {
        if self.edge.len() <= level {
            self.edge.resize(level + 1, Vec::new());
        }
        let tile = &mut self.edge[level];
        tile.push(hash);
        if tile.len() == TILE_WIDTH {
            let index = self.size >> (TILE_HEIGHT * (u32::try_from(level).unwrap_or(0) + 1));
            full(HashTile { level, index, hashes: std::mem::take(tile) });
        }
    }

    /// The tiles that are not full.
    pub fn unfinished(&self) -> Vec<HashTile> {
        let tiles = self.edge.iter().enumerate().filter(|(_, hashes)| !hashes.is_empty());
        tiles
            .map(|(level, hashes)| HashTile {
                level,
                index: tile_of(self.size, level),
                hashes: hashes.clone(),
            })
            .collect()
    }

    /// The root over everything so far.
    pub fn root(&self) -> TreeHash {
        let mut peaks = self.peaks.iter().rev();
        let last = peaks.next().copied().unwrap_or_else(empty_root);
        peaks.fold(last, |right, left| node(left, &right))
    }
}

/// How many levels of tiles a tree has.
pub(super) fn levels(size: u64) -> usize {
    (0..).find(|level| size >> (TILE_HEIGHT * level) == 0).unwrap_or(0) as usize
}

/// How many hashes stand in the unfinished tile of a level.
pub(super) fn unfinished(size: u64, level: usize) -> usize {
    let hashes = size >> (TILE_HEIGHT as usize * level);
    usize::try_from(hashes).unwrap_or(usize::MAX) % TILE_WIDTH
}

/// The place of the unfinished tile of a level.
pub(super) fn tile_of(size: u64, level: usize) -> u64 {
    size >> (TILE_HEIGHT as usize * (level + 1))
}

/// The root over a power of two of hashes.
pub(super) fn complete(hashes: &[TreeHash]) -> TreeHash {
    match hashes {
        [one] => *one,
        more => {
            let (left, right) = more.split_at(more.len() / 2);
            node(&complete(left), &complete(right))
        }
    }
}
