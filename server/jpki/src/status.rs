//! Whether a certificate that was once in order still is: the port, and what it answers.
//!
//! [`super::CrlFolder`] is the implementation for a verifier that receives revocation lists itself. Only bodies
//! that notified J-LIS (公的個人認証法 arts. 17, 36) may; everybody else contracts a platform operator
//! (プラットフォーム事業者), whose service is asked online about one certificate at a time. Such an implementation of
//! [`CertStatus`] keeps its answers for at most [`super::MAX_CRL_AGE`], answers [`CardStatus::Unknown`] whenever
//! the service cannot be reached or its answer does not verify, and logs neither serial number nor answer.

use super::CertificateId;
use techo_model::UnixMillis;

/// Says what became of a certificate since it was issued.
pub trait CertStatus: Send + Sync {
    /// The status at this instant. Called at each card ceremony, at each sign-in, and once a minute for the
    /// cards of running sessions: it must not block for long.
    fn status(&self, certificate: &CertificateId, now: UnixMillis) -> CardStatus;

    /// Whether the authority says that `new` took the place of `old` when its holder renewed the card. A source that is
    /// not told says no, and a letter has to say whose the new card is.
    fn is_renewal(&self, _old: &CertificateId, _new: &CertificateId) -> bool {
        false
    }
}

/// What became of a certificate. Expiry is not part of it: the certificate itself says that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardStatus {
    /// Neither revoked nor held.
    Good,
    /// Ended for good.
    Revoked {
        /// As the CA gives it.
        reason: RevocationReason,
        /// Since when.
        at: UnixMillis,
    },
    /// Suspended for now (一時停止): the holder reported the card lost and may find it again.
    OnHold {
        /// Since when.
        at: UnixMillis,
    },
    /// Nobody can say. A card ceremony is refused then.
    Unknown(StatusUnknown),
}

/// Why nobody can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusUnknown {
    /// There is no list of this CA that could be read and verified.
    NoList,
    /// The newest list is older than 24 hours, or its own next update has passed.
    Stale,
}

/// Why a certificate was revoked (RFC 5280 section 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RevocationReason {
    /// No reason was given.
    Unspecified,
    /// The key or the card is in the wrong hands, or lost.
    KeyCompromise,
    /// The CA's key is.
    CaCompromise,
    /// The certificate's content no longer fits the holder.
    AffiliationChanged,
    /// A newer certificate of the same holder replaced it.
    Superseded,
    /// No longer needed: given back, moved abroad, deceased.
    CessationOfOperation,
    /// A right that it stood for was taken away.
    PrivilegeWithdrawn,
    /// The authority for its attributes was compromised.
    AaCompromise,
}
