//! One button to sign in, and nothing that tells a stranger who is here.

use techo_custody::Failure;
use techo_identity::{
    enrol::{CardPurpose, CeremonyVisitor},
    passkey::PasskeyStorage,
};
use techo_testkit::{
    authenticator::DeviceManner,
    identity::{MINUTE, browser, each_identity_portal, json, refusal_reason},
};

#[tokio::test]
async fn the_options_ask_for_a_discoverable_verified_key_and_name_nobody() {
    for identity in each_identity_portal().await {
        let (session, card, code) = (browser("a"), identity.card(), identity.letter(1).await.code);
        identity
            .show(&CeremonyVisitor::stranger(&session), CardPurpose::Enrol, &card, Some(&code))
            .await
            .unwrap();
        let options =
            json(&identity.passkeys.begin_registration(&CeremonyVisitor::stranger(&session)).await.unwrap());
        assert_eq!(options["rp"]["id"], "localhost");
        assert_eq!(options["user"]["name"], "医療ポータル");
        assert_eq!(options["user"]["displayName"], "医療ポータル");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["requireResidentKey"], true);
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["extensions"]["credProps"], true);
        assert_eq!(options["attestation"], "none");

        let options = json(&identity.passkeys.begin_sign_in(&session).await.unwrap());
        assert_eq!(options["rpId"], "localhost");
        assert_eq!(options["userVerification"], "required");
        assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(0));
        assert!(options.get("mediation").is_none(), "{}", identity.engine());
    }
}

#[tokio::test]
async fn signing_in_needs_no_name_and_begins_a_session_of_its_own() {
    for identity in each_identity_portal().await {
        let (mut one, mut two) = (identity.enrolled(1).await, identity.enrolled(2).await);
        identity.wait(MINUTE);
        for person in [&mut one, &mut two] {
            let opened = identity.sign_in(&browser("a"), &mut person.device).await.unwrap();
            assert_eq!(opened.signed_in.account, person.who.account);
            assert_ne!(opened.signed_in.session, person.who.session);
            assert_eq!(opened.signed_in.card_verified_at, None);
            assert_eq!(opened.trouble, None, "{}", identity.engine());
        }
    }
}

#[tokio::test]
async fn an_answer_counts_once_in_its_own_session_and_within_five_minutes() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let (one, two) = (browser("one"), browser("two"));
        let options = json(&identity.passkeys.begin_sign_in(&one).await.unwrap());
        let answer = serde_json::from_value(person.device.get(&options).unwrap()).unwrap();
        for session in [&one, &two] {
            identity.visit(session).await;
        }
        let finish = async |session| {
            identity.passkeys.finish_sign_in(&CeremonyVisitor::stranger(session), &answer).await
        };
        assert_eq!(refusal_reason(finish(&two).await), "no-ceremony");
        finish(&one).await.unwrap();
        assert_eq!(refusal_reason(finish(&one).await), "no-ceremony");

        let options = json(&identity.passkeys.begin_sign_in(&one).await.unwrap());
        let late = serde_json::from_value(person.device.get(&options).unwrap()).unwrap();
        identity.wait(MINUTE * 5);
        let late = identity.passkeys.finish_sign_in(&CeremonyVisitor::stranger(&one), &late).await;
        assert_eq!(refusal_reason(late), "no-ceremony", "{}", identity.engine());
    }
}

#[tokio::test]
async fn an_answer_to_another_challenge_spends_the_ceremony_and_fails() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let session = browser("a");
        let old = json(&identity.passkeys.begin_sign_in(&session).await.unwrap());
        let stale = serde_json::from_value(person.device.get(&old).unwrap()).unwrap();
        let new = json(&identity.passkeys.begin_sign_in(&session).await.unwrap());
        let right = serde_json::from_value(person.device.get(&new).unwrap()).unwrap();
        let finish = async |answer| {
            identity.passkeys.finish_sign_in(&CeremonyVisitor::stranger(&session), answer).await
        };
        assert_eq!(refusal_reason(finish(&stale).await), "passkey-wrong");
        assert_eq!(refusal_reason(finish(&right).await), "no-ceremony", "{}", identity.engine());
    }
}

