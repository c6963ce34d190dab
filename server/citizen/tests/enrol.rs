//! From the card and the letter to an account, and back to it when everything is lost.

mod front;
mod support;

use front::{DAY, MINUTE, ORIGIN, PIN, browser, fronts, refusal, signed_in};
use support::{city, record_code, residents_file};
use techo_cardlab::{Challenge, RevokeReason};
use techo_custody::card_record::rekey_card;
use techo_identity::{
    access,
    enrol::{self, CardPurpose, CardStep, CardTrouble, ShownCard, Visitor, Watch},
    letters::Addressees,
};
use techo_store::DbUrl;

#[tokio::test]
async fn card_letter_and_passkey_make_an_account_whose_owner_is_signed_in() {
    for front in fronts().await {
        let person = front.enrolled(1).await;
        assert_eq!(front.signed_in(&person.session).await.as_ref(), Some(&person.who));
        assert!(person.who.card_is_fresh(front.custody().environment.now()));
        let scope = access::owner_scope(front.custody(), person.who.account).await.unwrap();
        assert_eq!(scope.account(), person.who.account);
        assert_eq!(front.events().await, ["account.enrolled", "passkey.added"], "{}", front.engine());
    }
}

#[tokio::test]
async fn a_challenge_is_spent_by_the_first_answer_whatever_that_was() {
    for front in fronts().await {
        let (session, card, code) = (browser("a"), front.card(), front.letter(1).await.code);
        let visitor = Visitor::stranger(&session);
        let challenge = front.cards.challenge(&visitor, CardPurpose::Enrol).await.unwrap();
        assert!(challenge.nonce.len() >= 44 && challenge.origin == ORIGIN && challenge.expires_in == 300);
        let elsewhere = Challenge { origin: "https://evil.example", nonce: &challenge.nonce };
        let stolen = front.lab.sign(&card.serial, PIN, &elsewhere).unwrap();
        let right = front.sign(&card, &challenge.nonce);
        let shown = |token| ShownCard { token, activation_code: Some(&code) };
        assert_eq!(refusal(front.cards.present_card(&visitor, &shown(&stolen)).await), "card-token");
        assert_eq!(refusal(front.cards.present_card(&visitor, &shown(&right)).await), "no-challenge");
    }
}

#[tokio::test]
async fn a_challenge_answers_to_its_own_session_and_for_five_minutes() {
    for front in fronts().await {
        let (one, two, card) = (browser("one"), browser("two"), front.card());
        let code = front.letter(1).await.code;
        let visitor = Visitor::stranger(&one);
        let challenge = front.cards.challenge(&visitor, CardPurpose::Enrol).await.unwrap();
        let token = front.sign(&card, &challenge.nonce);
        let shown = ShownCard { token: &token, activation_code: Some(&code) };
        let other = front.cards.present_card(&Visitor::stranger(&two), &shown).await;
        assert_eq!(refusal(other), "no-challenge");
        front.wait(MINUTE * 5);
        assert_eq!(refusal(front.cards.present_card(&visitor, &shown).await), "no-challenge");
    }
}

#[tokio::test]
async fn of_one_challenge_spent_twice_at_once_one_wins() {
    for front in fronts().await {
        let (session, card, code) = (browser("a"), front.card(), front.letter(1).await.code);
        front.visit(&session).await;
        let visitor = Visitor::stranger(&session);
        let challenge = front.cards.challenge(&visitor, CardPurpose::Enrol).await.unwrap();
        let token = front.sign(&card, &challenge.nonce);
        let shown = ShownCard { token: &token, activation_code: Some(&code) };
        let (a, b) = tokio::join!(
            front.cards.present_card(&visitor, &shown),
            front.cards.present_card(&visitor, &shown)
        );
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1, "{}", front.engine());
    }
}

