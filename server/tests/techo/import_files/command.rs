//! What the command itself promises: which files it takes, in which order it tells, and who waits for it.

use super::{
    layout::{RESIDENTS, VACCINATIONS},
    program::{CITY, Program, programs, rejects},
};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
};
use techo_model::number::{MyNumber, ResidentRecordCode};

/// A residents file: person, name, number of the person whose 個人番号 stands there.
fn residents(people: &[(u64, &str, u64)]) -> String {
    let mut text = String::from("住民票コード,個人番号,氏名,氏名カナ,生年月日,性別,自治体コード\n");
    for (n, name, number) in people {
        let code = ResidentRecordCode::with_check_digit(3_000_000_000 + n).digits();
        let number = MyNumber::with_check_digit(50_000_000_000 + number).digits();
        text.push_str(&format!("{code},{number},{name},カクウ,1975-04-01,2,{CITY}\n"));
    }
    text
}

fn many(count: u64) -> String {
    let people: Vec<(u64, &str, u64)> = (0..count).map(|n| (n, "架空　花子", n)).collect();
    residents(&people)
}

fn import(program: &Program, name: &str, text: &str) -> super::program::Said {
    program.import(RESIDENTS.kind, &program.file(name, text.as_bytes()), RESIDENTS.sender)
}

#[tokio::test]
async fn a_row_that_was_rejected_goes_in_with_the_same_file_once_its_cause_is_cured() {
    for program in programs().await {
        // Person 1 has the number that person 2 will turn out to have.
        import(&program, "first.csv", &residents(&[(1, "架空　一", 2)]));
        let file = residents(&[(2, "架空　二", 2), (3, "架空　三", 3)]);
        let said = import(&program, "second.csv", &file);
        assert_eq!((said.status, said.seven()), (1, [2, 1, 0, 0, 0, 1, 0]), "{}", said.stderr);
        import(&program, "cure.csv", &residents(&[(1, "架空　一", 1)]));
        import(&program, "renamed.csv", &residents(&[(3, "改名　三", 3)]));
        let said = import(&program, "second.csv", &file);
        let engine = program.engine();
        assert_eq!(said.seven()[5], 0, "{engine}: the cause is cured: {}", said.stdout);
        assert_eq!(said.seven(), [2, 1, 0, 1, 0, 0, 0], "{engine}: person 3 keeps the later name");
        let said = import(&program, "second.csv", &file);
        assert_eq!((said.status, said.seven()), (0, [2, 0, 0, 2, 0, 0, 0]), "{engine}");
    }
}

#[tokio::test]
async fn what_is_no_plain_file_is_refused_at_once_by_what_it_is() {
    for program in programs().await {
        let (pipe, folder) = (program.path("pipe"), program.path("folder"));
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        fs::create_dir(&folder).unwrap();
        for (path, words) in [
            (pipe.as_path(), "ふつうのファイルではありません"),
            (Path::new("/dev/zero"), "ふつうのファイルではありません"),
            (Path::new("/dev/stdin"), "ふつうのファイルではありません"),
            (folder.as_path(), "フォルダー"),
            (Path::new("none.csv"), "ファイルがありません"),
        ] {
            for kind in ["residents", "checkups"] {
                let sender = if kind == "residents" { CITY } else { super::program::INSURER };
                let said = program.import(kind, path, sender);
                assert_eq!(said.status, 2, "{}", path.display());
                assert!(said.stderr.contains(words), "{}: {}", path.display(), said.stderr);
            }
        }
        let manifest = program.import_with(&["import", "--manifest", "/dev/zero"]);
        assert_eq!(manifest.status, 2);
        assert!(manifest.stderr.contains("大きすぎます"), "{}", manifest.stderr);
    }
}

