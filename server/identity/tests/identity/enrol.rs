//! From the card and the letter to an account, and back to it when everything is lost.

use techo_cardlab::{Challenge, RevokeReason};
use techo_custody::card_record::rekey_card;
use techo_identity::{
    access,
    enrol::{self, CardPurpose, CardStep, CardTrouble, ShownCard, Visitor, Watch},
    letters::Addressees,
};
use techo_store::DbUrl;
use techo_testkit::{
    city,
    identity::{DAY, MINUTE, ORIGIN, PIN, browser, each_identity_portal, refusal_reason, signed_in},
    record_code, residents_file,
};

#[tokio::test]
async fn card_letter_and_passkey_make_an_account_whose_owner_is_signed_in() {
    for identity in each_identity_portal().await {
        let person = identity.enrolled(1).await;
        assert_eq!(identity.signed_in(&person.session).await.as_ref(), Some(&person.who));
        assert!(person.who.card_is_fresh(identity.custody().environment.now()));
        let scope = access::owner_scope(identity.custody(), person.who.account).await.unwrap();
        assert_eq!(scope.account(), person.who.account);
        assert_eq!(identity.events().await, ["account.enrolled", "passkey.added"], "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_challenge_is_spent_by_the_first_answer_whatever_that_was() {
    for identity in each_identity_portal().await {
        let (session, card, code) = (browser("a"), identity.card(), identity.letter(1).await.code);
        let visitor = Visitor::stranger(&session);
        let challenge = identity.cards.challenge(&visitor, CardPurpose::Enrol).await.unwrap();
        assert!(challenge.nonce.len() >= 44 && challenge.origin == ORIGIN && challenge.expires_in == 300);
        let elsewhere = Challenge { origin: "https://evil.example", nonce: &challenge.nonce };
        let stolen = identity.lab.sign(&card.serial, PIN, &elsewhere).unwrap();
        let right = identity.sign(&card, &challenge.nonce);
        let shown = |token| ShownCard { token, activation_code: Some(&code) };
        assert_eq!(
            refusal_reason(identity.cards.present_card(&visitor, &shown(&stolen)).await),
            "card-token"
        );
        assert_eq!(
            refusal_reason(identity.cards.present_card(&visitor, &shown(&right)).await),
            "no-challenge"
        );
    }
}

#[tokio::test]
async fn a_challenge_answers_to_its_own_session_and_for_five_minutes() {
    for identity in each_identity_portal().await {
        let (one, two, card) = (browser("one"), browser("two"), identity.card());
        let code = identity.letter(1).await.code;
        let visitor = Visitor::stranger(&one);
        let challenge = identity.cards.challenge(&visitor, CardPurpose::Enrol).await.unwrap();
        let token = identity.sign(&card, &challenge.nonce);
        let shown = ShownCard { token: &token, activation_code: Some(&code) };
        let other = identity.cards.present_card(&Visitor::stranger(&two), &shown).await;
        assert_eq!(refusal_reason(other), "no-challenge");
        identity.wait(MINUTE * 5);
        assert_eq!(refusal_reason(identity.cards.present_card(&visitor, &shown).await), "no-challenge");
    }
}

#[tokio::test]
async fn of_one_challenge_spent_twice_at_once_one_wins() {
    for identity in each_identity_portal().await {
        let (session, card, code) = (browser("a"), identity.card(), identity.letter(1).await.code);
        identity.visit(&session).await;
        let visitor = Visitor::stranger(&session);
        let challenge = identity.cards.challenge(&visitor, CardPurpose::Enrol).await.unwrap();
        let token = identity.sign(&card, &challenge.nonce);
        let shown = ShownCard { token: &token, activation_code: Some(&code) };
        let (a, b) = tokio::join!(
            identity.cards.present_card(&visitor, &shown),
            identity.cards.present_card(&visitor, &shown)
        );
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1, "{}", identity.engine());
    }
}

#[tokio::test]
async fn two_enrolments_at_once_with_one_letter_make_one_account() {
    for identity in each_identity_portal().await {
        let code = identity.letter(1).await.code;
        let (one, two) = (browser("one"), browser("two"));
        let (card, other) = (identity.card(), identity.card());
        let (first, second) = (Visitor::stranger(&one), Visitor::stranger(&two));
        let (a, b) = tokio::join!(
            identity.show(&first, CardPurpose::Enrol, &card, Some(&code)),
            identity.show(&second, CardPurpose::Enrol, &other, Some(&code))
        );
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1, "{a:?} {b:?}");
        assert_eq!(
            identity.custody().stores.vault.count_accounts().await.unwrap(),
            1,
            "{}",
            identity.engine()
        );
    }
}