#[tokio::test]
async fn two_enrolments_at_once_with_one_letter_make_one_account() {
    for front in fronts().await {
        let code = front.letter(1).await.code;
        let (one, two) = (browser("one"), browser("two"));
        let (card, other) = (front.card(), front.card());
        let (first, second) = (Visitor::stranger(&one), Visitor::stranger(&two));
        let (a, b) = tokio::join!(
            front.show(&first, CardPurpose::Enrol, &card, Some(&code)),
            front.show(&second, CardPurpose::Enrol, &other, Some(&code))
        );
        assert_eq!([a.is_ok(), b.is_ok()].iter().filter(|ok| **ok).count(), 1, "{a:?} {b:?}");
        assert_eq!(front.custody().stores.vault.count_accounts().await.unwrap(), 1, "{}", front.engine());
    }
}

#[tokio::test]
async fn ten_wrong_codes_kill_a_letter_and_a_new_letter_retires_the_old_one() {
    for front in fronts().await {
        let (session, card) = (browser("a"), front.card());
        let visitor = Visitor::stranger(&session);
        let code = front.letter(1).await.code;
        let last = if code.ends_with('0') { "1" } else { "0" };
        let wrong = format!("{}{last}", &code[..code.len() - 1]);
        for _ in 0..10 {
            let shown = front.show(&visitor, CardPurpose::Enrol, &card, Some(&wrong)).await;
            assert_eq!(refusal(shown), "code-wrong");
        }
        let dead = front.show(&visitor, CardPurpose::Enrol, &card, Some(&code)).await;
        assert_eq!(refusal(dead), "code-unknown");

        let (older, newer) = (front.letter(1).await.code, front.letter(1).await.code);
        let retired = front.show(&visitor, CardPurpose::Enrol, &card, Some(&older)).await;
        assert_eq!(refusal(retired), "code-unknown");
        front.show(&visitor, CardPurpose::Enrol, &card, Some(&newer)).await.unwrap();
    }
}

#[tokio::test]
async fn nine_wrong_codes_leave_the_letter_its_last_try() {
    for front in fronts().await {
        let (session, card) = (browser("a"), front.card());
        let visitor = Visitor::stranger(&session);
        let code = front.letter(1).await.code;
        let wrong: String = code[..code.len() - 1].to_owned() + if code.ends_with('0') { "1" } else { "0" };
        for _ in 0..9 {
            front.show(&visitor, CardPurpose::Enrol, &card, Some(&wrong)).await.unwrap_err();
        }
        front.show(&visitor, CardPurpose::Enrol, &card, Some(&code.to_lowercase())).await.unwrap();
    }
}

#[tokio::test]
async fn a_letter_works_for_thirty_days_and_once() {
    for front in fronts().await {
        let (session, card, other) = (browser("a"), front.card(), front.card());
        let visitor = Visitor::stranger(&session);
        let code = front.letter(1).await.code;
        front.wait(DAY * 30);
        let late = front.show(&visitor, CardPurpose::Enrol, &card, Some(&code)).await;
        assert_eq!(refusal(late), "code-unknown");
        let code = front.letter(1).await.code;
        front.wait(DAY * 30 - MINUTE);
        front.show(&visitor, CardPurpose::Enrol, &card, Some(&code)).await.unwrap();
        let again = front.show(&visitor, CardPurpose::Enrol, &other, Some(&code)).await;
        assert_eq!(refusal(again), "code-unknown");
    }
}

#[tokio::test]
async fn without_a_code_or_with_a_known_card_nobody_enrols() {
    for front in fronts().await {
        let person = front.enrolled(1).await;
        let (session, code) = (browser("a"), front.letter(2).await.code);
        let visitor = Visitor::stranger(&session);
        let card = front.card();
        for (card, code, reason) in [
            (&card, None, "code-form"),
            (&card, Some("0000-0000-0000-0000"), "code-unknown"),
            (&person.card, Some(code.as_str()), "card-known"),
        ] {
            assert_eq!(refusal(front.show(&visitor, CardPurpose::Enrol, card, code).await), reason);
        }
        let letter = front.letter(1).await.code;
        let second = front.show(&visitor, CardPurpose::Enrol, &card, Some(&letter)).await;
        assert_eq!(refusal(second), "account-exists", "{}", front.engine());
    }
}

