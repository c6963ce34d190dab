//! What the lab promises to the demo and to the command `techo card`.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};
use techo_cardlab::{
    CardLab, CardPin, CardSpec, CardState, ChipChallenge, IssuedCard, LabError, MAX_TRIES, RevokeReason,
    SignError,
};
use techo_model::UnixMillis;
use tempfile::TempDir;

const NOW: UnixMillis = UnixMillis(1_795_400_000_000);
const ASKED: ChipChallenge<'_> = ChipChallenge { origin: "http://localhost:3000", nonce: "bm9uY2U=" };

/// A lab of its own for each test; the CA's key is made once.
fn lab() -> (TempDir, CardLab) {
    static FIRST: OnceLock<TempDir> = OnceLock::new();
    let first = FIRST.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        CardLab::create(folder.path(), [7; 32], NOW).unwrap();
        folder
    });
    let folder = TempDir::new().unwrap();
    copy(first.path(), folder.path());
    let lab = CardLab::open(folder.path()).unwrap();
    (folder, lab)
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn pin(text: &str) -> CardPin {
    text.parse().unwrap()
}

fn issue_one(lab: &CardLab) -> IssuedCard {
    lab.issue(&[CardSpec::new("見本 花子", pin("1234"))], NOW).unwrap().remove(0)
}

#[test]
fn three_hundred_cards_are_issued_without_waiting_for_a_key() {
    let (folder, lab) = lab();
    let specs: Vec<CardSpec> = (0..300).map(|i| CardSpec::new(format!("見本 {i}"), pin("1234"))).collect();
    let begun = Instant::now();
    let issued = lab.issue(&specs, NOW).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(
        issued.iter().map(|card| &card.label).collect::<Vec<_>>(),
        specs.iter().map(|s| &s.label).collect::<Vec<_>>()
    );
    assert_eq!(lab.cards().unwrap().len(), 300);
    assert_eq!(fs::read_dir(folder.path().join("keys")).unwrap().count(), 0);
}

#[test]
fn serial_numbers_are_positive_and_all_different() {
    let (_folder, lab) = lab();
    let specs = vec![CardSpec::new("", pin("0000")); 1000];
    let mut serials: Vec<_> = lab.issue(&specs, NOW).unwrap().into_iter().map(|card| card.serial).collect();
    assert!(serials.iter().all(|serial| (0x40..0x80).contains(&serial.as_bytes()[0])));
    serials.sort();
    serials.dedup();
    assert_eq!(serials.len(), 1000);
}

#[test]
fn a_card_signs_with_its_pin_and_keeps_key_and_certificate() {
    let (folder, lab) = lab();
    let card = issue_one(&lab);
    let first = lab.sign(&card.serial, "1234", &ASKED).unwrap();
    assert_eq!((first.format.as_str(), first.algorithm.as_str()), ("web-eid:1.0", "RS256"));
    let again = CardLab::open(folder.path()).unwrap().sign(&card.serial, "1234", &ASKED).unwrap();
    assert_eq!(first, again);
    let other = lab.sign(&card.serial, "1234", &ChipChallenge { nonce: "b3RoZXI=", ..ASKED }).unwrap();
    assert_eq!(other.unverified_certificate, first.unverified_certificate);
    assert_ne!(other.signature, first.signature);
}

#[test]
fn three_wrong_pins_lock_a_card_and_the_right_one_no_longer_opens_it() {
    let (_folder, lab) = lab();
    let card = issue_one(&lab);
    for left in [2, 1, 0] {
        let wrong = lab.sign(&card.serial, "9999", &ASKED);
        assert!(matches!(wrong, Err(SignError::WrongPin { tries_left }) if tries_left == left));
    }
    assert!(matches!(lab.sign(&card.serial, "1234", &ASKED), Err(SignError::Locked)));
    assert_eq!(lab.card(&card.serial).unwrap().condition(NOW).as_str(), "locked");
    lab.unlock(&card.serial).unwrap();
    lab.sign(&card.serial, "1234", &ASKED).unwrap();
}

