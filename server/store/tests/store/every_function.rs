//! Every public async function of the store is called by a test of the store that runs on both engines.
//!
//! Read from the text of both. A function is known by its type and its name; where several types have one of this name, a test must say
//! whose it calls by the name of the variable (`vault`, `records`, `db`, `snapshot`).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What only PostgreSQL has: dumps are put back by its programs. Their tests are in `copies.rs`, on a server of their own.
const POSTGRES_ALONE: [&str; 5] =
    ["drop_trial", "mark_unfinished", "restore_dump", "trial_database", "unmark_finished"];

/// Functions without such a test. The list only becomes shorter.
const UNTESTED: [&str; 0] = [];

/// Types by the variable that tests have them in.
const RECEIVERS: [(&str, &str); 4] =
    [("Vault", "vault"), ("Records", "records"), ("Db", "db"), ("Snapshot", "vault")];

fn sources(folder: &str) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.insert(path, code_of(&text));
            }
        }
    }
    found
}

/// A source without its comments and the tests within it.
fn code_of(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The identifier at the beginning of a text.
fn word(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
    &text[..end]
}

/// Each function with the type that it belongs to; none for a free one.
fn functions_of(code: &str) -> Vec<(Option<String>, String)> {
    let (mut owner, mut found) = (None, Vec::new());
    for line in code.lines() {
        if let Some(rest) = line.strip_prefix("impl ") {
            owner = Some(word(rest).to_owned());
        } else if line.starts_with('}') {
            owner = None;
        }
        if let Some(rest) = line.trim_start().strip_prefix("pub async fn ") {
            found.push((owner.clone(), word(rest).to_owned()));
        }
    }
    found
}

/// Names that are called in a text, each with what stands before the dot; nothing for a free function.
fn calls_of(code: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices('(') {
        let before = &code[..at];
        let name = before.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_').next();
        let Some(name) = name.filter(|name| !name.is_empty()) else { continue };
        let before = before[..before.len() - name.len()].trim_end();
        if before.ends_with("fn") {
            continue;
        }
        let receiver = before.strip_suffix('.').map_or("", |chain| {
            chain
                .trim_end()
                .rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .next()
                .unwrap_or("")
        });
        found.insert((receiver.to_owned(), name.to_owned()));
    }
    found
}

/// Whether a file of tests runs on both engines, or helps those that do.
fn is_of_both_engines(path: &Path, code: &str) -> bool {
    code.contains("each_engine(")
        || code.contains("Cluster::start()") && code.contains("sqlite().await")
        || path.file_stem().is_some_and(|name| name == "people")
}

fn is_called(
    calls: &BTreeSet<(String, String)>,
    (owner, name): &(Option<String>, String),
    is_shared: bool,
) -> bool {
    let receiver =
        RECEIVERS.iter().find(|(kind, _)| owner.as_deref() == Some(kind)).map(|(_, variable)| *variable);
    calls.iter().any(|(called_on, called)| {
        called == name
            && (!is_shared
                || owner.is_none() == called_on.is_empty() && receiver.is_none_or(|it| called_on == it))
    })
}

#[test]
fn every_function_of_the_store_is_called_by_a_test_on_both_engines() {
    let functions: Vec<_> = sources("src")
        .into_iter()
        .filter(|(path, _)| !path.components().any(|part| part.as_os_str() == "testing"))
        .flat_map(|(_, code)| functions_of(&code))
        .collect();
    assert!(functions.len() > 300, "the functions are found: {}", functions.len());
    let tests = sources("tests/store").into_iter().filter(|(path, code)| is_of_both_engines(path, code));
    let calls: BTreeSet<_> = tests.flat_map(|(_, code)| calls_of(&code)).collect();
    let untested: BTreeSet<&str> = functions
        .iter()
        .filter(|function| {
            let is_shared = functions.iter().filter(|other| other.1 == function.1).count() > 1;
            !is_called(&calls, function, is_shared)
        })
        .map(|(_, name)| name.as_str())
        .collect();
    assert_eq!(untested, UNTESTED.into(), "write a test, or strike it off the list when it has one");
    for name in POSTGRES_ALONE {
        assert!(
            functions.iter().any(|(owner, known)| owner.is_none() && known == name),
            "{name} is no longer there"
        );
    }
}

#[test]
fn a_function_without_a_test_would_be_found() {
    let code = code_of("impl Vault {\n    pub async fn one(&self) {}\n}\npub async fn two() {}\n");
    let functions = functions_of(&code);
    let (one, two) = ((Some("Vault".to_owned()), "one".to_owned()), (None, "two".to_owned()));
    assert_eq!(functions, [one.clone(), two.clone()]);
    let calls = calls_of(&code_of("async fn two() {}\nlet x = stores.vault\n    .one(1); // two()\n"));
    assert!(is_called(&calls, &one, true) && !is_called(&calls, &two, false));
    let calls = calls_of("records.one(1); two(2)");
    assert!(!is_called(&calls, &one, true) && is_called(&calls, &two, true));
}
