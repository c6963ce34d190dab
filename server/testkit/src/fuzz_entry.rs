//! What the fuzz targets under `fuzz/` call, and what `tests/testkit/replay_corpus.rs` calls with the same files on the stable
//! toolchain: what strangers send before anybody knows who they are. Each takes any bytes, must not panic in the parser, asserts
//! what holds for every input, and says whether the input was taken.
//!
//! Keys and seeds are made by our own card lab and signers: `cargo run -p techo-testkit --features fuzzing --example fuzz_seeds`.
//! To add a parser: a function here and in [`ALL`], a target of four lines, seeds in the example.

use crate::noon;
use std::{fs, path::Path, str, sync::LazyLock};
use techo_audit::log::tree::{LogCheckpoint, VerifierKey};
use techo_disclosure::systems::{ClaimedSender, PublicKeys, read_assertion};
use techo_jpki::{
    CardToken, MAX_CERTIFICATE_BYTES, SignChallenge, TrustStore, present, read_revocation_list,
};
use techo_model::card::WebEidToken;

/// A function that takes any bytes, and says whether they were taken for what they pretend to be.
pub type EntryFunction = fn(&[u8]) -> bool;

/// Every target by the name of its corpus folder.
pub const ALL: [(&str, EntryFunction); 4] =
    [("assertion", assertion), ("token", token), ("list", list), ("checkpoint", checkpoint)];

/// The organisation whose key is known.
pub const CLIENT: &str = "1310000001";
/// Where assertions are meant for.
pub const AUDIENCE: &str = "https://techo.example/oauth/token";
/// What cards are asked to sign.
pub const ASKED: SignChallenge<'_> =
    SignChallenge { origin: "https://techo.example", nonce: "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=" };
/// Longest id that gets into the log.
const LONGEST_LOGGED: usize = 128;

static CLIENTS: LazyLock<PublicKeys> =
    LazyLock::new(|| PublicKeys::read(&key("clients.json")).expect("the example wrote a key set"));
static LOG_KEY: LazyLock<VerifierKey> =
    LazyLock::new(|| key("log.txt").parse().expect("the example wrote a verifier key"));
static TRUST: LazyLock<TrustStore> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ca.pem"), key("ca.pem")).unwrap();
    TrustStore::load(folder.path(), noon()).expect("the example wrote an authority")
});

/// A public key that the example wrote.
fn key(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/keys").join(name)).unwrap()
}

/// A client assertion (`private_key_jwt`). Only what the known key signed is believed, and only plain ids get into the log.
pub fn assertion(bytes: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(bytes) else { return false };
    let claimed = ClaimedSender::of(text);
    for id in [&claimed.issuer, &claimed.key].into_iter().flatten() {
        assert!(id.len() <= LONGEST_LOGGED && id.bytes().all(|byte| byte.is_ascii_graphic()));
    }
    let taken = read_assertion(text, &CLIENTS, AUDIENCE, noon()).is_ok();
    assert!(!taken || claimed.issuer.as_deref() == Some(CLIENT), "nobody else has a key");
    taken
}

/// The token of a card. Nothing longer than a certificate is even decoded.
pub fn token(bytes: &[u8]) -> bool {
    let Ok(token) = serde_json::from_slice::<WebEidToken>(bytes) else { return false };
    let read = CardToken::read(&token);
    assert!(
        read.as_ref().is_ok_and(|read| read.certificate().len() <= MAX_CERTIFICATE_BYTES) || read.is_err()
    );
    let taken = present(&token, &ASKED, &TRUST, noon()).is_ok();
    assert!(!taken || read.is_ok(), "what is taken was read");
    taken
}

/// A list of certificates that were revoked. It names no more than it has room for.
pub fn list(bytes: &[u8]) -> bool {
    match read_revocation_list(bytes, &TRUST) {
        Ok(named) => {
            assert!(named < bytes.len(), "each entry has bytes of its own");
            true
        }
        Err(_) => false,
    }
}

/// A checkpoint of the log. What is read stands there word for word, and what is opened is of the log of its key.
pub fn checkpoint(bytes: &[u8]) -> bool {
    let Ok(note) = str::from_utf8(bytes) else { return false };
    let read = LogCheckpoint::read(note);
    if let Ok(LogCheckpoint { origin, size, .. }) = &read {
        assert!(note.starts_with(&format!("{origin}\n{size}\n")), "one form alone");
    }
    let opened = LogCheckpoint::open(note, std::slice::from_ref(&*LOG_KEY));
    if let Ok(opened) = &opened {
        assert!(read.as_ref() == Ok(opened) && opened.origin == LOG_KEY.name());
    }
    opened.is_ok()
}