#[test]
fn the_right_pin_gives_the_tries_back() {
    let (_folder, lab) = lab();
    let card = issue_one(&lab);
    let _ = lab.sign(&card.serial, "12345", &ASKED).unwrap_err();
    assert_eq!(lab.card(&card.serial).unwrap().tries_left, MAX_TRIES - 1);
    lab.sign(&card.serial, "1234", &ASKED).unwrap();
    assert_eq!(lab.card(&card.serial).unwrap().tries_left, MAX_TRIES);
}

#[test]
fn guesses_at_the_same_time_are_as_many_tries() {
    let (folder, lab) = lab();
    let card = issue_one(&lab);
    let answers: Vec<_> = thread::scope(|scope| {
        let guess = |i: u32| {
            let (lab, serial) = (CardLab::open(folder.path()).unwrap(), &card.serial);
            scope.spawn(move || lab.sign(serial, &format!("{:04}", 5000 + i), &ASKED))
        };
        (0..8).map(guess).collect::<Vec<_>>().into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    let wrong = answers.iter().filter(|a| matches!(a, Err(SignError::WrongPin { .. }))).count();
    let locked = answers.iter().filter(|a| matches!(a, Err(SignError::Locked))).count();
    assert_eq!((wrong, locked), (3, 5));
}

#[test]
fn a_card_that_first_signs_in_two_places_at_once_has_one_key() {
    let (folder, lab) = lab();
    let card = issue_one(&lab);
    let (here, there) = thread::scope(|scope| {
        let there = scope.spawn(|| CardLab::open(folder.path()).unwrap().sign(&card.serial, "1234", &ASKED));
        (lab.sign(&card.serial, "1234", &ASKED).unwrap(), there.join().unwrap().unwrap())
    });
    assert_eq!(here, there);
}

#[test]
fn cards_issued_and_turned_at_the_same_time_are_all_kept() {
    let (folder, lab) = lab();
    let cards = lab.issue(&vec![CardSpec::new("", pin("1234")); 8], NOW).unwrap();
    thread::scope(|scope| {
        for card in &cards {
            scope.spawn(|| CardLab::open(folder.path()).unwrap().hold(&card.serial, NOW).unwrap());
            scope.spawn(|| issue_one(&CardLab::open(folder.path()).unwrap()));
        }
    });
    let cards = lab.cards().unwrap();
    let held = cards.iter().filter(|card| matches!(card.state, CardState::Held { .. })).count();
    assert_eq!((cards.len(), held), (16, 8));
}

#[test]
fn a_held_card_can_be_released_and_a_revoked_one_cannot() {
    let (_folder, lab) = lab();
    let serial = issue_one(&lab).serial;
    assert_eq!(lab.hold(&serial, NOW).unwrap().condition(NOW).as_str(), "held");
    assert_eq!(lab.release(&serial, NOW).unwrap().condition(NOW).as_str(), "valid");
    let revoked = lab.revoke(&serial, RevokeReason::KeyCompromise, NOW).unwrap();
    assert_eq!(revoked.condition(NOW).as_str(), "revoked");
    for refused in [
        lab.hold(&serial, NOW),
        lab.release(&serial, NOW),
        lab.revoke(&serial, RevokeReason::Unspecified, NOW),
    ] {
        assert!(matches!(refused, Err(LabError::WrongState(..))));
    }
    lab.sign(&serial, "1234", &ASKED).expect("a chip does not know that it was revoked");
}

#[test]
fn a_renewed_card_is_another_card_and_the_former_one_names_it() {
    let (_folder, lab) = lab();
    let former = issue_one(&lab);
    let renewed = lab.renew(&former.serial, NOW).unwrap();
    assert_eq!((&renewed.label, &renewed.pin), (&former.label, &former.pin));
    let by = renewed.serial.clone();
    assert_eq!(lab.card(&former.serial).unwrap().state, CardState::Superseded { at: NOW, by });
    assert!(matches!(lab.renew(&former.serial, NOW), Err(LabError::WrongState(..))));
    let one = lab.sign(&former.serial, "1234", &ASKED).unwrap();
    let two = lab.sign(&renewed.serial, "1234", &ASKED).unwrap();
    assert_ne!(one.signature, two.signature);
}

#[test]
fn a_revoked_card_that_is_renewed_stays_revoked() {
    let (_folder, lab) = lab();
    let serial = issue_one(&lab).serial;
    lab.revoke(&serial, RevokeReason::KeyCompromise, NOW).unwrap();
    lab.renew(&serial, NOW).unwrap();
    assert_eq!(lab.card(&serial).unwrap().condition(NOW).as_str(), "revoked");
}

#[test]
fn an_expired_card_ended_a_second_ago() {
    let (_folder, lab) = lab();
    let serial = issue_one(&lab).serial;
    let expired = lab.expire(&serial, NOW).unwrap();
    assert_eq!(expired.condition(NOW).as_str(), "expired");
    assert!(expired.not_before < expired.not_after);
}

#[test]
fn every_file_is_its_owners_alone_and_no_half_written_one_remains() {
    let (folder, lab) = lab();
    let serial = issue_one(&lab).serial;
    lab.sign(&serial, "1234", &ASKED).unwrap();
    lab.hold(&serial, NOW).unwrap();
    let mut folders = vec![folder.path().to_owned()];
    let mut seen = 0;
    while let Some(at) = folders.pop() {
        for path in fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            seen += 1;
            assert_ne!(path.extension().unwrap_or_default(), "tmp", "{}", path.display());
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600,
                "{}",
                path.display()
            );
        }
    }
    assert_eq!(seen, 7);
}

