//! What becomes of an account whose card is held, revoked, expired or renewed, and how its owner comes back.

use techo_cardlab::RevokeReason;
use techo_custody::card_record::rekey_card;
use techo_identity::{
    access,
    enrol::{self, CardPurpose, CardSelection, CardStep, CardWarning, CeremonyVisitor},
    letters::AddresseeSelection,
};
use techo_model::BindingId;
use techo_store::{jobs::list_parked_rows, testing::tamper_row};
use techo_testkit::{
    city,
    identity::{DAY, MINUTE, browser, each_identity_portal, refusal_reason, signed_in},
    record_code, residents_file,
};
use uuid::Uuid;

#[tokio::test]
async fn recovery_suspends_the_former_passkeys_ends_sessions_and_delays_exports() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        identity.wait(MINUTE);
        let session = browser("new device");
        let visitor = CeremonyVisitor::stranger(&session);
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
        let visitor = CeremonyVisitor::stranger(&session);
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
        let nobody = CeremonyVisitor::stranger(&one.session);
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
        identity.load_lists();
        let sweep = identity.cards.watch_cards(CardSelection::Running).await.unwrap();
        assert_eq!((sweep.asked, sweep.turned, sweep.sessions_ended), (2, 1, 1));
        assert_eq!(identity.signed_in(&person.session).await, None);
        assert!(identity.signed_in(&other.session).await.is_some());
        let refused = identity.sign_in(&browser("a"), &mut person.device).await;
        assert_eq!(refusal_reason(refused), "card-not-active");

        identity.lab.release(&person.card.serial, identity.custody().environment.now()).unwrap();
        identity.load_lists();
        identity.sign_in(&browser("a"), &mut person.device).await.unwrap();
        assert_eq!(
            identity.cards.watch_cards(CardSelection::All).await.unwrap().turned,
            0,
            "the sign-in saw it first"
        );

        identity.lab.hold(&other.card.serial, identity.custody().environment.now()).unwrap();
        identity.load_lists();
        assert_eq!(identity.cards.watch_cards(CardSelection::All).await.unwrap().turned, 1);
        identity.lab.release(&other.card.serial, identity.custody().environment.now()).unwrap();
        identity.load_lists();
        assert_eq!(identity.cards.watch_cards(CardSelection::All).await.unwrap().turned, 1);
        identity.event_comes("session.refused").await;
        let events = identity.events().await;
        for kind in ["card.held", "session.refused", "card.released", "session.signed-in"] {
            assert!(events.contains(&kind.to_owned()), "{kind} on {}", identity.engine());
        }
    }
}

#[tokio::test]
async fn a_card_that_cannot_be_judged_ends_its_sessions_and_those_behind_it_are_watched_all_the_same() {
    for identity in each_identity_portal().await {
        let people = [identity.enrolled(1).await, identity.enrolled(2).await, identity.enrolled(3).await];
        let vault = &identity.custody().stores.vault;
        let page = vault.watched_bindings(CardSelection::Running, BindingId(Uuid::nil()), 1).await.unwrap();
        let spoil = "UPDATE card_binding SET serial_sealed = serial_lookup WHERE binding_id = $1";
        assert_eq!(tamper_row(vault.db(), spoil, page[0].binding_id.0).await, 1);
        let (mut spoilt, others): (Vec<_>, Vec<_>) =
            people.into_iter().partition(|person| person.who.account == page[0].account_id);
        identity.wait(MINUTE);
        identity.lab.hold(&others[1].card.serial, identity.custody().environment.now()).unwrap();
        identity.load_lists();
        let sweep = identity.cards.watch_cards(CardSelection::Running).await.unwrap();
        assert_eq!((sweep.asked, sweep.unreadable, sweep.turned), (3, 1, 1), "{}", identity.engine());
        assert_eq!(sweep.sessions_ended, 2);
        assert_eq!(identity.signed_in(&spoilt[0].session).await, None, "nobody can say that it is good");
        assert!(identity.signed_in(&others[0].session).await.is_some());
        assert_eq!(identity.signed_in(&others[1].session).await, None);
        let parked = list_parked_rows(vault.db(), 10).await.unwrap();
        assert_eq!(parked.len(), 1, "{}", identity.engine());
        assert_eq!(
            (parked[0].table_name.as_str(), parked[0].column_name.as_str(), parked[0].row_id),
            ("card_binding", "serial_sealed", page[0].binding_id.0)
        );
        assert!(identity.sign_in(&browser("a"), &mut spoilt[0].device).await.is_err());
    }
}

#[tokio::test]
async fn a_revoked_card_stays_revoked_until_a_new_one_comes_with_a_letter() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        identity.wait(MINUTE);
        let now = identity.custody().environment.now();
        identity.lab.revoke(&person.card.serial, RevokeReason::KeyCompromise, now).unwrap();
        identity.load_lists();
        let session = browser("a");
        assert_eq!(refusal_reason(identity.sign_in(&session, &mut person.device).await), "card-not-active");
        assert_eq!(identity.cards.watch_cards(CardSelection::All).await.unwrap().turned, 1);
        assert_eq!(identity.cards.watch_cards(CardSelection::All).await.unwrap().asked, 0);
        let visitor = CeremonyVisitor::stranger(&session);
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
        assert!(matches!(opened.trouble, Some(CardWarning::StatusUnknown { .. })));
        let session = opened.signed_in.key;
        identity.wait_without_lists(MINUTE);
        let lapsed = identity.sign_in(&browser("b"), &mut person.device).await;
        assert_eq!(refusal_reason(lapsed), "card-not-active");
        let sweep = identity.cards.watch_cards(CardSelection::Running).await.unwrap();
        assert_eq!((sweep.unknown, sweep.turned, identity.signed_in(&session).await), (1, 0, None));
        identity.wait(MINUTE);
        identity.sign_in(&browser("c"), &mut person.device).await.unwrap();

        let years = DAY * (5 * 365 - 30);
        identity.wait(years);
        let opened = identity.sign_in(&browser("c"), &mut person.device).await.unwrap();
        assert!(matches!(opened.trouble, Some(CardWarning::EndsSoon { .. })));
        identity.wait(DAY * 60);
        let opened = identity.sign_in(&browser("c"), &mut person.device).await.unwrap();
        assert!(matches!(opened.trouble, Some(CardWarning::Ended { .. })));
        identity.wait(DAY * 90);
        assert_eq!(
            refusal_reason(identity.sign_in(&browser("c"), &mut person.device).await),
            "card-not-active"
        );
        assert_eq!(identity.cards.watch_cards(CardSelection::All).await.unwrap().turned, 1);
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
        let visitor = CeremonyVisitor::stranger(&session);
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
            identity
                .letters(AddresseeSelection::Named(vec![record_code(1)]))
                .next_page()
                .await
                .unwrap()
                .is_empty()
        );
    }
}