#[tokio::test]
async fn a_missing_file_is_told_before_the_first_row_and_a_broken_one_after_the_reports_before_it() {
    for program in programs().await {
        let (one, two) = (residents(&[(1, "架空　一", 1)]), residents(&[(2, "架空　二", 2)]));
        let paths = [
            program.file("1.csv", one.as_bytes()),
            program.file("2.csv", two.as_bytes()),
            program.path("3.csv"),
        ]
        .map(|path| path.to_str().unwrap().to_owned());
        let arguments = |json| {
            let mut all = vec!["import", "residents"];
            all.extend(paths.iter().map(String::as_str));
            all.extend(["--as", CITY]);
            all.extend(json);
            all
        };
        let said = program.import_with(&arguments(Some("--json")));
        assert_eq!((said.status, program.residents().await), (2, 0), "{}", said.stderr);
        assert!(said.stderr.contains("3.csv: ファイルがありません"), "{}", said.stderr);
        program.file("3.csv", b"no,header\n");
        let said = program.import_with(&arguments(Some("--json")));
        assert_eq!((said.status, said.files.len()), (2, 2), "{}", said.stdout);
        assert!(said.stderr.contains("3.csv: 見出しを読めません"), "{}", said.stderr);
        assert_eq!(program.residents().await, 2);
    }
}

#[tokio::test]
async fn rejects_that_cannot_be_written_are_named_and_nothing_is_taken_in() {
    for program in programs().await {
        let path = program.file("a.csv", residents(&[(1, "架空　一", 1)]).as_bytes());
        fs::create_dir(program.path("a.csv.rejects.csv")).unwrap();
        let said = program.import("residents", &path, CITY);
        assert_eq!((said.status, program.residents().await), (2, 0));
        assert!(said.stderr.contains("a.csv.rejects.csv に書けません"), "{}", said.stderr);
        // A file that stands where the rejects of another one would be written is not overwritten.
        let (one, two) = (program.file("b.csv", b"x\n"), program.file("b.csv.rejects.csv", b"precious\n"));
        let [one, two] = [one, two].map(|path| path.to_str().unwrap().to_owned());
        let said = program.import_with(&["import", "residents", &one, &two, "--as", CITY]);
        assert_eq!(said.status, 2, "{}", said.stdout);
        assert_eq!(fs::read_to_string(two).unwrap(), "precious\n");
    }
}

#[tokio::test]
async fn a_rejects_file_is_for_its_owner_and_holds_no_cell_that_would_run() {
    for program in programs().await {
        let mut text = residents(&[(1, "=架空", 1), (2, "@架空", 2)]);
        text = text.replace(",2,139998", ",7,139998");
        let path = program.file("a.csv", text.as_bytes());
        assert_eq!(program.import("residents", &path, CITY).seven()[5], 2);
        let rows = rejects(&path);
        assert_eq!((rows[1][2].as_str(), rows[2][2].as_str()), ("'=架空", "'@架空"));
        let mode = fs::metadata(program.path("a.csv.rejects.csv")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let corrected = fs::read_to_string(program.path("a.csv.rejects.csv")).unwrap().replace(",7,", ",2,");
        let said = import(&program, "b.csv", &corrected);
        assert_eq!(said.seven(), [2, 2, 0, 0, 0, 0, 0], "{}", said.stderr);
        let said = import(&program, "c.csv", &text.replace(",7,139998", ",2,139998"));
        assert_eq!(said.seven(), [2, 0, 0, 2, 0, 0, 0], "the guarded names came back as they were sent");
    }
}

#[tokio::test]
async fn two_imports_of_the_same_people_at_once_take_turns_and_both_end_well() {
    for program in programs().await {
        let paths = ["a.csv", "b.csv"].map(|name| program.file(name, many(1_600).as_bytes()));
        // Different bytes, so that neither is a file that came before.
        fs::write(&paths[1], format!("{}\n", many(1_600))).unwrap();
        let running = paths.each_ref().map(|path| {
            let arguments = ["import", "residents", path.to_str().unwrap(), "--as", CITY, "--json"];
            program.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        });
        let mut inserted = 0;
        for child in running {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            inserted += report["files"][0]["inserted"].as_u64().unwrap();
        }
        assert_eq!((inserted, program.residents().await), (1_600, 1_600), "{}", program.engine());
    }
}

#[tokio::test]
async fn a_rehearsal_sees_what_its_earlier_files_would_add_and_leaves_nothing_and_nobody_waits() {
    for program in programs().await {
        let people = program.file("people.csv", many(1_200).as_bytes());
        let code = ResidentRecordCode::with_check_digit(3_000_000_000).digits();
        let doses = format!(
            "住民票コード,接種日,疾病,回数,接種区分,自治体コード\n{code},2024-05-05,influenza,1,任意,{CITY}\n"
        );
        let doses = program.file("doses.csv", doses.as_bytes());
        let list = serde_json::json!({
            "organisations": [{ "id": CITY, "kind": "municipality", "name": "架空市" }],
            "files": [
                { "kind": RESIDENTS.kind, "as": CITY, "path": people },
                { "kind": RESIDENTS.kind, "as": CITY, "path": people },
                { "kind": VACCINATIONS.kind, "as": CITY, "path": doses },
            ],
        });
        let list = program.file("manifest.json", list.to_string().as_bytes());
        let arguments = ["import", "--manifest", list.to_str().unwrap(), "--json", "--dry-run"];
        let said = program.import_with(&arguments);
        assert_eq!(said.status, 0, "{}: {}", program.engine(), said.stderr);
        let counts = |file: usize, name: &str| said.files[file][name].as_u64().unwrap();
        assert_eq!((counts(0, "inserted"), counts(1, "unchanged"), counts(2, "inserted")), (1_200, 1_200, 1));
        assert_eq!(program.residents().await, 0, "{}", program.engine());
        let left = fs::read_dir(program.path("data"))
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("dry-run-"));
        assert_eq!(left.count(), 0, "the copy goes away");
        // While one is rehearsed, whoever wants to write does not wait.
        let child = program.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let said = import(&program, "real.csv", &residents(&[(9_000, "架空　九", 9_000)]));
        assert_eq!(said.seven()[1], 1, "{}", said.stderr);
        assert!(child.wait_with_output().unwrap().status.success());
        assert_eq!(program.residents().await, 1);
    }
}