#[test]
fn a_lab_is_not_made_over_another_nor_opened_where_there_is_none() {
    let (folder, _lab) = lab();
    assert!(CardLab::is_in(folder.path()) && !CardLab::is_in(&folder.path().join("keys")));
    assert!(matches!(CardLab::create(folder.path(), [1; 32], NOW), Err(LabError::Exists(_))));
    assert!(matches!(CardLab::open(&folder.path().join("keys")), Err(LabError::Missing(_))));
    fs::write(folder.path().join("cards.json"), "{").unwrap();
    assert!(matches!(CardLab::open(folder.path()).unwrap().cards(), Err(LabError::Broken(_))));
}

#[test]
fn a_lab_whose_making_was_interrupted_is_made_again() {
    let (folder, first) = lab();
    issue_one(&first);
    fs::remove_file(folder.path().join("lab.json")).unwrap();
    let again = CardLab::create(folder.path(), [8; 32], NOW).unwrap();
    assert_eq!(again.cards().unwrap(), []);
}

#[test]
fn the_same_seed_gives_the_same_cards() {
    let (_here, one) = lab();
    let (_there, two) = lab();
    assert_eq!(issue_one(&one), issue_one(&two));
}

#[test]
fn a_pin_is_four_digits_and_a_serial_number_sixteen_hexadecimal_ones() {
    for wrong in ["", "123", "12345", "12a4", "１２３４"] {
        assert!(wrong.parse::<CardPin>().is_err(), "{wrong}");
    }
    let (_folder, lab) = lab();
    let serial = issue_one(&lab).serial;
    assert_eq!(serial.to_string().parse(), Ok(serial.clone()));
    for wrong in ["", "../../etc/passwd", "+000000000000001", "0123456789abcdef0"] {
        assert!(wrong.parse::<techo_cardlab::CardSerial>().is_err(), "{wrong}");
    }
    let nobody = "4000000000000000".parse().unwrap();
    assert!(matches!(lab.card(&nobody), Err(LabError::NoSuchCard(_))));
    assert!(matches!(lab.sign(&nobody, "1234", &ASKED), Err(SignError::Lab(LabError::NoSuchCard(_)))));
}
