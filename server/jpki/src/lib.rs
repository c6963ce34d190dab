//! A card at the door: from the bytes of a token to a certificate that may be trusted, and what became of it since.
//!
//! ```text
//! token  ─ CardToken::read ─▶ certificate DER, signature
//!        ─ TrustStore::verify ─▶ CardCertificate      who issued it, and is it an authentication certificate?
//!        ─ CardToken::signed_by ─▶                     did the card's own key sign this origin and this nonce?
//!        ─ CardStatusInquiry ─▶ CardStatus              held or revoked since?
//! ```
//!
//! [`present`] walks the first three steps. Nothing here says who the holder is: the certificate has no name in it,
//! and its serial number is no secret, so nothing may be looked up by it before [`present`] has said yes.
//!
//! To add a rule: a variant of [`CardRefusal`], a function in `profile` that answers it, a defect in
//! `techo_cardlab::forge`, and a test that is named after the rule.

mod authority;
mod crl;
mod crl_folder;
mod extensions;
mod inquiry;
mod key;
mod linkage;
mod pem;
mod profile;
mod refusal;
mod sign_in_status;
mod signed;
mod status;
mod token;
mod trust;

#[cfg(test)]
mod testkit;
#[cfg(test)]
mod tests;

pub use authority::CaFault;
pub use crl::CrlRefusal;
pub use crl_folder::{CrlCondition, CrlFolder, CrlFolderError, CrlReload, ListCondition, MAX_CRL_AGE};
pub use inquiry::{CardStatusInquiry, MAX_STATUS_BATCH, STATUS_TIME_LIMIT};
pub use key::CardKey;
pub use profile::{CardCertificate, CertificateId};
pub use refusal::CardRefusal;
pub use sign_in_status::{BoundCard, GRACE, SignInStatus, UNVERIFIED_GRACE, sign_in_status};
pub use status::{CardStatus, CardStatusSource, CardStatuses, RevocationReason, StatusUnknown};
pub use token::{CardToken, MAX_CERTIFICATE_BYTES, SignChallenge};
pub use trust::{TrustError, TrustStore};

#[cfg(feature = "fuzzing")]
pub use crl::read_revocation_list;

use techo_model::{UnixMillis, card::WebEidToken};

/// Reads a token and verifies the certificate in it and the signature over the challenge.
///
/// The challenge must have been consumed before this is called, whatever this answers.
///
/// # Errors
/// The rule that the token or its certificate breaks. For the audit alone: a stranger is told one and the same
/// sentence for all of them.
pub fn present(
    token: &WebEidToken,
    challenge: &SignChallenge<'_>,
    trust: &TrustStore,
    now: UnixMillis,
) -> Result<CardCertificate, CardRefusal> {
    let token = CardToken::read(token)?;
    let certificate = trust.verify(token.certificate(), now)?;
    token.signed_by(&certificate.key, challenge)?;
    Ok(certificate)
}