#[tokio::test]
async fn a_browser_closed_between_card_and_passkey_is_no_dead_end() {
    for front in fronts().await {
        let (card, code) = (front.card(), front.letter(1).await.code);
        let (one, two) = (browser("one"), browser("two"));
        front.show(&Visitor::stranger(&one), CardPurpose::Enrol, &card, Some(&code)).await.unwrap();
        let again = front.show(&Visitor::stranger(&two), CardPurpose::Enrol, &card, None).await.unwrap();
        assert_eq!(again.step, CardStep::MakePasskey);
        assert!(front.register(&two, None, &mut front.device()).await.unwrap().signed_in.is_some());
        let third = front.show(&Visitor::stranger(&one), CardPurpose::Enrol, &card, None).await;
        assert_eq!(refusal(third), "card-known", "{}", front.engine());
    }
}

#[tokio::test]
async fn a_held_revoked_expired_or_unanswered_card_does_not_enrol() {
    for front in fronts().await {
        let session = browser("a");
        let visitor = Visitor::stranger(&session);
        let code = front.letter(1).await.code;
        let now = front.custody().environment.now();
        let [held, revoked, expired, good] = [front.card(), front.card(), front.card(), front.card()];
        front.lab.hold(&held.serial, now).unwrap();
        front.lab.revoke(&revoked.serial, RevokeReason::KeyCompromise, now).unwrap();
        front.lab.expire(&expired.serial, now).unwrap();
        front.load_lists();
        for (card, reason) in [(&held, "card-held"), (&revoked, "card-revoked"), (&expired, "card-token")] {
            assert_eq!(refusal(front.show(&visitor, CardPurpose::Enrol, card, Some(&code)).await), reason);
        }
        front.wait_without_lists(DAY + MINUTE);
        let unanswered = front.show(&visitor, CardPurpose::Enrol, &good, Some(&code)).await;
        assert_eq!(refusal(unanswered), "card-status-unknown");
        front.wait(MINUTE);
        front.show(&visitor, CardPurpose::Enrol, &good, Some(&code)).await.unwrap();
    }
}

#[tokio::test]
async fn a_ticket_makes_one_passkey_within_ten_minutes_in_its_own_session() {
    for front in fronts().await {
        let (card, code) = (front.card(), front.letter(1).await.code);
        let (one, two) = (browser("one"), browser("two"));
        let visitor = Visitor::stranger(&one);
        front.show(&visitor, CardPurpose::Enrol, &card, Some(&code)).await.unwrap();
        assert_eq!(refusal(front.register(&two, None, &mut front.device()).await), "not-fresh");
        front.wait(MINUTE * 10);
        assert_eq!(refusal(front.register(&one, None, &mut front.device()).await), "not-fresh");
        front.show(&visitor, CardPurpose::Recover, &card, None).await.unwrap();
        front.register(&one, None, &mut front.device()).await.unwrap();
        assert_eq!(refusal(front.register(&one, None, &mut front.device()).await), "not-fresh");
    }
}

