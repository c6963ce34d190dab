//! `techo consent decide` as an auditor uses it: the example of the document, files that are none, and every word.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use serde_json::Value;
use std::{fs, path::Path, process::Command};
use techo_domain::consent::Step;
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
fn the_document_names_every_word_and_every_step() {
    let chapter = chapter();
    let words = Category::ALL.iter().map(|word| word.as_str());
    let words = words.chain(Label::ALL.iter().map(|word| word.as_str()));
    let words = words.chain(Purpose::ALL.iter().map(|word| word.as_str()));
    let words = words.chain(OrganisationKind::ALL.iter().map(|(_, word)| *word));
    for word in words.chain(Step::ALL.iter().map(|(_, word)| *word)) {
        assert!(chapter.contains(word), "{word}");
    }
}
