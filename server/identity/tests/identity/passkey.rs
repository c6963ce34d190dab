//! Passkeys: made, named, checked, removed.

use techo_cardlab::RevokeReason;
use techo_custody::Failure;
use techo_identity::{
    enrol::{CardPurpose, CeremonyVisitor},
    passkey::{
        AddPasskeyError, MAX_PASSKEYS, PasskeyCeremonies, PasskeySetupError, PasskeyState, RenamePasskeyError,
    },
    session::{FRESH, SignedIn},
};
use techo_testkit::{
    authenticator::DeviceManner,
    identity::{
        MINUTE, ORIGIN, browser, common_failure, each_identity_portal, json, refusal_reason, signed_in,
    },
};

#[tokio::test]
async fn a_key_that_was_not_verified_or_is_not_discoverable_is_not_taken() {
    for identity in each_identity_portal().await {
        let (card, code) = (identity.card(), identity.letter(1).await.code);
        let session = browser("a");
        identity
            .show(&CeremonyVisitor::stranger(&session), CardPurpose::Enrol, &card, Some(&code))
            .await
            .unwrap();
        let mut device = identity.device();
        device.manner = DeviceManner { verifies_user: false, ..DeviceManner::default() };
        assert_eq!(refusal_reason(identity.register(&session, None, &mut device).await), "passkey-wrong");
        device.manner = DeviceManner { reports_rk: Some(false), ..DeviceManner::default() };
        assert_eq!(
            refusal_reason(identity.register(&session, None, &mut device).await),
            "passkey-not-discoverable"
        );
        device.manner = DeviceManner { reports_rk: None, ..DeviceManner::default() };
        identity.register(&session, None, &mut device).await.unwrap();
    }
}

#[tokio::test]
async fn a_second_passkey_needs_a_verification_of_the_last_five_minutes() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        identity.wait(FRESH + MINUTE);
        let stale = identity.register(&person.session, Some(&person.who), &mut identity.device()).await;
        assert_eq!(refusal_reason(stale), "not-fresh");
        let who = identity.verify(&person.who, &mut person.device).await.unwrap();
        let mut second = identity.device();
        let made = identity.register(&who.key, Some(&who), &mut second).await.unwrap();
        assert_eq!(made.signed_in, None, "the session stays what it is");
        let opened = identity.sign_in(&browser("a"), &mut second).await.unwrap();
        assert_eq!(opened.signed_in.passkey, made.passkey, "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_verification_that_went_stale_during_the_ceremony_adds_nothing() {
    for identity in each_identity_portal().await {
        let person = identity.enrolled(1).await;
        identity.wait(FRESH - MINUTE);
        let visitor = signed_in(&person.who);
        let answer = identity.new_passkey(&visitor, &mut identity.device()).await.unwrap();
        identity.wait(MINUTE * 2);
        let late = identity.passkeys.finish_registration(&visitor, &answer).await;
        assert_eq!(refusal_reason(late), "not-fresh", "{}", identity.engine());
    }
}

#[tokio::test]
async fn one_device_holds_one_passkey_and_an_account_ten() {
    for identity in each_identity_portal().await {
        let person = identity.enrolled(1).await;
        let who = Some(&person.who);
        let visitor = signed_in(&person.who);
        let options = json(&identity.passkeys.begin_registration(&visitor).await.unwrap());
        assert!(person.device.clone().create(&options).is_none(), "the device has one already");
        for _ in 1..MAX_PASSKEYS {
            identity.register(&person.session, who, &mut identity.device()).await.unwrap();
        }
        let full = identity.passkeys.begin_registration(&visitor).await;
        assert!(matches!(full, Err(AddPasskeyError::TooMany)), "{}", identity.engine());
    }
}

#[tokio::test]
async fn an_account_with_ten_lost_passkeys_recovers_all_the_same() {
    for identity in each_identity_portal().await {
        let person = identity.enrolled(1).await;
        for _ in 1..MAX_PASSKEYS {
            identity.register(&person.session, Some(&person.who), &mut identity.device()).await.unwrap();
        }
        let session = browser("a");
        let visitor = CeremonyVisitor::stranger(&session);
        let mut who = None;
        for left in [MAX_PASSKEYS + 1, 2] {
            identity.wait(MINUTE);
            identity.show(&visitor, CardPurpose::Recover, &person.card, None).await.unwrap();
            let made =
                identity.register(&session, None, &mut identity.device()).await.unwrap().signed_in.unwrap();
            assert_eq!(identity.passkeys.passkeys(&made).await.unwrap().len(), left, "{}", identity.engine());
            who = Some(made);
        }
        let who = who.unwrap();
        for _ in 1..MAX_PASSKEYS {
            identity.register(&session, Some(&who), &mut identity.device()).await.unwrap();
        }
        let suspended = identity.passkeys.passkeys(&who).await.unwrap()[0].id;
        let full = identity.passkeys.confirm_passkey(&who, suspended).await;
        assert!(matches!(full, Err(AddPasskeyError::TooMany)), "{}", identity.engine());
    }
}

