//! What the tests of cards share: one forge per test binary, because its keys take a moment.

use super::{CardStatus, CardStatusSource as _, CertificateId, CrlFolder, SignChallenge, TrustStore};
use std::{
    fs,
    path::Path,
    sync::OnceLock,
    task::{Context, Poll, Waker},
    time::Duration,
};
use techo_cardlab::forge::CertificateForge;
use techo_model::UnixMillis;
use tempfile::TempDir;

/// The instant at which everything is made.
pub const NOW: UnixMillis = UnixMillis(1_795_400_000_000);

pub const SECOND: Duration = Duration::from_secs(1);
pub const HOUR: Duration = Duration::from_hours(1);
pub const DAY: Duration = Duration::from_hours(24);

/// What every token in the tests is asked to sign.
pub const ASKED: SignChallenge<'_> =
    SignChallenge { origin: "https://techo.example", nonce: "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=" };

/// The trusted CA and its card.
pub fn forge() -> &'static CertificateForge {
    static FORGE: OnceLock<CertificateForge> = OnceLock::new();
    FORGE.get_or_init(|| CertificateForge::new([1; 32], NOW))
}

/// Another CA of the same name, which nobody trusts, and its card.
pub fn stranger() -> &'static CertificateForge {
    static STRANGER: OnceLock<CertificateForge> = OnceLock::new();
    STRANGER.get_or_init(|| CertificateForge::new([2; 32], NOW))
}

/// A store that trusts these certificates.
pub fn trusting(certificates: &[Vec<u8>]) -> TrustStore {
    let folder = TempDir::new().unwrap();
    for (number, der) in certificates.iter().enumerate() {
        fs::write(folder.path().join(format!("{number}.der")), der).unwrap();
    }
    TrustStore::load(folder.path(), NOW).unwrap()
}

/// A store that trusts the forge's CA.
pub fn trust() -> TrustStore {
    trusting(&[forge().ca(|_| {})])
}

/// The forge's card with this serial number.
pub fn card(serial: &[u8]) -> CertificateId {
    CertificateId { ca_key_id: forge().ca_key_id().to_vec(), serial: serial.to_vec() }
}

/// Replaces a file as a careful writer does.
pub fn replace(path: &Path, content: &[u8]) {
    let temporary = path.with_extension("tmp");
    fs::write(&temporary, content).unwrap();
    fs::rename(temporary, path).unwrap();
}

/// What the lists that are loaded say of one card. They are in memory: whoever asks never waits.
pub fn status(lists: &CrlFolder, certificate: &CertificateId, now: UnixMillis) -> CardStatus {
    let mut asked = lists.statuses(std::slice::from_ref(certificate), now);
    match asked.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answers) => answers[certificate],
        Poll::Pending => panic!("a list that is loaded answers at once"),
    }
}
