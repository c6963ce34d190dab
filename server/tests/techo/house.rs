//! The floors of the house: which crate may use which, no circle of modules within one, and nothing too large to read.

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Each crate with those of ours that it may use. An arrow that is not here does not exist.
const FLOORS: [(&str, &[&str]); 17] = [
    ("model", &[]),
    ("store", &["model"]),
    ("exchange", &["model"]),
    ("synth", &["model", "exchange"]),
    ("cardlab", &["model"]),
    ("jobs", &["model", "store"]),
    ("jpki", &["model"]),
    ("consent", &["model"]),
    ("custody", &["model", "store", "exchange"]),
    ("audit", &["model", "store", "custody"]),
    ("intake", &["model", "store", "exchange", "custody"]),
    ("identity", &["model", "store", "exchange", "jpki", "custody", "audit"]),
    (
        "disclosure",
        &["model", "store", "exchange", "jpki", "consent", "custody", "audit", "intake", "identity"],
    ),
    ("citizen", &["model", "store", "exchange", "consent", "custody", "audit", "identity", "disclosure"]),
    ("app", &["model", "audit", "citizen", "consent", "custody", "disclosure", "identity"]),
    (
        "techo",
        &[
            "model",
            "store",
            "exchange",
            "synth",
            "cardlab",
            "jobs",
            "jpki",
            "consent",
            "custody",
            "audit",
            "intake",
            "identity",
            "disclosure",
            "citizen",
            "app",
        ],
    ),
    (
        TESTKIT,
        &[
            "model",
            "store",
            "exchange",
            "cardlab",
            "jpki",
            "custody",
            "audit",
            "intake",
            "identity",
            "disclosure",
        ],
    ),
];

/// What tests stand on. It stands on no floor: nothing that ships may use it.
const TESTKIT: &str = "testkit";
/// Those whose tests use it.
const TESTED_WITH_KIT: [&str; 5] = ["custody", "intake", "identity", "citizen", "techo"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources_of(krate: &str) -> PathBuf {
    match krate {
        "app" => root().join("app/src"),
        "techo" => root().join("server/src"),
        other => root().join("server").join(other).join("src"),
    }
}

/// Every file of ours below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder is read") {
        let path = entry.expect("an entry is read").path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

#[test]
fn no_crate_uses_one_that_it_may_not() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .expect("cargo answers");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let floors: BTreeMap<_, _> = FLOORS.into_iter().collect();
    let short = |name: &str| name.strip_prefix("techo-").unwrap_or(name).to_owned();
    let (mut seen, mut with_kit) = (0, BTreeSet::new());
    for package in metadata["packages"].as_array().expect("packages") {
        let name = short(package["name"].as_str().expect("name"));
        let Some(allowed) = floors.get(name.as_str()) else { continue };
        seen += 1;
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let other = short(dependency["name"].as_str().expect("name"));
            // Tests may reach sideways for a card or a fresh database; what ships may not.
            let ships = dependency["kind"].is_null();
            if other == TESTKIT && name != TESTKIT {
                assert!(!ships, "{name} must use {TESTKIT} for tests alone");
                with_kit.insert(name.clone());
            }
            assert!(
                !ships || !floors.contains_key(other.as_str()) || allowed.contains(&other.as_str()),
                "{name} must not use {other}"
            );
        }
    }
    assert_eq!(seen, FLOORS.len(), "every floor is there");
    assert_eq!(with_kit, TESTED_WITH_KIT.map(str::to_owned).into(), "whose tests use {TESTKIT}");
}

/// The first segment of each `crate::…` path of a source text, comments aside; of a braced list, the first segment of each entry.
fn modules_used(source: &str) -> BTreeSet<String> {
    let code: String =
        source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(list) = rest.strip_prefix('{') else {
            used.insert(word(rest));
            continue;
        };
        let (mut depth, mut begins) = (0, true);
        for (place, letter) in list.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                _ if begins && !letter.is_whitespace() => {
                    used.insert(word(&list[place..]));
                    begins = false;
                }
                _ => {}
            }
        }
    }
    used
}

fn word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

