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
    ("web", &["model", "exchange", "custody"]),
    ("app", &["model", "audit", "citizen", "consent", "custody", "disclosure", "identity", "web"]),
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
            "web",
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

/// A source text without comments and without the tests in it.
fn code_of(source: &str) -> String {
    let shipped = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    shipped.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Where each path ends that begins with these words, followed by one name or by a braced tree of names.
fn leaves(mut path: Vec<String>, rest: &str, found: &mut Vec<Vec<String>>) {
    let name: String = rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    let behind = &rest[name.len()..];
    if !name.is_empty() {
        path.push(name);
    }
    if let Some(more) = behind.strip_prefix("::") {
        leaves(path, more, found);
    } else if let Some(list) = behind.strip_prefix('{') {
        for entry in entries(list) {
            leaves(path.clone(), entry.trim(), found);
        }
    } else {
        found.push(path);
    }
}

/// The entries of a braced list, up to its end.
fn entries(list: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0, 0, Vec::new());
    for (place, letter) in list.char_indices() {
        match letter {
            '}' if depth == 0 => {
                found.push(&list[from..place]);
                break;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&list[from..place]);
                from = place + 1;
            }
            _ => {}
        }
    }
    found.retain(|entry| !entry.trim().is_empty());
    found
}

/// How long a path is with its braced tree, if it has one.
fn length_of(path: &str) -> usize {
    let words = path.find(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | ':'));
    let words = words.unwrap_or(path.len());
    if !path[words..].starts_with('{') {
        return words;
    }
    let mut depth = 0;
    let end = path[words..].find(|letter| {
        depth += match letter {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        depth == 0
    });
    end.map_or(path.len(), |end| words + end)
}