#[tokio::test]
async fn an_agreement_given_before_the_account_is_kept_with_it() {
    for front in fronts().await {
        let (session, card, code) = (browser("a"), front.card(), front.letter(1).await.code);
        let visitor =
            Visitor { agreed: Some("2026-11"), language: Some("en"), ..Visitor::stranger(&session) };
        front.show(&visitor, CardPurpose::Enrol, &card, Some(&code)).await.unwrap();
        let who = front.register(&session, None, &mut front.device()).await.unwrap().signed_in.unwrap();
        let facts = enrol::account_facts(front.custody(), who.account).await.unwrap();
        assert_eq!(facts.agreed_version.as_deref(), Some("2026-11"));
        assert_eq!(facts.language.as_deref(), Some("en"));

        let somebody = front.enrolled(2).await.who;
        let other = somebody.account;
        assert_eq!(enrol::account_facts(front.custody(), other).await.unwrap().agreed_version, None);
        for _ in 0..3 {
            enrol::agree_to_privacy(front.custody(), &somebody, "2026-12").await.unwrap();
        }
        let told = front.events().await.into_iter().filter(|kind| kind == "privacy.agreed").count();
        assert_eq!(told, 1, "{}: what changes nothing is not told again", front.engine());
        let facts = enrol::account_facts(front.custody(), other).await.unwrap();
        assert_eq!(facts.agreed_version.as_deref(), Some("2026-12"), "{}", front.engine());
    }
}

#[tokio::test]
async fn recovery_suspends_the_former_passkeys_ends_sessions_and_delays_exports() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        front.wait(MINUTE);
        let session = browser("new device");
        let visitor = Visitor::stranger(&session);
        let outcome = front.show(&visitor, CardPurpose::Recover, &person.card, None).await.unwrap();
        assert_eq!(outcome.step, CardStep::MakePasskey);
        assert_eq!(front.signed_in(&person.session).await, None);
        assert_eq!(refusal(front.sign_in(&session, &mut person.device).await), "passkey-suspended");

        let mut device = front.device();
        let who = front.register(&session, None, &mut device).await.unwrap().signed_in.unwrap();
        let facts = enrol::account_facts(front.custody(), who.account).await.unwrap();
        assert_eq!(facts.exports_locked_until, Some(front.custody().environment.now().plus(DAY)));
        front.sign_in(&browser("again"), &mut device).await.unwrap();

        let former = person.who.passkey;
        front.passkeys.confirm_passkey(&who, former).await.unwrap();
        front.sign_in(&session, &mut person.device).await.unwrap();
        front.wait(DAY);
        let facts = enrol::account_facts(front.custody(), who.account).await.unwrap();
        assert_eq!(facts.exports_locked_until, None, "{}", front.engine());
    }
}

#[tokio::test]
async fn recovery_needs_a_card_that_is_known_or_a_new_one_with_a_letter() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let session = browser("a");
        let visitor = Visitor::stranger(&session);
        let new = front.card();
        assert_eq!(refusal(front.show(&visitor, CardPurpose::Recover, &new, None).await), "code-form");
        let nobody = front.letter(2).await.code;
        let refused = front.show(&visitor, CardPurpose::Recover, &new, Some(&nobody)).await;
        assert_eq!(refusal(refused), "no-account");
        front.sign_in(&session, &mut person.device).await.unwrap();

        let code = front.letter(1).await.code;
        front.show(&visitor, CardPurpose::Recover, &new, Some(&code)).await.unwrap();
        let who = front.register(&session, None, &mut front.device()).await.unwrap().signed_in.unwrap();
        assert_eq!(who.account, person.who.account);
        let former = front.show(&visitor, CardPurpose::Recover, &person.card, None).await;
        assert_eq!(refusal(former), "code-form", "{}", front.engine());
    }
}

#[tokio::test]
async fn a_card_of_somebody_else_neither_links_nor_steps_up() {
    for front in fronts().await {
        let (one, two) = (front.enrolled(1).await, front.enrolled(2).await);
        let visitor = signed_in(&one.who);
        for purpose in [CardPurpose::Link, CardPurpose::StepUp] {
            assert_eq!(refusal(front.show(&visitor, purpose, &two.card, None).await), "card-of-another");
        }
        let stranger = front.card();
        assert_eq!(refusal(front.show(&visitor, CardPurpose::StepUp, &stranger, None).await), "card-unknown");
        front.wait(MINUTE * 6);
        let up = front.show(&visitor, CardPurpose::StepUp, &one.card, None).await.unwrap();
        assert!(up.signed_in.unwrap().card_is_fresh(front.custody().environment.now()));
        let nobody = Visitor::stranger(&one.session);
        for purpose in [CardPurpose::Link, CardPurpose::StepUp] {
            let refused = front.show(&nobody, purpose, &one.card, None).await;
            assert_eq!(refusal(refused), "not-signed-in", "{}", front.engine());
        }
    }
}

