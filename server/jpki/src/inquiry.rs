//! Asking a source: in batches, and for no longer than somebody can wait.

use super::{CardStatus, CardStatusSource, CertificateId, StatusUnknown};
use std::{
    fmt, slice,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use techo_model::UnixMillis;
use tokio::time::timeout;

/// How long a source may take to answer one question.
pub const STATUS_TIME_LIMIT: Duration = Duration::from_secs(4);

/// How many certificates one question is about at most.
pub const MAX_STATUS_BATCH: usize = 500;

/// Asks a source what became of certificates. Whatever the source does, there is an answer for each of them, in time.
/// Cheap to clone.
#[derive(Clone)]
pub struct CardStatusInquiry {
    source: Arc<dyn CardStatusSource>,
    time_limit: Duration,
    unanswered: Arc<AtomicU64>,
}

impl CardStatusInquiry {
    /// Asks this source, with [`STATUS_TIME_LIMIT`].
    pub fn new(source: Arc<dyn CardStatusSource>) -> Self {
        Self { source, time_limit: STATUS_TIME_LIMIT, unanswered: Arc::default() }
    }

    /// The same with another time limit.
    #[must_use]
    pub fn with_time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// What became of a certificate.
    pub async fn status(&self, certificate: &CertificateId, now: UnixMillis) -> CardStatus {
        let answered = self.ask(slice::from_ref(certificate), now).await;
        answered.first().copied().unwrap_or(CardStatus::Unknown(StatusUnknown::NotAnswered))
    }

    /// What became of each of these, in the same order.
    pub async fn statuses(&self, certificates: &[CertificateId], now: UnixMillis) -> Vec<CardStatus> {
        let mut answered = Vec::with_capacity(certificates.len());
        for batch in certificates.chunks(MAX_STATUS_BATCH) {
            answered.extend(self.ask(batch, now).await);
        }
        answered
    }

    /// Whether the authority says that `new` took the place of `old`. A source that takes too long does not say so.
    pub async fn is_renewal(&self, old: &CertificateId, new: &CertificateId) -> bool {
        timeout(self.time_limit, self.source.is_renewal(old, new)).await.unwrap_or(false)
    }

    /// About how many certificates the source gave no answer in time, since the start.
    pub fn unanswered(&self) -> u64 {
        self.unanswered.load(Ordering::Relaxed)
    }

    async fn ask(&self, batch: &[CertificateId], now: UnixMillis) -> Vec<CardStatus> {
        let (answers, missing) = match timeout(self.time_limit, self.source.statuses(batch, now)).await {
            Ok(answers) => (answers, StatusUnknown::NotAnswered),
            Err(_) => (super::CardStatuses::new(), StatusUnknown::TooLate),
        };
        let silent = batch.iter().filter(|certificate| !answers.contains_key(*certificate)).count();
        if silent > 0 {
            tracing::warn!(asked = batch.len(), silent, why = ?missing, "cards whose status nobody told");
            self.unanswered.fetch_add(silent as u64, Ordering::Relaxed);
        }
        let status = |certificate: &CertificateId| {
            answers.get(certificate).copied().unwrap_or(CardStatus::Unknown(missing))
        };
        batch.iter().map(status).collect()
    }
}

impl<S: CardStatusSource + 'static> From<Arc<S>> for CardStatusInquiry {
    fn from(source: Arc<S>) -> Self {
        Self::new(source)
    }
}

impl fmt::Debug for CardStatusInquiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardStatusInquiry")
    }
}
