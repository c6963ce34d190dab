//! The revocation list: complete, of one CA, valid for 24 hours.

use crate::{
    CardState, IssuedCard, LabError, RevokeReason,
    authority::{Authority, bits},
    profile,
};
use der::{Encode as _, asn1::Uint};
use std::time::Duration;
use techo_model::UnixMillis;
use x509_cert::{
    Version,
    crl::{CertificateList, RevokedCert, TbsCertList},
    ext::pkix::{CrlNumber, CrlReason},
    serial_number::SerialNumber,
    spki::AlgorithmIdentifierOwned,
};

/// How long after its making a list promises the next one.
const NEXT_UPDATE: Duration = Duration::from_hours(24);

impl Authority {
    /// DER of the list that names these cards.
    pub fn revocation_list<'a>(
        &self,
        cards: impl Iterator<Item = &'a IssuedCard>,
        number: u64,
        now: UnixMillis,
    ) -> Result<Vec<u8>, LabError> {
        self.sign_list(self.list_body(cards, number, now)?, profile::sha256_with_rsa())
    }

    /// The body of a list, for the forger to spoil.
    pub fn list_body<'a>(
        &self,
        cards: impl Iterator<Item = &'a IssuedCard>,
        number: u64,
        now: UnixMillis,
    ) -> Result<TbsCertList, LabError> {
        let revoked: Vec<RevokedCert> =
            cards.filter_map(|card| entry(card).transpose()).collect::<Result<_, _>>()?;
        let number = CrlNumber(Uint::new(&number.to_be_bytes()).map_err(LabError::crypto)?);
        Ok(TbsCertList {
            version: Version::V2,
            signature: profile::sha256_with_rsa(),
            issuer: self.name.clone(),
            this_update: profile::time(now)?,
            next_update: Some(profile::time(now.plus(NEXT_UPDATE))?),
            revoked_certificates: (!revoked.is_empty()).then_some(revoked),
            crl_extensions: Some(vec![
                profile::extension(false, &profile::authority_key_id(&self.key_id)?)?,
                profile::extension(false, &number)?,
            ]),
        })
    }

    /// Signs the body of a list and names an algorithm outside of it.
    pub fn sign_list(
        &self,
        tbs_cert_list: TbsCertList,
        signature_algorithm: AlgorithmIdentifierOwned,
    ) -> Result<Vec<u8>, LabError> {
        let body = tbs_cert_list.to_der().map_err(LabError::crypto)?;
        let signature = bits(&profile::sign(&self.key, &body)?)?;
        let list = CertificateList { tbs_cert_list, signature_algorithm, signature };
        list.to_der().map_err(LabError::crypto)
    }
}

/// What the world is told of a card, if anything.
fn entry(card: &IssuedCard) -> Result<Option<RevokedCert>, LabError> {
    let (at, reason) = match card.state {
        CardState::Issued => return Ok(None),
        CardState::Held { at } => (at, CrlReason::CertificateHold),
        CardState::Superseded { at, .. } => (at, CrlReason::Superseded),
        CardState::Revoked { at, reason } => (at, crl_reason(reason)),
    };
    Ok(Some(RevokedCert {
        serial_number: SerialNumber::new(card.serial.as_bytes()).map_err(LabError::crypto)?,
        revocation_date: profile::time(at)?,
        crl_entry_extensions: Some(vec![profile::extension(false, &reason)?]),
    }))
}

fn crl_reason(reason: RevokeReason) -> CrlReason {
    match reason {
        RevokeReason::Unspecified => CrlReason::Unspecified,
        RevokeReason::KeyCompromise => CrlReason::KeyCompromise,
        RevokeReason::CessationOfOperation => CrlReason::CessationOfOperation,
    }
}
