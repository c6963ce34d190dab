//! One button to sign in, one more look before what matters, and nothing that tells a stranger who is here.

mod front;
mod support;

use front::{MINUTE, ORIGIN, browser, fronts, json, refusal, signed_in};
use techo_cardlab::RevokeReason;
use techo_custody::Failure;
use techo_identity::{
    enrol::{CardPurpose, Visitor},
    passkey::{
        MAX_PASSKEYS, PasskeyCeremonies, PasskeySetupError, PasskeyState, PasskeyStorage, soft::Manner,
    },
    session::{FRESH, SignedIn},
};

#[tokio::test]
async fn the_options_ask_for_a_discoverable_verified_key_and_name_nobody() {
    for front in fronts().await {
        let (session, card, code) = (browser("a"), front.card(), front.letter(1).await.code);
        front.show(&Visitor::stranger(&session), CardPurpose::Enrol, &card, Some(&code)).await.unwrap();
        let options = json(&front.passkeys.begin_registration(&Visitor::stranger(&session)).await.unwrap());
        assert_eq!(options["rp"]["id"], "localhost");
        assert_eq!(options["user"]["name"], "医療ポータル");
        assert_eq!(options["user"]["displayName"], "医療ポータル");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["requireResidentKey"], true);
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["extensions"]["credProps"], true);
        assert_eq!(options["attestation"], "none");

        let options = json(&front.passkeys.begin_sign_in(&session).await.unwrap());
        assert_eq!(options["rpId"], "localhost");
        assert_eq!(options["userVerification"], "required");
        assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(0));
        assert!(options.get("mediation").is_none(), "{}", front.engine());
    }
}

#[tokio::test]
async fn signing_in_needs_no_name_and_begins_a_session_of_its_own() {
    for front in fronts().await {
        let (mut one, mut two) = (front.enrolled(1).await, front.enrolled(2).await);
        front.wait(MINUTE);
        for person in [&mut one, &mut two] {
            let opened = front.sign_in(&browser("a"), &mut person.device).await.unwrap();
            assert_eq!(opened.signed_in.account, person.who.account);
            assert_ne!(opened.signed_in.session, person.who.session);
            assert_eq!(opened.signed_in.card_verified_at, None);
            assert_eq!(opened.trouble, None, "{}", front.engine());
        }
    }
}

#[tokio::test]
async fn an_answer_counts_once_in_its_own_session_and_within_five_minutes() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let (one, two) = (browser("one"), browser("two"));
        let options = json(&front.passkeys.begin_sign_in(&one).await.unwrap());
        let answer = serde_json::from_value(person.device.get(&options).unwrap()).unwrap();
        for session in [&one, &two] {
            front.visit(session).await;
        }
        let finish =
            async |session| front.passkeys.finish_sign_in(&Visitor::stranger(session), &answer).await;
        assert_eq!(refusal(finish(&two).await), "no-ceremony");
        finish(&one).await.unwrap();
        assert_eq!(refusal(finish(&one).await), "no-ceremony");

        let options = json(&front.passkeys.begin_sign_in(&one).await.unwrap());
        let late = serde_json::from_value(person.device.get(&options).unwrap()).unwrap();
        front.wait(MINUTE * 5);
        let late = front.passkeys.finish_sign_in(&Visitor::stranger(&one), &late).await;
        assert_eq!(refusal(late), "no-ceremony", "{}", front.engine());
    }
}

#[tokio::test]
async fn an_answer_to_another_challenge_spends_the_ceremony_and_fails() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let session = browser("a");
        let old = json(&front.passkeys.begin_sign_in(&session).await.unwrap());
        let stale = serde_json::from_value(person.device.get(&old).unwrap()).unwrap();
        let new = json(&front.passkeys.begin_sign_in(&session).await.unwrap());
        let right = serde_json::from_value(person.device.get(&new).unwrap()).unwrap();
        let finish = async |answer| front.passkeys.finish_sign_in(&Visitor::stranger(&session), answer).await;
        assert_eq!(refusal(finish(&stale).await), "passkey-wrong");
        assert_eq!(refusal(finish(&right).await), "no-ceremony", "{}", front.engine());
    }
}

#[tokio::test]
async fn one_answer_sent_twice_at_once_opens_one_session() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let session = browser("a");
        let options = json(&front.passkeys.begin_sign_in(&session).await.unwrap());
        let answer = serde_json::from_value(person.device.get(&options).unwrap()).unwrap();
        front.visit(&session).await;
        let visitor = Visitor::stranger(&session);
        let (a, b) = tokio::join!(
            front.passkeys.finish_sign_in(&visitor, &answer),
            front.passkeys.finish_sign_in(&visitor, &answer)
        );
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1, "{}", front.engine());
    }
}

