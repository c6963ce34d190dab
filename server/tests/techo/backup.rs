//! Backups are drilled: made beside a program that works, put back, audited, counted; and whatever interrupts one leaves nothing
//! that looks whole.

use crate::installation::Installation;
use age::secrecy::ExposeSecret as _;
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};
use techo_store::{
    DatabaseName, Db, DbUrl,
    backup::{TableCounts, counts},
    testing::PostgresCluster,
};

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn done(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", words(output));
}

fn refused(output: &Output, said: &str) {
    assert_eq!(output.status.code(), Some(2), "{}", words(output));
    assert!(words(output).contains(said), "{said} is missing in: {}", words(output));
}

/// People, their records, and lines on the access log, through the importers.
fn fill(installation: &Installation, files: &Path) -> PathBuf {
    let manifest = files.join("manifest.json");
    if !manifest.exists() {
        done(&installation.run(&["synth", "--residents", "40", "--out", files.to_str().unwrap()]));
    }
    let text: Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    for organisation in text["organisations"].as_array().unwrap() {
        let [id, kind, name] = ["id", "kind", "name"].map(|field| organisation[field].as_str().unwrap());
        done(&installation.run(&["org", "add", id, "--kind", kind, "--name", name]));
    }
    manifest
}

fn import(installation: &Installation, manifest: &Path) -> Output {
    installation.run(&["import", "--manifest", manifest.to_str().unwrap(), "--json"])
}

/// Rows of both databases of a data folder.
async fn rows(urls: [DbUrl; 2]) -> [TableCounts; 2] {
    let [identity, records] = urls;
    let vault = Db::open(&identity, DatabaseName::Identity).await.unwrap();
    let store = Db::open(&records, DatabaseName::Records).await.unwrap();
    let both = [counts(&vault).await.unwrap(), counts(&store).await.unwrap()];
    vault.close().await;
    store.close().await;
    both
}

fn files_of(data: &Path) -> [DbUrl; 2] {
    ["identity.db", "records.db"].map(|name| DbUrl::Sqlite(data.join(name)))
}

