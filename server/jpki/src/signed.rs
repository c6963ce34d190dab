//! The outer shell that certificates and revocation lists share: a body, an algorithm, a signature.

use super::CardKey;
use der::{
    Reader as _, SliceReader,
    asn1::{AnyRef, BitStringRef, ObjectIdentifier},
};
use techo_model::UnixMillis;
use x509_cert::{spki::AlgorithmIdentifierRef, time::Time};

const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");

/// A signed structure, its body as the very bytes that were signed (decoding and encoding again need not give them).
pub(super) struct Signed<'a> {
    /// DER of the `tbs…` part with its header.
    pub body: &'a [u8],
    /// The algorithm as named outside the body.
    pub algorithm: AlgorithmIdentifierRef<'a>,
    signature: BitStringRef<'a>,
}

impl<'a> Signed<'a> {
    /// Reads exactly one such structure; bytes after it are an error.
    pub fn read(der: &'a [u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(der)?;
        let signed = reader.sequence(|parts| {
            Ok::<_, der::Error>(Self {
                body: parts.tlv_bytes()?,
                algorithm: parts.decode()?,
                signature: parts.decode()?,
            })
        })?;
        reader.finish()?;
        Ok(signed)
    }

    /// Whether the holder of this key signed the body.
    pub fn is_signed_by(&self, key: &CardKey) -> bool {
        self.signature.as_bytes().is_some_and(|signature| key.verifies(self.body, signature))
    }
}

/// Whether this is sha256WithRSAEncryption; parameters NULL or absent, as RFC 4055 section 5 says.
pub(super) fn is_sha256_with_rsa(algorithm: &AlgorithmIdentifierRef<'_>) -> bool {
    algorithm.oid == SHA256_WITH_RSA && algorithm.parameters.is_none_or(|p| p == AnyRef::NULL)
}

/// A certificate's instant as ours.
pub(super) fn instant(time: Time) -> UnixMillis {
    UnixMillis(i64::try_from(time.to_unix_duration().as_millis()).unwrap_or(i64::MAX))
}
