//! The shape of certificates: JPKI's, as far as it is published, under a name that nobody mistakes for JPKI's.

use crate::LabError;
use der::{
    Sequence,
    asn1::{BitString, Int, ObjectIdentifier, OctetString},
};
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha2::{Digest as _, Sha256};
use std::str::FromStr as _;
use techo_model::{
    UnixMillis,
    card::{AUTHENTICATION_POLICY, DEMO_CA_MARK},
};
use x509_cert::{
    ext::{
        Extension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, CrlDistributionPoints, KeyUsage,
            KeyUsages, SubjectKeyIdentifier,
            certpolicy::PolicyInformation,
            crl::dp::DistributionPoint,
            name::{DistributionPointName, GeneralName},
        },
    },
    name::Name,
    spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned},
    time::{Time, Validity},
};

const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");

/// TBSCertificate of RFC 5280 with every field open, so that a forger can have it wrong.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct Tbs {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub version: Option<u8>,
    pub serial: Int,
    pub signature: AlgorithmIdentifierOwned,
    pub issuer: Name,
    pub validity: Validity,
    pub subject: Name,
    pub key: SubjectPublicKeyInfoOwned,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    pub extensions: Option<Vec<Extension>>,
}

/// A body with its signature.
#[derive(Clone, Debug, Sequence)]
pub(crate) struct SignedTbs {
    pub tbs: Tbs,
    pub algorithm: AlgorithmIdentifierOwned,
    pub signature: BitString,
}

/// sha256WithRSAEncryption with its NULL.
pub(crate) fn sha256_with_rsa() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: SHA256_WITH_RSA, parameters: Some(der::Any::null()) }
}

/// RSASSA-PKCS1-v1_5 with SHA-256.
pub(crate) fn sign(key: &RsaPrivateKey, message: &[u8]) -> Result<Vec<u8>, LabError> {
    key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message)).map_err(LabError::crypto)
}

/// The name of the CA, in the style of JPKI's `C=JP, O=JPKI, OU=…, OU=…`.
pub(crate) fn ca_name() -> Result<Name, LabError> {
    Name::from_str(&format!("OU={DEMO_CA_MARK},OU=Card CA for user authentication,O=Techo,C=JP"))
        .map_err(LabError::crypto)
}

/// The name of a holder: opaque, as in JPKI's authentication certificates.
pub(crate) fn holder_name(opaque: &str) -> Result<Name, LabError> {
    Name::from_str(&format!("CN={opaque},O=Techo,C=JP")).map_err(LabError::crypto)
}

/// From one second to another, both included.
pub(crate) fn validity(from: UnixMillis, to: UnixMillis) -> Result<Validity, LabError> {
    Ok(Validity::new(time(from)?, time(to)?))
}

/// An instant as certificates have it: whole seconds, cut off.
pub(crate) fn time(at: UnixMillis) -> Result<Time, LabError> {
    let seconds = u64::try_from(at.0 / 1000).map_err(LabError::crypto)?;
    der::DateTime::from_unix_duration(std::time::Duration::from_secs(seconds))
        .map(Time::from)
        .map_err(LabError::crypto)
}

/// The extensions of the CA's own certificate.
pub(crate) fn ca_extensions(key_id: &[u8]) -> Result<Vec<Extension>, LabError> {
    Ok(vec![
        extension(true, &BasicConstraints { ca: true, path_len_constraint: None })?,
        extension(true, &KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign))?,
        extension(false, &SubjectKeyIdentifier(octets(key_id)?))?,
        extension(false, &authority_key_id(key_id)?)?,
    ])
}

/// The extensions of a card's authentication certificate.
///
/// The place of the revocation list is a directory name, as JPKI's is: whoever expects a URL there learns it here.
pub(crate) fn card_extensions(
    ca_key_id: &[u8],
    ca: &Name,
    key_id: &[u8],
) -> Result<Vec<Extension>, LabError> {
    let place = DistributionPointName::FullName(vec![GeneralName::DirectoryName(ca.clone())]);
    let point = DistributionPoint { distribution_point: Some(place), reasons: None, crl_issuer: None };
    let policy = PolicyInformation {
        policy_identifier: ObjectIdentifier::new_unwrap(AUTHENTICATION_POLICY),
        policy_qualifiers: None,
    };
    Ok(vec![
        extension(true, &KeyUsage(KeyUsages::DigitalSignature.into()))?,
        extension(true, &CertificatePolicies(vec![policy]))?,
        extension(false, &CrlDistributionPoints(vec![point]))?,
        extension(false, &SubjectKeyIdentifier(octets(key_id)?))?,
        extension(false, &authority_key_id(ca_key_id)?)?,
    ])
}

/// Says by which of the CA's keys something is signed.
pub(crate) fn authority_key_id(key_id: &[u8]) -> Result<AuthorityKeyIdentifier, LabError> {
    Ok(AuthorityKeyIdentifier { key_identifier: Some(octets(key_id)?), ..Default::default() })
}

/// One extension. Criticality is the profile's to say, not the type's.
pub(crate) fn extension<T>(critical: bool, value: &T) -> Result<Extension, LabError>
where
    T: der::oid::AssociatedOid + der::Encode,
{
    Ok(Extension {
        extn_id: T::OID,
        critical,
        extn_value: octets(&value.to_der().map_err(LabError::crypto)?)?,
    })
}

pub(crate) fn octets(bytes: &[u8]) -> Result<OctetString, LabError> {
    OctetString::new(bytes).map_err(LabError::crypto)
}
