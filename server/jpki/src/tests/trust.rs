use crate::{
    CaFault, TrustError, TrustStore,
    testkit::{DAY, NOW, forge, stranger},
};
use std::fs;
use techo_cardlab::forge::{CertificateDraft, ForgedSigner, extension, name, public_key};
use tempfile::TempDir;

fn load(files: &[(&str, &[u8])]) -> Result<TrustStore, TrustError> {
    let folder = TempDir::new().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    TrustStore::load(folder.path(), NOW)
}

fn fault(spoil: impl FnOnce(&mut CertificateDraft)) -> Option<CaFault> {
    match load(&[("ca.der", &forge().ca(spoil))]) {
        Err(TrustError::File { fault, .. }) => Some(fault),
        _ => None,
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    der::pem::encode_string(label, der::pem::LineEnding::CRLF, der).unwrap()
}

/// The forge's CA under a name that does not say demo.
fn real(draft: &mut CertificateDraft) {
    draft.subject = name("OU=JPKI for user authentication,O=JPKI,C=JP");
    draft.issuer = draft.subject.clone();
}

#[test]
fn der_and_pem_files_are_read_and_others_left_alone() {
    let (one, two) = (forge().ca(|_| {}), stranger().ca(|_| {}));
    let text = format!(
        "Certificate:\r\n  some text\r\n{}\r\n{}",
        pem("CERTIFICATE", &one),
        pem("CERTIFICATE", &two)
    );
    for files in [
        vec![("a.der", one.as_slice()), ("b.CER", two.as_slice())],
        vec![("both.pem", text.as_bytes())],
        vec![("both.crt", text.as_bytes()), ("again.der", one.as_slice()), ("README.md", b"text")],
    ] {
        let trust = load(&files).unwrap();
        for generation in [forge(), stranger()] {
            assert!(trust.verify(&generation.certificate(|_| {}), NOW).is_ok());
        }
    }
}

#[test]
fn a_folder_that_is_missing_or_empty_is_refused_by_name() {
    let missing = TrustStore::load("/nowhere/at/all".as_ref(), NOW).unwrap_err();
    assert!(missing.to_string().starts_with("TECHO_CARD_CA: /nowhere/at/all を読めません"));
    assert!(matches!(load(&[]), Err(TrustError::Empty(_))));
    assert!(matches!(load(&[("README.md", b"text")]), Err(TrustError::Empty(_))));
}

#[test]
fn a_file_that_is_no_certificate_is_refused_by_name() {
    let ca = forge().ca(|_| {});
    let key = pem("PRIVATE KEY", &ca);
    let broken = pem("CERTIFICATE", &ca).replace("-----END", "----END");
    let long = [vec![b' '; 256 * 1024], pem("CERTIFICATE", &ca).into_bytes()].concat();
    for content in [b"".as_slice(), b"text", key.as_bytes(), broken.as_bytes(), &ca[..100], &long] {
        let error = load(&[("good.der", &ca), ("other.pem", content)]).unwrap_err();
        let TrustError::File { path, fault } = &error else { panic!("{error}") };
        assert_eq!((path.ends_with("other.pem"), *fault), (true, CaFault::NotACertificate));
        assert!(error.to_string().contains("取り除くか、正しい証明書に置き換えてください"));
    }
}

#[test]
fn what_is_no_ca_is_refused() {
    let card = forge().certificate(|_| {});
    let error = load(&[("card.der", &card)]).unwrap_err();
    assert!(matches!(error, TrustError::File { fault: CaFault::NotACa, .. }));
    let not_a_ca = extension("2.5.29.19", true, &[0x30, 0]);
    assert_eq!(fault(|draft| draft.set(not_a_ca)), Some(CaFault::NotACa));
    let digital_signature = extension("2.5.29.15", true, &[3, 2, 7, 0x80]);
    assert_eq!(fault(|draft| draft.set(digital_signature)), Some(CaFault::NotACa));
}

#[test]
fn a_ca_that_another_signed_is_refused() {
    assert_eq!(fault(|draft| draft.signer = ForgedSigner::Card), Some(CaFault::NotSelfSigned));
    assert_eq!(fault(|draft| draft.issuer = name("CN=Root")), Some(CaFault::NotSelfSigned));
}

#[test]
fn a_ca_with_a_weak_key_or_signature_is_refused() {
    use techo_cardlab::forge::SignatureScheme;
    assert_eq!(fault(|draft| draft.scheme = SignatureScheme::Sha1), Some(CaFault::Algorithm));
    assert_eq!(fault(|draft| draft.outer_scheme = Some(SignatureScheme::Md5)), Some(CaFault::Algorithm));
    let inside = |draft: &mut CertificateDraft| {
        (draft.scheme, draft.outer_scheme) = (SignatureScheme::Sha1, Some(SignatureScheme::Sha256));
    };
    assert_eq!(fault(inside), Some(CaFault::Algorithm));
    for (bits, exponent) in [(1024, 65_537), (2048, 3)] {
        assert_eq!(fault(|draft| draft.key = public_key(bits, exponent)), Some(CaFault::Key));
    }
}

#[test]
fn a_ca_without_key_identifier_or_with_strange_extensions_is_refused() {
    assert_eq!(fault(|draft| draft.remove("2.5.29.14")), Some(CaFault::NoKeyId));
    let unknown = extension("2.5.29.30", true, &[0x30, 0]);
    assert_eq!(fault(|draft| draft.set(unknown)), Some(CaFault::Extensions));
    let twice = |draft: &mut CertificateDraft| draft.extensions.extend(draft.extensions.clone());
    assert_eq!(fault(twice), Some(CaFault::Extensions));
}

#[test]
fn two_certificates_with_one_key_are_refused_and_a_copy_is_not() {
    let (one, other) = (forge().ca(|_| {}), forge().ca(|draft| draft.serial = vec![9]));
    assert!(load(&[("a.der", &one), ("b.der", &one)]).is_ok());
    assert!(matches!(load(&[("a.der", &one), ("b.der", &other)]), Err(TrustError::SameKeyId(_))));
}

#[test]
fn expired_cas_alone_are_refused_and_beside_a_valid_one_they_stay() {
    let expired =
        forge().ca(|draft| (draft.not_before, draft.not_after) = (NOW.minus(DAY * 9), NOW.minus(DAY)));
    assert!(matches!(load(&[("old.der", &expired)]), Err(TrustError::NoneValid(_))));
    assert!(load(&[("old.der", &expired), ("new.der", &stranger().ca(|_| {}))]).is_ok());
}

#[test]
fn a_demonstration_ca_is_known_by_its_mark_and_never_stands_beside_others() {
    let (demo, real) = (stranger().ca(|_| {}), forge().ca(real));
    assert!(load(&[("demo.der", &demo)]).unwrap().is_demo());
    assert!(!load(&[("real.der", &real)]).unwrap().is_demo());
    assert!(matches!(load(&[("demo.der", &demo), ("real.der", &real)]), Err(TrustError::Mixed(_))));
}
