use crate::{
    CardRefusal::{self, *},
    testkit::{DAY, NOW, SECOND, forge, stranger, trust, trusting},
};
use techo_cardlab::forge::{CertificateDraft, ForgedSigner, SignatureScheme, extension, name, public_key};
use techo_model::{
    UnixMillis,
    card::{AUTHENTICATION_POLICY, SIGNATURE_POLICY},
};

const KEY_USAGE: &str = "2.5.29.15";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const POLICIES: &str = "2.5.29.32";
const AUTHORITY_KEY_ID: &str = "2.5.29.35";
const PURPOSES: &str = "2.5.29.37";
const LIST_PLACE: &str = "2.5.29.31";

/// DER of an extended key usage with clientAuth, and of one with serverAuth.
const CLIENT_AUTH: &[u8] = &[0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2];
const SERVER_AUTH: &[u8] = &[0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1];

fn at(now: UnixMillis, spoil: impl FnOnce(&mut CertificateDraft)) -> Result<(), CardRefusal> {
    trust().verify(&forge().certificate(spoil), now).map(|_| ())
}

fn verify(spoil: impl FnOnce(&mut CertificateDraft)) -> Result<(), CardRefusal> {
    at(NOW, spoil)
}

/// Certificate policies with one policy in it.
fn policies(oid: &str) -> Vec<u8> {
    use der::{Encode as _, asn1::ObjectIdentifier};
    let oid = ObjectIdentifier::new_unwrap(oid).to_der().unwrap();
    let inner = [&[0x30, oid.len() as u8][..], &oid].concat();
    [&[0x30, inner.len() as u8][..], &inner].concat()
}

#[test]
fn a_certificate_in_order_is_accepted_with_its_serial_number_end_and_key() {
    let mut end = NOW;
    let der = forge().certificate(|draft| end = draft.not_after);
    let certificate = trust().verify(&der, NOW).unwrap();
    assert_eq!(certificate.id.serial, [0x12, 0x34, 0x56, 0x78]);
    assert_eq!(certificate.not_after, UnixMillis(end.0 / 1000 * 1000));
}

#[test]
fn a_certificate_prints_neither_serial_number_nor_ca() {
    let certificate = trust().verify(&forge().certificate(|_| {}), NOW).unwrap();
    assert_eq!(format!("{:?}", certificate.id), "CertificateId(…)");
}

#[test]
fn bytes_after_the_certificate_are_refused() {
    assert_eq!(verify(|draft| draft.trailing = vec![0]), Err(CertificateDer));
}

#[test]
fn only_version_3_is_accepted() {
    for version in [None, Some(1)] {
        assert_eq!(verify(|draft| draft.version = version), Err(Version));
    }
    assert_eq!(verify(|draft| draft.version = Some(3)), Err(CertificateDer));
}

#[test]
fn a_serial_number_is_positive_and_at_most_20_bytes_long() {
    let longest = [&[0x7f][..], &[0xff; 19]].concat();
    assert_eq!(verify(|draft| draft.serial = longest), Ok(()));
    let too_long = [&[0x00][..], &[0xff; 20]].concat();
    for serial in [vec![0], vec![0xff], vec![0x80, 0], too_long] {
        assert_eq!(verify(|draft| draft.serial = serial), Err(SerialNumber));
    }
}

#[test]
fn a_leading_zero_is_not_part_of_the_serial_number() {
    let der = forge().certificate(|draft| draft.serial = vec![0, 0x80, 1]);
    assert_eq!(trust().verify(&der, NOW).unwrap().id.serial, [0x80, 1]);
}

#[test]
fn sha_1_and_md5_are_refused_even_when_the_ca_signed() {
    for scheme in [SignatureScheme::Sha1, SignatureScheme::Md5] {
        assert_eq!(verify(|draft| draft.scheme = scheme), Err(SignatureAlgorithm));
    }
}

#[test]
fn the_algorithm_inside_and_outside_is_the_same() {
    assert_eq!(verify(|draft| draft.outer_scheme = Some(SignatureScheme::Sha1)), Err(SignatureAlgorithm));
    let inside = verify(|draft| {
        draft.scheme = SignatureScheme::Sha1;
        draft.outer_scheme = Some(SignatureScheme::Sha256);
    });
    assert_eq!(inside, Err(SignatureAlgorithmMismatch));
}