#[tokio::test]
async fn ten_wrong_codes_kill_a_letter_and_a_new_letter_retires_the_old_one() {
    for identity in each_identity_portal().await {
        let (session, card) = (browser("a"), identity.card());
        let visitor = Visitor::stranger(&session);
        let code = identity.letter(1).await.code;
        let last = if code.ends_with('0') { "1" } else { "0" };
        let wrong = format!("{}{last}", &code[..code.len() - 1]);
        for _ in 0..10 {
            let shown = identity.show(&visitor, CardPurpose::Enrol, &card, Some(&wrong)).await;
            assert_eq!(refusal_reason(shown), "code-wrong");
        }
        let dead = identity.show(&visitor, CardPurpose::Enrol, &card, Some(&code)).await;
        assert_eq!(refusal_reason(dead), "code-unknown");

        let (older, newer) = (identity.letter(1).await.code, identity.letter(1).await.code);
        let retired = identity.show(&visitor, CardPurpose::Enrol, &card, Some(&older)).await;
        assert_eq!(refusal_reason(retired), "code-unknown");
        identity.show(&visitor, CardPurpose::Enrol, &card, Some(&newer)).await.unwrap();
    }
}

#[tokio::test]
async fn nine_wrong_codes_leave_the_letter_its_last_try() {
    for identity in each_identity_portal().await {
        let (session, card) = (browser("a"), identity.card());
        let visitor = Visitor::stranger(&session);
        let code = identity.letter(1).await.code;
        let wrong: String = code[..code.len() - 1].to_owned() + if code.ends_with('0') { "1" } else { "0" };
        for _ in 0..9 {
            identity.show(&visitor, CardPurpose::Enrol, &card, Some(&wrong)).await.unwrap_err();
        }
        identity.show(&visitor, CardPurpose::Enrol, &card, Some(&code.to_lowercase())).await.unwrap();
    }
}

#[tokio::test]
async fn a_letter_works_for_thirty_days_and_once() {
    for identity in each_identity_portal().await {
        let (session, card, other) = (browser("a"), identity.card(), identity.card());
        let visitor = Visitor::stranger(&session);
        let code = identity.letter(1).await.code;
        identity.wait(DAY * 30);
        let late = identity.show(&visitor, CardPurpose::Enrol, &card, Some(&code)).await;
        assert_eq!(refusal_reason(late), "code-unknown");
        let code = identity.letter(1).await.code;
        identity.wait(DAY * 30 - MINUTE);
        identity.show(&visitor, CardPurpose::Enrol, &card, Some(&code)).await.unwrap();
        let again = identity.show(&visitor, CardPurpose::Enrol, &other, Some(&code)).await;
        assert_eq!(refusal_reason(again), "code-unknown");
    }
}