#[tokio::test]
async fn unknown_suspended_and_wrong_are_one_failure_and_only_the_audit_knows_which() {
    for front in fronts().await {
        let (mut known, mut suspended) = (front.enrolled(1).await, front.enrolled(2).await);
        let session = browser("a");
        let visitor = Visitor::stranger(&session);
        front.show(&visitor, CardPurpose::Recover, &suspended.card, None).await.unwrap();

        // A key of the right site that the vault has never seen.
        let mut unknown = front.device();
        let options = serde_json::json!({
            "rp": { "id": "localhost" }, "user": { "id": "AAAAAAAAAAAAAAAAAAAAAA" }, "challenge": "AAAA",
        });
        unknown.create(&options).unwrap();
        // A key whose device did not verify its user.
        let mut wrong = known.device.clone();
        wrong.manner = Manner { verifies_user: false, ..Manner::default() };

        let mut reasons = Vec::new();
        for device in [&mut unknown, &mut suspended.device, &mut wrong] {
            let failure = front.sign_in(&session, device).await.unwrap_err();
            assert_eq!(failure.to_string(), "refused");
            let Failure::Refused(reason) = failure else { panic!("another kind of failure") };
            reasons.push(reason);
        }
        assert_eq!(reasons, ["passkey-unknown", "passkey-suspended", "passkey-wrong"]);
        front.sign_in(&session, &mut known.device).await.unwrap();
    }
}

#[tokio::test]
async fn a_user_handle_of_somebody_else_opens_nothing() {
    for front in fronts().await {
        let (mut one, mut two) = (front.enrolled(1).await, front.enrolled(2).await);
        let session = browser("a");
        let options = json(&front.passkeys.begin_sign_in(&session).await.unwrap());
        let mut answer = one.device.get(&options).unwrap();
        let other = two.device.get(&options).unwrap();
        answer["response"]["userHandle"] = other["response"]["userHandle"].clone();
        let answer = serde_json::from_value(answer).unwrap();
        let refused = front.passkeys.finish_sign_in(&Visitor::stranger(&session), &answer).await;
        assert_eq!(refusal(refused), "passkey-unknown", "{}", front.engine());
    }
}

#[tokio::test]
async fn a_key_that_was_not_verified_or_is_not_discoverable_is_not_taken() {
    for front in fronts().await {
        let (card, code) = (front.card(), front.letter(1).await.code);
        let session = browser("a");
        front.show(&Visitor::stranger(&session), CardPurpose::Enrol, &card, Some(&code)).await.unwrap();
        let mut device = front.device();
        device.manner = Manner { verifies_user: false, ..Manner::default() };
        assert_eq!(refusal(front.register(&session, None, &mut device).await), "passkey-wrong");
        device.manner = Manner { reports_rk: Some(false), ..Manner::default() };
        assert_eq!(refusal(front.register(&session, None, &mut device).await), "passkey-not-discoverable");
        device.manner = Manner { reports_rk: None, ..Manner::default() };
        front.register(&session, None, &mut device).await.unwrap();
    }
}

#[tokio::test]
async fn a_copied_key_is_noticed_by_its_counter() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let mut copy = person.device.clone();
        front.sign_in(&browser("a"), &mut person.device).await.unwrap();
        assert_eq!(refusal(front.sign_in(&browser("b"), &mut copy).await), "passkey-copied");
        front.event_comes("session.refused").await;
        front.sign_in(&browser("a"), &mut person.device).await.unwrap();
    }
}

#[tokio::test]
async fn a_device_bound_key_that_became_a_synced_one_is_refused() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        person.device.manner = Manner { synced: true, ..Manner::default() };
        let refused = front.sign_in(&browser("a"), &mut person.device).await;
        assert_eq!(refusal(refused), "passkey-changed-its-kind");
        // The signature was right, so its owner reads it.
        front.event_comes("session.refused").await;
        let refused = front.verify(&person.who, &mut person.device.clone()).await;
        assert_eq!(refusal(refused), "passkey-changed-its-kind", "{}", front.engine());
    }
}