#[tokio::test]
async fn two_ceremonies_at_once_do_not_lift_the_limit() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let who = Some(&person.who);
        for _ in 2..MAX_PASSKEYS {
            identity.register(&person.session, who, &mut identity.device()).await.unwrap();
        }
        let mut answers = Vec::new();
        for name in ["one", "two"] {
            let opened = identity.sign_in(&browser(name), &mut person.device).await.unwrap().signed_in;
            let answer = identity.new_passkey(&signed_in(&opened), &mut identity.device()).await.unwrap();
            answers.push((opened, answer));
        }
        let finish = async |(who, answer): &(SignedIn, _)| {
            identity.passkeys.finish_registration(&signed_in(who), answer).await
        };
        let (a, b) = tokio::join!(finish(&answers[0]), finish(&answers[1]));
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1, "{}", identity.engine());
        assert_eq!(identity.passkeys.passkeys(&person.who).await.unwrap().len(), MAX_PASSKEYS);
    }
}

#[tokio::test]
async fn a_credential_id_of_somebody_else_is_not_registered_twice() {
    for identity in each_identity_portal().await {
        let (one, two) = (identity.enrolled(1).await, identity.enrolled(2).await);
        let mut device = identity.device();
        device.manner = DeviceManner { credential_id: Some([9; 32]), ..DeviceManner::default() };
        identity.register(&one.session, Some(&one.who), &mut device.clone()).await.unwrap();
        let taken = identity.register(&two.session, Some(&two.who), &mut device).await;
        assert_eq!(refusal_reason(taken), "credential-known", "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_key_whose_signed_id_is_another_than_its_answer_names_is_refused() {
    for identity in each_identity_portal().await {
        let one = identity.enrolled(1).await;
        let mut device = identity.device();
        device.manner = DeviceManner { announced_id: Some([9; 16]), ..DeviceManner::default() };
        let refused = identity.register(&one.session, Some(&one.who), &mut device).await;
        assert_eq!(refusal_reason(refused), "credential-id", "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_verification_answers_for_the_person_who_is_signed_in() {
    for identity in each_identity_portal().await {
        let (one, mut two) = (identity.enrolled(1).await, identity.enrolled(2).await);
        let mut options = json(&identity.passkeys.begin_verification(&one.session, &one.who).await.unwrap());
        assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(1));
        options["allowCredentials"] = serde_json::json!([]);
        let answer = serde_json::from_value(two.device.get(&options).unwrap()).unwrap();
        let other = identity.passkeys.finish_verification(&signed_in(&one.who), &answer).await;
        assert_eq!(refusal_reason(other), "passkey-unknown", "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_name_is_trimmed_bounded_and_only_for_ones_own() {
    for identity in each_identity_portal().await {
        let (one, two) = (identity.enrolled(1).await, identity.enrolled(2).await);
        let id = one.who.passkey;
        let name = async |who: &SignedIn, name: &str| identity.passkeys.rename_passkey(who, id, name).await;
        name(&one.who, " 母の電話　").await.unwrap();
        assert_eq!(identity.passkeys.passkeys(&one.who).await.unwrap()[0].nickname, "母の電話");
        assert!(matches!(name(&one.who, "　").await, Err(RenamePasskeyError::Empty)));
        assert!(matches!(name(&one.who, &"長".repeat(41)).await, Err(RenamePasskeyError::TooLong)));
        assert!(matches!(name(&one.who, "母\nの電話").await, Err(RenamePasskeyError::NotOneLine)));
        for number in ["123456789018", "1234・5678・9018"] {
            let refused = name(&one.who, number).await;
            assert!(matches!(refused, Err(RenamePasskeyError::PersonalNumber)), "{number}");
        }
        let foreign = common_failure(name(&two.who, "x").await.unwrap_err());
        assert!(matches!(foreign, Failure::NotFound), "{}", identity.engine());
    }
}

#[tokio::test]
async fn the_last_passkey_goes_only_with_the_card_and_removing_one_ends_other_sessions() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let mut second = identity.device();
        let added = identity.register(&person.session, Some(&person.who), &mut second).await.unwrap();
        identity.wait(FRESH + MINUTE);
        let id = person.who.passkey;
        assert_eq!(refusal_reason(identity.remove_passkey(&person.who, id).await), "not-fresh");

        let other = browser("other");
        identity.sign_in(&other, &mut person.device).await.unwrap();
        let who = identity.verify(&person.who, &mut person.device).await.unwrap();
        identity.remove_passkey(&who, added.passkey).await.unwrap();
        assert_eq!(identity.signed_in(&other).await, None);
        assert!(identity.signed_in(&person.session).await.is_some());
        let elsewhere = browser("elsewhere");
        assert_eq!(refusal_reason(identity.sign_in(&elsewhere, &mut second).await), "passkey-unknown");

        assert!(identity.passkeys.is_last_passkey(&who, id).await.unwrap());
        assert_eq!(refusal_reason(identity.remove_passkey(&who, id).await), "last-passkey");
        let shown = identity.show(&signed_in(&who), CardPurpose::StepUp, &person.card, None).await.unwrap();
        identity.remove_passkey(&shown.signed_in.unwrap(), id).await.unwrap();
        assert_eq!(identity.passkeys.passkeys(&who).await.unwrap(), []);
        assert_eq!(
            identity.signed_in(&person.session).await,
            None,
            "it stood on the passkey: {}",
            identity.engine()
        );
    }
}

#[tokio::test]
async fn whoever_checked_with_another_passkey_stays_when_the_one_that_opened_the_session_goes() {
    for identity in each_identity_portal().await {
        let person = identity.enrolled(1).await;
        let mut second = identity.device();
        identity.register(&person.session, Some(&person.who), &mut second).await.unwrap();
        let who = identity.verify(&person.who, &mut second).await.unwrap();
        identity.remove_passkey(&who, person.who.passkey).await.unwrap();
        assert_eq!(identity.signed_in(&person.session).await, Some(who), "{}", identity.engine());
    }
}

#[tokio::test]
async fn two_removals_at_once_leave_one_passkey() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let added =
            identity.register(&person.session, Some(&person.who), &mut identity.device()).await.unwrap();
        // The card that was shown at the enrolment must not let the last one go.
        identity.wait(FRESH + MINUTE);
        let who = identity.verify(&person.who, &mut person.device).await.unwrap();
        let (a, b) = tokio::join!(
            identity.remove_passkey(&who, added.passkey),
            identity.remove_passkey(&who, who.passkey)
        );
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1, "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_suspended_passkey_is_listed_as_such_and_confirmed_by_a_fresh_holder_only() {
    for identity in each_identity_portal().await {
        let person = identity.enrolled(1).await;
        let session = browser("a");
        identity.wait(MINUTE);
        identity
            .show(&CeremonyVisitor::stranger(&session), CardPurpose::Recover, &person.card, None)
            .await
            .unwrap();
        let mut device = identity.device();
        let who = identity.register(&session, None, &mut device).await.unwrap().signed_in.unwrap();
        let states: Vec<_> =
            identity.passkeys.passkeys(&who).await.unwrap().into_iter().map(|line| line.state).collect();
        assert_eq!(states, [PasskeyState::Suspended, PasskeyState::Active]);
        assert!(identity.passkeys.is_last_passkey(&who, who.passkey).await.unwrap());
        let former = person.who.passkey;
        identity.wait(FRESH + MINUTE);
        assert_eq!(refusal_reason(identity.passkeys.confirm_passkey(&who, former).await), "not-fresh");
        let who = identity.verify(&who, &mut device).await.unwrap();
        identity.passkeys.confirm_passkey(&who, former).await.unwrap();
        let again = identity.passkeys.confirm_passkey(&who, former).await;
        let is_over = matches!(again, Err(AddPasskeyError::Failure(Failure::NotFound)));
        assert!(is_over, "{}", identity.engine());
    }
}

#[tokio::test]
async fn after_a_recovery_the_same_device_may_make_its_passkey_anew() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let session = browser("a");
        identity
            .show(&CeremonyVisitor::stranger(&session), CardPurpose::Recover, &person.card, None)
            .await
            .unwrap();
        identity.register(&session, None, &mut person.device).await.unwrap();
        identity.sign_in(&session, &mut person.device).await.unwrap();
    }
}