#[tokio::test]
async fn without_a_code_or_with_a_known_card_nobody_enrols() {
    for identity in each_identity_portal().await {
        let person = identity.enrolled(1).await;
        let (session, code) = (browser("a"), identity.letter(2).await.code);
        let visitor = Visitor::stranger(&session);
        let card = identity.card();
        for (card, code, reason) in [
            (&card, None, "code-form"),
            (&card, Some("0000-0000-0000-0000"), "code-unknown"),
            (&person.card, Some(code.as_str()), "card-known"),
        ] {
            assert_eq!(refusal_reason(identity.show(&visitor, CardPurpose::Enrol, card, code).await), reason);
        }
        let letter = identity.letter(1).await.code;
        let second = identity.show(&visitor, CardPurpose::Enrol, &card, Some(&letter)).await;
        assert_eq!(refusal_reason(second), "account-exists", "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_browser_closed_between_card_and_passkey_is_no_dead_end() {
    for identity in each_identity_portal().await {
        let (card, code) = (identity.card(), identity.letter(1).await.code);
        let (one, two) = (browser("one"), browser("two"));
        identity.show(&Visitor::stranger(&one), CardPurpose::Enrol, &card, Some(&code)).await.unwrap();
        let again = identity.show(&Visitor::stranger(&two), CardPurpose::Enrol, &card, None).await.unwrap();
        assert_eq!(again.step, CardStep::MakePasskey);
        assert!(identity.register(&two, None, &mut identity.device()).await.unwrap().signed_in.is_some());
        let third = identity.show(&Visitor::stranger(&one), CardPurpose::Enrol, &card, None).await;
        assert_eq!(refusal_reason(third), "card-known", "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_held_revoked_expired_or_unanswered_card_does_not_enrol() {
    for identity in each_identity_portal().await {
        let session = browser("a");
        let visitor = Visitor::stranger(&session);
        let code = identity.letter(1).await.code;
        let now = identity.custody().environment.now();
        let [held, revoked, expired, good] =
            [identity.card(), identity.card(), identity.card(), identity.card()];
        identity.lab.hold(&held.serial, now).unwrap();
        identity.lab.revoke(&revoked.serial, RevokeReason::KeyCompromise, now).unwrap();
        identity.lab.expire(&expired.serial, now).unwrap();
        for (card, reason) in [(&held, "card-held"), (&revoked, "card-revoked"), (&expired, "card-token")] {
            assert_eq!(
                refusal_reason(identity.show(&visitor, CardPurpose::Enrol, card, Some(&code)).await),
                reason
            );
        }
        identity.wait_without_lists(DAY + MINUTE);
        let unanswered = identity.show(&visitor, CardPurpose::Enrol, &good, Some(&code)).await;
        assert_eq!(refusal_reason(unanswered), "card-status-unknown");
        identity.wait(MINUTE);
        identity.show(&visitor, CardPurpose::Enrol, &good, Some(&code)).await.unwrap();
    }
}

#[tokio::test]
async fn a_ticket_makes_one_passkey_within_ten_minutes_in_its_own_session() {
    for identity in each_identity_portal().await {
        let (card, code) = (identity.card(), identity.letter(1).await.code);
        let (one, two) = (browser("one"), browser("two"));
        let visitor = Visitor::stranger(&one);
        identity.show(&visitor, CardPurpose::Enrol, &card, Some(&code)).await.unwrap();
        assert_eq!(refusal_reason(identity.register(&two, None, &mut identity.device()).await), "not-fresh");
        identity.wait(MINUTE * 10);
        assert_eq!(refusal_reason(identity.register(&one, None, &mut identity.device()).await), "not-fresh");
        identity.show(&visitor, CardPurpose::Recover, &card, None).await.unwrap();
        identity.register(&one, None, &mut identity.device()).await.unwrap();
        assert_eq!(refusal_reason(identity.register(&one, None, &mut identity.device()).await), "not-fresh");
    }
}

#[tokio::test]
async fn an_agreement_given_before_the_account_is_kept_with_it() {
    for identity in each_identity_portal().await {
        let (session, card, code) = (browser("a"), identity.card(), identity.letter(1).await.code);
        let visitor =
            Visitor { agreed: Some("2026-11"), language: Some("en"), ..Visitor::stranger(&session) };
        identity.show(&visitor, CardPurpose::Enrol, &card, Some(&code)).await.unwrap();
        let who = identity.register(&session, None, &mut identity.device()).await.unwrap().signed_in.unwrap();
        let facts = enrol::account_facts(identity.custody(), who.account).await.unwrap();
        assert_eq!(facts.agreed_version.as_deref(), Some("2026-11"));
        assert_eq!(facts.language.as_deref(), Some("en"));

        let somebody = identity.enrolled(2).await.who;
        let other = somebody.account;
        assert_eq!(enrol::account_facts(identity.custody(), other).await.unwrap().agreed_version, None);
        for _ in 0..3 {
            enrol::agree_to_privacy(identity.custody(), &somebody, "2026-12").await.unwrap();
        }
        let told = identity.events().await.into_iter().filter(|kind| kind == "privacy.agreed").count();
        assert_eq!(told, 1, "{}: what changes nothing is not told again", identity.engine());
        let facts = enrol::account_facts(identity.custody(), other).await.unwrap();
        assert_eq!(facts.agreed_version.as_deref(), Some("2026-12"), "{}", identity.engine());
    }
}

#[tokio::test]
async fn recovery_suspends_the_former_passkeys_ends_sessions_and_delays_exports() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        identity.wait(MINUTE);
        let session = browser("new device");
        let visitor = Visitor::stranger(&session);
        let outcome = identity.show(&visitor, CardPurpose::Recover, &person.card, None).await.unwrap();
        assert_eq!(outcome.step, CardStep::MakePasskey);
        assert_eq!(identity.signed_in(&person.session).await, None);
        assert_eq!(refusal_reason(identity.sign_in(&session, &mut person.device).await), "passkey-suspended");

        let mut device = identity.device();
        let who = identity.register(&session, None, &mut device).await.unwrap().signed_in.unwrap();
        let facts = enrol::account_facts(identity.custody(), who.account).await.unwrap();
        assert_eq!(facts.exports_locked_until, Some(identity.custody().environment.now().plus(DAY)));
        identity.sign_in(&browser("again"), &mut device).await.unwrap();

        let former = person.who.passkey;
        identity.passkeys.confirm_passkey(&who, former).await.unwrap();
        identity.sign_in(&session, &mut person.device).await.unwrap();
        identity.wait(DAY);
        let facts = enrol::account_facts(identity.custody(), who.account).await.unwrap();
        assert_eq!(facts.exports_locked_until, None, "{}", identity.engine());
    }
}

#[tokio::test]
async fn recovery_needs_a_card_that_is_known_or_a_new_one_with_a_letter() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let session = browser("a");
        let visitor = Visitor::stranger(&session);
        let new = identity.card();
        assert_eq!(
            refusal_reason(identity.show(&visitor, CardPurpose::Recover, &new, None).await),
            "code-form"
        );
        let nobody = identity.letter(2).await.code;
        let refused = identity.show(&visitor, CardPurpose::Recover, &new, Some(&nobody)).await;
        assert_eq!(refusal_reason(refused), "no-account");
        identity.sign_in(&session, &mut person.device).await.unwrap();

        let code = identity.letter(1).await.code;
        identity.show(&visitor, CardPurpose::Recover, &new, Some(&code)).await.unwrap();
        let who = identity.register(&session, None, &mut identity.device()).await.unwrap().signed_in.unwrap();
        assert_eq!(who.account, person.who.account);
        let former = identity.show(&visitor, CardPurpose::Recover, &person.card, None).await;
        assert_eq!(refusal_reason(former), "code-form", "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_card_of_somebody_else_neither_links_nor_steps_up() {
    for identity in each_identity_portal().await {
        let (one, two) = (identity.enrolled(1).await, identity.enrolled(2).await);
        let visitor = signed_in(&one.who);
        for purpose in [CardPurpose::Link, CardPurpose::StepUp] {
            assert_eq!(
                refusal_reason(identity.show(&visitor, purpose, &two.card, None).await),
                "card-of-another"
            );
        }
        let stranger = identity.card();
        assert_eq!(
            refusal_reason(identity.show(&visitor, CardPurpose::StepUp, &stranger, None).await),
            "card-unknown"
        );
        identity.wait(MINUTE * 6);
        let up = identity.show(&visitor, CardPurpose::StepUp, &one.card, None).await.unwrap();
        assert!(up.signed_in.unwrap().card_is_fresh(identity.custody().environment.now()));
        let nobody = Visitor::stranger(&one.session);
        for purpose in [CardPurpose::Link, CardPurpose::StepUp] {
            let refused = identity.show(&nobody, purpose, &one.card, None).await;
            assert_eq!(refusal_reason(refused), "not-signed-in", "{}", identity.engine());
        }
    }
}

#[tokio::test]
async fn a_held_card_ends_sessions_within_one_sweep_and_a_released_one_signs_in_again() {
    for identity in each_identity_portal().await {
        let (mut person, other) = (identity.enrolled(1).await, identity.enrolled(2).await);
        identity.wait(MINUTE);
        identity.lab.hold(&person.card.serial, identity.custody().environment.now()).unwrap();
        let sweep = identity.cards.watch_cards(Watch::Running).await.unwrap();
        assert_eq!((sweep.asked, sweep.turned, sweep.sessions_ended), (2, 1, 1));
        assert_eq!(identity.signed_in(&person.session).await, None);
        assert!(identity.signed_in(&other.session).await.is_some());
        let refused = identity.sign_in(&browser("a"), &mut person.device).await;
        assert_eq!(refusal_reason(refused), "card-not-active");

        identity.lab.release(&person.card.serial, identity.custody().environment.now()).unwrap();
        identity.sign_in(&browser("a"), &mut person.device).await.unwrap();
        assert_eq!(
            identity.cards.watch_cards(Watch::All).await.unwrap().turned,
            0,
            "the sign-in saw it first"
        );

        identity.lab.hold(&other.card.serial, identity.custody().environment.now()).unwrap();
        assert_eq!(identity.cards.watch_cards(Watch::All).await.unwrap().turned, 1);
        identity.lab.release(&other.card.serial, identity.custody().environment.now()).unwrap();
        assert_eq!(identity.cards.watch_cards(Watch::All).await.unwrap().turned, 1);
        identity.event_comes("session.refused").await;
        let events = identity.events().await;
        for kind in ["card.held", "session.refused", "card.released", "session.signed-in"] {
            assert!(events.contains(&kind.to_owned()), "{kind} on {}", identity.engine());
        }
    }
}

#[tokio::test]
async fn a_revoked_card_stays_revoked_until_a_new_one_comes_with_a_letter() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        identity.wait(MINUTE);
        let now = identity.custody().environment.now();
        identity.lab.revoke(&person.card.serial, RevokeReason::KeyCompromise, now).unwrap();
        let session = browser("a");
        assert_eq!(refusal_reason(identity.sign_in(&session, &mut person.device).await), "card-not-active");
        assert_eq!(identity.cards.watch_cards(Watch::All).await.unwrap().turned, 1);
        assert_eq!(identity.cards.watch_cards(Watch::All).await.unwrap().asked, 0);
        let visitor = Visitor::stranger(&session);
        let refused = identity.show(&visitor, CardPurpose::Recover, &person.card, None).await;
        assert_eq!(refusal_reason(refused), "card-revoked");
        identity.wait(MINUTE);
        let (new, code) = (identity.card(), identity.letter(1).await.code);
        identity.show(&visitor, CardPurpose::Recover, &new, Some(&code)).await.unwrap();
        identity.register(&session, None, &mut identity.device()).await.unwrap();
        let former = identity.sign_in(&browser("b"), &mut person.device).await;
        assert_eq!(refusal_reason(former), "passkey-suspended", "{}", identity.engine());
    }
}

