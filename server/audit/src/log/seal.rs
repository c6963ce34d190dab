//! The seal of a line: what whoever has the database and not the keys cannot make.
//!
//! Commitments and chains show what was altered or taken away. They do not keep anybody who can write into the database
//! from adding a line, since everything that they are made of stands there. So each line carries the number of a key version
//! (2 bytes, big end first) and HMAC-SHA-256 over its chain, number, id and commitment. The sequencer gives no line a place
//! whose seal is not right, and the audit looks at every one.
//!
//! Lines from before there were seals have none. How many these are says a line of the log itself
//! ([`Action::SealsBegin`](super::Action::SealsBegin)), under seal and checkpoint.

use super::Commitment;
use subtle::ConstantTimeEq as _;
use techo_custody::keys::{KeyRing, set::KeySet};
use techo_model::{ChainId, EventId};

/// Bytes of a seal.
pub(crate) const SEAL_BYTES: usize = 34;

/// A line as it is sealed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SealedLine<'a> {
    pub(crate) chain: ChainId,
    pub(crate) seq: i64,
    pub(crate) event: EventId,
    pub(crate) entry: &'a Commitment,
}

impl SealedLine<'_> {
    fn code(&self, keys: &KeySet) -> [u8; 32] {
        let seq = self.seq.to_be_bytes();
        keys.line_seal([self.chain.0.as_bytes(), &seq, self.event.0.as_bytes(), self.entry])
    }

    /// The seal of the version that writes.
    pub(crate) fn seal(&self, keys: &KeySet) -> [u8; SEAL_BYTES] {
        let mut seal = [0; SEAL_BYTES];
        let version = u16::try_from(keys.version()).expect("there are fewer key versions than that");
        seal[..2].copy_from_slice(&version.to_be_bytes());
        seal[2..].copy_from_slice(&self.code(keys));
        seal
    }

    /// The key version under which a stored seal is right; none when it is not.
    pub(crate) fn check(&self, ring: &KeyRing, stored: &[u8]) -> Option<i64> {
        let stored: &[u8; SEAL_BYTES] = stored.try_into().ok()?;
        let version = i64::from(u16::from_be_bytes([stored[0], stored[1]]));
        let code = self.code(ring.version(version).ok()?);
        bool::from(code.ct_eq(&stored[2..])).then_some(version)
    }
}
