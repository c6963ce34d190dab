//! `techo consent decide` as an auditor uses it: the example of the document, files that are none, and every word.

use serde_json::Value;
use std::{fs, path::Path, process::Command};
use techo_consent::Step;
use techo_model::{
    consent::{Category, Label, Purpose},
    organisation::OrganisationKind,
};

fn chapter() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/FORMATS.md");
    let text = fs::read_to_string(path).unwrap();
    text.split("## Consent cases").nth(1).unwrap().split("\n## ").next().unwrap().to_owned()
}

fn decide(text: &str) -> (Option<i32>, Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.json");
    fs::write(&file, text).unwrap();
    let command = ["consent", "decide", file.to_str().unwrap()];
    let done = Command::new(env!("CARGO_BIN_EXE_techo")).args(command).output().unwrap();
    let answers = serde_json::from_slice(&done.stdout).unwrap_or(Value::Null);
    (done.status.code(), answers, String::from_utf8(done.stderr).unwrap())
}

#[test]
fn the_example_of_the_document_is_answered_as_the_document_says() {
    let chapter = chapter();
    let blocks: Vec<&str> =
        chapter.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let (status, answers, errors) = decide(blocks[0]);
    assert_eq!(status, Some(0), "{errors}");
    assert_eq!(answers, serde_json::from_str::<Value>(blocks[1]).unwrap());
}

#[test]
fn a_file_that_is_no_list_of_cases_ends_with_status_two_and_says_where() {
    let (status, _, said) = decide("[\n  {]");
    assert_eq!(status, Some(2));
    assert!(said.contains("2行目") && said.contains("4文字目"), "{said}");
    assert_eq!(decide("{}").0, Some(2));
}

#[test]
fn a_name_twice_is_refused_with_status_two_and_its_place() {
    let (status, _, said) =
        decide(r#"[{"id":"a","record":{"category":"vaccination","mark":null,"mark":"sealed"}}]"#);
    assert_eq!(status, Some(2));
    assert!(said.contains("[0].record.mark") && said.contains("二度"), "{said}");
}

#[test]
fn an_emergency_without_somebody_who_declared_it_is_none_however_long_it_says_to_last() {
    let case = |id: &str, subject: &str, ends: &str| {
        format!(
            r#"{{"id":"{id}","record":{{"category":"vaccination","date":"2026-05-12"}},"purpose":"emergency",
            "asker":{{"kind":"organisation","organisation":"1310000001","class":"hospital"{subject},
            "emergency":{{"declared_at":"2026-11-27T10:00:00+09:00","ends_at":"{ends}"}}}},
            "at":"2026-11-27T10:30:00+09:00"}}"#
        )
    };
    let doctor = r#","subject":"dr-1""#;
    let cases = [
        case("right", doctor, "2026-11-27T11:00:00+09:00"),
        case("too long", doctor, "2026-11-27T11:00:00.001+09:00"),
        case("no time", doctor, "2026-11-27T10:00:00+09:00"),
        case("nobody", "", "2026-11-27T11:00:00+09:00"),
        case("nobody, too long", "", "2026-11-27T12:00:00+09:00"),
    ];
    let (status, answers, errors) = decide(&format!("[{}]", cases.join(",")));
    assert_eq!(status, Some(0), "{errors}");
    let told: Vec<_> = answers.as_array().unwrap().iter().map(|one| one["step"].as_str().unwrap()).collect();
    assert_eq!(told, ["emergency", "indeterminate", "indeterminate", "emergency", "emergency"]);
    let permits = answers.as_array().unwrap().iter().filter(|one| one["decision"] == "permit").count();
    assert_eq!(permits, 1, "{answers}");
}

#[test]
fn a_rule_that_contradicts_itself_is_named() {
    let (_, answers, _) = decide(
        r#"[{"id":"a","rules":[
            {"id":"whole","effect":"permit","grantee":{"kind":"class","class":"clinic"},"categories":"all","purpose":"treatment"},
            {"id":"broken","effect":"deny","grantee":{"kind":"class","class":"clinic"},"purpose":"research"}],
          "record":{"category":"vaccination","date":"2026-05-12","author":"1310000001"},
          "asker":{"kind":"organisation","organisation":"1310000001","class":"clinic"},
          "purpose":"treatment","at":"2026-11-27T10:00:00+09:00"}]"#,
    );
    assert_eq!((&answers[0]["step"], &answers[0]["rule"]), (&"indeterminate".into(), &"broken".into()));
}

#[test]
fn the_document_names_every_word_and_every_step() {
    let chapter = chapter();
    let words = Category::ALL.iter().map(|word| word.as_str());
    let words = words.chain(Label::ALL.iter().map(|word| word.as_str()));
    let words = words.chain(Purpose::ALL.iter().map(|word| word.as_str()));
    let words = words.chain(OrganisationKind::ALL.iter().map(|word| word.as_str()));
    for word in words.chain(Step::ALL.iter().map(|step| step.as_str())) {
        assert!(chapter.contains(word), "{word}");
    }
}