#[tokio::test]
async fn sign_in_goes_on_for_a_day_without_lists_and_for_ninety_days_after_the_card() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        identity.wait_without_lists(DAY - MINUTE);
        let opened = identity.sign_in(&browser("a"), &mut person.device).await.unwrap();
        assert_eq!(opened.trouble, None, "the list is almost a day old and still believed");
        identity.wait_without_lists(DAY);
        let opened = identity.sign_in(&browser("a"), &mut person.device).await.unwrap();
        assert!(matches!(opened.trouble, Some(CardTrouble::StatusUnknown { .. })));
        let session = opened.signed_in.key;
        identity.wait_without_lists(MINUTE);
        let lapsed = identity.sign_in(&browser("b"), &mut person.device).await;
        assert_eq!(refusal_reason(lapsed), "card-not-active");
        let sweep = identity.cards.watch_cards(Watch::Running).await.unwrap();
        assert_eq!((sweep.unknown, sweep.turned, identity.signed_in(&session).await), (1, 0, None));
        identity.wait(MINUTE);
        identity.sign_in(&browser("c"), &mut person.device).await.unwrap();

        let years = DAY * (5 * 365 - 30);
        identity.wait(years);
        let opened = identity.sign_in(&browser("c"), &mut person.device).await.unwrap();
        assert!(matches!(opened.trouble, Some(CardTrouble::EndsSoon { .. })));
        identity.wait(DAY * 60);
        let opened = identity.sign_in(&browser("c"), &mut person.device).await.unwrap();
        assert!(matches!(opened.trouble, Some(CardTrouble::Ended { .. })));
        identity.wait(DAY * 90);
        assert_eq!(
            refusal_reason(identity.sign_in(&browser("c"), &mut person.device).await),
            "card-not-active"
        );
        assert_eq!(identity.cards.watch_cards(Watch::All).await.unwrap().turned, 1);
        assert!(identity.events().await.contains(&"card.expired".to_owned()), "{}", identity.engine());
    }
}

