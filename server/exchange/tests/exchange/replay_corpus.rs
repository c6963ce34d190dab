//! Every file of the fuzz corpora through the function that the fuzzer calls, on the stable toolchain.

use std::{fs, path::PathBuf};
use techo_exchange::fuzz_entry;

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

#[test]
fn every_file_of_the_corpus_is_read_without_a_panic() {
    for (target, entry) in fuzz_entry::ALL {
        let files = fs::read_dir(corpus().join(target)).unwrap_or_else(|error| panic!("{target}: {error}"));
        let mut count = 0;
        for file in files {
            let path = file.unwrap().path();
            println!("{}", path.display());
            entry(&fs::read(&path).unwrap());
            count += 1;
        }
        assert!(count >= 5, "{target} has a corpus worth the name, not {count} files");
    }
}

#[test]
fn every_target_of_the_fuzzer_has_its_function_and_its_corpus() {
    let targets = corpus().join("../fuzz_targets");
    let mut names: Vec<String> = fs::read_dir(targets)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut known: Vec<_> = fuzz_entry::ALL.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(names, known);
}
