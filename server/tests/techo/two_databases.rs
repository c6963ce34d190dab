//! Where both databases are held at once, read from the sources.

use crate::house::{FLOORS, files_below, sources_of, word};
use std::{collections::BTreeSet, fs};

/// Functions that have a transaction of each database open at once: with the vault's first.
/// [`release_after`](techo_identity::session::held::release_after) and the batches of imports bound both.
const BOTH_OPEN: [&str; 5] = [
    "citizen::put_mark",
    "citizen::report_not_mine",
    "citizen::save_consent",
    "disclosure::close_emergency_review",
    "intake::begin",
];

/// What begins a transaction of the vault, or holds one, and what does in the record store.
const OF_VAULT: [&str; 7] = [
    "vault.begin()",
    "vault.begin_in_turn()",
    "hold_account(",
    "hold_verified_account(",
    "hold_card_shown(",
    "hold_reviewer(",
    "lock_account(",
];
const OF_RECORDS: [&str; 4] =
    ["records.begin()", "records.begin_in_turn()", "records.db().begin", "release_after("];

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
        fn two() { vault.begin(); tx.commit(); records.begin(); }\n fn three() { hold_verified_account(x); records.begin() }";
    let found: Vec<_> = functions(source).iter().map(|(name, body)| (name.clone(), has_both(body))).collect();
    let expected = [("one", Some(false)), ("two", None), ("three", Some(true))];
    assert_eq!(found, expected.map(|(name, both)| (name.to_owned(), both)));
}