#[tokio::test]
async fn cards_and_letters_of_a_former_key_version_go_on_working() {
    for mut identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let code = identity.letter(2).await.code;
        let before = access::owner_scope(identity.custody(), person.who.account).await.unwrap().record();
        identity.add_key_version().await;
        identity.sign_in(&browser("a"), &mut person.device).await.unwrap();
        let session = browser("b");
        let visitor = Visitor::stranger(&session);
        let known = identity.show(&visitor, CardPurpose::Enrol, &person.card, None).await;
        assert_eq!(refusal_reason(known), "card-known");
        identity.show(&visitor, CardPurpose::Enrol, &identity.card(), Some(&code)).await.unwrap();
        assert_eq!(
            access::owner_scope(identity.custody(), person.who.account).await.unwrap().record(),
            before
        );

        let vault = &identity.custody().stores.vault;
        let binding = vault.current_binding(person.who.account).await.unwrap().unwrap();
        let old = identity.custody().keys.version(binding.key_version).unwrap();
        let carried = rekey_card(identity.custody(), old, &binding).unwrap();
        let mut tx = vault.begin().await.unwrap();
        vault.reseal_binding(&mut tx, &carried, binding.key_version).await.unwrap();
        tx.commit().await.unwrap();
        identity.sign_in(&browser("a"), &mut person.device).await.unwrap();
        identity.show(&visitor, CardPurpose::Recover, &person.card, None).await.unwrap();
        assert_eq!((binding.key_version, carried.key_version), (1, 2), "{}", identity.engine());
    }
}