#[test]
fn a_certificate_that_does_not_name_its_cas_key_is_refused() {
    assert_eq!(verify(|draft| draft.remove(AUTHORITY_KEY_ID)), Err(NoAuthorityKeyId));
    let empty = extension(AUTHORITY_KEY_ID, false, &[0x30, 0]);
    assert_eq!(verify(|draft| draft.set(empty)), Err(NoAuthorityKeyId));
}

#[test]
fn a_ca_of_the_same_name_with_another_key_is_unknown() {
    let der = stranger().certificate(|_| {});
    assert_eq!(trust().verify(&der, NOW).err(), Some(UnknownAuthority));
}

#[test]
fn the_ca_is_chosen_by_key_where_all_generations_have_one_name() {
    let both = trusting(&[stranger().ca(|_| {}), forge().ca(|_| {})]);
    for generation in [forge(), stranger()] {
        let certificate = both.verify(&generation.certificate(|_| {}), NOW).unwrap();
        assert_eq!(certificate.id.ca_key_id, generation.ca_key_id());
    }
}

#[test]
fn the_issuers_name_is_that_of_the_ca_byte_for_byte() {
    for issuer in ["CN=Somebody", "C=JP,O=Techo", "OU=Card CA for user authentication,O=Techo,C=JP"] {
        assert_eq!(verify(|draft| draft.issuer = name(issuer)), Err(IssuerName), "{issuer}");
    }
}

#[test]
fn a_self_signed_certificate_with_the_victims_serial_number_is_refused() {
    assert_eq!(verify(|draft| draft.signer = ForgedSigner::Card), Err(AuthoritySignature));
    let own_name = verify(|draft| {
        draft.signer = ForgedSigner::Card;
        draft.issuer = draft.subject.clone();
    });
    assert_eq!(own_name, Err(IssuerName));
}

#[test]
fn a_changed_byte_in_what_was_signed_is_refused() {
    let mut der = forge().certificate(|_| {});
    let serial = der.windows(4).position(|w| w == [0x12, 0x34, 0x56, 0x78]).unwrap();
    der[serial] = 0x13;
    assert_eq!(trust().verify(&der, NOW).err(), Some(AuthoritySignature));
}

#[test]
fn a_certificate_is_valid_from_its_first_to_its_last_second() {
    let from = UnixMillis(NOW.0 / 1000 * 1000);
    let until = from.plus(DAY);
    let lasting = |draft: &mut CertificateDraft| (draft.not_before, draft.not_after) = (from, until);
    assert_eq!(at(UnixMillis(from.0 - 1), lasting), Err(NotYetValid));
    assert_eq!(at(from, lasting), Ok(()));
    assert_eq!(at(until, lasting), Ok(()));
    assert_eq!(at(until.plus(SECOND), lasting), Err(Expired));
}

#[test]
fn a_valid_certificate_of_an_expired_ca_is_refused() {
    let ca = forge().ca(|draft| draft.not_after = NOW.plus(DAY));
    let leaf = forge().certificate(|_| {});
    let trust = trusting(&[ca]);
    assert!(trust.verify(&leaf, NOW).is_ok());
    assert_eq!(trust.verify(&leaf, NOW.plus(DAY * 2)).err(), Some(AuthorityExpired));
}

#[test]
fn a_certificate_of_a_ca_that_is_not_valid_yet_is_refused() {
    let later = forge().ca(|draft| draft.not_before = NOW.plus(DAY));
    let trust = trusting(&[later, stranger().ca(|_| {})]);
    let leaf = forge().certificate(|_| {});
    assert_eq!(trust.verify(&leaf, NOW).err(), Some(AuthorityNotYetValid));
}

#[test]
fn a_ca_is_no_card() {
    assert_eq!(trust().verify(&forge().ca(|_| {}), NOW).err(), Some(IsAuthority));
    let flag = extension(BASIC_CONSTRAINTS, true, &[0x30, 3, 1, 1, 0xff]);
    assert_eq!(verify(|draft| draft.set(flag)), Err(IsAuthority));
    let plain = extension(BASIC_CONSTRAINTS, true, &[0x30, 0]);
    assert_eq!(verify(|draft| draft.set(plain)), Ok(()));
}

#[test]
fn only_rsa_keys_of_2048_bits_are_accepted() {
    assert_eq!(verify(|draft| draft.key = public_key(2048, 65_537)), Ok(()));
    for bits in [1024, 2040, 3072, 4096] {
        assert_eq!(verify(|draft| draft.key = public_key(bits, 65_537)), Err(KeySize), "{bits}");
    }
}

#[test]
fn only_the_exponent_65537_is_accepted() {
    for exponent in [3, 17, 65_539] {
        assert_eq!(verify(|draft| draft.key = public_key(2048, exponent)), Err(KeyExponent), "{exponent}");
    }
}

