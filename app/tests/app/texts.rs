//! The text files: the same keys and variables in both languages, none missing, none left over.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Key to the variables of its text.
type Texts = BTreeMap<String, BTreeSet<String>>;

fn folder(inside: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(inside)
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn texts(lang: &str) -> BTreeMap<String, Texts> {
    let named = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    files(&folder("texts").join(lang), "ftl").iter().map(|path| (named(path), read(path))).collect()
}

fn read(path: &Path) -> Texts {
    let mut texts = Texts::new();
    let mut current = String::new();
    for line in fs::read_to_string(path).unwrap().lines() {
        let starts = line.chars().next().is_some_and(|c| c.is_ascii_lowercase());
        if let Some((key, _)) = line.split_once(" =").filter(|_| starts) {
            current = key.to_owned();
            assert!(texts.insert(current.clone(), BTreeSet::new()).is_none(), "{current} is there twice");
        }
        for variable in line.split('$').skip(1) {
            let end = variable.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(variable.len());
            texts.get_mut(&current).unwrap().insert(variable[..end].to_owned());
        }
    }
    texts
}

/// Where texts are used: here, and for the pages of the console in the server.
fn sources() -> Vec<PathBuf> {
    let of = |place: &str, extension| files(&folder(place), extension);
    [of("src", "rs"), of("../server/src/console", "rs"), of("../server/templates/console", "html")].concat()
}

/// Every string in the sources that looks like a key.
fn strings_in_the_sources() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in sources() {
        let source = fs::read_to_string(&path).unwrap();
        found.extend(source.split('"').map(str::to_owned).filter(|text| looks_like_a_key(text)));
    }
    found
}

fn looks_like_a_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_variables() {
    let (japanese, english) = (texts("ja"), texts("en"));
    assert_eq!(japanese.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>());
    for (file, texts) in &japanese {
        assert_eq!(texts, &english[file], "{file}.ftl");
    }
}

#[test]
fn every_text_is_used_somewhere() {
    let used = strings_in_the_sources();
    let keys = texts("ja").into_values().flat_map(Texts::into_keys);
    let left_over: Vec<_> = keys.filter(|key| !used.contains(key)).collect();
    assert!(left_over.is_empty(), "not used any more: {left_over:?}");
}

#[test]
fn every_key_in_the_sources_has_a_text() {
    let known: BTreeSet<String> = texts("ja").into_values().flat_map(Texts::into_keys).collect();
    let mut checked = 0;
    let calls = ["lang", "other", "one", "frame.lang", "guest.lang"].map(|lang| format!("t({lang}, \""));
    for path in [files(&folder("src"), "rs"), files(&folder("../server/src/console"), "rs")].concat() {
        let source = fs::read_to_string(&path).unwrap();
        for call in calls.iter().map(String::as_str).chain(["t_with(lang, \""]) {
            for after in source.split(call).skip(1) {
                let key = after.split('"').next().unwrap();
                assert!(known.contains(key), "{key} in {}", path.display());
                checked += 1;
            }
        }
        for mistakes in source.split("form_mistakes! {").skip(1) {
            let mistakes = mistakes.split("\n}\n").next().unwrap();
            for after in mistakes.split(" = \"").skip(1) {
                let key = after.split('"').next().unwrap();
                assert!(known.contains(key), "{key} in {}", path.display());
                checked += 1;
            }
        }
    }
    for path in files(&folder("../server/templates/console"), "html") {
        let source = fs::read_to_string(&path).unwrap();
        for after in source.split("f.t(\"").skip(1) {
            let key = after.split('"').next().unwrap();
            assert!(known.contains(key), "{key} in {}", path.display());
            checked += 1;
        }
    }
    assert!(checked > 200, "only {checked} calls were found");
}

#[test]
fn japanese_texts_are_japanese_and_english_texts_are_not() {
    let japanese = |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    for path in files(&folder("texts/en"), "ftl") {
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.chars().any(japanese), "{}", path.display());
    }
    for path in files(&folder("texts/ja"), "ftl") {
        for line in fs::read_to_string(&path).unwrap().lines() {
            let Some((key, text)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) else {
                continue;
            };
            let only_signs = !text.chars().any(|c| c.is_ascii_lowercase());
            assert!(only_signs || text.contains('{') || text.chars().any(japanese), "{key} = {text}");
        }
    }
}