fn path_text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Imports what a municipality and others sent, and says what there is.
async fn filled(installation: &Installation, files: &Path) -> [TableCounts; 2] {
    let manifest = fill(installation, files);
    assert!(import(installation, &manifest).status.code() < Some(2));
    let rows = rows(files_of(&installation.data)).await;
    assert!(rows[0]["resident"] >= 40 && rows[1]["checkup"] > 0, "{rows:?}");
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_put_back_audited_and_counted_whatever_lock_it_has() {
    let mut installation = Installation::new();
    let folder = tempfile::tempdir().unwrap();
    let before = filled(&installation, &folder.path().join("files")).await;
    let key = age::x25519::Identity::generate();
    let (secret, phrase) = (folder.path().join("key.txt"), folder.path().join("words.txt"));
    fs::write(&secret, key.to_string().expose_secret()).unwrap();
    fs::write(&phrase, "五つの山と六つの川\n").unwrap();
    let recipient = key.to_public().to_string();
    let ways: [(&str, Vec<&str>, Vec<&str>); 3] = [
        ("open", vec!["--unencrypted"], vec![]),
        (
            "sealed",
            vec!["--recipient", &recipient, "--identity", path_text(&secret)],
            vec!["--identity", path_text(&secret)],
        ),
        (
            "words",
            vec!["--passphrase-file", path_text(&phrase)],
            vec!["--passphrase-file", path_text(&phrase)],
        ),
    ];
    for (name, lock, unlock) in &ways {
        let (to, keys) = (folder.path().join(name), folder.path().join(format!("{name}.keys")));
        let output = installation.run(
            &[&["backup", path_text(&to), "--verify", "--keys-to", path_text(&keys)][..], lock].concat(),
        );
        done(&output);
        assert!(words(&output).contains("控えを確かめました"), "{}", words(&output));
        assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
        let is_readable = fs::read(&to).unwrap().windows(9).any(|part| part == b"SQLite fo");
        assert_eq!(is_readable, *name == "open", "{name}");
        refused(&installation.run(&[&["backup", path_text(&to)][..], lock].concat()), "すでにあります");

        let into = folder.path().join(format!("restored-{name}"));
        let restore =
            ["restore", path_text(&to), "--into", path_text(&into), "--keys-from", path_text(&keys)];
        done(&installation.run(&[&restore[..], unlock].concat()));
        assert_private(&into);
        assert_eq!(rows(files_of(&into)).await, before, "{name}");
        let data = std::mem::replace(&mut installation.data, into.clone());
        done(&installation.run(&["audit", "verify"]));
        installation.data = data;
        refused(&installation.run(&[&restore[..], unlock].concat()), "空ではありません");
    }
    assert_nothing_is_left(&installation.data);
}

/// What was put back is readable for its owner alone.
fn assert_private(folder: &Path) {
    for file in ["identity.db", "records.db", "keys.json"] {
        assert_eq!(fs::metadata(folder.join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
}

/// Nothing is left of the way to a backup.
fn assert_nothing_is_left(data: &Path) {
    let mut left = fs::read_dir(data).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!left.any(|name| name.to_string_lossy().contains("backup")));
}

#[test]
fn a_backup_without_a_lock_is_made_only_for_whoever_says_so() {
    let installation = Installation::new();
    let to = installation.data.join("backup");
    refused(&installation.run(&["backup", path_text(&to)]), "--unencrypted");
    refused(&installation.run(&["backup", path_text(&to), "--recipient", "age1nobody"]), "age1nobody");
    assert!(!to.exists());
}

#[test]
fn what_is_cut_off_changed_or_not_a_backup_is_refused_and_leaves_nothing() {
    let installation = Installation::new();
    let folder = tempfile::tempdir().unwrap();
    let (phrase, into) = (folder.path().join("words.txt"), folder.path().join("restored"));
    fs::write(&phrase, "五つの山と六つの川").unwrap();
    let locks = [vec!["--unencrypted"], vec!["--passphrase-file", path_text(&phrase)]];
    for (n, lock) in locks.iter().enumerate() {
        let whole = folder.path().join(format!("whole{n}"));
        done(&installation.run(&[&["backup", path_text(&whole)][..], lock].concat()));
        let bytes = fs::read(&whole).unwrap();
        let mut changed = bytes.clone();
        changed[bytes.len() / 2] ^= 1;
        let broken = folder.path().join(format!("broken{n}"));
        for text in [&bytes[..bytes.len() / 2], &bytes[..bytes.len() - 2_000], &changed, b"", b"not a backup"]
        {
            fs::write(&broken, text).unwrap();
            let unlock = if n == 0 { vec![] } else { lock.clone() };
            let output = installation
                .run(&[&["restore", path_text(&broken), "--into", path_text(&into)][..], &unlock].concat());
            assert_eq!(output.status.code(), Some(2), "{} bytes: {}", text.len(), words(&output));
            assert!(!into.exists(), "{} bytes", text.len());
        }
    }
    let left = fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("unfinished"));
    assert_eq!(left.count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_made_while_files_are_imported_is_of_one_moment() {
    let mut installation = Installation::new();
    let folder = tempfile::tempdir().unwrap();
    let manifest = fill(&installation, &folder.path().join("files"));
    let mut importing = installation
        .command(&["import", "--manifest", path_text(&manifest), "--json"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let server = installation.serve();
    let mut made = 0;
    while made < 3 || importing.try_wait().unwrap().is_none() {
        let to = folder.path().join(format!("backup{made}"));
        let output = installation.run(&["backup", path_text(&to), "--unencrypted", "--verify"]);
        done(&output);
        let into = folder.path().join(format!("restored{made}"));
        done(&installation.run(&["restore", path_text(&to), "--into", path_text(&into)]));
        // Whoever imports the rest into it ends where everybody ends.
        made += 1;
    }
    assert!(importing.wait().unwrap().code() < Some(2), "the import was not disturbed");
    assert_eq!(server.write().status, 303, "nor was the server");
    let first = folder.path().join("restored0");
    fs::copy(installation.data.join("keys.json"), first.join("keys.json")).unwrap();
    let there = std::mem::replace(&mut installation.data, first.clone());
    let output = import(&installation, &manifest);
    assert!(output.status.code() < Some(2), "{}", words(&output));
    let [there, here] = [rows(files_of(&there)).await, rows(files_of(&first)).await];
    for table in ["resident", "checkup", "vaccination", "coverage", "waiting_record"] {
        let count = |both: &[TableCounts; 2]| both.iter().find_map(|counts| counts.get(table).copied());
        assert_eq!(count(&there), count(&here), "{table}");
    }
}

#[test]
fn a_backup_that_is_killed_or_has_no_space_leaves_no_file_that_looks_whole() {
    let installation = Installation::new();
    let folder = tempfile::tempdir().unwrap();
    for millis in [5, 20, 50, 100, 200, 400] {
        let to = folder.path().join(format!("killed{millis}"));
        let mut running = installation.command(&["backup", path_text(&to), "--unencrypted"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(millis));
        running.kill().unwrap();
        running.wait().unwrap();
        if to.exists() {
            let into = folder.path().join(format!("restored{millis}"));
            done(&installation.run(&["restore", path_text(&to), "--into", path_text(&into)]));
        }
    }
    let to = folder.path().join("no-space");
    let mut small = Command::new("bash");
    small.args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_techo")]);
    let output = installation.through(small, &["backup", path_text(&to), "--unencrypted"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
    assert!(!words(&output).contains("panicked"), "{}", words(&output));
    assert!(!to.exists());
    done(&installation.run(&["backup", path_text(&to), "--unencrypted", "--verify"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_postgresql_is_put_back_audited_and_counted() {
    let Some(cluster) = PostgresCluster::start() else { return };
    for name in [
        "CREATE DATABASE identity",
        "CREATE DATABASE records",
        "CREATE DATABASE identity2",
        "CREATE DATABASE records2",
    ] {
        cluster.say(name).await;
    }
    let urls = |names: [&str; 2]| names.map(|name| cluster.url(name));
    let folder = tempfile::tempdir().unwrap();
    let mut installation = Installation::new();
    installation.databases = Some(urls(["identity", "records"]));
    let manifest = fill(&installation, &folder.path().join("files"));
    assert!(import(&installation, &manifest).status.code() < Some(2));
    let to = folder.path().join("backup");
    let output = installation.run(&["backup", path_text(&to), "--unencrypted", "--verify"]);
    done(&output);
    assert!(words(&output).contains("控えを確かめました"), "{}", words(&output));

    let into = folder.path().join("restored");
    let restore = ["restore", path_text(&to), "--into", path_text(&into)];
    refused(&installation.run(&restore), "空ではありません");
    let before = rows(urls(["identity", "records"]).map(DbUrl::Postgres)).await;
    installation.databases = Some(urls(["identity2", "records2"]));
    done(&installation.run(&restore));
    assert_eq!(rows(urls(["identity2", "records2"]).map(DbUrl::Postgres)).await, before);
    done(&installation.run(&["audit", "verify"]));
    assert!(
        into.is_dir()
            && fs::read_dir(&into).unwrap().all(|entry| entry.unwrap().file_name() == "checkpoints")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn databases_into_which_a_backup_was_put_halfway_start_nothing() {
    let Some(cluster) = PostgresCluster::start() else { return };
    cluster.say("CREATE DATABASE half").await;
    let url = DbUrl::Postgres(cluster.url("half"));
    techo_store::backup::mark_unfinished(&url).await.unwrap();
    let error = Db::open(&url, DatabaseName::Identity).await.unwrap_err();
    assert!(error.to_string().contains("techo restore"), "{error}");
    techo_store::backup::unmark_finished(&url).await.unwrap();
    Db::open(&url, DatabaseName::Identity).await.unwrap().close().await;
}
