//! `docs/DATA.md` names every column that the migrations make, and none that is not there.
//!
//! The document has a heading of the form "### `table`" for each table and below it a row for each column, which begins
//! with the column's name and leaves no cell empty.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Columns by table.
type Tables = BTreeMap<String, BTreeSet<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn migrations() -> String {
    let mut files: Vec<PathBuf> = ["identity", "records"]
        .iter()
        .flat_map(|which| {
            fs::read_dir(root().join("migrations").join(which)).expect("the migrations are there")
        })
        .map(|entry| entry.expect("a folder can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    let texts = files.iter().map(|path| fs::read_to_string(path).expect("a migration is text"));
    let all: Vec<String> = texts.collect();
    let without_comments =
        all.iter().flat_map(|text| text.lines()).map(|line| line.split("--").next().unwrap_or(""));
    without_comments.collect::<Vec<_>>().join("\n")
}

/// The columns of every table after the last migration, read from the text of the statements.
fn columns_of_migrations() -> Tables {
    let mut tables = Tables::new();
    for statement in migrations().split(';') {
        let words: Vec<&str> = statement.split_whitespace().collect();
        match words[..] {
            ["CREATE", "TABLE", table, ..] => {
                tables.insert(table.trim_end_matches('(').to_owned(), created(statement));
            }
            ["ALTER", "TABLE", table, "ADD", "COLUMN", column, ..] => {
                tables.entry(table.to_owned()).or_default().insert(column.to_owned());
            }
            ["ALTER", "TABLE", table, "DROP", "COLUMN", column] => {
                tables.entry(table.to_owned()).or_default().remove(column);
            }
            ["ALTER", "TABLE", table, "RENAME", "COLUMN", from, "TO", to] => {
                let columns = tables.entry(table.to_owned()).or_default();
                columns.remove(from);
                columns.insert(to.to_owned());
            }
            ["ALTER", "TABLE", from, "RENAME", "TO", to] => {
                let columns = tables.remove(from).expect("what is renamed is there");
                tables.insert(to.to_owned(), columns);
            }
            ["DROP", "TABLE", table] => {
                tables.remove(table);
            }
            ["ALTER", ..] => panic!("this test does not know how to read: {statement}"),
            _ => {}
        }
    }
    tables
}

/// The names before the first blank of each part between the outer brackets; constraints begin with upper case.
fn created(statement: &str) -> BTreeSet<String> {
    let (_, body) = statement.split_once('(').expect("a table has columns");
    let body = body.rsplit_once(')').expect("brackets are closed").0;
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for letter in body.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => parts.push(String::new()),
            _ => {}
        }
        parts.last_mut().expect("there is always a part").push(letter);
    }
    let names = parts.iter().filter_map(|part| part.trim_start_matches(',').split_whitespace().next());
    names
        .filter(|name| name.starts_with(|letter: char| letter.is_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}

/// The columns that the document describes, and the lines in which something is left open.
fn columns_of_document() -> (Tables, Vec<String>) {
    let text = fs::read_to_string(root().join("docs/DATA.md")).expect("docs/DATA.md is there");
    let (mut tables, mut open, mut table) = (Tables::new(), Vec::new(), None);
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("### `").and_then(|rest| rest.strip_suffix('`')) {
            tables.entry(name.to_owned()).or_default();
            table = Some(name.to_owned());
        } else if line.starts_with('#') {
            table = None;
        } else if let (Some(table), Some(row)) = (&table, line.strip_prefix("| `")) {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            if cells.len() != 5 || cells.iter().any(|cell| cell.is_empty()) {
                open.push(format!("{table}: {line}"));
            }
            let (column, _) = row.split_once('`').expect("a name ends with a quote");
            tables.entry(table.clone()).or_default().insert(column.to_owned());
        }
    }
    (tables, open)
}

#[test]
fn every_stored_field_is_described_and_nothing_else() {
    let (stored, (described, _)) = (columns_of_migrations(), columns_of_document());
    assert!(stored["resident"].contains("name_sealed"), "the migrations were read");
    assert!(!stored["report"].contains("UNIQUE"), "constraints are no columns");
    let pairs = |tables: &Tables| -> BTreeSet<String> {
        tables
            .iter()
            .flat_map(|(table, columns)| columns.iter().map(move |c| format!("{table}.{c}")))
            .collect()
    };
    let (stored, described) = (pairs(&stored), pairs(&described));
    let missing: Vec<_> = stored.difference(&described).collect();
    let stale: Vec<_> = described.difference(&stored).collect();
    assert!(missing.is_empty(), "docs/DATA.md does not describe {missing:?}");
    assert!(stale.is_empty(), "docs/DATA.md describes what is not stored: {stale:?}");
}

#[test]
fn every_field_says_what_why_until_when_and_who_sees_it() {
    let (_, open) = columns_of_document();
    assert!(open.is_empty(), "something is left open in docs/DATA.md: {open:#?}");
}