#[tokio::test]
async fn a_held_card_ends_sessions_within_one_sweep_and_a_released_one_signs_in_again() {
    for front in fronts().await {
        let (mut person, other) = (front.enrolled(1).await, front.enrolled(2).await);
        front.wait(MINUTE);
        front.lab.hold(&person.card.serial, front.custody().environment.now()).unwrap();
        front.load_lists();
        let sweep = front.cards.watch_cards(Watch::Running).await.unwrap();
        assert_eq!((sweep.asked, sweep.turned, sweep.sessions_ended), (2, 1, 1));
        assert_eq!(front.signed_in(&person.session).await, None);
        assert!(front.signed_in(&other.session).await.is_some());
        let refused = front.sign_in(&browser("a"), &mut person.device).await;
        assert_eq!(refusal(refused), "card-not-active");

        front.lab.release(&person.card.serial, front.custody().environment.now()).unwrap();
        front.load_lists();
        front.sign_in(&browser("a"), &mut person.device).await.unwrap();
        assert_eq!(front.cards.watch_cards(Watch::All).await.unwrap().turned, 0, "the sign-in saw it first");

        front.lab.hold(&other.card.serial, front.custody().environment.now()).unwrap();
        front.load_lists();
        assert_eq!(front.cards.watch_cards(Watch::All).await.unwrap().turned, 1);
        front.lab.release(&other.card.serial, front.custody().environment.now()).unwrap();
        front.load_lists();
        assert_eq!(front.cards.watch_cards(Watch::All).await.unwrap().turned, 1);
        front.event_comes("session.refused").await;
        let events = front.events().await;
        for kind in ["card.held", "session.refused", "card.released", "session.signed-in"] {
            assert!(events.contains(&kind.to_owned()), "{kind} on {}", front.engine());
        }
    }
}

#[tokio::test]
async fn a_revoked_card_stays_revoked_until_a_new_one_comes_with_a_letter() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        front.wait(MINUTE);
        let now = front.custody().environment.now();
        front.lab.revoke(&person.card.serial, RevokeReason::KeyCompromise, now).unwrap();
        front.load_lists();
        let session = browser("a");
        assert_eq!(refusal(front.sign_in(&session, &mut person.device).await), "card-not-active");
        assert_eq!(front.cards.watch_cards(Watch::All).await.unwrap().turned, 1);
        assert_eq!(front.cards.watch_cards(Watch::All).await.unwrap().asked, 0);
        let visitor = Visitor::stranger(&session);
        let refused = front.show(&visitor, CardPurpose::Recover, &person.card, None).await;
        assert_eq!(refusal(refused), "card-revoked");
        front.wait(MINUTE);
        let (new, code) = (front.card(), front.letter(1).await.code);
        front.show(&visitor, CardPurpose::Recover, &new, Some(&code)).await.unwrap();
        front.register(&session, None, &mut front.device()).await.unwrap();
        let former = front.sign_in(&browser("b"), &mut person.device).await;
        assert_eq!(refusal(former), "passkey-suspended", "{}", front.engine());
    }
}

