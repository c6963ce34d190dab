//! How the program starts and stops: several at once, with settings that are wrong, before listeners that are gone.

use crate::installation::Installation;
use std::{
    fs,
    net::TcpStream,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};
use techo_model::number::{MunicipalityCode, MyNumber, ResidentRecordCode};
use techo_store::{DatabaseName, Db, DbUrl, Vault, testing::PostgresCluster};

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Stopped before it began, with one line that says all of this.
fn refused(output: &Output, said: &[&str]) {
    let words = words(output);
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert_eq!(words.trim_end().lines().count(), 1, "{words}");
    for word in said {
        assert!(words.contains(word), "{word} is missing in: {words}");
    }
}

/// Four programs at once on databases that are not there yet.
fn start_four(settings: &[String]) {
    all_succeed(|| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_techo"));
        command.arg("migrate");
        settings.iter().for_each(|setting| {
            command.args(["--set", setting]);
        });
        command
    });
}

/// Four of the same program at once.
fn all_succeed(command: impl Fn() -> Command) {
    let start = |_| command().stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let starts: Vec<_> = (0..4).map(start).collect();
    for start in starts {
        let output = start.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", words(&output));
    }
}

#[test]
fn four_first_starts_at_once_all_succeed() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..3 {
        start_four(&[format!("DATA_DIR={}", folder.path().join(round.to_string()).display())]);
    }
}

#[tokio::test]
async fn four_first_starts_at_once_all_succeed_on_postgresql() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    for words in ["CREATE DATABASE identity", "CREATE DATABASE records"] {
        cluster.say(words).await;
    }
    start_four(&[
        format!("DATA_DIR={}", folder.path().display()),
        format!("IDENTITY_DB={}", cluster.url("identity")),
        format!("RECORDS_DB={}", cluster.url("records")),
    ]);
}

/// Four first imports at once into databases that nobody has opened with keys yet.
fn import_four(installation: &Installation) {
    let city = MunicipalityCode::with_check_digit(13_999).as_str().to_owned();
    let file = installation.data.join("residents.csv");
    let mut rows = "住民票コード,個人番号,氏名,氏名カナ,生年月日,性別,自治体コード\n".to_owned();
    for n in 0..50 {
        let code = ResidentRecordCode::with_check_digit(3_000_000_000 + n).digits();
        let number = MyNumber::with_check_digit(50_000_000_000 + n).digits();
        rows.push_str(&format!("{code},{number},架空花子,カクウハナコ,1975-04-01,2,{city}\n"));
    }
    fs::write(&file, rows).unwrap();
    let added = installation.run(&["org", "add", &city, "--kind", "municipality", "--name", "架空市"]);
    assert!(added.status.success(), "{}", words(&added));
    let path = file.to_str().unwrap();
    all_succeed(|| installation.command(&["import", "residents", path, "--as", &city]));
}

#[test]
fn four_first_imports_at_once_all_succeed() {
    import_four(&Installation::new());
}

#[tokio::test]
async fn four_first_imports_at_once_all_succeed_on_postgresql() {
    let Some(cluster) = PostgresCluster::start() else { return };
    let mut installation = Installation::new();
    for words in ["CREATE DATABASE identity", "CREATE DATABASE records"] {
        cluster.say(words).await;
    }
    installation.databases = Some([cluster.url("identity"), cluster.url("records")]);
    assert!(installation.run(&["migrate"]).status.success());
    import_four(&installation);
}

#[test]
fn a_misspelt_variable_stops_the_start_and_the_right_name_is_told() {
    let installation = Installation::new();
    let output = installation.command(&["migrate"]).env("TECHO_IDENTITY_BD", "sqlite:x").output().unwrap();
    refused(&output, &["TECHO_IDENTITY_BD", "TECHO_IDENTITY_DB"]);
    let output = installation.command(&["migrate"]).env("TECHO_TEST_DATA", "/nowhere").output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
}

#[test]
fn a_wrong_address_for_checkpoints_stops_the_start() {
    let installation = Installation::new();
    for wrong in ["htp://log.example.jp/", "s3:bucket", "/dev/null/checkpoints"] {
        let output = installation.run(&["serve", "--set", &format!("LOG_CHECKPOINTS={wrong}")]);
        refused(&output, &["TECHO_LOG_CHECKPOINTS"]);
    }
}

#[test]
fn whatever_is_wrong_with_a_database_is_told_with_its_setting_and_its_place() {
    let installation = Installation::new();
    let elsewhere = installation.data.join("elsewhere.db");
    fs::write(&elsewhere, "not a database, however one looks at it").unwrap();
    fs::set_permissions(&elsewhere, fs::Permissions::from_mode(0o600)).unwrap();
    let text = elsewhere.display().to_string();
    for place in [format!("sqlite:{text}"), "sqlite:/nowhere/at/all.db".to_owned()] {
        let output = installation.run(&["migrate", "--set", &format!("RECORDS_DB={place}")]);
        refused(&output, &["TECHO_RECORDS_DB", &place]);
    }
    let closed = "postgres://techo:secret@127.0.0.1:1/techo";
    let output = installation.run(&["migrate", "--set", &format!("IDENTITY_DB={closed}")]);
    refused(&output, &["TECHO_IDENTITY_DB", "postgres://127.0.0.1:1/techo"]);
    assert!(!words(&output).contains("secret"));
}