#[tokio::test]
async fn a_synced_key_without_a_counter_signs_in_again_and_again() {
    for front in fronts().await {
        let person = front.enrolled(1).await;
        let mut device = front.device();
        device.manner = Manner { synced: true, counts: false, ..Manner::default() };
        front.register(&person.session, Some(&person.who), &mut device).await.unwrap();
        for _ in 0..3 {
            front.sign_in(&browser("a"), &mut device).await.unwrap();
        }
        let lines = front.passkeys.passkeys(&person.who).await.unwrap();
        let storage: Vec<_> = lines.iter().map(|line| line.storage).collect();
        assert_eq!(storage, [PasskeyStorage::DeviceBound, PasskeyStorage::Synced], "{}", front.engine());
    }
}

#[tokio::test]
async fn a_second_passkey_needs_a_verification_of_the_last_five_minutes() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        front.wait(FRESH + MINUTE);
        let stale = front.register(&person.session, Some(&person.who), &mut front.device()).await;
        assert_eq!(refusal(stale), "not-fresh");
        let who = front.verify(&person.who, &mut person.device).await.unwrap();
        let mut second = front.device();
        let made = front.register(&who.key, Some(&who), &mut second).await.unwrap();
        assert_eq!(made.signed_in, None, "the session stays what it is");
        let opened = front.sign_in(&browser("a"), &mut second).await.unwrap();
        assert_eq!(opened.signed_in.passkey, made.passkey, "{}", front.engine());
    }
}

#[tokio::test]
async fn a_verification_that_went_stale_during_the_ceremony_adds_nothing() {
    for front in fronts().await {
        let person = front.enrolled(1).await;
        front.wait(FRESH - MINUTE);
        let visitor = signed_in(&person.who);
        let answer = front.new_passkey(&visitor, &mut front.device()).await.unwrap();
        front.wait(MINUTE * 2);
        let late = front.passkeys.finish_registration(&visitor, &answer).await;
        assert_eq!(refusal(late), "not-fresh", "{}", front.engine());
    }
}

#[tokio::test]
async fn one_device_holds_one_passkey_and_an_account_ten() {
    for front in fronts().await {
        let person = front.enrolled(1).await;
        let who = Some(&person.who);
        let visitor = signed_in(&person.who);
        let options = json(&front.passkeys.begin_registration(&visitor).await.unwrap());
        assert!(person.device.clone().create(&options).is_none(), "the device has one already");
        for _ in 1..MAX_PASSKEYS {
            front.register(&person.session, who, &mut front.device()).await.unwrap();
        }
        let full = front.passkeys.begin_registration(&visitor).await;
        assert!(matches!(full, Err(Failure::Invalid("too-many-passkeys"))), "{}", front.engine());
    }
}

#[tokio::test]
async fn an_account_with_ten_lost_passkeys_recovers_all_the_same() {
    for front in fronts().await {
        let person = front.enrolled(1).await;
        for _ in 1..MAX_PASSKEYS {
            front.register(&person.session, Some(&person.who), &mut front.device()).await.unwrap();
        }
        let session = browser("a");
        let visitor = Visitor::stranger(&session);
        let mut who = None;
        for left in [MAX_PASSKEYS + 1, 2] {
            front.wait(MINUTE);
            front.show(&visitor, CardPurpose::Recover, &person.card, None).await.unwrap();
            let made = front.register(&session, None, &mut front.device()).await.unwrap().signed_in.unwrap();
            assert_eq!(front.passkeys.passkeys(&made).await.unwrap().len(), left, "{}", front.engine());
            who = Some(made);
        }
        let who = who.unwrap();
        for _ in 1..MAX_PASSKEYS {
            front.register(&session, Some(&who), &mut front.device()).await.unwrap();
        }
        let suspended = front.passkeys.passkeys(&who).await.unwrap()[0].id;
        let full = front.passkeys.confirm_passkey(&who, suspended).await;
        assert!(matches!(full, Err(Failure::Invalid("too-many-passkeys"))), "{}", front.engine());
    }
}

#[tokio::test]
async fn two_ceremonies_at_once_do_not_lift_the_limit() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let who = Some(&person.who);
        for _ in 2..MAX_PASSKEYS {
            front.register(&person.session, who, &mut front.device()).await.unwrap();
        }
        let mut answers = Vec::new();
        for name in ["one", "two"] {
            let opened = front.sign_in(&browser(name), &mut person.device).await.unwrap().signed_in;
            let answer = front.new_passkey(&signed_in(&opened), &mut front.device()).await.unwrap();
            answers.push((opened, answer));
        }
        let finish = async |(who, answer): &(SignedIn, _)| {
            front.passkeys.finish_registration(&signed_in(who), answer).await
        };
        let (a, b) = tokio::join!(finish(&answers[0]), finish(&answers[1]));
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1, "{}", front.engine());
        assert_eq!(front.passkeys.passkeys(&person.who).await.unwrap().len(), MAX_PASSKEYS);
    }
}

