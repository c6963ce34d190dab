//! From the card and the letter to an account, and back to it when everything is lost.

use techo_cardlab::{ChipChallenge, RevokeReason};
use techo_identity::{
    access,
    enrol::{self, CardPurpose, CardStep, CeremonyVisitor, ShownCard},
};
use techo_store::DbUrl;
use techo_testkit::identity::{DAY, MINUTE, ORIGIN, PIN, browser, each_identity_portal, refusal_reason};

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
        let visitor = CeremonyVisitor::stranger(&session);
        let challenge = identity.cards.challenge(&visitor, CardPurpose::Enrol).await.unwrap();
        assert!(challenge.nonce.len() >= 44 && challenge.origin == ORIGIN && challenge.expires_in == 300);
        let elsewhere = ChipChallenge { origin: "https://evil.example", nonce: &challenge.nonce };
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
        let visitor = CeremonyVisitor::stranger(&one);
        let challenge = identity.cards.challenge(&visitor, CardPurpose::Enrol).await.unwrap();
        let token = identity.sign(&card, &challenge.nonce);
        let shown = ShownCard { token: &token, activation_code: Some(&code) };
        let other = identity.cards.present_card(&CeremonyVisitor::stranger(&two), &shown).await;
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
        let visitor = CeremonyVisitor::stranger(&session);
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
        let (first, second) = (CeremonyVisitor::stranger(&one), CeremonyVisitor::stranger(&two));
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
        let visitor = CeremonyVisitor::stranger(&session);
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
        let visitor = CeremonyVisitor::stranger(&session);
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
        let visitor = CeremonyVisitor::stranger(&session);
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
        let visitor = CeremonyVisitor::stranger(&session);
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
        identity
            .show(&CeremonyVisitor::stranger(&one), CardPurpose::Enrol, &card, Some(&code))
            .await
            .unwrap();
        let again =
            identity.show(&CeremonyVisitor::stranger(&two), CardPurpose::Enrol, &card, None).await.unwrap();
        assert_eq!(again.step, CardStep::MakePasskey);
        assert!(identity.register(&two, None, &mut identity.device()).await.unwrap().signed_in.is_some());
        let third = identity.show(&CeremonyVisitor::stranger(&one), CardPurpose::Enrol, &card, None).await;
        assert_eq!(refusal_reason(third), "card-known", "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_held_revoked_expired_or_unanswered_card_does_not_enrol() {
    for identity in each_identity_portal().await {
        let session = browser("a");
        let visitor = CeremonyVisitor::stranger(&session);
        let code = identity.letter(1).await.code;
        let now = identity.custody().environment.now();
        let [held, revoked, expired, good] =
            [identity.card(), identity.card(), identity.card(), identity.card()];
        identity.lab.hold(&held.serial, now).unwrap();
        identity.load_lists();
        identity.lab.revoke(&revoked.serial, RevokeReason::KeyCompromise, now).unwrap();
        identity.load_lists();
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
        let visitor = CeremonyVisitor::stranger(&one);
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
        let visitor = CeremonyVisitor {
            agreed: Some("2026-11"),
            language: Some("en"),
            ..CeremonyVisitor::stranger(&session)
        };
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
