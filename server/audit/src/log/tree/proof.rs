//! The file about one line: what it said, and the proof that it stands in the log. Checked without any database.
//!
//! ```text
//! techo-access-log-line/v1
//! verifier NAME+ID+KEY
//! body {canonical JSON}
//!
//! c2sp.org/tlog-proof@v1
//! extra SALT
//! index 12
//! HASH …
//!
//! CHECKPOINT
//! ```
//!
//! Everything after the first empty line is a tlog-proof as C2SP defines it.

use super::{LogCheckpoint, TreeHash, VerifierKey, note::NoteError, path, tiles};
use crate::log::{EntrySalt, entry, leaf, log_verifiers};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::{collections::HashMap, fmt::Write as _};
use techo_custody::{Custody, Internal, Result};
use techo_model::{ChainId, EventId};

const KIND: &str = "techo-access-log-line/v1";
const TLOG: &str = "c2sp.org/tlog-proof@v1";

/// A line with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineProof {
    /// The key that the file brings along; who trusts it trusts the file about itself.
    pub verifier: Option<VerifierKey>,
    /// Canonical JSON of the line.
    pub body: String,
    /// What hides the body behind its commitment.
    pub salt: EntrySalt,
    /// Place among the leaves.
    pub index: u64,
    /// Hashes from the leaf to the root.
    pub path: Vec<TreeHash>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It is not such a file.
    #[error("証明ファイルの形ではありません（{0}）")]
    Form(&'static str),
    /// The checkpoint.
    #[error("{0}")]
    Note(#[from] NoteError),
    /// The line is not in the tree of the checkpoint.
    #[error("この行は、署名されたログの中にありません。行かファイルが書き換えられています")]
    NotIncluded,
}

impl LineProof {
    /// The file.
    pub fn to_text(&self) -> String {
        let mut text = format!("{KIND}\n");
        let mut line = |parts: [&str; 2]| text.extend([parts[0], parts[1], "\n"]);
        if let Some(verifier) = &self.verifier {
            line(["verifier ", &verifier.to_string()]);
        }
        line(["body ", &self.body]);
        line(["", ""]);
        line([TLOG, ""]);
        line(["extra ", &BASE64_STANDARD.encode(self.salt)]);
        line(["index ", &self.index.to_string()]);
        for hash in &self.path {
            line([&BASE64_STANDARD.encode(hash), ""]);
        }
        write!(text, "\n{}", self.checkpoint).expect("a String takes everything");
        text
    }

    /// Reads the file.
    pub fn read(text: &str) -> Result<Self, ProofError> {
        if text.contains('\r') {
            return Err(NoteError::LineEnds.into());
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut parts = text.splitn(3, "\n\n");
        let (Some(head), Some(proof), Some(note)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(ProofError::Form("三つの部分がありません"));
        };
        let (verifier, body) = read_head(head)?;
        let (salt, index, path) = read_tlog(proof)?;
        Ok(Self { verifier, body, salt, index, path, checkpoint: note.to_owned() })
    }

    /// Checks the line against a key, and returns the checkpoint in whose tree it stands.
    pub fn check(&self, key: &VerifierKey) -> Result<LogCheckpoint, ProofError> {
        let checkpoint = LogCheckpoint::open(&self.checkpoint, std::slice::from_ref(key))?;
        let leaf = leaf(&entry(&self.salt, &self.body));
        let root = path::root_from(leaf, self.index, checkpoint.size, &self.path);
        if root == Some(checkpoint.root) { Ok(checkpoint) } else { Err(ProofError::NotIncluded) }
    }
}

fn read_head(head: &str) -> Result<(Option<VerifierKey>, String), ProofError> {
    let rest = head.strip_prefix(KIND).ok_or(ProofError::Form("一行目が違います"))?;
    let (mut verifier, mut body) = (None, None);
    for line in rest.lines().filter(|line| !line.is_empty()) {
        match line.split_once(' ') {
            Some(("verifier", key)) if verifier.is_none() => verifier = Some(key.parse()?),
            Some(("body", json)) if body.is_none() => body = Some(json.to_owned()),
            _ => return Err(ProofError::Form("知らない行があります")),
        }
    }
    Ok((verifier, body.ok_or(ProofError::Form("body がありません"))?))
}

fn read_tlog(proof: &str) -> Result<(EntrySalt, u64, Vec<TreeHash>), ProofError> {
    let mut lines = proof.lines();
    let mut named = |name: &str| lines.next().and_then(|line| line.strip_prefix(name));
    let bytes = |text: &str| BASE64_STANDARD.decode(text).ok();
    named(TLOG).filter(|rest| rest.is_empty()).ok_or(ProofError::Form("tlog-proof ではありません"))?;
    let salt = named("extra ").and_then(bytes).and_then(|salt| salt.try_into().ok());
    // One number is written in one way: no sign, no zero in front.
    let number = |text: &str| text.parse::<u64>().ok().filter(|number| number.to_string() == text);
    let index = named("index ").and_then(number);
    let path = lines.map(|line| bytes(line)?.try_into().ok()).collect::<Option<Vec<_>>>();
    match (salt, index, path) {
        (Some(salt), Some(index), Some(path)) if path.len() <= 64 => Ok((salt, index, path)),
        _ => Err(ProofError::Form("extra、index またはハッシュが読めません")),
    }
}

/// The proofs of some lines of a chain, under the newest checkpoint. Lines that are not of this chain, whose body was
/// erased, or that are not under a checkpoint yet, have none.
///
/// # Errors
/// A database.
pub async fn prove_lines(
    custody: &Custody,
    chain: ChainId,
    events: &[EventId],
) -> Result<HashMap<EventId, LineProof>> {
    let records = &custody.stores.records;
    let Some(checkpoint) = records.last_checkpoint().await? else { return Ok(HashMap::new()) };
    let size = checkpoint.size.unsigned_abs();
    let mut provable = records.provable_entries(chain, events).await?;
    provable.retain(|line| line.leaf_index < checkpoint.size);
    let paths: Vec<_> =
        provable.iter().map(|line| path::inclusion(line.leaf_index.unsigned_abs(), size)).collect();
    let mut hashes = tiles::hashes(records, &paths.concat()).await?.into_iter();
    let signed = |key: &VerifierKey| LogCheckpoint::open(&checkpoint.note, std::slice::from_ref(key)).is_ok();
    let verifier = log_verifiers(custody).await?.into_iter().find(signed);
    let mut proofs = HashMap::with_capacity(provable.len());
    for (line, path) in provable.into_iter().zip(&paths) {
        let corrupt = || Internal::corrupt("access_event_body", "salt", line.event_id.0);
        let salt = line.salt.try_into().map_err(|_| corrupt())?;
        let proof = LineProof {
            verifier: verifier.clone(),
            body: line.body,
            salt,
            index: line.leaf_index.unsigned_abs(),
            path: hashes.by_ref().take(path.len()).collect(),
            checkpoint: checkpoint.note.clone(),
        };
        proofs.insert(line.event_id, proof);
    }
    Ok(proofs)
}