#[tokio::test]
async fn a_card_revoked_between_card_and_passkey_makes_no_passkey() {
    for identity in each_identity_portal().await {
        let (card, code) = (identity.card(), identity.letter(1).await.code);
        let session = browser("a");
        identity
            .show(&CeremonyVisitor::stranger(&session), CardPurpose::Enrol, &card, Some(&code))
            .await
            .unwrap();
        identity
            .lab
            .revoke(&card.serial, RevokeReason::Unspecified, identity.custody().environment.now())
            .unwrap();
        identity.load_lists();
        identity.cards.watch_cards(techo_identity::enrol::CardSelection::All).await.unwrap();
        let late = identity.register(&session, None, &mut identity.device()).await;
        assert_eq!(refusal_reason(late), "not-fresh", "its ticket went with the card: {}", identity.engine());
    }
}

#[tokio::test]
async fn the_passkey_domain_of_the_first_start_is_the_domain_for_ever() {
    for identity in each_identity_portal().await {
        let status = std::sync::Arc::new(Nobody);
        let open =
            async |url: &str| PasskeyCeremonies::open(identity.custody().clone(), status.clone(), url).await;
        open(ORIGIN).await.unwrap();
        let moved = open("https://techo.example").await.unwrap_err();
        assert!(matches!(moved, PasskeySetupError::Moved { .. }));
        assert!(moved.to_string().contains("localhost"), "{moved}");
        assert!(matches!(open("http://127.0.0.1:3000").await, Err(PasskeySetupError::Address(_))));
    }
}

/// A source of statuses that nobody asks.
struct Nobody;

#[async_trait::async_trait]
impl techo_jpki::CardStatusSource for Nobody {
    async fn statuses(
        &self,
        _: &[techo_jpki::CertificateId],
        _: techo_model::UnixMillis,
    ) -> techo_jpki::CardStatuses {
        unreachable!("nobody asks")
    }
}
