//! Nothing is too large to be read.

use crate::house::{files_below, root, word};
use std::{collections::BTreeSet, fs};

/// Lines of the longest file that is short enough to be read.
const LONGEST_FILE: usize = 400;
/// Half of all files, those of tests among them, have fewer lines.
const MEDIAN_FILE: usize = 110;
/// Lines of the longest function.
const LONGEST_FUNCTION: usize = 50;

/// Every file of ours with its path from the root and its text.
fn all_files() -> Vec<(String, String)> {
    let folders = ["app", "server", "xtask"].map(|top| root().join(top));
    let files = folders.iter().flat_map(|folder| files_below(folder));
    let ours = files.filter(|path| !path.components().any(|part| part.as_os_str() == "target"));
    let named = ours.map(|path| {
        let text = fs::read_to_string(&path).expect("a source is read");
        (path.strip_prefix(root()).expect("it lies below").to_string_lossy().into_owned(), text)
    });
    named.collect()
}

/// Functions of a source as rustfmt writes it, with their lines: from the head to the brace that stands below it.
fn functions(source: &str) -> Vec<(String, usize)> {
    let lines: Vec<_> = source.lines().collect();
    let mut found = Vec::new();
    for (from, line) in lines.iter().enumerate() {
        let head = line.trim_start();
        let indent = &line[..line.len() - head.len()];
        let Some((before, after)) = head.split_once("fn ") else { continue };
        let is_head = before.split_whitespace().all(|part| {
            part.starts_with("pub") || part.ends_with(')') || ["async", "const", "unsafe"].contains(&part)
        });
        let end = format!("{indent}}}");
        let length = lines[from..].iter().position(|line| *line == end);
        // A head without a body ends in a semicolon.
        if let Some(length) = length.filter(|_| is_head && !line.ends_with(';')) {
            found.push((word(after), length + 1));
        }
    }
    found
}

#[test]
fn no_file_and_no_function_is_too_long_to_be_read() {
    let files = all_files();
    let mut lengths: Vec<_> = files.iter().map(|(_, text)| text.lines().count()).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(lengths.len() > 500 && median < MEDIAN_FILE, "{} files, median {median}", lengths.len());
    let long: Vec<_> =
        files.iter().filter(|(_, text)| text.lines().count() > LONGEST_FILE).map(|(path, _)| path).collect();
    assert!(long.is_empty(), "files of more than {LONGEST_FILE} lines: {long:?}");
    let long: BTreeSet<_> = files
        .iter()
        .flat_map(|(path, text)| functions(text).into_iter().map(move |(name, length)| (path, name, length)))
        .filter(|(.., length)| *length > LONGEST_FUNCTION)
        .map(|(path, name, _)| format!("{path} {name}"))
        .collect();
    assert!(long.is_empty(), "functions of more than {LONGEST_FUNCTION} lines: {long:?}");
}

#[test]
fn a_long_function_would_be_found() {
    let source = "impl One {\n    pub(crate) async fn two(\n        &self,\n    ) {\n        three()\n    }\n}\nfn four();\nconst fn five() {\n}\n";
    assert_eq!(functions(source), [("two".to_owned(), 5), ("five".to_owned(), 2)]);
}
