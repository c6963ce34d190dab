//! Commitments: what the tree and the chains are made of.

use sha2::{Digest as _, Sha256};

/// SHA-256 over an event, hidden by its salt.
pub type Commitment = [u8; 32];

/// Random bytes that keep a short body from being guessed. Kept beside the body, and dropped with it.
pub type EntrySalt = [u8; 16];

const DOMAIN: &[u8] = b"access-event-v1\0";
const LEAF: [u8; 1] = [0x00];

/// The entry of an event: `SHA-256("access-event-v1\0" ‖ salt ‖ canonical JSON)`.
pub fn entry(salt: &EntrySalt, body: &str) -> Commitment {
    Sha256::new().chain_update(DOMAIN).chain_update(salt).chain_update(body).finalize().into()
}

/// The leaf of an entry in the tree (RFC 6962): `SHA-256(0x00 ‖ entry)`.
pub fn leaf(entry: &Commitment) -> Commitment {
    Sha256::new().chain_update(LEAF).chain_update(entry).finalize().into()
}