#[tokio::test]
async fn the_account_of_a_person_who_died_opens_for_nobody() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let died = [(1, "山田花子", "1975-04-01", &[("死亡日", "2026-11-20")][..])];
        identity.installation.residents(&city(), residents_file(&city(), &died)).await;
        assert_eq!(
            refusal_reason(access::owner_scope(identity.custody(), person.who.account).await),
            "account-not-active"
        );
        let refused = identity.sign_in(&browser("a"), &mut person.device).await;
        assert_eq!(refusal_reason(refused), "account-not-active");
        assert!(
            identity.letters(Addressees::Named(vec![record_code(1)])).next_page().await.unwrap().is_empty()
        );
    }
}

#[tokio::test]
async fn no_serial_number_no_code_and_no_cookie_stands_readable_in_the_vault() {
    let identity = each_identity_portal().await.remove(0);
    let person = identity.enrolled(1).await;
    let code = identity.letter(2).await.code;
    let DbUrl::Sqlite(path) = &identity.installation.databases.urls[0] else {
        panic!("the first engine is SQLite")
    };
    let mut bytes = std::fs::read(path).unwrap();
    bytes.extend(std::fs::read(path.with_extension("db-wal")).unwrap_or_default());
    let serial = person.card.serial.as_bytes().to_vec();
    let plain = code.replace('-', "");
    let secrets = [
        ("serial number", serial),
        ("serial number in hexadecimal", person.card.serial.to_string().into_bytes()),
        ("code", plain.clone().into_bytes()),
        ("half of the code", plain.as_bytes()[8..].to_vec()),
        ("cookie", b"enrolled 1".to_vec()),
        ("name", "山田花子".as_bytes().to_vec()),
    ];
    assert!(bytes.windows(7).any(|part| part == b"session"), "the dump is of the vault");
    for (what, secret) in secrets {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{what}");
    }
}
