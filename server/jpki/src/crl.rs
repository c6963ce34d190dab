//! One revocation list: complete, of one CA of the trust store, signed by it.
//!
//! Delta lists, indirect lists and lists for some reasons or distribution points only are refused: read as if they
//! were complete, they would call a revoked card good.

use super::{
    RevocationReason, TrustStore,
    extensions::{ExtensionFault, find, refuse_repeated, refuse_unknown_critical},
    profile::positive_serial,
    signed::{Signed, instant, is_sha256_with_rsa},
};
use der::{
    Reader as _, SliceReader, TagMode, TagNumber,
    asn1::{ObjectIdentifier, SequenceRef},
    oid::AssociatedOid as _,
};
use std::collections::HashMap;
use techo_model::UnixMillis;
use x509_cert::{
    Version,
    crl::RevokedCert,
    ext::{
        Extension,
        pkix::{AuthorityKeyIdentifier, CrlNumber, CrlReason},
    },
    name::Name,
    spki::AlgorithmIdentifierRef,
    time::Time,
};

/// Delta CRL indicator and issuing distribution point: not a complete list, even where they are not critical.
const INCOMPLETE: &[ObjectIdentifier] =
    &[ObjectIdentifier::new_unwrap("2.5.29.27"), ObjectIdentifier::new_unwrap("2.5.29.28")];

/// Why a revocation list is not used. The text completes a Japanese sentence about the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrlRefusal {
    /// Unreadable, longer than allowed, not DER or PEM of one list, or an entry that is none.
    #[error("失効リスト（CRL）として読めません")]
    Malformed,
    /// Not version 2, which alone can name its CA's key.
    #[error("バージョン2の失効リストではありません")]
    Version,
    /// Signed with something else than RSA and SHA-256, or named otherwise inside than outside.
    #[error("署名方式が SHA-256 の RSA ではありません")]
    Algorithm,
    /// No trusted CA with that key and name that may sign lists.
    #[error("信頼する認証局（TECHO_CARD_CA）が発行したものではありません")]
    UnknownAuthority,
    /// The CA did not sign this.
    #[error("認証局の署名が合いません")]
    Signature,
    /// A delta, indirect or partial list.
    #[error("全件の失効リストではありません（差分や分割のリストは使えません）")]
    Incomplete,
    /// A critical extension of the list or of an entry that is not known.
    #[error("解釈できない重要な拡張領域があります")]
    UnknownCritical,
    /// It does not say when the next one comes.
    #[error("次回更新日時（nextUpdate）がありません")]
    NoNextUpdate,
}

impl From<der::Error> for CrlRefusal {
    fn from(_: der::Error) -> Self {
        Self::Malformed
    }
}

impl From<ExtensionFault> for CrlRefusal {
    fn from(fault: ExtensionFault) -> Self {
        match fault {
            ExtensionFault::UnknownCritical => Self::UnknownCritical,
            ExtensionFault::Repeated | ExtensionFault::Malformed => Self::Malformed,
        }
    }
}

/// A list whose signature was verified; whether it is fresh is asked at each look-up.
#[derive(Debug)]
pub(super) struct RevocationList {
    pub ca_key_id: Vec<u8>,
    pub this_update: UnixMillis,
    pub next_update: UnixMillis,
    pub number: Vec<u8>,
    entries: HashMap<Vec<u8>, Entry>,
}

/// What a list says of one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    OnHold(UnixMillis),
    Revoked(RevocationReason, UnixMillis),
}

impl RevocationList {
    /// Reads and verifies a list.
    pub fn read(der: &[u8], trust: &TrustStore) -> Result<Self, CrlRefusal> {
        let signed = Signed::read(der)?;
        let body = Body::read(signed.body)?;
        if body.version != Version::V2 {
            return Err(CrlRefusal::Version);
        }
        if !is_sha256_with_rsa(&signed.algorithm) || body.algorithm != signed.algorithm {
            return Err(CrlRefusal::Algorithm);
        }
        let ca_key_id = body.authority_key_id()?;
        let authority = trust
            .find(&ca_key_id)
            .filter(|authority| authority.name == body.issuer && authority.signs_lists)
            .ok_or(CrlRefusal::UnknownAuthority)?;
        if !signed.is_signed_by(&authority.key) {
            return Err(CrlRefusal::Signature);
        }
        body.refuse_incomplete()?;
        let number = find::<CrlNumber>(&body.extensions)?;
        Ok(Self {
            ca_key_id,
            this_update: instant(body.this_update),
            next_update: instant(body.next_update.ok_or(CrlRefusal::NoNextUpdate)?),
            number: number.map(|number| number.0.as_bytes().to_vec()).unwrap_or_default(),
            entries: body.entries()?,
        })
    }

