//! What the documents name is there: links, files, tests, settings, commands, make targets.

use clap::CommandFactory as _;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};
use techo::{commands::Cli, config::NAMES};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text_of(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Files of a folder and the folders below it, by ending; nothing that was built or installed.
fn below(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    const FOREIGN: [&str; 4] = ["target", "node_modules", ".git", "corpus"];
    for entry in fs::read_dir(folder).expect("a folder can be read") {
        let path = entry.expect("a folder can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !FOREIGN.contains(&name.as_str()) {
            below(&path, ending, found);
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
}

/// Every document with its path and its text.
fn documents() -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    below(&root().join("docs"), ".md", &mut paths);
    paths.extend(["README.md", "CONTRIBUTING.md", "SECURITY.md"].map(|name| root().join(name)));
    paths
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(path).expect("a document is text")))
        .collect()
}

/// What stands between single backticks within a line.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter(|line| !line.starts_with("```"));
    lines.flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The lines between three backticks, and what stands between single ones.
fn code(text: &str) -> Vec<&str> {
    let blocks = text.split("\n```").skip(1).step_by(2);
    blocks.flat_map(|block| block.lines().skip(1)).chain(quoted(text)).collect()
}

#[test]
fn every_link_leads_to_a_file() {
    let mut dead = Vec::new();
    for (path, text) in documents() {
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            let outside = target.contains("://") || target.starts_with("mailto:") || target.is_empty();
            let folder = path.parent().expect("a document lies in a folder");
            if !outside && !folder.join(target).exists() {
                dead.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn every_file_that_is_named_exists() {
    const TOPS: [&str; 9] = [
        "app/",
        "server/",
        "migrations/",
        "scripts/",
        "style/",
        "xtask/",
        "end2end/",
        "public/",
        "docs/adr/",
    ];
    let mut missing = Vec::new();
    for (document, text) in documents() {
        for name in quoted(&text).filter(|name| TOPS.iter().any(|top| name.starts_with(top))) {
            let is_pattern = name.contains(['*', '…', ' ', '<']);
            if !is_pattern && !root().join(name).exists() {
                missing.push(format!("{}: {name}", document.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_test_that_the_security_page_names_exists() {
    let mut sources = Vec::new();
    for folder in ["server", "app", "xtask"] {
        below(&root().join(folder), ".rs", &mut sources);
    }
    let all: String = sources.iter().map(|path| fs::read_to_string(path).expect("source is text")).collect();
    let text = text_of("docs/SECURITY.md");
    let named: BTreeSet<&str> = quoted(&text)
        .filter(|word| word.matches('_').count() >= 3)
        .filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
        .collect();
    assert!(named.len() > 20, "the page names its tests");
    // A function, or one that a macro of the interleavings makes.
    let ways = |name: &str| {
        [
            format!("fn {name}("),
            format!("beside!({name},"),
            format!("beside!(\n    {name},"),
            format!("behind!({name},"),
        ]
    };
    let missing: Vec<_> =
        named.iter().filter(|name| !ways(name).iter().any(|way| all.contains(way))).collect();
    assert!(missing.is_empty(), "docs/SECURITY.md names tests that are not there: {missing:#?}");
}

#[test]
fn every_setting_is_described_and_no_other() {
    let text = text_of("docs/OPERATIONS.md");
    let described: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("| `TECHO_")?.split('`').next()).collect();
    let known: BTreeSet<&str> = NAMES.iter().copied().collect();
    assert_eq!(described, known);
}

/// Follows the words behind `techo` through the commands; the first that is no plain word ends it.
fn is_command(words: &[&str]) -> bool {
    let mut command = Cli::command();
    for word in words {
        let plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        if !plain || word.starts_with('-') || command.get_subcommands().next().is_none() {
            return true;
        }
        match command.find_subcommand(word) {
            Some(found) => command = found.clone(),
            None => return false,
        }
    }
    true
}

#[test]
fn every_command_and_every_make_target_exists() {
    let makefile = text_of("Makefile");
    let has_target = |name: &str| makefile.lines().any(|line| line.starts_with(&format!("{name}:")));
    let mut wrong = Vec::new();
    for (document, text) in documents() {
        for line in code(&text) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let good = match words[..] {
                ["techo", ref rest @ ..] => is_command(rest),
                ["make", target, ..] if target.chars().all(|c| c.is_ascii_lowercase()) => has_target(target),
                _ => true,
            };
            if !good {
                wrong.push(format!("{}: {line}", document.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