#[tokio::test]
async fn a_credential_id_of_somebody_else_is_not_registered_twice() {
    for front in fronts().await {
        let (one, two) = (front.enrolled(1).await, front.enrolled(2).await);
        let mut device = front.device();
        device.manner = Manner { credential_id: Some([9; 32]), ..Manner::default() };
        front.register(&one.session, Some(&one.who), &mut device.clone()).await.unwrap();
        let taken = front.register(&two.session, Some(&two.who), &mut device).await;
        assert_eq!(refusal(taken), "credential-known", "{}", front.engine());
    }
}

#[tokio::test]
async fn a_key_whose_signed_id_is_another_than_its_answer_names_is_refused() {
    for front in fronts().await {
        let one = front.enrolled(1).await;
        let mut device = front.device();
        device.manner = Manner { announced_id: Some([9; 16]), ..Manner::default() };
        let refused = front.register(&one.session, Some(&one.who), &mut device).await;
        assert_eq!(refusal(refused), "credential-id", "{}", front.engine());
    }
}

#[tokio::test]
async fn a_verification_answers_for_the_person_who_is_signed_in() {
    for front in fronts().await {
        let (one, mut two) = (front.enrolled(1).await, front.enrolled(2).await);
        let mut options = json(&front.passkeys.begin_verification(&one.session, &one.who).await.unwrap());
        assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(1));
        options["allowCredentials"] = serde_json::json!([]);
        let answer = serde_json::from_value(two.device.get(&options).unwrap()).unwrap();
        let other = front.passkeys.finish_verification(&signed_in(&one.who), &answer).await;
        assert_eq!(refusal(other), "passkey-unknown", "{}", front.engine());
    }
}

#[tokio::test]
async fn a_name_is_trimmed_bounded_and_only_for_ones_own() {
    for front in fronts().await {
        let (one, two) = (front.enrolled(1).await, front.enrolled(2).await);
        let id = one.who.passkey;
        let name = async |who: &SignedIn, name: &str| front.passkeys.rename_passkey(who, id, name).await;
        name(&one.who, " 母の電話　").await.unwrap();
        assert_eq!(front.passkeys.passkeys(&one.who).await.unwrap()[0].nickname, "母の電話");
        for (typed, code) in [
            ("　", "nickname-empty"),
            (&"長".repeat(41), "nickname-long"),
            ("123456789018", "nickname-number"),
            ("1234・5678・9018", "nickname-number"),
        ] {
            let refused = name(&one.who, typed).await;
            assert!(matches!(refused, Err(Failure::Invalid(found)) if found == code), "{code}");
        }
        assert!(matches!(name(&two.who, "x").await, Err(Failure::NotFound)), "{}", front.engine());
    }
}

#[tokio::test]
async fn the_last_passkey_goes_only_with_the_card_and_removing_one_ends_other_sessions() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let mut second = front.device();
        let added = front.register(&person.session, Some(&person.who), &mut second).await.unwrap();
        front.wait(FRESH + MINUTE);
        let id = person.who.passkey;
        assert_eq!(refusal(front.passkeys.remove_passkey(&person.who, id).await), "not-fresh");

        let other = browser("other");
        front.sign_in(&other, &mut person.device).await.unwrap();
        let who = front.verify(&person.who, &mut person.device).await.unwrap();
        front.passkeys.remove_passkey(&who, added.passkey).await.unwrap();
        assert_eq!(front.signed_in(&other).await, None);
        assert!(front.signed_in(&person.session).await.is_some());
        let elsewhere = browser("elsewhere");
        assert_eq!(refusal(front.sign_in(&elsewhere, &mut second).await), "passkey-unknown");

        assert!(front.passkeys.is_last_passkey(&who, id).await.unwrap());
        assert_eq!(refusal(front.passkeys.remove_passkey(&who, id).await), "last-passkey");
        let shown = front.show(&signed_in(&who), CardPurpose::StepUp, &person.card, None).await.unwrap();
        front.passkeys.remove_passkey(&shown.signed_in.unwrap(), id).await.unwrap();
        assert_eq!(front.passkeys.passkeys(&who).await.unwrap(), []);
        assert_eq!(
            front.signed_in(&person.session).await,
            None,
            "it stood on the passkey: {}",
            front.engine()
        );
    }
}