#[tokio::test]
async fn sign_in_goes_on_for_a_day_without_lists_and_for_ninety_days_after_the_card() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        front.wait_without_lists(DAY - MINUTE);
        let opened = front.sign_in(&browser("a"), &mut person.device).await.unwrap();
        assert_eq!(opened.trouble, None, "the list is almost a day old and still believed");
        front.wait_without_lists(DAY);
        let opened = front.sign_in(&browser("a"), &mut person.device).await.unwrap();
        assert!(matches!(opened.trouble, Some(CardTrouble::StatusUnknown { .. })));
        let session = opened.signed_in.key;
        front.wait_without_lists(MINUTE);
        let lapsed = front.sign_in(&browser("b"), &mut person.device).await;
        assert_eq!(refusal(lapsed), "card-not-active");
        let sweep = front.cards.watch_cards(Watch::Running).await.unwrap();
        assert_eq!((sweep.unknown, sweep.turned, front.signed_in(&session).await), (1, 0, None));
        front.wait(MINUTE);
        front.sign_in(&browser("c"), &mut person.device).await.unwrap();

        let years = DAY * (5 * 365 - 30);
        front.wait(years);
        let opened = front.sign_in(&browser("c"), &mut person.device).await.unwrap();
        assert!(matches!(opened.trouble, Some(CardTrouble::EndsSoon { .. })));
        front.wait(DAY * 60);
        let opened = front.sign_in(&browser("c"), &mut person.device).await.unwrap();
        assert!(matches!(opened.trouble, Some(CardTrouble::Ended { .. })));
        front.wait(DAY * 90);
        assert_eq!(refusal(front.sign_in(&browser("c"), &mut person.device).await), "card-not-active");
        assert_eq!(front.cards.watch_cards(Watch::All).await.unwrap().turned, 1);
        assert!(front.events().await.contains(&"card.expired".to_owned()), "{}", front.engine());
    }
}

#[tokio::test]
async fn cards_and_letters_of_a_former_key_version_go_on_working() {
    for mut front in fronts().await {
        let mut person = front.enrolled(1).await;
        let code = front.letter(2).await.code;
        let before = access::owner_scope(front.custody(), person.who.account).await.unwrap().record();
        front.add_key_version().await;
        front.sign_in(&browser("a"), &mut person.device).await.unwrap();
        let session = browser("b");
        let visitor = Visitor::stranger(&session);
        let known = front.show(&visitor, CardPurpose::Enrol, &person.card, None).await;
        assert_eq!(refusal(known), "card-known");
        front.show(&visitor, CardPurpose::Enrol, &front.card(), Some(&code)).await.unwrap();
        assert_eq!(access::owner_scope(front.custody(), person.who.account).await.unwrap().record(), before);

        let vault = &front.custody().stores.vault;
        let binding = vault.current_binding(person.who.account).await.unwrap().unwrap();
        let old = front.custody().keys.version(binding.key_version).unwrap();
        let carried = rekey_card(front.custody(), old, &binding).unwrap();
        let mut tx = vault.begin().await.unwrap();
        vault.reseal_binding(&mut tx, &carried, binding.key_version).await.unwrap();
        tx.commit().await.unwrap();
        front.sign_in(&browser("a"), &mut person.device).await.unwrap();
        front.show(&visitor, CardPurpose::Recover, &person.card, None).await.unwrap();
        assert_eq!((binding.key_version, carried.key_version), (1, 2), "{}", front.engine());
    }
}

#[tokio::test]
async fn the_account_of_a_person_who_died_opens_for_nobody() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let died = [(1, "山田花子", "1975-04-01", &[("死亡日", "2026-11-20")][..])];
        front.town.residents(&city(), residents_file(&city(), &died)).await;
        assert_eq!(
            refusal(access::owner_scope(front.custody(), person.who.account).await),
            "account-not-active"
        );
        let refused = front.sign_in(&browser("a"), &mut person.device).await;
        assert_eq!(refusal(refused), "account-not-active");
        assert!(front.letters(Addressees::Named(vec![record_code(1)])).next_page().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn no_serial_number_no_code_and_no_cookie_stands_readable_in_the_vault() {
    let front = fronts().await.remove(0);
    let person = front.enrolled(1).await;
    let code = front.letter(2).await.code;
    let DbUrl::Sqlite(path) = &front.town.databases.urls[0] else { panic!("the first engine is SQLite") };
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