#[tokio::test]
async fn one_answer_sent_twice_at_once_opens_one_session() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let session = browser("a");
        let options = json(&identity.passkeys.begin_sign_in(&session).await.unwrap());
        let answer = serde_json::from_value(person.device.get(&options).unwrap()).unwrap();
        identity.visit(&session).await;
        let visitor = CeremonyVisitor::stranger(&session);
        let (a, b) = tokio::join!(
            identity.passkeys.finish_sign_in(&visitor, &answer),
            identity.passkeys.finish_sign_in(&visitor, &answer)
        );
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1, "{}", identity.engine());
    }
}

#[tokio::test]
async fn unknown_suspended_and_wrong_are_one_failure_and_only_the_audit_knows_which() {
    for identity in each_identity_portal().await {
        let (mut known, mut suspended) = (identity.enrolled(1).await, identity.enrolled(2).await);
        let session = browser("a");
        let visitor = CeremonyVisitor::stranger(&session);
        identity.show(&visitor, CardPurpose::Recover, &suspended.card, None).await.unwrap();

        // A key of the right site that the vault has never seen.
        let mut unknown = identity.device();
        let options = serde_json::json!({
            "rp": { "id": "localhost" }, "user": { "id": "AAAAAAAAAAAAAAAAAAAAAA" }, "challenge": "AAAA",
        });
        unknown.create(&options).unwrap();
        // A key whose device did not verify its user.
        let mut wrong = known.device.clone();
        wrong.manner = DeviceManner { verifies_user: false, ..DeviceManner::default() };

        let mut reasons = Vec::new();
        for device in [&mut unknown, &mut suspended.device, &mut wrong] {
            let failure = identity.sign_in(&session, device).await.unwrap_err();
            assert_eq!(failure.to_string(), "refused");
            let Failure::Refused(refusal) = failure else { panic!("another kind of failure") };
            reasons.push(refusal.audit_word());
        }
        assert_eq!(reasons, ["passkey-unknown", "passkey-suspended", "passkey-wrong"]);
        identity.sign_in(&session, &mut known.device).await.unwrap();
    }
}

#[tokio::test]
async fn a_user_handle_of_somebody_else_opens_nothing() {
    for identity in each_identity_portal().await {
        let (mut one, mut two) = (identity.enrolled(1).await, identity.enrolled(2).await);
        let session = browser("a");
        let options = json(&identity.passkeys.begin_sign_in(&session).await.unwrap());
        let mut answer = one.device.get(&options).unwrap();
        let other = two.device.get(&options).unwrap();
        answer["response"]["userHandle"] = other["response"]["userHandle"].clone();
        let answer = serde_json::from_value(answer).unwrap();
        let refused = identity.passkeys.finish_sign_in(&CeremonyVisitor::stranger(&session), &answer).await;
        assert_eq!(refusal_reason(refused), "passkey-unknown", "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_copied_key_is_noticed_by_its_counter() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let mut copy = person.device.clone();
        identity.sign_in(&browser("a"), &mut person.device).await.unwrap();
        assert_eq!(refusal_reason(identity.sign_in(&browser("b"), &mut copy).await), "passkey-copied");
        identity.event_comes("session.refused").await;
        identity.sign_in(&browser("a"), &mut person.device).await.unwrap();
    }
}

#[tokio::test]
async fn a_device_bound_key_that_became_a_synced_one_is_refused() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        person.device.manner = DeviceManner { synced: true, ..DeviceManner::default() };
        let refused = identity.sign_in(&browser("a"), &mut person.device).await;
        assert_eq!(refusal_reason(refused), "passkey-changed-its-kind");
        // The signature was right, so its owner reads it.
        identity.event_comes("session.refused").await;
        let refused = identity.verify(&person.who, &mut person.device.clone()).await;
        assert_eq!(refusal_reason(refused), "passkey-changed-its-kind", "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_synced_key_without_a_counter_signs_in_again_and_again() {
    for identity in each_identity_portal().await {
        let person = identity.enrolled(1).await;
        let mut device = identity.device();
        device.manner = DeviceManner { synced: true, counts: false, ..DeviceManner::default() };
        identity.register(&person.session, Some(&person.who), &mut device).await.unwrap();
        for _ in 0..3 {
            identity.sign_in(&browser("a"), &mut device).await.unwrap();
        }
        let lines = identity.passkeys.passkeys(&person.who).await.unwrap();
        let storage: Vec<_> = lines.iter().map(|line| line.storage).collect();
        assert_eq!(storage, [PasskeyStorage::DeviceBound, PasskeyStorage::Synced], "{}", identity.engine());
    }
}
