//! The tree over all entries of the access log (RFC 6962), the checkpoints signed over it, and proofs for single lines.
//!
//! - [`LogTree`] grows leaf by leaf, holds only its right edge, and gives away the tiles of 256 hashes as they fill;
//! - [`path`] says which ranges of leaves prove something, [`tiles`] finds their hashes in stored tiles;
//! - [`note`] signs checkpoints (C2SP signed notes) and checks them; [`proof`] is the file about one line;
//! - [`sequencer`] gives entries their places; [`checkpoint_mirror`] keeps checkpoints where the database's owner cannot reach.

pub mod checkpoint_mirror;
mod grow;
pub mod note;
pub mod path;
pub mod proof;
pub mod sequencer;
pub mod tiles;

pub use grow::{HashTile, LogTree};
pub use note::{CheckpointSigner, LogCheckpoint, VerifierKey};

use sha2::{Digest as _, Sha256};

/// A hash of the tree.
pub type TreeHash = [u8; 32];

const NODE: [u8; 1] = [0x01];

/// A node over two others: `SHA-256(0x01 ‖ left ‖ right)`.
pub fn node(left: &TreeHash, right: &TreeHash) -> TreeHash {
    Sha256::new().chain_update(NODE).chain_update(left).chain_update(right).finalize().into()
}

/// The root of a tree without leaves.
pub fn empty_root() -> TreeHash {
    Sha256::new().finalize().into()
}

#[cfg(test)]
mod tests;

pub use proof::prove_lines;
pub use sequencer::{log_origin, log_verifiers};