#[tokio::test]
async fn whoever_checked_with_another_passkey_stays_when_the_one_that_opened_the_session_goes() {
    for front in fronts().await {
        let person = front.enrolled(1).await;
        let mut second = front.device();
        front.register(&person.session, Some(&person.who), &mut second).await.unwrap();
        let who = front.verify(&person.who, &mut second).await.unwrap();
        front.passkeys.remove_passkey(&who, person.who.passkey).await.unwrap();
        assert_eq!(front.signed_in(&person.session).await, Some(who), "{}", front.engine());
    }
}

#[tokio::test]
async fn two_removals_at_once_leave_one_passkey() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let added = front.register(&person.session, Some(&person.who), &mut front.device()).await.unwrap();
        // The card that was shown at the enrolment must not let the last one go.
        front.wait(FRESH + MINUTE);
        let who = front.verify(&person.who, &mut person.device).await.unwrap();
        let (a, b) = tokio::join!(
            front.passkeys.remove_passkey(&who, added.passkey),
            front.passkeys.remove_passkey(&who, who.passkey)
        );
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1, "{}", front.engine());
    }
}

#[tokio::test]
async fn a_suspended_passkey_is_listed_as_such_and_confirmed_by_a_fresh_holder_only() {
    for front in fronts().await {
        let person = front.enrolled(1).await;
        let session = browser("a");
        front.wait(MINUTE);
        front.show(&Visitor::stranger(&session), CardPurpose::Recover, &person.card, None).await.unwrap();
        let mut device = front.device();
        let who = front.register(&session, None, &mut device).await.unwrap().signed_in.unwrap();
        let states: Vec<_> =
            front.passkeys.passkeys(&who).await.unwrap().into_iter().map(|line| line.state).collect();
        assert_eq!(states, [PasskeyState::Suspended, PasskeyState::Active]);
        assert!(front.passkeys.is_last_passkey(&who, who.passkey).await.unwrap());
        let former = person.who.passkey;
        front.wait(FRESH + MINUTE);
        assert_eq!(refusal(front.passkeys.confirm_passkey(&who, former).await), "not-fresh");
        let who = front.verify(&who, &mut device).await.unwrap();
        front.passkeys.confirm_passkey(&who, former).await.unwrap();
        let again = front.passkeys.confirm_passkey(&who, former).await;
        assert!(matches!(again, Err(Failure::NotFound)), "{}", front.engine());
    }
}

#[tokio::test]
async fn after_a_recovery_the_same_device_may_make_its_passkey_anew() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let session = browser("a");
        front.show(&Visitor::stranger(&session), CardPurpose::Recover, &person.card, None).await.unwrap();
        front.register(&session, None, &mut person.device).await.unwrap();
        front.sign_in(&session, &mut person.device).await.unwrap();
    }
}

#[tokio::test]
async fn a_card_revoked_between_card_and_passkey_makes_no_passkey() {
    for front in fronts().await {
        let (card, code) = (front.card(), front.letter(1).await.code);
        let session = browser("a");
        front.show(&Visitor::stranger(&session), CardPurpose::Enrol, &card, Some(&code)).await.unwrap();
        front.lab.revoke(&card.serial, RevokeReason::Unspecified, front.custody().environment.now()).unwrap();
        front.cards.watch_cards(techo_identity::enrol::Watch::All).await.unwrap();
        let late = front.register(&session, None, &mut front.device()).await;
        assert_eq!(refusal(late), "not-fresh", "its ticket went with the card: {}", front.engine());
    }
}

#[tokio::test]
async fn the_passkey_domain_of_the_first_start_is_the_domain_for_ever() {
    for front in fronts().await {
        let status = std::sync::Arc::new(Nobody);
        let open =
            async |url: &str| PasskeyCeremonies::open(front.custody().clone(), status.clone(), url).await;
        open(ORIGIN).await.unwrap();
        let moved = open("https://techo.example").await.unwrap_err();
        assert!(matches!(moved, PasskeySetupError::Moved { .. }));
        assert!(moved.to_string().contains("localhost"), "{moved}");
        assert!(matches!(open("http://127.0.0.1:3000").await, Err(PasskeySetupError::Address(_))));
    }
}

/// A source of statuses that nobody asks.
struct Nobody;

impl techo_jpki::CertStatus for Nobody {
    fn status(&self, _: &techo_jpki::CertificateId, _: techo_model::UnixMillis) -> techo_jpki::CardStatus {
        techo_jpki::CardStatus::Unknown(techo_jpki::StatusUnknown::NoList)
    }
}
