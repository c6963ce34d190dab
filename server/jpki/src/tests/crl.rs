use crate::{
    CardStatus, CrlFolder, CrlRefusal, RevocationReason, StatusUnknown,
    testkit::{DAY, HOUR, NOW, card, forge, status, stranger, trust, trusting},
};
use std::{fs, sync::Arc, time::Duration};
use techo_cardlab::forge::{Extension, ForgedSigner, ListDraft, SignatureScheme, extension, name};
use techo_model::UnixMillis;
use tempfile::TempDir;
use x509_cert::{crl::RevokedCert, serial_number::SerialNumber, time::Time};

pub(super) const STALE: CardStatus = CardStatus::Unknown(StatusUnknown::Stale);
pub(super) const NO_LIST: CardStatus = CardStatus::Unknown(StatusUnknown::NoList);

/// A folder with these files, opened by a verifier that trusts the forge's CA.
pub(super) fn folder(files: &[(&str, Vec<u8>)]) -> (TempDir, CrlFolder) {
    let folder = TempDir::new().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let opened = CrlFolder::open(folder.path(), Arc::new(trust()), NOW).unwrap();
    (folder, opened)
}

fn time(at: UnixMillis) -> Time {
    let since = Duration::from_millis(at.0.try_into().unwrap());
    Time::from(der::DateTime::from_unix_duration(Duration::from_secs(since.as_secs())).unwrap())
}

fn entry(serial: &[u8], extensions: &[Extension]) -> RevokedCert {
    RevokedCert {
        serial_number: SerialNumber::new(serial).unwrap(),
        revocation_date: time(NOW),
        crl_entry_extensions: (!extensions.is_empty()).then(|| extensions.to_vec()),
    }
}

fn reason(code: u8) -> Extension {
    extension("2.5.29.21", false, &[0x0a, 1, code])
}

fn list_of(entries: Vec<RevokedCert>) -> Vec<u8> {
    forge().list(|draft| draft.body.revoked_certificates = Some(entries))
}

pub(super) fn made_at(at: UnixMillis, entries: &[u8]) -> Vec<u8> {
    forge().list(|draft| {
        draft.body.this_update = time(at);
        draft.body.next_update = Some(time(at.plus(DAY * 7)));
        let entries: Vec<_> = entries.iter().map(|serial| entry(&[*serial], &[])).collect();
        draft.body.revoked_certificates = (!entries.is_empty()).then_some(entries);
    })
}

fn refusal(spoil: impl FnOnce(&mut ListDraft)) -> Option<CrlRefusal> {
    let (_folder, lists) = folder(&[("a.crl", forge().list(spoil))]);
    let refused = lists.condition(NOW).refused.first().map(|(_, refusal)| *refusal);
    assert_eq!(status(&lists, &card(&[1]), NOW) == CardStatus::Good, refused.is_none());
    refused
}

fn push(extension: Extension) -> impl FnOnce(&mut ListDraft) {
    |draft| draft.body.crl_extensions.get_or_insert_default().push(extension)
}

fn remove(oid: &str) -> impl FnOnce(&mut ListDraft) {
    move |draft| {
        draft.body.crl_extensions.get_or_insert_default().retain(|e| e.extn_id.to_string() != oid);
    }
}

pub(super) fn revoked(reason: RevocationReason) -> CardStatus {
    CardStatus::Revoked { reason, at: UnixMillis(NOW.0 / 1000 * 1000) }
}

#[test]
fn a_card_that_no_list_names_is_good_held_or_revoked_as_the_list_says() {
    let entries = vec![
        entry(&[2], &[reason(6)]),
        entry(&[3], &[reason(1)]),
        entry(&[4], &[reason(4)]),
        entry(&[5], &[]),
        entry(&[0x80, 6], &[reason(5)]),
    ];
    let (_folder, lists) = folder(&[("a.crl", list_of(entries))]);
    let status = |serial: &[u8]| status(&lists, &card(serial), NOW);
    assert_eq!(status(&[1]), CardStatus::Good);
    assert_eq!(status(&[2]), CardStatus::OnHold { at: UnixMillis(NOW.0 / 1000 * 1000) });
    assert_eq!(status(&[3]), revoked(RevocationReason::KeyCompromise));
    assert_eq!(status(&[4]), revoked(RevocationReason::Superseded));
    assert_eq!(status(&[5]), revoked(RevocationReason::Unspecified));
    assert_eq!(status(&[0x80, 6]), revoked(RevocationReason::CessationOfOperation));
}

#[test]
fn without_a_list_of_its_own_ca_a_cards_status_is_unknown() {
    let (_folder, empty) = folder(&[]);
    assert_eq!(status(&empty, &card(&[1]), NOW), NO_LIST);
    let (_folder, lists) = folder(&[("a.crl", forge().list(|_| {})), ("b.txt", Vec::new())]);
    let mut other = card(&[1]);
    other.ca_key_id = stranger().ca_key_id().to_vec();
    assert_eq!(status(&lists, &other, NOW), NO_LIST);
}

