//! What an authentication certificate must look like: the JPKI profile, rule by rule.
//!
//! Source: `docs/SECURITY.md` (facts about JPKI's published certificates) and RFC 5280. Where JPKI's profile could
//! not be confirmed (criticality of the policy, extended key usage) both forms are accepted.

use super::{
    CardKey, CardRefusal,
    extensions::{find, refuse_repeated, refuse_unknown_critical},
    key::CARD_KEY_BYTES,
    signed::{Signed, instant, is_sha256_with_rsa},
    token::MAX_CERTIFICATE_BYTES,
};
use der::{Decode as _, asn1::ObjectIdentifier, oid::AssociatedOid as _, referenced::OwnedToRef as _};
use std::fmt;
use techo_model::{UnixMillis, card::AUTHENTICATION_POLICY};
use x509_cert::{
    Certificate, Version,
    ext::{
        Extension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage,
            KeyUsages, SubjectKeyIdentifier,
        },
    },
    name::Name,
    serial_number::SerialNumber,
};

const AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap(AUTHENTICATION_POLICY);
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");

/// The extensions that the rules below look into, and that may therefore be critical.
const VERIFIED: &[ObjectIdentifier] = &[
    AuthorityKeyIdentifier::OID,
    BasicConstraints::OID,
    CertificatePolicies::OID,
    ExtendedKeyUsage::OID,
    KeyUsage::OID,
    SubjectKeyIdentifier::OID,
];

/// Which certificate: the CA's key and the serial number it gave. All generations of JPKI's CA bear one name, so
/// that neither the name nor the serial number alone says which.
///
/// The serial number is the holder's in law (its use beyond the check is barred): it does not print itself.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CertificateId {
    /// Subject key identifier of the CA.
    pub ca_key_id: Vec<u8>,
    /// Serial number (発行番号), big endian, without leading zeros, 1 to 20 bytes.
    pub serial: Vec<u8>,
}

impl fmt::Debug for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CertificateId(…)")
    }
}

/// A certificate that a trusted CA issued for user authentication and that is valid now; not yet asked: its status.
#[derive(Clone, Debug)]
pub struct CardCertificate {
    /// Which certificate.
    pub id: CertificateId,
    /// Its last instant.
    pub not_after: UnixMillis,
    /// The key whose private half is in the card.
    pub key: CardKey,
}

/// A certificate that could be decoded. Nothing in it has been verified but its form.
pub(super) struct Leaf<'a> {
    pub signed: Signed<'a>,
    certificate: Certificate,
    serial: Vec<u8>,
    ca_key_id: Vec<u8>,
}

impl<'a> Leaf<'a> {
    /// Decodes the certificate and checks what the search for its CA relies on.
    pub fn read(der: &'a [u8]) -> Result<Self, CardRefusal> {
        if der.len() > MAX_CERTIFICATE_BYTES {
            return Err(CardRefusal::CertificateEncoding);
        }
        let signed = Signed::read(der).map_err(|_| CardRefusal::CertificateDer)?;
        let certificate = Certificate::from_der(der).map_err(|_| CardRefusal::CertificateDer)?;
        let body = certificate.tbs_certificate();
        if body.version() != Version::V3 {
            return Err(CardRefusal::Version);
        }
        let serial = positive_serial(body.serial_number()).ok_or(CardRefusal::SerialNumber)?;
        refuse_repeated(extensions_of(&certificate))?;
        let ca_key_id = authority_key_id(extensions_of(&certificate))?;
        Ok(Self { signed, certificate, serial, ca_key_id })
    }

    /// Subject key identifier of the CA that this certificate says issued it.
    pub fn ca_key_id(&self) -> &[u8] {
        &self.ca_key_id
    }

    /// The issuer's name; equal when its DER is.
    pub fn issuer(&self) -> &Name {
        self.certificate.tbs_certificate().issuer()
    }