/// Each module of the first level of a crate with those that it uses.
fn arrows_within(krate: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = sources_of(krate);
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files_below(&folder) {
        let below = file.strip_prefix(&folder).expect("it lies below");
        let first = below.iter().next().expect("it has a name").to_string_lossy();
        let module = first.strip_suffix(".rs").unwrap_or(&first).to_owned();
        // The root names its modules, and a test may look at whatever it likes.
        if matches!(module.as_str(), "lib" | "main" | "tests" | "testkit") || file.ends_with("tests.rs") {
            continue;
        }
        let source = fs::read_to_string(&file).expect("a source is read");
        let source = source.split("#[cfg(test)]\nmod tests {").next().expect("there always is a first part");
        // One level below the root, what stands above is the root.
        let is_first =
            below.components().count() == 1 || below.ends_with("mod.rs") && below.components().count() == 2;
        let source = if is_first { source.replace("super::", "crate::") } else { source.to_owned() };
        let used = modules_used(&source);
        arrows.entry(module).or_default().extend(used);
    }
    let known: BTreeSet<String> = arrows.keys().cloned().collect();
    for (module, used) in &mut arrows {
        used.retain(|other| known.contains(other) && other != module);
    }
    arrows
}

/// A circle that leads from a module back to it, if there is one.
fn circle(arrows: &BTreeMap<String, BTreeSet<String>>, path: &mut Vec<String>) -> bool {
    let last = path.last().expect("a path begins somewhere").clone();
    for next in &arrows[&last] {
        if *next == path[0] {
            path.push(next.clone());
            return true;
        }
        if !path.contains(next) {
            path.push(next.clone());
            if circle(arrows, path) {
                return true;
            }
            path.pop();
        }
    }
    false
}

/// Crates whose modules still import each other in a circle. One that does no longer is to be struck off.
const CIRCULAR: [&str; 4] = ["citizen", "exchange", "intake", "techo"];

#[test]
fn no_modules_of_a_crate_import_each_other_in_a_circle() {
    for (krate, _) in FLOORS {
        let arrows = arrows_within(krate);
        let circles = arrows.keys().filter_map(|module| {
            let mut path = vec![module.clone()];
            circle(&arrows, &mut path).then(|| path.join(" → "))
        });
        let circles: Vec<_> = circles.collect();
        assert_eq!(!circles.is_empty(), CIRCULAR.contains(&krate), "{krate}: {circles:?}");
    }
}

#[test]
fn a_circle_would_be_found() {
    let arrow = |from: &str, to: &[&str]| (from.to_owned(), to.iter().map(|&name| name.to_owned()).collect());
    let arrows =
        BTreeMap::from([arrow("a", &["b"]), arrow("b", &["c"]), arrow("c", &["a"]), arrow("d", &["a"])]);
    let mut path = vec!["a".to_owned()];
    assert!(circle(&arrows, &mut path));
    assert_eq!(path, ["a", "b", "c", "a"]);
    assert!(!circle(&arrows, &mut vec!["d".to_owned()]));
    let used = modules_used(
        "use crate::{alpha::{One, Two}, beta};\nlet x = crate::gamma::three(); // crate::delta\n",
    );
    assert_eq!(used, ["alpha", "beta", "gamma"].map(str::to_owned).into());
}

/// Lines of the longest file that is short enough to be read.
const LONGEST_FILE: usize = 400;
/// Files that are longer. One that is cut is to be struck off.
const LONG_FILES: [&str; 1] = ["server/store/src/records/import/checkups.rs"];
/// Half of all files, those of tests among them, have fewer lines.
const MEDIAN_FILE: usize = 110;
/// Lines of the longest function.
const LONGEST_FUNCTION: usize = 50;
/// Functions that are longer. One that is cut is to be struck off.
const LONG_FUNCTIONS: [&str; 5] = [
    "app/src/islands/card_reader.rs CardReader",
    "app/src/islands/session_warning.rs SessionWarning",
    "app/src/pages/consent/mark.rs consent_mark",
    "server/exchange/src/rows/residents.rs parse",
    "server/src/api/oauth.rs token",
];

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
    assert_eq!(long, LONG_FILES, "files of more than {LONGEST_FILE} lines");
    let long: BTreeSet<_> = files
        .iter()
        .flat_map(|(path, text)| functions(text).into_iter().map(move |(name, length)| (path, name, length)))
        .filter(|(.., length)| *length > LONGEST_FUNCTION)
        .map(|(path, name, _)| format!("{path} {name}"))
        .collect();
    assert_eq!(
        long,
        LONG_FUNCTIONS.map(str::to_owned).into(),
        "functions of more than {LONGEST_FUNCTION} lines"
    );
}

#[test]
fn a_long_function_would_be_found() {
    let source = "impl One {\n    pub(crate) async fn two(\n        &self,\n    ) {\n        three()\n    }\n}\nfn four();\nconst fn five() {\n}\n";
    assert_eq!(functions(source), [("two".to_owned(), 5), ("five".to_owned(), 2)]);
}
