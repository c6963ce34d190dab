//! Keys, scopes and contexts, as pure functions. Assertions and tokens are tested through requests, in `server/tests/techo/api`.

use super::{GrantedScopes, KeyFault, PublicKeys, SigningKey, context::B2b};
use serde_json::{Value, json};
use techo_custody::environment::Environment;
use techo_model::{UnixMillis, organisation::OrganisationKind};

fn key() -> SigningKey {
    SigningKey::generate(&Environment::test(UnixMillis(0), 1), "one")
}

fn jwk(change: impl FnOnce(&mut Value)) -> Result<PublicKeys, KeyFault> {
    let mut set: Value = serde_json::from_str(&key().public_set()).unwrap();
    change(&mut set["keys"][0]);
    PublicKeys::read(&set.to_string())
}

#[test]
fn a_private_key_is_never_registered_and_the_sentence_says_why() {
    let text = format!("{{\"keys\":[{}]}}", key().private_jwk());
    let fault = PublicKeys::read(&text).unwrap_err();
    assert_eq!(fault, KeyFault::Private("one".into(), "d".into()));
    assert!(fault.to_string().contains("秘密"));
    for member in ["p", "q", "dp", "dq", "qi", "oth", "k"] {
        let fault = jwk(|key| key[member] = "AQ".into()).unwrap_err();
        assert!(matches!(fault, KeyFault::Private(..)), "{member}");
    }
}

#[test]
fn only_p384_and_large_rsa_keys_for_signatures_are_registered() {
    assert!(jwk(|_| ()).is_ok());
    let unfit: [fn(&mut Value); 7] = [
        |key| key["crv"] = "P-256".into(),
        |key| key["kty"] = "oct".into(),
        |key| key["use"] = "enc".into(),
        |key| key["alg"] = "ES256".into(),
        |key| key["key_ops"] = json!(["sign"]),
        |key| key["x"] = "AAAA".into(),
        |key| *key = json!({ "kty": "RSA", "kid": "small", "n": "AQAB", "e": "AQAB" }),
    ];
    for (i, change) in unfit.into_iter().enumerate() {
        assert!(matches!(jwk(change), Err(KeyFault::Unfit(_))), "change {i}");
    }
}

#[test]
fn a_point_that_is_not_on_the_curve_is_no_key() {
    assert!(matches!(jwk(|key| key["y"] = key["x"].clone()), Err(KeyFault::Unfit(_))));
}

#[test]
fn every_key_has_an_id_of_its_own() {
    let mut set: Value = serde_json::from_str(&key().public_set()).unwrap();
    let one = set["keys"][0].clone();
    set["keys"].as_array_mut().unwrap().push(one);
    assert_eq!(PublicKeys::read(&set.to_string()), Err(KeyFault::KeyId));
    assert_eq!(jwk(|key| drop(key.as_object_mut().unwrap().remove("kid"))), Err(KeyFault::KeyId));
    assert_eq!(PublicKeys::read("{\"keys\":[]}"), Err(KeyFault::Count));
    assert_eq!(PublicKeys::read("[]"), Err(KeyFault::NotASet));
}

#[test]
fn a_set_of_keys_that_two_readers_could_read_in_two_ways_is_not_registered() {
    let set = key().public_set().replace("\"kid\":\"one\"", "\"kid\":\"one\",\"kid\":\"two\"");
    let Err(KeyFault::Json(told)) = PublicKeys::read(&set) else { panic!("a name twice") };
    assert!(told.contains("keys[0].kid") && told.contains("二度"), "{told}");
    assert_eq!(jwk(|key| key["kid"] = "1234 5678 9018".into()), Err(KeyFault::PersonalNumber));
}

#[test]
fn what_is_stored_reads_back_as_the_same_keys() {
    let keys = jwk(|key| key["comment"] = "not kept".into()).unwrap();
    assert!(!keys.to_json().contains("comment"));
    assert_eq!(PublicKeys::stored(&keys.to_json()), Some(keys));
    assert_eq!(PublicKeys::stored("[]"), Some(PublicKeys::default()));
}

#[test]
fn a_class_gets_no_scope_that_it_has_no_business_with() {
    use OrganisationKind as K;
    assert!(GrantedScopes::granted(K::Clinic, "system/Patient.rs system/DiagnosticReport.c").is_some());
    assert!(GrantedScopes::granted(K::Pharmacy, "system/Patient.rs").is_some());
    for (kind, asked) in [
        (K::Pharmacy, "system/DiagnosticReport.c"),
        (K::Clinic, "system/Patient.d"),
        (K::Clinic, "system/Patient.rs system/Everything.r"),
        (K::Clinic, "patient/Patient.rs"),
        (K::Clinic, "system/*.rs"),
        (K::Clinic, "system/Patient.sr"),
        (K::Clinic, "system/Patient.rr"),
        (K::Clinic, "system/Patient."),
        (K::Clinic, ""),
        (K::Insurer, "system/Patient.r"),
        (K::Municipality, "system/Immunization.r"),
        (K::Research, "system/Observation.r"),
    ] {
        assert_eq!(GrantedScopes::granted(kind, asked), None, "{kind}: {asked}");
    }
}

#[test]
fn scopes_permit_what_they_name_and_nothing_else() {
    let scopes = GrantedScopes::read("system/Patient.r system/Patient.s system/Coverage.r").unwrap();
    assert_eq!(scopes.to_string(), "system/Coverage.r system/Patient.rs");
    assert!(
        scopes.permits("Patient", 's') && !scopes.permits("Coverage", 's') && !scopes.permits("Bundle", 'r')
    );
}

fn b2b(change: impl FnOnce(&mut Value)) -> bool {
    let mut body = json!({ "version": "1", "subject_id": "dr-1", "subject_name": "山本", "organization_id": "1310000019",
        "purpose_of_use": ["urn:oid:2.16.840.1.113883.5.8#TREAT"] });
    change(&mut body);
    serde_json::from_value::<B2b>(body).is_ok_and(|b2b| b2b.context("1310000019").is_some())
}

#[test]
fn without_exactly_one_known_purpose_of_this_organisation_there_is_no_context() {
    assert!(b2b(|_| ()));
    assert!(b2b(|body| body["purpose_of_use"] = json!(["HPAYMT"])));
    let wrong: [fn(&mut Value); 12] = [
        |body| body["subject_id"] = "123456789018".into(),
        |body| body["subject_name"] = "山本 1234-5678-9018".into(),
        |body| body["subject_role"] = "医師　１２３４　５６７８　９０１８".into(),
        |body| body["purpose_of_use"] = json!([]),
        |body| body["purpose_of_use"] = json!(["TREAT", "HPAYMT"]),
        |body| body["purpose_of_use"] = json!(["HMARKT"]),
        |body| drop(body.as_object_mut().unwrap().remove("purpose_of_use")),
        |body| body["organization_id"] = "1310000027".into(),
        |body| body["version"] = "2".into(),
        |body| body["subject_id"] = " ".into(),
        |body| drop(body.as_object_mut().unwrap().remove("subject_id")),
        |body| body["more"] = 1.into(),
    ];
    for (i, change) in wrong.into_iter().enumerate() {
        assert!(!b2b(change), "change {i}");
    }
}

#[test]
fn nobody_named_means_an_automatic_query() {
    let body = json!({ "version": "1", "organization_id": "1310000019", "purpose_of_use": ["HPAYMT"] });
    let b2b: B2b = serde_json::from_value(body).unwrap();
    assert_eq!(b2b.context("1310000019").unwrap().subject, None);
}