#[test]
fn each_ca_has_its_own_list_though_all_have_one_name() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.crl"), made_at(NOW, &[7])).unwrap();
    fs::write(folder.path().join("b.crl"), stranger().list(|_| {})).unwrap();
    let both = Arc::new(trusting(&[forge().ca(|_| {}), stranger().ca(|_| {})]));
    let lists = CrlFolder::open(folder.path(), both, NOW).unwrap();
    let mut same_serial = card(&[7]);
    assert_eq!(status(&lists, &same_serial, NOW), revoked(RevocationReason::Unspecified));
    same_serial.ca_key_id = stranger().ca_key_id().to_vec();
    assert_eq!(status(&lists, &same_serial, NOW), CardStatus::Good);
}

#[test]
fn a_list_is_believed_for_24_hours_and_not_past_its_next_update() {
    let made = UnixMillis(NOW.0 / 1000 * 1000);
    let (_folder, lists) = folder(&[("a.crl", made_at(made, &[]))]);
    let at = |now| status(&lists, &card(&[1]), now);
    assert_eq!(at(made.plus(DAY)), CardStatus::Good);
    assert_eq!(at(made.plus(DAY).plus(Duration::from_millis(1))), STALE);
    let short = forge().list(|draft| draft.body.next_update = Some(time(made.plus(HOUR))));
    let (_folder, lists) = folder(&[("a.crl", short)]);
    assert_eq!(status(&lists, &card(&[1]), made.plus(HOUR)), CardStatus::Good);
    assert_eq!(status(&lists, &card(&[1]), made.plus(HOUR * 2)), STALE);
}

#[test]
fn a_list_from_the_future_is_not_believed_before_its_time() {
    let (_folder, lists) = folder(&[("a.crl", made_at(NOW.plus(HOUR), &[7]))]);
    assert_eq!(status(&lists, &card(&[1]), NOW), NO_LIST);
    assert_eq!(status(&lists, &card(&[1]), NOW.plus(HOUR)), CardStatus::Good);
}

#[test]
fn a_list_that_was_renewed_while_somebody_waited_or_by_a_clock_slightly_ahead_is_believed() {
    let ahead = Duration::from_secs(2);
    let (_folder, lists) = folder(&[("a.crl", made_at(NOW.plus(ahead), &[7]))]);
    assert_eq!(status(&lists, &card(&[1]), NOW), CardStatus::Good);
    assert!(matches!(status(&lists, &card(&[7]), NOW), CardStatus::Revoked { .. }));
}

#[test]
fn the_newest_list_of_a_ca_counts_whatever_its_name() {
    let old = made_at(NOW.minus(HOUR), &[]);
    let new = made_at(NOW, &[7]);
    for files in [[("a.crl", old.clone()), ("b.crl", new.clone())], [("a.crl", new), ("b.crl", old)]] {
        let (_folder, lists) = folder(&files);
        assert_eq!(status(&lists, &card(&[7]), NOW), revoked(RevocationReason::Unspecified));
    }
}

#[test]
fn a_stale_newest_list_does_not_bring_an_older_one_back() {
    let old = made_at(NOW.minus(HOUR), &[]);
    let new = forge().list(|draft| draft.body.next_update = Some(time(NOW.plus(Duration::from_secs(1)))));
    let (_folder, lists) = folder(&[("a.crl", old), ("b.crl", new)]);
    assert_eq!(status(&lists, &card(&[1]), NOW.plus(HOUR)), STALE);
}

#[test]
fn a_pem_list_is_read_like_a_der_one() {
    let pem = der::pem::encode_string("X509 CRL", der::pem::LineEnding::LF, &made_at(NOW, &[7])).unwrap();
    let (_folder, lists) = folder(&[("a.CRL", pem.into_bytes())]);
    assert_eq!(status(&lists, &card(&[7]), NOW), revoked(RevocationReason::Unspecified));
}

#[test]
fn a_file_of_more_than_64_megabytes_is_not_a_list() {
    let pem = der::pem::encode_string("X509 CRL", der::pem::LineEnding::LF, &made_at(NOW, &[])).unwrap();
    let (folder, lists) = folder(&[("a.crl", pem.into_bytes())]);
    assert_eq!(status(&lists, &card(&[1]), NOW), CardStatus::Good);
    let other = folder.path().join("b.crl");
    fs::rename(folder.path().join("a.crl"), &other).unwrap();
    fs::File::options().append(true).open(&other).unwrap().set_len(64 * 1024 * 1024 + 1).unwrap();
    lists.reload(NOW);
    assert_eq!(status(&lists, &card(&[1]), NOW), NO_LIST);
    assert_eq!(lists.condition(NOW).refused, [(other, CrlRefusal::Malformed)]);
}

