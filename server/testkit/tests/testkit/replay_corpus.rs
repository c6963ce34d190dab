//! Every file of the fuzz corpora through the function that the fuzzer calls, on the stable toolchain.

use std::{fs, path::PathBuf};
use techo_testkit::fuzz_entry;

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

#[test]
fn every_file_is_read_without_a_panic_and_each_corpus_has_what_is_taken_and_what_is_not() {
    for (target, entry) in fuzz_entry::ALL {
        let (mut taken, mut refused) = (0, 0);
        for file in fs::read_dir(corpus().join(target)).unwrap() {
            let path = file.unwrap().path();
            println!("{}", path.display());
            match entry(&fs::read(&path).unwrap()) {
                true => taken += 1,
                false => refused += 1,
            }
        }
        assert!(taken > 0 && refused > 4, "{target}: {taken} taken, {refused} refused");
    }
}

#[test]
fn what_is_good_is_taken_and_what_has_one_byte_more_is_not() {
    for (target, entry) in fuzz_entry::ALL {
        let name = if target == "list" { "held-and-revoked" } else { "good" };
        let good = fs::read(corpus().join(target).join(name)).unwrap();
        assert!(entry(&good), "{target}");
        // Before the first byte, where no format has room for anything.
        assert!(!entry(&[&b"x"[..], &good[..]].concat()), "{target}");
    }
}

#[test]
fn every_target_of_the_fuzzer_has_its_function_and_its_corpus() {
    let targets = corpus().join("../fuzz_targets");
    let files = fs::read_dir(targets).unwrap().map(|file| file.unwrap().path());
    let mut names: Vec<String> =
        files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    let mut known: Vec<_> = fuzz_entry::ALL.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(names, known);
}
