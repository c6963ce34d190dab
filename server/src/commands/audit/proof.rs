//! `techo audit verify-proof`: one line, its proof, and a public key. No database, no network.

use crate::{
    commands::{CommandError, CommandOutcome, CommandResult},
    named_files::{FileFault, read_text},
};
use serde_json::Value;
use std::path::Path;
use techo_audit::log::tree::{LogCheckpoint, VerifierKey, proof::LineProof};

/// A proof has a body, a path and a checkpoint; anything longer is something else.
const LONGEST: u64 = 256 * 1024;

/// Checks a proof file.
pub(super) fn verify(file: &Path, key: Option<&str>, json: bool) -> CommandResult {
    let refused = |error: &dyn std::fmt::Display| CommandError::Other(format!("{}: {error}", file.display()));
    let text = read_text(file, LONGEST).map_err(|fault| match fault {
        FileFault::TooLarge(_) => refused(&"証明ファイルにしては大きすぎます"),
        other => refused(&other),
    })?;
    let proof = LineProof::read(&text).map_err(|error| refused(&error))?;
    let key = match (key, &proof.verifier) {
        (Some(key), _) => key.parse().map_err(|error| refused(&error))?,
        (None, Some(inside)) => {
            tell!(
                "注意: ファイルの中の公開鍵で確かめます。ファイルごと偽物かもしれません。ほかの道で手に入れた鍵を --key で示すと確かです。"
            );
            inside.clone()
        }
        (None, None) => return Err(refused(&"公開鍵がありません。--key で示してください")),
    };
    match proof.check(&key) {
        Ok(checkpoint) => {
            tell(&proof, &checkpoint, &key, json);
            Ok(CommandOutcome::Whole)
        }
        Err(error) => {
            if json {
                say!("{}", serde_json::json!({ "result": "fault", "what": error.to_string() }));
            } else {
                say!("証明になっていません: {error}");
            }
            Ok(CommandOutcome::Found)
        }
    }
}

fn tell(proof: &LineProof, checkpoint: &LogCheckpoint, key: &VerifierKey, json: bool) {
    let body: Value = serde_json::from_str(&proof.body).unwrap_or(Value::Null);
    if json {
        let proven = serde_json::json!({
            "result": "proven", "index": proof.index, "size": checkpoint.size,
            "origin": checkpoint.origin, "body": body,
        });
        say!("{proven}");
    } else {
        say!("この行は、署名されたログの中にあります。");
        say!("  ログ {}（{}件のうち {}番、番号は0から）", key.name(), checkpoint.size, proof.index);
        let body = serde_json::to_string_pretty(&body).unwrap_or_default();
        say!("  行の中身\n{body}");
    }
}
