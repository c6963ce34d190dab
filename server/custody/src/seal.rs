//! Sealing: one field of one row, AES-256-GCM-SIV, bound to its table, column and row.
//!
//! Layout of a sealed value: version of the key (2 bytes, big-endian) ‖ nonce (12) ‖ ciphertext and tag. A value that is
//! copied to another row, column or table does not open.

use crate::{
    environment::Environment,
    keys::{KeyRing, UnknownKeyVersion},
};
use aes_gcm_siv::{
    Aes256GcmSiv, Nonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use zeroize::Zeroizing;

/// Where a sealed value stands.
#[derive(Clone, Copy, Debug)]
pub struct SealLocation<'a> {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// Primary key of the row.
    pub row: &'a [u8],
}

/// Why a sealed value does not open. Never says what is inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key file lacks the version.
    #[error(transparent)]
    Key(#[from] UnknownKeyVersion),
    /// Damaged, or moved from another place.
    #[error("a sealed value does not belong to its place")]
    Broken,
}

const HEAD: usize = 2 + 12;

impl KeyRing {
    /// Seals a value for one place with the current version.
    pub fn seal(&self, environment: &Environment, place: SealLocation<'_>, value: &[u8]) -> Vec<u8> {
        let keys = self.current();
        let version = u16::try_from(keys.version()).expect("a key file has fewer than 65,536 versions");
        let nonce: [u8; 12] = environment.bytes();
        let cipher = Aes256GcmSiv::new(&(*keys.row_key(place.table, place.row)).into());
        let aad = aad(place, version);
        let sealed = cipher.encrypt(&Nonce::from(nonce), Payload { msg: value, aad: &aad });
        let mut out = Vec::with_capacity(HEAD + value.len() + 16);
        out.extend_from_slice(&version.to_be_bytes());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed.expect("a field is far shorter than the cipher's limit"));
        out
    }

    /// Opens a value that was sealed for this place.
    pub fn open(&self, place: SealLocation<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (head, body) = sealed.split_at_checked(HEAD).ok_or(SealError::Broken)?;
        let version = u16::from_be_bytes([head[0], head[1]]);
        let nonce: [u8; 12] = head[2..].try_into().map_err(|_| SealError::Broken)?;
        let keys = self.version(i64::from(version))?;
        let cipher = Aes256GcmSiv::new(&(*keys.row_key(place.table, place.row)).into());
        let aad = aad(place, version);
        let opened = cipher.decrypt(&Nonce::from(nonce), Payload { msg: body, aad: &aad });
        opened.map(Zeroizing::new).map_err(|_| SealError::Broken)
    }

    /// Opens a value that was text.
    pub fn open_text(&self, place: SealLocation<'_>, sealed: &[u8]) -> Result<String, SealError> {
        let bytes = self.open(place, sealed)?;
        std::str::from_utf8(&bytes).map(str::to_owned).map_err(|_| SealError::Broken)
    }
}

fn aad(place: SealLocation<'_>, version: u16) -> Vec<u8> {
    let mut aad = Vec::with_capacity(64);
    for part in [place.table.as_bytes(), place.column.as_bytes(), place.row] {
        aad.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        aad.extend_from_slice(part);
    }
    aad.extend_from_slice(&version.to_be_bytes());
    aad
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::set::{KeySet, MasterKey};
    use techo_model::UnixMillis;

    fn ring() -> KeyRing {
        KeyRing::new([KeySet::derive(1, &MasterKey::new([9; 32]))]).unwrap()
    }

    const HOME: SealLocation<'static> =
        SealLocation { table: "resident", column: "name_sealed", row: b"row-1" };

    #[test]
    fn a_sealed_name_opens_at_its_own_place_only() {
        let (ring, environment) = (ring(), Environment::test(UnixMillis(0), 1));
        let sealed = ring.seal(&environment, HOME, "𠮷田".as_bytes());
        assert_eq!(ring.open_text(HOME, &sealed).unwrap(), "𠮷田");
        for elsewhere in [
            SealLocation { row: b"row-2", ..HOME },
            SealLocation { column: "kana_sealed", ..HOME },
            SealLocation { table: "coverage", ..HOME },
        ] {
            assert_eq!(ring.open(elsewhere, &sealed).unwrap_err(), SealError::Broken);
        }
    }

    #[test]
    fn any_flipped_bit_and_any_missing_byte_is_noticed() {
        let (ring, environment) = (ring(), Environment::test(UnixMillis(0), 1));
        let sealed = ring.seal(&environment, HOME, b"value");
        for i in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[i] ^= 1;
            assert!(ring.open(HOME, &damaged).is_err(), "byte {i}");
            assert!(ring.open(HOME, &sealed[..i]).is_err(), "cut at {i}");
        }
    }

    #[test]
    fn the_same_value_sealed_twice_looks_different() {
        let (ring, environment) = (ring(), Environment::test(UnixMillis(0), 1));
        assert_ne!(ring.seal(&environment, HOME, b"value"), ring.seal(&environment, HOME, b"value"));
    }
}
