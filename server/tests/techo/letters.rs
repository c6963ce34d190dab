//! `techo letters` as a municipality's officer meets it: two files, and whereabouts of protected people in neither.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

const SENDER: &str = "131016";

fn techo(data: &Path, arguments: &[&str]) -> Output {
    let setting = format!("DATA_DIR={}", data.display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_techo"));
    command.args(arguments).args(["--set", &setting]).stdin(Stdio::null()).output().unwrap()
}

fn done(data: &Path, arguments: &[&str]) -> String {
    let output = techo(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

struct TestInstallation {
    _folder: tempfile::TempDir,
    data: PathBuf,
    out: PathBuf,
}

/// Four people of one municipality: one by post, two under protection, one child.
fn installation() -> TestInstallation {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("residents.csv"));
    let head = "住民票コード,個人番号,氏名,氏名カナ,生年月日,性別,郵便番号,住所,自治体コード,支援措置";
    let row = |n: u64, name: &str, birth: &str, street: &str, protection: &str| {
        let code = techo_model::number::ResidentRecordCode::with_check_digit(3_000_000_000 + n);
        let number = techo_model::number::MyNumber::with_check_digit(50_000_000_000 + n);
        [&code.digits(), &number.digits(), name, "カナ", birth, "2", "999-0001", street, SENDER, protection]
            .join(",")
    };
    let rows = [
        head.to_owned(),
        row(1, "公開一子", "1980-01-01", "公開町1-1", "0"),
        row(2, "保護二子", "1981-01-01", "秘密町2-2", "1"),
        row(3, "保護三子", "1982-01-01", "秘密町3-3", "1"),
        row(4, "幼児四子", "2025-01-01", "公開町1-1", "0"),
    ];
    fs::write(&file, rows.join("\r\n")).unwrap();
    done(&data, &["keys", "init"]);
    done(&data, &["org", "add", SENDER, "--kind", "municipality", "--name", "架空市"]);
    done(&data, &["import", "residents", file.to_str().unwrap(), "--as", SENDER]);
    TestInstallation { data, out: folder.path().join("手紙.html"), _folder: folder }
}

#[test]
fn letters_of_protected_people_are_a_file_of_their_own_with_covers_and_without_any_address() {
    let installation = installation();
    let said =
        done(&installation.data, &["letters", "--as", SENDER, "--out", installation.out.to_str().unwrap()]);
    let by_hand = installation.out.with_file_name("手紙.手渡し.html");
    let (post, hand) =
        (fs::read_to_string(&installation.out).unwrap(), fs::read_to_string(&by_hand).unwrap());
    assert!(post.contains("公開一子") && post.contains("公開町1-1") && post.matches("<article").count() == 1);
    assert!(!post.contains("保護") && !post.contains("幼児四子"));
    assert_eq!((hand.matches("<article").count(), hand.matches("手渡し用の表紙").count()), (2, 2));
    assert!(hand.contains("保護二子") && hand.contains("保護三子") && hand.contains("郵送しないでください"));
    assert!(!hand.contains("秘密町") && !hand.contains("999-0001"), "no paper tells where they live");
    assert!(
        said.contains("1通の手紙") && said.contains("支援措置の方の2通") && said.contains("15歳未満の1人"),
        "{said}"
    );
    assert_eq!(fs::metadata(&by_hand).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_run_writes_over_neither_file() {
    let installation = installation();
    let by_hand = installation.out.with_file_name("手紙.手渡し.html");
    fs::write(&by_hand, "kept").unwrap();
    let refused =
        techo(&installation.data, &["letters", "--as", SENDER, "--out", installation.out.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("手渡し"));
    assert_eq!(fs::read_to_string(&by_hand).unwrap(), "kept");
    fs::remove_file(&by_hand).unwrap();
    done(&installation.data, &["letters", "--as", SENDER, "--out", installation.out.to_str().unwrap()]);
}

#[test]
fn a_municipality_that_was_stopped_sends_neither_letters_nor_files() {
    let installation = installation();
    done(&installation.data, &["org", "suspend", SENDER]);
    let out = installation.out.to_str().unwrap();
    let file = installation.data.with_file_name("residents.csv");
    for arguments in [
        &["letters", "--as", SENDER, "--out", out][..],
        &["import", "residents", file.to_str().unwrap(), "--as", SENDER],
    ] {
        let refused = techo(&installation.data, arguments);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("停止中"), "{arguments:?}");
    }
    assert!(!installation.out.exists());
    done(&installation.data, &["org", "resume", SENDER]);
    done(&installation.data, &["letters", "--as", SENDER, "--out", out]);
}