#[test]
fn databases_that_were_swapped_are_known_and_named() {
    let installation = Installation::new();
    let [identity, records] = ["identity.db", "records.db"]
        .map(|name| format!("sqlite:{}", installation.data.join(name).display()));
    let (one, other) = (format!("IDENTITY_DB={records}"), format!("RECORDS_DB={identity}"));
    let output = installation.run(&["migrate", "--set", &one, "--set", &other]);
    refused(&output, &["TECHO_IDENTITY_DB", "健康記録（records）", "取り違えて"]);
    let output = installation.run(&["migrate", "--set", &other]);
    refused(&output, &["TECHO_RECORDS_DB", "本人情報（identity）"]);
    assert!(installation.run(&["migrate"]).status.success(), "nothing was done to them");
}

#[test]
fn a_database_that_others_can_read_is_refused_with_the_way_to_mend_it() {
    let installation = Installation::new();
    for name in ["identity.db", "records.db"] {
        let path = installation.data.join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        refused(&installation.run(&["migrate"]), &[name, "chmod 600"]);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    assert!(installation.run(&["migrate"]).status.success());
}

/// Every command that says something, with arguments that make it do so.
const TALKERS: [&[&str]; 9] = [
    &["--help"],
    &["serve", "--help"],
    &["migrate"],
    &["org", "list"],
    &["org", "list", "--json"],
    &["staff", "list"],
    &["card", "list"],
    &["audit", "key"],
    &["audit", "verify"],
];

#[test]
fn nobody_who_listens_and_a_full_output_make_no_command_panic() {
    let installation = Installation::new();
    for arguments in TALKERS {
        let mut closed = installation.command(arguments);
        let mut child = closed.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(!words(&output).contains("panicked"), "{arguments:?}: {}", words(&output));
        let heard = installation.run(arguments).status.code();
        assert_eq!(output.status.code(), heard, "{arguments:?}: {}", words(&output));

        let full = || fs::OpenOptions::new().write(true).open(Path::new("/dev/full")).unwrap();
        let output = installation.command(arguments).stdout(full()).stderr(Stdio::piped()).output().unwrap();
        assert!(!words(&output).contains("panicked"), "{arguments:?}: {}", words(&output));
        let deaf = installation.command(arguments).stdout(full()).stderr(full()).status().unwrap();
        assert!(deaf.code().is_some_and(|code| code <= 2), "{arguments:?}: {deaf}");
    }
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut list = installation.command(&["org", "list", "--json"]);
    let output = list.stdout(full).stderr(Stdio::piped()).output().unwrap();
    refused(&output, &["標準出力に書けませんでした"]);
}

#[test]
fn a_stop_is_no_error() {
    let installation = Installation::new();
    let server = installation.serve();
    assert_eq!(server.write().status, 303);
    let (status, errors) = server.stop();
    assert_eq!(status, Some(0), "{errors}");
    assert!(!errors.contains("ERROR"), "{errors}");
}

/// Whether anybody listens.
fn is_open(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

#[test]
fn each_part_runs_alone_and_says_what_others_have_to_do() {
    let installation = Installation::new();
    let systems = installation.serve_only("api,ops");
    assert_eq!((is_open(systems.portal), is_open(systems.api)), (false, true));
    let told = systems.ready();
    assert_eq!(told.status, 200, "{}", told.text);
    assert!(told.text.contains("roles: ok: api ops here, portal console worker elsewhere"), "{}", told.text);

    // On the same databases, at the same time.
    let worker = installation.serve_only("worker,ops");
    assert_eq!((is_open(worker.portal), is_open(worker.api)), (false, false));
    assert!(worker.ready().text.contains("portal console api elsewhere"), "{}", worker.ready().text);
    let pages = installation.serve_only("portal,ops");
    assert_eq!(pages.write().status, 303);
    for part in [systems, worker, pages] {
        let (status, errors) = part.stop();
        assert_eq!(status, Some(0), "{errors}");
    }
}

#[test]
fn a_door_alone_tidies_its_rate_limits_and_a_worker_alone_has_none() {
    let installation = Installation::new();
    let tidied = "techo_job_turns_total{job=\"tidy-limits\",end=\"done\"}";
    for part in ["portal,ops", "console,ops", "api,ops"] {
        let door = installation.serve_only(part);
        let until = Instant::now() + Duration::from_secs(20);
        while !door.metrics().text.contains(tidied) {
            assert!(Instant::now() < until, "{part}: {}", door.metrics().text);
        }
    }
    let worker = installation.serve_only("worker,ops");
    let until = Instant::now() + Duration::from_secs(20);
    while !worker.metrics().text.contains("job=\"watch-cards\",end=\"done\"") {
        assert!(Instant::now() < until, "{}", worker.metrics().text);
    }
    assert!(!worker.metrics().text.contains("tidy-limits"));
}

#[tokio::test]
async fn a_server_whose_keys_are_changed_elsewhere_stops_by_itself_and_says_why() {
    let installation = Installation::new();
    let mut server = installation.serve();
    let file = installation.data.join("identity.db");
    let vault = Vault::new(Db::open(&DbUrl::Sqlite(file), DatabaseName::Identity).await.unwrap());
    let mut tx = vault.begin().await.unwrap();
    let others = r#"{"version":2,"check":"AAAAAAAAAAAAAAAAAAAAAA=="}"#;
    vault.put_setting(&mut tx, "keys", others).await.unwrap();
    tx.commit().await.unwrap();
    vault.db().close().await;
    assert_eq!(server.child.wait().unwrap().code(), Some(2), "{}", server.errors());
    assert!(server.errors().contains("鍵が更新された"), "{}", server.errors());
}

#[test]
fn what_is_no_part_is_named_with_those_that_are() {
    let output = Installation::new().run(&["serve", "--only", "portal,doctor"]);
    assert_eq!(output.status.code(), Some(2));
    for word in ["doctor", "portal, console, api, ops, worker"] {
        assert!(words(&output).contains(word), "{}", words(&output));
    }
}
