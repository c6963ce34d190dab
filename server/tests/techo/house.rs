//! The floors of the house: which crate may use which, and no circle of modules within one.

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Each crate with those of ours that it may use. An arrow that is not here does not exist.
pub const FLOORS: [(&str, &[&str]); 18] = [
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
    ("app", &["model", "audit", "citizen", "consent", "disclosure", "identity", "web"]),
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

/// The word that a text begins with.
pub fn word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

/// The root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Where the sources of a crate stand.
pub fn sources_of(krate: &str) -> PathBuf {
    match krate {
        "app" => root().join("app/src"),
        "techo" => root().join("server/src"),
        other => root().join("server").join(other).join("src"),
    }
}

/// Every file of ours below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
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

#[test]
fn no_modules_of_a_crate_import_each_other_in_a_circle() {
    for (krate, _) in FLOORS {
        for (around, arrows) in arrows_within(krate) {
            let circles = arrows.keys().filter_map(|module| {
                let mut path = vec![module.clone()];
                circle(&arrows, &mut path).then(|| path.join(" → "))
            });
            let circles: Vec<_> = circles.collect();
            assert!(circles.is_empty(), "{krate}::{around}: {circles:?}");
        }
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
