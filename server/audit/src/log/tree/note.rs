//! Checkpoints as C2SP signed notes: `origin`, size and root as text, an empty line, signatures.
//!
//! Every signature names its key by four bytes made from name, algorithm and key, so that another algorithm can stand
//! beside Ed25519 one day without a new format.

use super::TreeHash;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use std::{fmt, str::FromStr};

/// The algorithm of a key, as signed notes number them.
const ED25519: u8 = 0x01;

/// Size and root of a log at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogCheckpoint {
    /// Which log.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// Root over them.
    pub root: TreeHash,
}

/// Why a note says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is not a checkpoint in this form.
    #[error("チェックポイントの形ではありません")]
    Form,
    /// Its lines end in another way than with a line feed alone.
    #[error("行の終わりが CR LF になっています。編集や変換をしていない、もとのファイルを使ってください")]
    LineEnds,
    /// It is about another log than the key.
    #[error("ログの名前が、公開鍵の名前と違います")]
    Origin,
    /// No key that we know signed it.
    #[error("知っている鍵の署名がありません")]
    Signature,
}

impl LogCheckpoint {
    /// The text that is signed.
    fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64_STANDARD.encode(self.root))
    }

    /// Reads a signed note without asking who signed it.
    pub fn read(note: &str) -> Result<Self, NoteError> {
        if note.contains('\r') {
            return Err(NoteError::LineEnds);
        }
        let (text, _) = note.split_once("\n\n").ok_or(NoteError::Form)?;
        let mut lines = text.lines();
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(NoteError::Form);
        };
        let root = BASE64_STANDARD.decode(root).map_err(|_| NoteError::Form)?;
        let parsed = Self {
            origin: origin.to_owned(),
            size: size.parse().map_err(|_| NoteError::Form)?,
            root: root.try_into().map_err(|_| NoteError::Form)?,
        };
        let is_canonical = !origin.is_empty() && parsed.size.to_string() == size;
        is_canonical.then_some(parsed).ok_or(NoteError::Form)
    }

    /// Reads a signed note that one of these keys signed.
    pub fn open(note: &str, keys: &[VerifierKey]) -> Result<Self, NoteError> {
        let checkpoint = Self::read(note)?;
        let (text, signatures) = note.split_once("\n\n").ok_or(NoteError::Form)?;
        let text = format!("{text}\n");
        let mut signers = keys.iter().filter(|key| signatures.lines().any(|line| key.signed(&text, line)));
        // A key speaks of its own log alone, whatever it signed.
        match signers.next() {
            None => Err(NoteError::Signature),
            Some(signer) if signer.name != checkpoint.origin => Err(NoteError::Origin),
            Some(_) => Ok(checkpoint),
        }
    }
}

/// Who can be asked whether a signature is right: name and public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: VerifyingKey,
}

impl VerifierKey {
    /// The key with its name.
    pub fn new(name: &str, key: &[u8; 32]) -> Option<Self> {
        Some(Self { name: name.to_owned(), key: VerifyingKey::from_bytes(key).ok()? })
    }

    /// The name, which is the origin of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn encoded(&self) -> [u8; 33] {
        let mut bytes = [ED25519; 33];
        bytes[1..].copy_from_slice(self.key.as_bytes());
        bytes
    }

    fn id(&self) -> [u8; 4] {
        let digest = Sha256::new().chain_update(&self.name).chain_update(b"\n").chain_update(self.encoded());
        let digest: TreeHash = digest.finalize().into();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    fn signed(&self, text: &str, line: &str) -> bool {
        let Some((name, blob)) = line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')) else {
            return false;
        };
        let Ok(blob) = BASE64_STANDARD.decode(blob) else { return false };
        let Some((id, signature)) = blob.split_first_chunk::<4>() else { return false };
        let Ok(signature) = Signature::from_slice(signature) else { return false };
        name == self.name && *id == self.id() && self.key.verify_strict(text.as_bytes(), &signature).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    /// `name+id+key`, as signed notes write a verifier key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.id();
        write!(f, "{}+{a:02x}{b:02x}{c:02x}{d:02x}+{}", self.name, BASE64_STANDARD.encode(self.encoded()))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        // The key itself may hold a plus sign, the name may not.
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Form);
        };
        let key = BASE64_STANDARD.decode(key).map_err(|_| NoteError::Form)?;
        let key = key.strip_prefix(&[ED25519]).ok_or(NoteError::Form)?;
        let key: [u8; 32] = key.try_into().map_err(|_| NoteError::Form)?;
        let read = Self::new(name, &key).ok_or(NoteError::Form)?;
        (read.to_string() == text.trim()).then_some(read).ok_or(NoteError::Form)
    }
}

/// Signs checkpoints of one log.
pub struct CheckpointSigner {
    verifier: VerifierKey,
    key: SigningKey,
}

impl CheckpointSigner {
    /// Signs under this name with this secret.
    pub fn new(origin: &str, secret: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(secret);
        Self { verifier: VerifierKey { name: origin.to_owned(), key: key.verifying_key() }, key }
    }

    /// What others check with.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The signed note about a tree.
    pub fn sign(&self, size: u64, root: TreeHash) -> String {
        let checkpoint = LogCheckpoint { origin: self.verifier.name.clone(), size, root };
        let text = checkpoint.text();
        let mut blob = self.verifier.id().to_vec();
        blob.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n— {} {}\n", self.verifier.name, BASE64_STANDARD.encode(blob))
    }
}

impl fmt::Debug for CheckpointSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.verifier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_speaks_of_its_own_log_alone_whatever_it_signed() {
        let signer = CheckpointSigner::new("one.example.jp/access-log", &[7; 32]);
        let foreign =
            LogCheckpoint { origin: "other.example.jp/access-log".to_owned(), size: 1, root: [3; 32] };
        let mut blob = signer.verifier.id().to_vec();
        blob.extend_from_slice(&signer.key.sign(foreign.text().as_bytes()).to_bytes());
        let signature = format!("— {} {}", signer.verifier.name, BASE64_STANDARD.encode(blob));
        let note = format!("{}\n{signature}\n", foreign.text());
        let keys = [signer.verifier().clone()];
        assert_eq!(LogCheckpoint::open(&note, &keys), Err(NoteError::Origin));
        assert!(LogCheckpoint::open(&signer.sign(1, [3; 32]), &keys).is_ok());
        let edited = signer.sign(1, [3; 32]).replace('\n', "\r\n");
        assert_eq!(LogCheckpoint::open(&edited, &keys), Err(NoteError::LineEnds));
    }
}
