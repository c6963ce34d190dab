//! Whether certificates that were once in order still are: the port, and what it answers.
//!
//! [`super::CrlFolder`] is the source for a verifier that receives revocation lists itself. Only bodies that notified
//! J-LIS (公的個人認証法 arts. 17, 36) may; everybody else contracts a platform operator (プラットフォーム事業者), whose
//! service is asked online. A source for one implements [`CardStatusSource`]: it keeps its answers for at most
//! [`super::MAX_CRL_AGE`], answers [`StatusUnknown::Unavailable`] whenever the service cannot be reached or its answer
//! does not verify, and logs neither serial number nor answer. Nobody asks a source but [`super::CardStatusInquiry`],
//! which gives it a time limit.

use super::CertificateId;
use async_trait::async_trait;
use std::collections::HashMap;
use techo_model::UnixMillis;

/// What a source says, by certificate: an answer that was mixed up or is missing is never taken for another one's.
pub type CardStatuses = HashMap<CertificateId, CardStatus>;

/// Says what became of certificates since they were issued.
#[async_trait]
pub trait CardStatusSource: Send + Sync {
    /// What became of each of these at this instant; at most [`super::MAX_STATUS_BATCH`] are asked about at once. Asked at
    /// each card ceremony and each sign-in about one, and every few seconds about those of all running sessions.
    ///
    /// Whatever takes time is awaited and never blocks the thread. It may be dropped at any await.
    async fn statuses(&self, certificates: &[CertificateId], now: UnixMillis) -> CardStatuses;

    /// Whether the authority says that `new` took the place of `old` when its holder renewed the card. A source that is
    /// not told says no, and a letter has to say whose the new card is.
    async fn is_renewal(&self, _old: &CertificateId, _new: &CertificateId) -> bool {
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
    /// The source cannot be reached, or its answer does not verify.
    Unavailable,
    /// The source did not answer in time.
    TooLate,
    /// The source answered, but not about this certificate.
    NotAnswered,
    /// What was kept of the certificate cannot be read, so nobody can be asked.
    Unreadable,
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
