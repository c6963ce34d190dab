//! The folder of lists: what is loaded when, and what stays in force when it cannot be.

use super::crl::{NO_LIST, STALE, folder, made_at, revoked};
use crate::{
    CardStatus, CrlFolder, CrlRefusal, CrlReload, RevocationReason,
    testkit::{DAY, HOUR, NOW, card, replace, status, trust},
};
use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

#[test]
fn a_replaced_list_counts_once_it_is_loaded_and_no_question_looks_into_the_folder() {
    let (folder, lists) = folder(&[("a.crl", made_at(NOW, &[]))]);
    let path = folder.path().join("a.crl");
    replace(&path, &made_at(NOW, &[7]));
    assert_eq!(status(&lists, &card(&[7]), NOW), CardStatus::Good);
    assert_eq!(lists.reload(NOW), CrlReload::Changed);
    assert_eq!(status(&lists, &card(&[7]), NOW), revoked(RevocationReason::Unspecified));
    assert_eq!(lists.reload(NOW), CrlReload::Unchanged);
    fs::remove_file(path).unwrap();
    assert_eq!(status(&lists, &card(&[7]), NOW), revoked(RevocationReason::Unspecified));
    assert_eq!(lists.reload(NOW), CrlReload::Changed);
    assert_eq!(status(&lists, &card(&[7]), NOW), NO_LIST);
}

#[test]
fn a_half_written_list_leaves_the_former_one_in_force_and_is_reported() {
    let (folder, lists) = folder(&[("a.crl", made_at(NOW, &[7]))]);
    let path = folder.path().join("a.crl");
    fs::write(&path, &made_at(NOW, &[])[..200]).unwrap();
    lists.reload(NOW);
    assert_eq!(status(&lists, &card(&[7]), NOW), revoked(RevocationReason::Unspecified));
    assert_eq!(lists.condition(NOW).refused, [(path.clone(), CrlRefusal::Malformed)]);
    assert_eq!(status(&lists, &card(&[7]), NOW.plus(DAY * 2)), STALE);
    fs::write(&path, made_at(NOW, &[])).unwrap();
    lists.reload(NOW);
    assert_eq!(status(&lists, &card(&[7]), NOW), CardStatus::Good);
    assert!(lists.condition(NOW).refused.is_empty());
}

#[test]
fn a_folder_that_vanishes_takes_its_lists_with_it_and_brings_them_back() {
    let (folder, lists) = folder(&[("a.crl", made_at(NOW, &[7]))]);
    let elsewhere = folder.path().with_extension("elsewhere");
    fs::rename(folder.path(), &elsewhere).unwrap();
    assert_eq!(lists.reload(NOW.plus(HOUR)), CrlReload::Changed);
    assert_eq!(status(&lists, &card(&[7]), NOW), NO_LIST);
    let condition = lists.condition(NOW);
    assert!(!condition.is_listed && condition.lists.is_empty());
    fs::rename(&elsewhere, folder.path()).unwrap();
    assert_eq!(lists.reload(NOW.plus(HOUR)), CrlReload::Changed);
    assert_eq!(status(&lists, &card(&[7]), NOW), revoked(RevocationReason::Unspecified));
    assert!(lists.condition(NOW).is_listed);
}

#[test]
fn a_folder_that_cannot_be_reached_just_now_keeps_its_lists_which_go_on_ageing() {
    let (folder, lists) = folder(&[("a.crl", made_at(NOW, &[7]))]);
    let elsewhere = folder.path().with_extension("elsewhere");
    fs::rename(folder.path(), &elsewhere).unwrap();
    // A link to itself is an error of another kind than a file that is not there, as a file server that hangs is.
    std::os::unix::fs::symlink(folder.path(), folder.path()).unwrap();
    assert_eq!(lists.reload(NOW), CrlReload::Unchanged);
    assert_eq!(status(&lists, &card(&[7]), NOW), revoked(RevocationReason::Unspecified));
    assert_eq!(status(&lists, &card(&[7]), NOW.plus(DAY * 2)), STALE);
    assert!(!lists.condition(NOW).is_listed);
    fs::remove_file(folder.path()).unwrap();
    fs::rename(&elsewhere, folder.path()).unwrap();
    assert_eq!(lists.reload(NOW), CrlReload::Unchanged);
    assert!(lists.condition(NOW).is_listed);
}

#[test]
fn lists_are_replaced_while_many_ask_and_nobody_gets_a_wrong_answer() {
    let (folder, lists) = folder(&[("a.crl", made_at(NOW, &[7]))]);
    let path: PathBuf = folder.path().join("a.crl");
    let contents = [made_at(NOW, &[7]), made_at(NOW, &[7, 8])];
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            (0..100).for_each(|turn| replace(&path, &contents[turn % 2]));
            done.store(true, Ordering::Release);
        });
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Acquire) {
                    lists.reload(NOW);
                }
            });
            scope.spawn(|| {
                while !done.load(Ordering::Acquire) {
                    assert_eq!(status(&lists, &card(&[7]), NOW), revoked(RevocationReason::Unspecified));
                    assert_eq!(status(&lists, &card(&[1]), NOW), CardStatus::Good);
                }
            });
        }
    });
    lists.reload(NOW);
    assert_eq!(status(&lists, &card(&[8]), NOW), revoked(RevocationReason::Unspecified));
}

#[test]
fn a_folder_that_cannot_be_listed_stops_the_start_with_a_sentence() {
    let error = CrlFolder::open("/nowhere/at/all".as_ref(), Arc::new(trust()), NOW).unwrap_err();
    assert!(error.to_string().starts_with("TECHO_CARD_CRL: /nowhere/at/all を読めません"));
}

#[test]
fn the_condition_says_what_was_read_and_whether_it_is_fresh() {
    let (_folder, lists) = folder(&[("a.crl", made_at(NOW, &[7, 8])), ("b.crl", b"text".to_vec())]);
    let condition = lists.condition(NOW);
    assert_eq!((condition.lists.len(), condition.refused.len()), (1, 1));
    assert_eq!((condition.lists[0].entries, condition.lists[0].is_fresh), (2, true));
    assert!(!lists.condition(NOW.plus(DAY * 2)).lists[0].is_fresh);
    assert_eq!((condition.looked_at, condition.is_listed, condition.changes), (NOW, true, 1));
    lists.reload(NOW.plus(HOUR));
    assert_eq!(lists.condition(NOW).looked_at, NOW.plus(HOUR));
}
