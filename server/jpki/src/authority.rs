//! A card CA that the operator chose to trust, and what its certificate must look like.

use super::{
    CardKey,
    extensions::{find, refuse_repeated, refuse_unknown_critical},
    key::CA_KEY_BYTES,
    profile::extensions_of,
    signed::{Signed, instant, is_sha256_with_rsa},
};
use der::{Decode as _, asn1::ObjectIdentifier, oid::AssociatedOid as _, referenced::OwnedToRef as _};
use techo_model::{UnixMillis, card::DEMO_CA_MARK};
use x509_cert::{
    Certificate, Version,
    ext::{
        Extension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, KeyUsage, SubjectKeyIdentifier,
        },
    },
    name::Name,
};

/// The extensions of a CA that are looked into, or that limit nothing here: the anchor's own policies do not
/// restrict what is asked of a leaf, which is to name the one policy.
const VERIFIED: &[ObjectIdentifier] = &[
    AuthorityKeyIdentifier::OID,
    BasicConstraints::OID,
    CertificatePolicies::OID,
    KeyUsage::OID,
    SubjectKeyIdentifier::OID,
];

/// Why a certificate cannot be a trusted card CA. The text completes a Japanese sentence about the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaFault {
    /// Not DER or PEM of exactly one X.509 certificate each.
    #[error("DERまたはPEMの証明書として読めません")]
    NotACertificate,
    /// Not version 3, or no basicConstraints with cA, or a key usage without keyCertSign.
    #[error("認証局の証明書ではありません（basicConstraints の cA と keyUsage の keyCertSign が必要です）")]
    NotACa,
    /// Issued by somebody else: JPKI has one tier, and a chain is not followed.
    #[error("自己署名の証明書ではありません")]
    NotSelfSigned,
    /// Signed with something else than RSA and SHA-256.
    #[error("署名方式が SHA-256 の RSA ではありません")]
    Algorithm,
    /// Not RSA of 2048, 3072 or 4096 bits with exponent 65537.
    #[error("公開鍵が 2048・3072・4096 ビットのRSA（指数65537）ではありません")]
    Key,
    /// No subject key identifier, by which it would be found.
    #[error("主体者鍵識別子（subjectKeyIdentifier）がありません")]
    NoKeyId,
    /// An extension that is repeated, malformed, or critical and unknown.
    #[error("解釈できない拡張領域があります")]
    Extensions,
}

/// A trusted card CA.
#[derive(Clone, Debug)]
pub(super) struct Authority {
    pub key_id: Vec<u8>,
    pub name: Name,
    pub key: CardKey,
    pub not_before: UnixMillis,
    pub not_after: UnixMillis,
    /// Made for demonstration: its subject bears the mark.
    pub is_demo: bool,
    /// May sign revocation lists.
    pub signs_lists: bool,
}

impl Authority {
    /// Reads a CA's certificate and checks everything but its validity, which changes with time.
    pub fn read(der: &[u8]) -> Result<Self, CaFault> {
        let signed = Signed::read(der).map_err(|_| CaFault::NotACertificate)?;
        let certificate = Certificate::from_der(der).map_err(|_| CaFault::NotACertificate)?;
        let body = certificate.tbs_certificate();
        let extensions = extensions_of(&certificate);
        refuse_repeated(extensions).map_err(|_| CaFault::Extensions)?;
        let signs_lists = check_usage(extensions)?;
        if body.version() != Version::V3 || body.issuer() != body.subject() {
            return Err(CaFault::NotSelfSigned);
        }
        if !is_sha256_with_rsa(&signed.algorithm) || body.signature().owned_to_ref() != signed.algorithm {
            return Err(CaFault::Algorithm);
        }
        let key = CardKey::read(body.subject_public_key_info(), CA_KEY_BYTES).map_err(|_| CaFault::Key)?;
        if !signed.is_signed_by(&key) {
            return Err(CaFault::NotSelfSigned);
        }
        Ok(Self {
            key_id: key_id(extensions)?,
            name: body.subject().clone(),
            key,
            not_before: instant(body.validity().not_before),
            not_after: instant(body.validity().not_after),
            is_demo: is_demo(body.subject()),
            signs_lists,
        })
    }
}

/// A CA by basicConstraints and by keyUsage, when it has one; says whether it may sign revocation lists.
fn check_usage(extensions: &[Extension]) -> Result<bool, CaFault> {
    let constraints = find::<BasicConstraints>(extensions).map_err(|_| CaFault::Extensions)?;
    if !constraints.is_some_and(|constraints| constraints.ca) {
        return Err(CaFault::NotACa);
    }
    refuse_unknown_critical(extensions, VERIFIED).map_err(|_| CaFault::Extensions)?;
    match find::<KeyUsage>(extensions).map_err(|_| CaFault::Extensions)? {
        Some(usage) if !usage.key_cert_sign() => Err(CaFault::NotACa),
        usage => Ok(usage.is_none_or(|usage| usage.crl_sign())),
    }
}

fn key_id(extensions: &[Extension]) -> Result<Vec<u8>, CaFault> {
    find::<SubjectKeyIdentifier>(extensions)
        .map_err(|_| CaFault::Extensions)?
        .map(|id| id.0.as_bytes().to_vec())
        .filter(|id| !id.is_empty())
        .ok_or(CaFault::NoKeyId)
}

fn is_demo(subject: &Name) -> bool {
    subject.iter().any(|attribute| attribute.value.value() == DEMO_CA_MARK.as_bytes())
}
