//! Which parts of the tree prove something about it (RFC 6962, section 2.1), and how a proof is checked.

use super::{TreeHash, node};
use std::ops::Range;

/// Ranges of leaves whose hashes prove that a leaf is in a tree of `size`, from the leaf to the root.
pub fn inclusion(index: u64, size: u64) -> Vec<Range<u64>> {
    let mut path = Vec::new();
    let (mut low, mut high) = (0, size);
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(middle..high);
            high = middle;
        } else {
            path.push(low..middle);
            low = middle;
        }
    }
    path.reverse();
    path
}

/// The full subtrees that make up a range, left to right, as height and place among those of their height.
pub fn subtrees(range: Range<u64>) -> Vec<(u32, u64)> {
    let (mut low, mut found) = (range.start, Vec::new());
    while low < range.end {
        let height = (range.end - low).ilog2();
        found.push((height, low >> height));
        low += 1 << height;
    }
    found
}

/// The root that a path leads to, or none when the path has another length than such a leaf needs.
pub fn root_from(leaf: TreeHash, index: u64, size: u64, path: &[TreeHash]) -> Option<TreeHash> {
    let ranges = (index < size).then(|| inclusion(index, size))?;
    if ranges.len() != path.len() {
        return None;
    }
    let step = |below: TreeHash, (range, beside): (&Range<u64>, &TreeHash)| {
        if range.start > index { node(&below, beside) } else { node(beside, &below) }
    };
    Some(ranges.iter().zip(path).fold(leaf, step))
}

/// The largest power of two below a number.
pub(super) fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}
