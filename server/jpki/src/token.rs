//! The `web-eid:1.0` token: a certificate and a signature over where and what was asked.
//!
//! Source: web-eid "Web eID system architecture", authentication token format; rules in `docs/SECURITY.md`.

use super::{CardKey, CardRefusal};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use techo_model::card::{TOKEN_ALGORITHM, TOKEN_FORMAT, WebEidToken};

/// The longest certificate that is looked at. JPKI's own have under 2 kB.
pub const MAX_CERTIFICATE_BYTES: usize = 10_000;

/// A signature of an RSA key of 2048 bits.
const SIGNATURE_BYTES: usize = 256;

/// What the portal asked the card to sign.
#[derive(Clone, Copy, Debug)]
pub struct SignChallenge<'a> {
    /// Where: `https://host[:port]`, without a slash at the end.
    pub origin: &'a str,
    /// What: the nonce's text as it was sent (base64), not the bytes behind it.
    pub nonce: &'a str,
}

impl SignChallenge<'_> {
    /// What the card's key signs: SHA-256(origin) ‖ SHA-256(nonce). Fixed lengths, so that no character can move
    /// from one to the other.
    fn signed_bytes(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&Sha256::digest(self.origin));
        bytes[32..].copy_from_slice(&Sha256::digest(self.nonce));
        bytes
    }
}

/// A token whose outside is in order. Its certificate has been decoded from base64 and not looked at.
#[derive(Clone, Debug)]
pub struct CardToken {
    certificate: Vec<u8>,
    signature: [u8; SIGNATURE_BYTES],
}

impl CardToken {
    /// Checks format and algorithm and decodes the two binary fields.
    ///
    /// # Errors
    /// The first field that is not as the format says.
    pub fn read(token: &WebEidToken) -> Result<Self, CardRefusal> {
        if token.format != TOKEN_FORMAT {
            return Err(CardRefusal::TokenFormat);
        }
        if token.algorithm != TOKEN_ALGORITHM {
            return Err(CardRefusal::TokenAlgorithm);
        }
        let certificate = decode(&token.unverified_certificate, MAX_CERTIFICATE_BYTES)
            .ok_or(CardRefusal::CertificateEncoding)?;
        let signature = decode(&token.signature, SIGNATURE_BYTES)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(CardRefusal::SignatureEncoding)?;
        Ok(Self { certificate, signature })
    }

    /// The certificate's DER, to be verified by [`super::TrustStore::verify`].
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// Verifies that this key signed this challenge.
    ///
    /// # Errors
    /// [`CardRefusal::ChallengeSignature`] when it signed something else, or another key did.
    pub fn signed_by(&self, key: &CardKey, challenge: &SignChallenge<'_>) -> Result<(), CardRefusal> {
        if key.verifies(&challenge.signed_bytes(), &self.signature) {
            Ok(())
        } else {
            Err(CardRefusal::ChallengeSignature)
        }
    }
}

/// Strict base64: standard alphabet, padded, no white space, no stray bits; nothing longer is even decoded.
fn decode(text: &str, longest: usize) -> Option<Vec<u8>> {
    if text.len() > longest.div_ceil(3) * 4 {
        return None;
    }
    STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty() && bytes.len() <= longest)
}