#[test]
fn a_key_that_is_not_plain_rsa_is_refused() {
    use der::{Any, asn1::ObjectIdentifier};
    let pss = |draft: &mut CertificateDraft| {
        draft.key.algorithm.oid = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
    };
    assert_eq!(verify(pss), Err(KeyAlgorithm));
    assert_eq!(verify(|draft| draft.key.algorithm.parameters = None), Err(KeyAlgorithm));
    let odd = Any::new(der::Tag::Integer, [1]).unwrap();
    assert_eq!(verify(|draft| draft.key.algorithm.parameters = Some(odd)), Err(KeyAlgorithm));
}

#[test]
fn the_key_is_for_digital_signature_and_nothing_else() {
    assert_eq!(verify(|draft| draft.remove(KEY_USAGE)), Err(NoKeyUsage));
    let signature_certificate = extension(KEY_USAGE, true, &[3, 2, 6, 0xc0]);
    let encipherment = extension(KEY_USAGE, true, &[3, 2, 5, 0x20]);
    let certificate_signing = extension(KEY_USAGE, true, &[3, 2, 2, 0x84]);
    let nothing = extension(KEY_USAGE, true, &[3, 1, 0]);
    for usage in [signature_certificate, encipherment, certificate_signing, nothing] {
        assert_eq!(verify(|draft| draft.set(usage)), Err(KeyUsage));
    }
    let not_critical = extension(KEY_USAGE, false, &[3, 2, 7, 0x80]);
    assert_eq!(verify(|draft| draft.set(not_critical)), Ok(()));
}

#[test]
fn the_policy_is_that_of_user_authentication_critical_or_not() {
    for critical in [true, false] {
        let policy = extension(POLICIES, critical, &policies(AUTHENTICATION_POLICY));
        assert_eq!(verify(|draft| draft.set(policy)), Ok(()));
    }
    assert_eq!(verify(|draft| draft.remove(POLICIES)), Err(Policy));
    let any_policy = "2.5.29.32.0";
    for other in [SIGNATURE_POLICY, any_policy, "1.2.392.200149.8.5.1.3.31", "1.2.392.200149.8.5.1.3"] {
        let policy = extension(POLICIES, true, &policies(other));
        assert_eq!(verify(|draft| draft.set(policy)), Err(Policy), "{other}");
    }
}

#[test]
fn purposes_if_listed_include_client_authentication() {
    for critical in [true, false] {
        let client = extension(PURPOSES, critical, CLIENT_AUTH);
        assert_eq!(verify(|draft| draft.set(client)), Ok(()));
        let server = extension(PURPOSES, critical, SERVER_AUTH);
        assert_eq!(verify(|draft| draft.set(server)), Err(ExtendedKeyUsage));
    }
}

#[test]
fn an_unknown_extension_is_refused_only_when_it_is_critical() {
    let unknown = |critical| extension("1.2.392.200149.8.5.5.99", critical, &[5, 0]);
    assert_eq!(verify(|draft| draft.set(unknown(false))), Ok(()));
    assert_eq!(verify(|draft| draft.set(unknown(true))), Err(UnknownCriticalExtension));
    let place = |draft: &mut CertificateDraft| {
        draft
            .extensions
            .iter_mut()
            .filter(|e| e.extn_id.to_string() == LIST_PLACE)
            .for_each(|e| e.critical = true);
    };
    assert_eq!(verify(place), Err(UnknownCriticalExtension));
}

#[test]
fn an_extension_that_occurs_twice_is_refused() {
    let twice =
        |draft: &mut CertificateDraft| draft.extensions.push(extension(KEY_USAGE, true, &[3, 2, 7, 0x80]));
    assert_eq!(verify(twice), Err(RepeatedExtension));
}

#[test]
fn an_extension_that_does_not_hold_what_it_promises_is_refused() {
    for oid in [KEY_USAGE, BASIC_CONSTRAINTS, POLICIES, PURPOSES, AUTHORITY_KEY_ID] {
        for content in [&[][..], &[0x30, 5, 1], &[5, 0], &[0x30, 0, 0]] {
            let broken = extension(oid, false, content);
            assert_eq!(verify(|draft| draft.set(broken)), Err(MalformedExtension), "{oid} {content:?}");
        }
    }
}

#[test]
fn a_certificate_without_extensions_is_refused() {
    assert_eq!(verify(|draft| draft.extensions.clear()), Err(NoAuthorityKeyId));
}