    /// What the list says of the certificate with this serial number.
    pub fn entry(&self, serial: &[u8]) -> Option<Entry> {
        self.entries.get(serial).copied()
    }

    /// How many certificates it names.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

/// Reads a list and says how many certificates it names. For fuzz targets: everybody else asks a folder of lists.
///
/// # Errors
/// The rule that the list breaks.
#[cfg(feature = "fuzzing")]
pub fn read_revocation_list(der: &[u8], trust: &TrustStore) -> Result<usize, CrlRefusal> {
    RevocationList::read(der, trust).map(|list| list.len())
}

/// The signed part, its entries not yet decoded: there may be millions, and a stranger's are never looked at.
struct Body<'a> {
    version: Version,
    algorithm: AlgorithmIdentifierRef<'a>,
    issuer: Name,
    this_update: Time,
    next_update: Option<Time>,
    revoked: Option<&'a SequenceRef>,
    extensions: Vec<Extension>,
}

impl<'a> Body<'a> {
    fn read(der: &'a [u8]) -> der::Result<Self> {
        SliceReader::new(der)?.sequence(|fields| {
            Ok(Self {
                version: fields.decode::<Option<Version>>()?.unwrap_or_default(),
                algorithm: fields.decode()?,
                issuer: fields.decode()?,
                this_update: fields.decode()?,
                next_update: fields.decode()?,
                revoked: fields.decode()?,
                extensions: fields.context_specific(TagNumber(0), TagMode::Explicit)?.unwrap_or_default(),
            })
        })
    }

    fn authority_key_id(&self) -> Result<Vec<u8>, CrlRefusal> {
        refuse_repeated(&self.extensions)?;
        find::<AuthorityKeyIdentifier>(&self.extensions)?
            .and_then(|authority| authority.key_identifier)
            .map(|id| id.as_bytes().to_vec())
            .ok_or(CrlRefusal::UnknownAuthority)
    }

    fn refuse_incomplete(&self) -> Result<(), CrlRefusal> {
        if self.extensions.iter().any(|extension| INCOMPLETE.contains(&extension.extn_id)) {
            return Err(CrlRefusal::Incomplete);
        }
        let known = [AuthorityKeyIdentifier::OID, CrlNumber::OID];
        Ok(refuse_unknown_critical(&self.extensions, &known)?)
    }

    fn entries(&self) -> Result<HashMap<Vec<u8>, Entry>, CrlRefusal> {
        let mut entries = HashMap::new();
        let Some(revoked) = self.revoked else { return Ok(entries) };
        let mut reader = SliceReader::new(revoked.as_bytes())?;
        while !reader.is_finished() {
            let (serial, entry) = read_entry(&reader.decode()?)?;
            let known = entries.entry(serial).or_insert(entry);
            if let Entry::OnHold(_) = known {
                *known = entry;
            }
        }
        Ok(entries)
    }
}

fn read_entry(revoked: &RevokedCert) -> Result<(Vec<u8>, Entry), CrlRefusal> {
    let serial = positive_serial(&revoked.serial_number).ok_or(CrlRefusal::Malformed)?;
    let extensions = revoked.crl_entry_extensions.as_deref().unwrap_or_default();
    refuse_repeated(extensions)?;
    refuse_unknown_critical(extensions, &[CrlReason::OID])?;
    let at = instant(revoked.revocation_date);
    let reason = match find::<CrlReason>(extensions)? {
        Some(CrlReason::CertificateHold) => return Ok((serial, Entry::OnHold(at))),
        Some(CrlReason::RemoveFromCRL) => return Err(CrlRefusal::Incomplete),
        None | Some(CrlReason::Unspecified) => RevocationReason::Unspecified,
        Some(CrlReason::KeyCompromise) => RevocationReason::KeyCompromise,
        Some(CrlReason::CaCompromise) => RevocationReason::CaCompromise,
        Some(CrlReason::AffiliationChanged) => RevocationReason::AffiliationChanged,
        Some(CrlReason::Superseded) => RevocationReason::Superseded,
        Some(CrlReason::CessationOfOperation) => RevocationReason::CessationOfOperation,
        Some(CrlReason::PrivilegeWithdrawn) => RevocationReason::PrivilegeWithdrawn,
        Some(CrlReason::AaCompromise) => RevocationReason::AaCompromise,
    };
    Ok((serial, Entry::Revoked(reason, at)))
}
