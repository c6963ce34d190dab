//! The CA: its key, its certificate, and what it signs.

use crate::{
    LabError,
    profile::{self, SignedTbs, Tbs},
};
use der::{
    Encode as _,
    asn1::{BitString, Int},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
use rsa::{RsaPrivateKey, RsaPublicKey, pkcs8::EncodePublicKey as _};
use sha2::{Digest as _, Sha256};
use techo_model::UnixMillis;
use x509_cert::{ext::Extension, name::Name, spki::SubjectPublicKeyInfoOwned};

/// Modulus of every key here, the CA's included, in bits.
const KEY_BITS: usize = 2048;

/// The lab's CA.
#[derive(Clone, Debug)]
pub(crate) struct Authority {
    pub key: RsaPrivateKey,
    pub name: Name,
    pub key_id: Vec<u8>,
}

/// What of a certificate differs from card to card.
pub(crate) struct CertificateRequest<'a> {
    pub serial: &'a [u8],
    pub subject: Name,
    pub key: &'a RsaPublicKey,
    pub not_before: UnixMillis,
    pub not_after: UnixMillis,
}

impl Authority {
    /// A CA with this key.
    pub fn new(key: RsaPrivateKey) -> Result<Self, LabError> {
        Ok(Self { name: profile::ca_name()?, key_id: key_id(key.as_public_key())?, key })
    }

    /// Its own certificate.
    pub fn own_certificate(&self, from: UnixMillis, to: UnixMillis) -> Result<Vec<u8>, LabError> {
        let request = CertificateRequest {
            serial: &[1],
            subject: self.name.clone(),
            key: self.key.as_public_key(),
            not_before: from,
            not_after: to,
        };
        self.sign(self.tbs(&request, profile::ca_extensions(&self.key_id)?)?)
    }

    /// A card's authentication certificate.
    pub fn card_certificate(&self, request: &CertificateRequest<'_>) -> Result<Vec<u8>, LabError> {
        let extensions = profile::card_extensions(&self.key_id, &self.name, &key_id(request.key)?)?;
        self.sign(self.tbs(request, extensions)?)
    }

    /// The body of a certificate under this CA, for the forger to spoil.
    pub fn tbs(&self, request: &CertificateRequest<'_>, extensions: Vec<Extension>) -> Result<Tbs, LabError> {
        Ok(Tbs {
            version: Some(2),
            serial: Int::new(request.serial).map_err(LabError::crypto)?,
            signature: profile::sha256_with_rsa(),
            issuer: self.name.clone(),
            validity: profile::validity(request.not_before, request.not_after)?,
            subject: request.subject.clone(),
            key: public_key_info(request.key)?,
            extensions: Some(extensions),
        })
    }

    fn sign(&self, tbs: Tbs) -> Result<Vec<u8>, LabError> {
        let body = tbs.to_der().map_err(LabError::crypto)?;
        let signature = bits(&profile::sign(&self.key, &body)?)?;
        let signed = SignedTbs { tbs, algorithm: profile::sha256_with_rsa(), signature };
        signed.to_der().map_err(LabError::crypto)
    }
}

/// A key that comes from a seed: the same seed gives the same key.
pub(crate) fn generate_key(seed: [u8; 32]) -> Result<RsaPrivateKey, LabError> {
    RsaPrivateKey::new(&mut ChaCha20Rng::from_seed(seed), KEY_BITS).map_err(LabError::crypto)
}

/// A key as a certificate carries it.
pub(crate) fn public_key_info(key: &RsaPublicKey) -> Result<SubjectPublicKeyInfoOwned, LabError> {
    let document = key.to_public_key_der().map_err(LabError::crypto)?;
    SubjectPublicKeyInfoOwned::try_from(document.as_bytes()).map_err(LabError::crypto)
}

/// A signature as X.509 carries it.
pub(crate) fn bits(signature: &[u8]) -> Result<BitString, LabError> {
    BitString::from_bytes(signature).map_err(LabError::crypto)
}

/// A key's identifier: the first 160 bits of SHA-256 over the key (RFC 7093, method 1).
pub(crate) fn key_id(key: &RsaPublicKey) -> Result<Vec<u8>, LabError> {
    let info = public_key_info(key)?;
    Ok(Sha256::digest(info.subject_public_key.raw_bytes())[..20].to_vec())
}