/// Every path within its crate that a module names, from the root of the crate.
fn paths_used(module: &[String], code: &str) -> Vec<Vec<String>> {
    let (mut found, mut read) = (Vec::new(), 0);
    for (at, _) in code.match_indices("::") {
        let word = code[..at].rfind(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let start = word.map_or(0, |before| before + code[before..].chars().next().map_or(0, char::len_utf8));
        if start >= read && matches!(&code[start..at], "crate" | "super" | "self") {
            leaves(Vec::new(), &code[start..], &mut found);
            read = start + length_of(&code[start..]);
        }
    }
    found.into_iter().map(|path| from_root(module, &path)).collect()
}

fn from_root(module: &[String], path: &[String]) -> Vec<String> {
    let mut whole = module.to_vec();
    for (place, name) in path.iter().enumerate() {
        match name.as_str() {
            "crate" if place == 0 => whole.clear(),
            "super" => drop(whole.pop()),
            "self" => {}
            _ => whole.push(name.clone()),
        }
    }
    whole
}

/// The path of a file's module; none of a file of tests, which may look at whatever it likes.
fn module_of(below: &Path) -> Option<Vec<String>> {
    let mut module: Vec<String> =
        below.with_extension("").iter().map(|name| name.to_string_lossy().into_owned()).collect();
    if module.iter().any(|name| matches!(name.as_str(), "tests" | "testkit")) {
        return None;
    }
    if module.last().is_some_and(|name| name == "mod") || matches!(module[0].as_str(), "lib" | "main") {
        module.pop();
    }
    Some(module)
}

type Arrows = BTreeMap<String, BTreeSet<String>>;

/// For the root of a crate and for every module that has others in it: each of these with those beside it that it uses.
fn arrows_within(krate: &str) -> BTreeMap<String, Arrows> {
    let folder = sources_of(krate);
    let mut sources = BTreeMap::new();
    for file in files_below(&folder) {
        let Some(module) = module_of(file.strip_prefix(&folder).expect("it lies below")) else { continue };
        let code = code_of(&fs::read_to_string(&file).expect("a source is read"));
        sources.entry(module).or_insert_with(String::new).push_str(&code);
    }
    let is_module = |path: &[String]| sources.keys().any(|module| module.starts_with(path));
    let mut arrows: BTreeMap<String, Arrows> = BTreeMap::new();
    for (module, code) in &sources {
        let used = paths_used(module, code);
        for depth in 0..module.len() {
            let (around, own) = (&module[..depth], &module[depth]);
            let beside = used.iter().filter(|path| path.len() > depth && path[..depth] == *around);
            let beside = beside.filter(|path| path[depth] != *own && is_module(&path[..=depth]));
            let names = beside.map(|path| path[depth].clone());
            arrows.entry(around.join("::")).or_default().entry(own.clone()).or_default().extend(names);
        }
    }
    arrows
}

/// A circle that leads from a module back to it, if there is one.
fn circle(arrows: &Arrows, path: &mut Vec<String>) -> bool {
    let last = path.last().expect("a path begins somewhere").clone();
    for next in arrows.get(&last).into_iter().flatten() {
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

/// Where modules may use each other in a circle: the menu on every page of the console lists the areas, and the areas make the pages.
const MEANT: [(&str, &str); 1] = [("techo", "console")];

#[test]
fn no_modules_of_a_crate_import_each_other_in_a_circle() {
    for (krate, _) in FLOORS {
        for (around, arrows) in arrows_within(krate) {
            let circles = arrows.keys().filter_map(|module| {
                let mut path = vec![module.clone()];
                circle(&arrows, &mut path).then(|| path.join(" → "))
            });
            let circles: Vec<_> = circles.collect();
            let is_meant = MEANT.contains(&(krate, around.as_str()));
            assert_eq!(!circles.is_empty(), is_meant, "{krate}::{around}: {circles:?}");
        }
    }
}

/// Functions that have a transaction of each database open at once, or one of either (the sweep's `park`): with the vault's first.
/// [`release_after`](techo_identity::session::held::release_after) and the batches of imports bound both.
const BOTH_OPEN: [&str; 6] = [
    "citizen::put_mark",
    "citizen::report_not_mine",
    "citizen::save_consent",
    "disclosure::close_emergency_review",
    "intake::begin",
    "intake::park",
];

/// What begins a transaction of the vault, or holds one, and what does in the record store.
const OF_VAULT: [&str; 7] = [
    "vault.begin()",
    "vault.begin_in_turn()",
    "hold_account(",
    "hold_fresh(",
    "hold_by_card(",
    "hold_reviewer(",
    "lock_account(",
];
const OF_RECORDS: [&str; 4] =
    ["records.begin()", "records.begin_in_turn()", "records.db().begin", "release_after("];

fn word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

/// The functions of a source text by name, without what does not count in it.
fn functions(source: &str) -> Vec<(String, String)> {
    let shipped = source.split("#[cfg(test)]").next().unwrap_or_default();
    let begins = |line: &str| {
        let line = line.replace("pub(crate)", "").replace("pub(super)", "");
        line.split_once("fn ").is_some_and(|(before, _)| !before.contains(['=', '(', '|', '"']))
    };
    let mut found: Vec<(String, String)> = Vec::new();
    for line in shipped.lines().map(|line| line.split("//").next().unwrap_or_default()) {
        if begins(line) {
            found.push((word(line.split_once("fn ").expect("it has one").1), String::new()));
        }
        if let Some((_, body)) = found.last_mut() {
            body.extend(line.chars().filter(|letter| !letter.is_whitespace()));
        }
    }
    found
}

/// Whether a function has both open at once, and whether the vault's was first.
fn has_both(body: &str) -> Option<bool> {
    let first = |words: &[&str]| words.iter().filter_map(|word| body.find(word)).min();
    let (vault, records) = (first(&OF_VAULT)?, first(&OF_RECORDS)?);
    let between = &body[vault.min(records)..vault.max(records)];
    let ends = ["commit(", "rollback("].iter().any(|word| between.contains(word));
    (!ends).then_some(vault < records)
}

#[test]
fn both_databases_are_held_at_once_in_one_order_and_only_where_that_is_bounded() {
    let mut both = BTreeSet::new();
    for (krate, _) in FLOORS.iter().filter(|(krate, _)| *krate != "store") {
        for file in files_below(&sources_of(krate)) {
            for (name, body) in functions(&fs::read_to_string(&file).expect("a source is read")) {
                if let Some(is_vault_first) = has_both(&body) {
                    assert!(is_vault_first, "{name} in {} has the record store first", file.display());
                    both.insert(format!("{krate}::{name}"));
                }
            }
        }
    }
    assert_eq!(both, BOTH_OPEN.map(str::to_owned).into());
}

#[test]
fn two_databases_that_are_held_crosswise_would_be_found() {
    let source = "async fn one() {\n let tx = records.begin().await?;\n stores\n .vault\n .begin().await?; }\n\
        fn two() { vault.begin(); tx.commit(); records.begin(); }\n fn three() { hold_fresh(x); records.begin() }";
    let found: Vec<_> = functions(source).iter().map(|(name, body)| (name.clone(), has_both(body))).collect();
    let expected = [("one", Some(false)), ("two", None), ("three", Some(true))];
    assert_eq!(found, expected.map(|(name, both)| (name.to_owned(), both)));
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
}

#[test]
fn every_path_of_a_source_text_is_found_from_the_root_of_its_crate() {
    let module = ["one", "two"].map(str::to_owned);
    let code = code_of(
        "use crate::{alpha::{One, deep::{self, Two}}, beta as other};\nuse super::{super::gamma, three::X};\n\
         let x = self::four::five(); // crate::delta\n#[cfg(test)]\nmod tests {\n use crate::epsilon; }",
    );
    let mut used: Vec<String> = paths_used(&module, &code).iter().map(|path| path.join("::")).collect();
    used.sort();
    assert_eq!(
        used,
        [
            "alpha::One",
            "alpha::deep",
            "alpha::deep::Two",
            "beta",
            "gamma",
            "one::three::X",
            "one::two::four::five"
        ]
    );
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
