//! An import that is killed, at whatever moment, and run again ends like one that was not.

use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// Moments after the start at which the program is killed, without being told.
const MOMENTS_MILLIS: [u64; 9] = [30, 60, 100, 150, 220, 300, 400, 550, 700];

fn techo(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_techo"));
    let setting = format!("DATA_DIR={}", data.display());
    command.args(arguments).args(["--set", &setting]).stdin(Stdio::null()).stderr(Stdio::null());
    command
}

fn done(data: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = techo(data, arguments).output().unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{arguments:?}");
    output.stdout
}

/// A data folder with keys and the organisations of a manifest.
fn prepare(data: &Path, manifest: &Value) {
    done(data, &["keys", "init"]);
    for organisation in manifest["organisations"].as_array().unwrap() {
        let [id, kind, name] = ["id", "kind", "name"].map(|field| organisation[field].as_str().unwrap());
        done(data, &["org", "add", id, "--kind", kind, "--name", name]);
    }
}

/// What an operator sees when everything is imported once more: nothing new, and how much of what there is.
fn state(data: &Path, manifest: &str) -> Vec<(String, u64, u64)> {
    let report: Value =
        serde_json::from_slice(&done(data, &["import", "--manifest", manifest, "--json"])).unwrap();
    let files = report["files"].as_array().unwrap().iter();
    files
        .map(|file| {
            let count = |name: &str| file[name].as_u64().unwrap();
            let changed = count("inserted") + count("updated") + count("deleted");
            assert_eq!(changed, 0, "a whole import leaves nothing to do: {file}");
            (file["path"].as_str().unwrap().to_owned(), count("unchanged"), count("quarantined"))
        })
        .collect()
}

fn kill_after(mut running: Child, millis: u64) -> bool {
    std::thread::sleep(Duration::from_millis(millis));
    let unfinished = running.try_wait().unwrap().is_none();
    running.kill().unwrap();
    running.wait().unwrap();
    unfinished
}

#[test]
fn an_import_that_is_killed_again_and_again_ends_like_one_that_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("files");
    done(folder.path(), &["synth", "--residents", "300", "--out", files.to_str().unwrap()]);
    let path = files.join("manifest.json");
    let (text, path) = (fs::read(&path).unwrap(), path.to_str().unwrap().to_owned());
    let manifest: Value = serde_json::from_slice(&text).unwrap();

    let (calm, killed) = (folder.path().join("calm"), folder.path().join("killed"));
    prepare(&calm, &manifest);
    done(&calm, &["import", "--manifest", &path, "--json"]);
    prepare(&killed, &manifest);
    let kills = MOMENTS_MILLIS.into_iter().filter(|millis| {
        let mut command = techo(&killed, &["import", "--manifest", &path, "--json"]);
        kill_after(command.stdout(Stdio::null()).spawn().unwrap(), *millis)
    });
    assert!(kills.count() >= 5, "the program was killed while it worked");
    done(&killed, &["import", "--manifest", &path, "--json"]);
    assert_eq!(state(&killed, &path), state(&calm, &path));
}