#[tokio::test]
async fn letters_that_cannot_be_shown_are_taken_counted_and_listed_by_place() {
    for program in programs().await {
        let text = residents(&[(1, "\u{e000}田 花子", 1), (2, "架空　花子", 2), (3, "●〓 花子", 3)]);
        let said = import(&program, "a.csv", &text);
        assert_eq!((said.status, said.seven()[1]), (0, 3), "{}", said.stderr);
        let letters = &said.files[0]["unshowable_letters"];
        assert_eq!(
            letters,
            &serde_json::json!({ "count": 2, "places": [
                { "line": 2, "column": "氏名" }, { "line": 4, "column": "氏名" }
            ]})
        );
        let path = program.path("a.csv");
        let said = program.import_with(&["import", "residents", path.to_str().unwrap(), "--as", CITY]);
        assert!(said.stdout.contains("表示できない文字"), "{}", said.stdout);
        assert!(said.stdout.contains("2行目「氏名」、4行目「氏名」"), "{}", said.stdout);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_used_at_all_is_called_what_it_is_and_ends_with_status_two() {
    for program in programs().await {
        let text = residents(&[(1, "架空　一", 1)]);
        let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (jis, _, _) = encoding_rs::ISO_2022_JP.encode(&text);
        let endless = vec![b'a'; 3 * 1024 * 1024];
        for (bytes, words) in [
            (&b""[..], "空です"),
            (b" \n,,\n", "空です"),
            (&utf_16, "UTF-16"),
            (&jis, "ISO-2022-JP"),
            (text.replace('\n', "\r").as_bytes(), "CR"),
            (format!("\u{feff}\u{feff}{text}").as_bytes(), "BOM"),
            (text.replacen("氏名,", "氏名,氏名,", 1).as_bytes(), "二度"),
            (text.replacen("氏名,", "しめい,", 1).as_bytes(), "必須の列"),
            (&endless, "行が長すぎます"),
            (b"PK\x03\x04", "見出し"),
        ] {
            let path = program.file("broken.csv", bytes);
            let said = program.import("residents", &path, CITY);
            assert_eq!(said.status, 2, "{words}: {}", said.stdout);
            assert!(said.stderr.contains(words), "{words}: {}", said.stderr);
        }
        assert_eq!(program.residents().await, 0);
    }
}
