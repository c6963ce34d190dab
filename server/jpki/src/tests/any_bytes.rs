//! No bytes make the parsers panic, and no changed byte makes something that was signed acceptable.

use crate::{
    CardRefusal, TrustStore,
    authority::Authority,
    crl::RevocationList,
    present,
    testkit::{ASKED, NOW, forge, trust},
};
use proptest::{collection::vec, prelude::*};
use std::sync::OnceLock;
use techo_model::card::WebEidToken;

fn trusted() -> &'static TrustStore {
    static TRUST: OnceLock<TrustStore> = OnceLock::new();
    TRUST.get_or_init(trust)
}

/// One document of each kind, all in order.
fn documents() -> &'static [Vec<u8>; 3] {
    static DOCUMENTS: OnceLock<[Vec<u8>; 3]> = OnceLock::new();
    DOCUMENTS.get_or_init(|| [forge().certificate(|_| {}), forge().ca(|_| {}), forge().list(|_| {})])
}

/// Whether any of the parsers takes these bytes.
fn accepted(bytes: &[u8]) -> [bool; 3] {
    [
        trusted().verify(bytes, NOW).is_ok(),
        Authority::read(bytes).is_ok(),
        RevocationList::read(bytes, trusted()).is_ok(),
    ]
}

/// A document with one to three bytes replaced, and perhaps cut short.
fn damaged() -> impl Strategy<Value = (usize, Vec<u8>)> {
    (
        0..3_usize,
        vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        any::<prop::sample::Index>(),
        any::<bool>(),
    )
        .prop_map(|(kind, changes, cut, whole)| {
            let mut bytes = documents()[kind].clone();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if !whole {
                bytes.truncate(cut.index(bytes.len()));
            }
            (kind, bytes)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_are_a_certificate_or_a_list_by_chance(bytes in vec(any::<u8>(), 0..600)) {
        prop_assert_eq!(accepted(&bytes), [false; 3]);
    }

    #[test]
    fn a_damaged_document_is_never_accepted_as_what_it_was((kind, bytes) in damaged()) {
        prop_assume!(bytes != documents()[kind]);
        prop_assert!(!accepted(&bytes)[kind]);
    }

    #[test]
    fn no_text_is_a_token_by_chance(text in ".{0,200}") {
        prop_assert!(serde_json::from_str::<WebEidToken>(&text).is_err());
    }

    #[test]
    fn no_fields_are_a_token_by_chance(certificate in "[A-Za-z0-9+/=]{0,400}", signature in ".{0,400}") {
        let token = WebEidToken {
            unverified_certificate: certificate,
            algorithm: "RS256".to_owned(),
            signature,
            format: "web-eid:1.0".to_owned(),
            app_version: None,
        };
        let refusal = present(&token, &ASKED, trusted(), NOW).err();
        prop_assert!(refusal.is_some_and(|refusal| refusal != CardRefusal::ChallengeSignature));
    }
}
