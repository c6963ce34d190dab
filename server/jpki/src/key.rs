//! RSA keys, as cards and their CAs have them.

use super::CardRefusal;
use der::{Decode as _, asn1::ObjectIdentifier};
use rsa::{
    BoxedUint, Pkcs1v15Sign, RsaPublicKey,
    pkcs1::{self, RsaPublicKeyRef},
};
use sha2::{Digest as _, Sha256};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

/// Sizes of the modulus in bytes that a card's key may have: 2048 bits and no other.
pub(super) const CARD_KEY_BYTES: &[usize] = &[256];

/// Sizes of the modulus in bytes that a CA's key may have: 2048, 3072, 4096 bits.
pub(super) const CA_KEY_BYTES: &[usize] = &[256, 384, 512];

/// 65537, as the one exponent that is accepted.
const EXPONENT: &[u8] = &[1, 0, 1];

const RSA_ENCRYPTION: ObjectIdentifier = pkcs1::ALGORITHM_OID;

/// An RSA public key with exponent 65537 and a size that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardKey(RsaPublicKey);

impl CardKey {
    /// Reads the key of a certificate. Size and exponent are checked before any arithmetic is done with it.
    pub(super) fn read(info: &SubjectPublicKeyInfoOwned, sizes: &[usize]) -> Result<Self, CardRefusal> {
        let parameters = info.algorithm.parameters.as_ref();
        if info.algorithm.oid != RSA_ENCRYPTION || !parameters.is_some_and(der::Any::is_null) {
            return Err(CardRefusal::KeyAlgorithm);
        }
        let bits = info.subject_public_key.as_bytes().ok_or(CardRefusal::KeyAlgorithm)?;
        let key = RsaPublicKeyRef::from_der(bits).map_err(|_| CardRefusal::KeyAlgorithm)?;
        let modulus = key.modulus.as_bytes();
        if !sizes.contains(&modulus.len()) || modulus.first().is_none_or(|first| first >> 7 == 0) {
            return Err(CardRefusal::KeySize);
        }
        if key.public_exponent.as_bytes() != EXPONENT {
            return Err(CardRefusal::KeyExponent);
        }
        RsaPublicKey::new(BoxedUint::from_be_slice_vartime(modulus), BoxedUint::from(65_537_u64))
            .map(Self)
            .map_err(|_| CardRefusal::KeyAlgorithm)
    }

    /// Whether this is a signature of this key over the message: RSASSA-PKCS1-v1_5 with SHA-256.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message), signature).is_ok()
    }
}