#[test]
fn a_list_that_the_ca_did_not_sign_is_refused() {
    assert_eq!(refusal(|_| {}), None);
    assert_eq!(refusal(|draft| draft.signer = ForgedSigner::Card), Some(CrlRefusal::Signature));
    assert_eq!(refusal(|draft| draft.body.issuer = name("CN=Other")), Some(CrlRefusal::UnknownAuthority));
    assert_eq!(refusal(remove("2.5.29.35")), Some(CrlRefusal::UnknownAuthority));
    let (_folder, lists) = folder(&[("a.crl", stranger().list(|_| {}))]);
    assert_eq!(lists.condition(NOW).refused[0].1, CrlRefusal::UnknownAuthority);
}

#[test]
fn a_list_of_a_ca_that_may_not_sign_lists_is_refused() {
    let cert_sign_only = extension("2.5.29.15", true, &[3, 2, 2, 4]);
    let trust = Arc::new(trusting(&[forge().ca(|draft| draft.set(cert_sign_only))]));
    let (folder, _) = folder(&[("a.crl", forge().list(|_| {}))]);
    let lists = CrlFolder::open(folder.path(), trust, NOW).unwrap();
    assert_eq!(lists.condition(NOW).refused[0].1, CrlRefusal::UnknownAuthority);
}

#[test]
fn only_sha_256_is_accepted_under_a_list() {
    let sha1 = der::asn1::ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5");
    assert_eq!(refusal(|draft| draft.body.signature.oid = sha1), Some(CrlRefusal::Algorithm));
    assert_eq!(refusal(|draft| draft.outer_scheme = SignatureScheme::Sha1), Some(CrlRefusal::Algorithm));
    let both = |draft: &mut ListDraft| {
        draft.body.signature.oid = sha1;
        draft.outer_scheme = SignatureScheme::Sha1;
    };
    assert_eq!(refusal(both), Some(CrlRefusal::Algorithm));
}

#[test]
fn only_version_2_with_a_next_update_is_accepted() {
    use x509_cert::Version;
    assert_eq!(refusal(|draft| draft.body.version = Version::V3), Some(CrlRefusal::Version));
    assert_eq!(refusal(|draft| draft.body.next_update = None), Some(CrlRefusal::NoNextUpdate));
}

#[test]
fn delta_lists_and_partial_lists_are_refused_critical_or_not() {
    for critical in [true, false] {
        let delta = extension("2.5.29.27", critical, &[2, 1, 1]);
        assert_eq!(refusal(push(delta)), Some(CrlRefusal::Incomplete));
        let users_only = extension("2.5.29.28", critical, &[0x30, 3, 0x81, 1, 0xff]);
        assert_eq!(refusal(push(users_only)), Some(CrlRefusal::Incomplete));
    }
    let removed = list_of(vec![entry(&[2], &[reason(8)])]);
    let (_folder, lists) = folder(&[("a.crl", removed)]);
    assert_eq!(lists.condition(NOW).refused[0].1, CrlRefusal::Incomplete);
}

#[test]
fn unknown_extensions_are_refused_only_when_they_are_critical() {
    let unknown = |critical| extension("1.2.3.4", critical, &[5, 0]);
    assert_eq!(refusal(push(unknown(false))), None);
    assert_eq!(refusal(push(unknown(true))), Some(CrlRefusal::UnknownCritical));
    for (critical, expected) in [(false, None), (true, Some(CrlRefusal::UnknownCritical))] {
        let with = entry(&[2], &[reason(1), unknown(critical)]);
        assert_eq!(refusal(|draft| draft.body.revoked_certificates = Some(vec![with])), expected);
    }
}

#[test]
fn broken_entries_and_repeated_extensions_refuse_the_whole_list() {
    let unheard_of = entry(&[2], &[reason(99)]);
    let twice = entry(&[2], &[reason(1), reason(6)]);
    for broken in [unheard_of, twice] {
        let refused = refusal(|draft| draft.body.revoked_certificates = Some(vec![broken]));
        assert_eq!(refused, Some(CrlRefusal::Malformed));
    }
    assert_eq!(refusal(push(extension("2.5.29.20", false, &[2, 1, 1]))), Some(CrlRefusal::Malformed));
    assert_eq!(refusal(|draft| draft.trailing = vec![0]), Some(CrlRefusal::Malformed));
}

#[test]
fn of_two_entries_for_one_card_the_revocation_counts() {
    for reasons in [[6, 1], [1, 6]] {
        let entries = reasons.map(|code| entry(&[2], &[reason(code)])).to_vec();
        let (_folder, lists) = folder(&[("a.crl", list_of(entries))]);
        assert_eq!(status(&lists, &card(&[2]), NOW), revoked(RevocationReason::KeyCompromise));
    }
}
