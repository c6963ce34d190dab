use crate::{
    CardRefusal, SignChallenge, present,
    testkit::{ASKED, NOW, forge, stranger, trust},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use techo_cardlab::ChipChallenge as Asked;
use techo_model::card::WebEidToken;

fn token() -> WebEidToken {
    forge().token(&forge().certificate(|_| {}), &Asked { origin: ASKED.origin, nonce: ASKED.nonce })
}

fn refusal(token: &WebEidToken, asked: &SignChallenge<'_>) -> Option<CardRefusal> {
    present(token, asked, &trust(), NOW).err()
}

fn refused_after(spoil: impl FnOnce(&mut WebEidToken)) -> Option<CardRefusal> {
    let mut token = token();
    spoil(&mut token);
    refusal(&token, &ASKED)
}

#[test]
fn a_token_over_the_origin_and_nonce_that_were_asked_is_accepted() {
    let certificate = present(&token(), &ASKED, &trust(), NOW).unwrap();
    assert_eq!(certificate.id.serial, [0x12, 0x34, 0x56, 0x78]);
    assert_eq!(certificate.id.ca_key_id, forge().ca_key_id());
}

#[test]
fn a_token_for_another_origin_or_nonce_is_refused() {
    for origin in ["https://techo.example/", "http://techo.example", "https://evil.example", ""] {
        let elsewhere = refusal(&token(), &SignChallenge { origin, ..ASKED });
        assert_eq!(elsewhere, Some(CardRefusal::ChallengeSignature), "{origin}");
    }
    let later = refusal(&token(), &SignChallenge { nonce: "bm9uY2U=", ..ASKED });
    assert_eq!(later, Some(CardRefusal::ChallengeSignature));
}

#[test]
fn no_character_can_move_between_origin_and_nonce() {
    let (origin, nonce) = (format!("{}M", ASKED.origin), &ASKED.nonce[1..]);
    let moved = refusal(&token(), &SignChallenge { origin: &origin, nonce });
    assert_eq!(moved, Some(CardRefusal::ChallengeSignature));
}

#[test]
fn a_token_signed_by_another_card_is_refused() {
    let asked = Asked { origin: ASKED.origin, nonce: ASKED.nonce };
    let stolen = stranger().token(&forge().certificate(|_| {}), &asked);
    assert_eq!(refusal(&stolen, &ASKED), Some(CardRefusal::ChallengeSignature));
}

#[test]
fn only_the_one_format_is_read() {
    for format in ["web-eid:1", "web-eid:1.1", "web-eid:1.0 ", "WEB-EID:1.0", ""] {
        let refused = refused_after(|token| token.format = format.to_owned());
        assert_eq!(refused, Some(CardRefusal::TokenFormat), "{format}");
    }
}

#[test]
fn only_the_one_algorithm_is_read() {
    for algorithm in ["none", "rs256", "PS256", "ES256", "RS512", "HS256", ""] {
        let refused = refused_after(|token| token.algorithm = algorithm.to_owned());
        assert_eq!(refused, Some(CardRefusal::TokenAlgorithm), "{algorithm}");
    }
}

#[test]
fn base64_is_strict() {
    let spoils: [fn(&str) -> String; 6] = [
        |text| format!(" {text}"),
        |text| format!("{text}\n"),
        |text| format!("{text}===="),
        |text| text.replacen('A', "-", 1),
        |text| format!("{}\u{3000}", &text[..text.len() - 3]),
        |_| String::new(),
    ];
    for spoil in spoils {
        let certificate = refused_after(|t| t.unverified_certificate = spoil(&t.unverified_certificate));
        assert_eq!(certificate, Some(CardRefusal::CertificateEncoding));
        let signature = refused_after(|t| t.signature = spoil(&t.signature));
        assert_eq!(signature, Some(CardRefusal::SignatureEncoding));
    }
    let unpadded = refused_after(|t| t.signature = t.signature.trim_end_matches('=').to_owned());
    assert_eq!(unpadded, Some(CardRefusal::SignatureEncoding));
}

#[test]
fn a_signature_has_256_bytes() {
    for length in [0, 1, 255, 257, 512] {
        let refused = refused_after(|token| token.signature = STANDARD.encode(vec![1; length]));
        assert_eq!(refused, Some(CardRefusal::SignatureEncoding), "{length}");
    }
}

#[test]
fn a_signature_of_ones_or_zeros_is_refused() {
    for byte in [0, 1, 0xff] {
        let refused = refused_after(|token| token.signature = STANDARD.encode([byte; 256]));
        assert_eq!(refused, Some(CardRefusal::ChallengeSignature));
    }
}

#[test]
fn a_certificate_has_at_most_ten_thousand_bytes() {
    let long = refused_after(|token| token.unverified_certificate = STANDARD.encode(vec![0x30; 10_001]));
    assert_eq!(long, Some(CardRefusal::CertificateEncoding));
    let allowed = refused_after(|token| token.unverified_certificate = STANDARD.encode(vec![0x30; 10_000]));
    assert_eq!(allowed, Some(CardRefusal::CertificateDer));
}
