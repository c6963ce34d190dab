//! `techo audit` as its user meets it: proofs in the one form that they have, a second place that is not there, a closed pipe.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use techo_audit::log::{
    entry, leaf,
    tree::{CheckpointSigner, proof::LineProof},
};
use tempfile::TempDir;

const ORIGIN: &str = "portal.example.jp/access-log";

fn techo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_techo"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat()).into_owned()
}

/// A log of one line, and its proof under a key of this name.
fn proof_named(name: &str) -> (LineProof, String) {
    let signer = CheckpointSigner::new(ORIGIN, &[7; 32]);
    let (salt, body) = ([1; 16], r#"{"action":"read"}"#.to_owned());
    let checkpoint = signer.sign(1, leaf(&entry(&salt, &body)));
    let verifier = CheckpointSigner::new(name, &[7; 32]).verifier().clone();
    let key = verifier.to_string();
    let proof = LineProof { verifier: Some(verifier), body, salt, index: 0, path: Vec::new(), checkpoint };
    (proof, key)
}

fn verify(folder: &TempDir, text: &str, key: &str) -> (Option<i32>, String) {
    let file: PathBuf = folder.path().join("line.proof");
    fs::write(&file, text).unwrap();
    let output = techo(&["audit", "verify-proof", file.to_str().unwrap(), "--key", key]).output().unwrap();
    (output.status.code(), told(&output))
}

#[test]
fn a_proof_has_one_form_and_another_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let (proof, key) = proof_named(ORIGIN);
    let text = proof.to_text();
    assert_eq!(verify(&folder, &text, &key).0, Some(0), "as it is");
    let (status, said) = verify(&folder, &text.replace('\n', "\r\n"), &key);
    assert_eq!(status, Some(2));
    assert!(said.contains("CR LF"), "an editor's line ends are named: {said}");
    for index in ["index 00", "index +0", "index -0", "index  0", "index 0 "] {
        let (status, said) = verify(&folder, &text.replace("index 0", index), &key);
        assert_eq!(status, Some(2), "{index}: {said}");
    }
    for size in [format!("{ORIGIN}\n01\n"), format!("{ORIGIN}\n+1\n")] {
        let (status, said) = verify(&folder, &text.replace(&format!("{ORIGIN}\n1\n"), &size), &key);
        assert_eq!(status, Some(1), "{size}: {said}");
    }
}

#[test]
fn a_proof_of_another_log_than_that_of_the_key_proves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (proof, _) = proof_named(ORIGIN);
    let (_, other) = proof_named("other.example.jp/access-log");
    assert_eq!(verify(&folder, &proof.to_text(), &other).0, Some(1), "another name is another key");
}

fn installed(data: &Path) -> String {
    let setting = format!("DATA_DIR={}", data.display());
    for arguments in [["keys", "init"].as_slice(), &["migrate"]] {
        let output = techo(&[arguments, &["--set", &setting]].concat()).output().unwrap();
        assert!(output.status.success(), "{}", told(&output));
    }
    setting
}

#[test]
fn a_folder_of_checkpoints_that_is_not_there_is_no_reason_to_say_that_all_is_well() {
    let folder = tempfile::tempdir().unwrap();
    let setting = installed(&folder.path().join("data"));
    let missing = folder.path().join("nowhere");
    let missing = missing.to_str().unwrap();
    let arguments = ["audit", "verify", "--checkpoints", missing, "--set", &setting];
    let output = techo(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains(missing), "it is named");
    let output = techo(&["audit", "verify", "--json", "--set", &setting]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "a log that has not begun is whole: {}", told(&output));
}

#[test]
fn a_closed_pipe_is_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    let (proof, key) = proof_named(ORIGIN);
    let file = folder.path().join("line.proof");
    fs::write(&file, proof.to_text()).unwrap();
    let arguments = ["audit", "verify-proof", file.to_str().unwrap(), "--key", &key];
    let mut running = techo(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(running.stdout.take());
    let output = running.wait_with_output().unwrap();
    let said = told(&output);
    assert!(said.is_empty(), "nothing is said: {said}");
    assert_eq!(output.status.code(), Some(0), "what was asked for was done");
}
