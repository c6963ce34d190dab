//! What every kind of record needs where no compiler asks for it.

use crate::house::root;
use std::{collections::BTreeSet, fs};
use techo_audit::log::Category;
use techo_model::record::RecordKind;

fn text_of(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The lines of a text that begin so.
fn lines_with(text: &str, begin: &str) -> usize {
    text.lines().filter(|line| line.trim_start().starts_with(begin)).count()
}

#[test]
fn every_kind_of_record_is_held_counted_documented_and_has_its_words() {
    let held = text_of("server/store/src/records/held.rs");
    let data = text_of("docs/DATA.md");
    let texts = ["ja", "en"].map(|lang| text_of(&format!("app/texts/{lang}/common.ftl")));
    for kind in RecordKind::ALL {
        let word = kind.as_str();
        let (selected, from) = (format!("'{word}'"), format!("FROM {word} "));
        assert!(held.matches(&selected).count() >= 2, "{word}: the statements of held.rs name each kind");
        assert!(held.matches(&from).count() >= 2, "{word}: the statements of held.rs read its table");
        assert_eq!(lines_with(&data, &format!("### `{word}`")), 1, "{word}: DATA.md has its table");
        for text in &texts {
            assert_eq!(lines_with(text, &format!("kind-{word} =")), 1, "{word}: a name in both languages");
        }
    }
}

#[test]
fn every_kind_of_record_is_told_apart_on_the_access_log() {
    let categories: BTreeSet<_> =
        RecordKind::ALL.iter().map(|kind| Category::of_record(*kind).as_str()).collect();
    assert_eq!(categories.len(), RecordKind::ALL.len());
}