    /// SHA-256 with RSA, and the same named inside as outside.
    pub fn check_algorithm(&self) -> Result<(), CardRefusal> {
        if !is_sha256_with_rsa(&self.signed.algorithm) {
            return Err(CardRefusal::SignatureAlgorithm);
        }
        if self.certificate.tbs_certificate().signature().owned_to_ref() != self.signed.algorithm {
            return Err(CardRefusal::SignatureAlgorithmMismatch);
        }
        Ok(())
    }

    /// Valid at this instant, both ends included.
    pub fn check_validity(&self, now: UnixMillis) -> Result<(), CardRefusal> {
        let validity = self.certificate.tbs_certificate().validity();
        if now < instant(validity.not_before) {
            return Err(CardRefusal::NotYetValid);
        }
        if now > instant(validity.not_after) {
            return Err(CardRefusal::Expired);
        }
        Ok(())
    }

    /// The rules about key and extensions; what remains is the certificate that the caller may use.
    pub fn into_authentication(self) -> Result<CardCertificate, CardRefusal> {
        let extensions = extensions_of(&self.certificate);
        refuse_unknown_critical(extensions, VERIFIED)?;
        refuse_authority(extensions)?;
        require_authentication_usage(extensions)?;
        require_authentication_policy(extensions)?;
        require_client_purpose(extensions)?;
        let body = self.certificate.tbs_certificate();
        let key = CardKey::read(body.subject_public_key_info(), CARD_KEY_BYTES)?;
        let not_after = instant(body.validity().not_after);
        let id = CertificateId { ca_key_id: self.ca_key_id, serial: self.serial };
        Ok(CardCertificate { id, not_after, key })
    }
}

/// A serial number that is positive and at most 20 bytes long as it is encoded; without leading zeros.
pub(super) fn positive_serial(serial: &SerialNumber) -> Option<Vec<u8>> {
    let encoded = serial.as_bytes();
    let negative = encoded.first().is_none_or(|first| first >> 7 == 1);
    let magnitude = encoded.strip_prefix(&[0]).unwrap_or(encoded);
    (!negative && encoded.len() <= 20 && !magnitude.is_empty()).then(|| magnitude.to_vec())
}

/// The extensions of a certificate, none when it has none.
pub(super) fn extensions_of(certificate: &Certificate) -> &[Extension] {
    certificate.tbs_certificate().extensions().map_or(&[], |extensions| extensions)
}

fn authority_key_id(extensions: &[Extension]) -> Result<Vec<u8>, CardRefusal> {
    find::<AuthorityKeyIdentifier>(extensions)?
        .and_then(|authority| authority.key_identifier)
        .map(|id| id.as_bytes().to_vec())
        .filter(|id| !id.is_empty())
        .ok_or(CardRefusal::NoAuthorityKeyId)
}

fn refuse_authority(extensions: &[Extension]) -> Result<(), CardRefusal> {
    match find::<BasicConstraints>(extensions)? {
        Some(constraints) if constraints.ca => Err(CardRefusal::IsAuthority),
        _ => Ok(()),
    }
}

/// digitalSignature and nothing else: nonRepudiation would be the signature certificate.
fn require_authentication_usage(extensions: &[Extension]) -> Result<(), CardRefusal> {
    let usage = find::<KeyUsage>(extensions)?.ok_or(CardRefusal::NoKeyUsage)?;
    if usage.0 == KeyUsages::DigitalSignature { Ok(()) } else { Err(CardRefusal::KeyUsage) }
}

fn require_authentication_policy(extensions: &[Extension]) -> Result<(), CardRefusal> {
    let policies = find::<CertificatePolicies>(extensions)?.ok_or(CardRefusal::Policy)?;
    let named = policies.0.iter().any(|policy| policy.policy_identifier == AUTHENTICATION);
    if named { Ok(()) } else { Err(CardRefusal::Policy) }
}

fn require_client_purpose(extensions: &[Extension]) -> Result<(), CardRefusal> {
    let Some(purposes) = find::<ExtendedKeyUsage>(extensions)? else { return Ok(()) };
    if purposes.0.contains(&CLIENT_AUTH) { Ok(()) } else { Err(CardRefusal::ExtendedKeyUsage) }
}
