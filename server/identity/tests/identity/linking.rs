//! A renewed card: what says whose it is, what linking it is not, and who hears of it.

use techo_cardlab::IssuedCard;
use techo_custody::Result;
use techo_identity::{
    access,
    enrol::{CardOutcome, CardPurpose, CardStep, CardWarning, CeremonyVisitor},
    session::SignedIn,
};
use techo_store::vault::outside_events::OutsideEventCursor;
use techo_testkit::{
    city,
    identity::{
        DAY, EnrolledPerson, IdentityPortal, MINUTE, browser, each_identity_portal, refusal_reason, signed_in,
    },
};

/// The person, some time after the card was shown, verified by passkey this moment.
async fn fresh(identity: &IdentityPortal, person: &mut EnrolledPerson) -> SignedIn {
    identity.wait(MINUTE * 6);
    identity.verify(&person.who, &mut person.device).await.unwrap()
}

async fn link(
    identity: &IdentityPortal,
    who: &SignedIn,
    card: &IssuedCard,
    code: Option<&str>,
) -> Result<CardOutcome> {
    identity.show(&signed_in(who), CardPurpose::Link, card, code).await
}

async fn told_outside(identity: &IdentityPortal) -> Vec<String> {
    let vault = &identity.custody().stores.vault;
    let rows = vault
        .unprinted_events(
            &city().id,
            (OutsideEventCursor::START, 100),
            identity.custody().environment.today(),
        )
        .await
        .unwrap();
    rows.iter().map(|row| row.kind.to_string()).collect()
}

#[tokio::test]
async fn a_session_with_a_fresh_passkey_alone_links_no_card() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let who = fresh(&identity, &mut person).await;
        let foreign = identity.card();
        assert_eq!(refusal_reason(link(&identity, &who, &foreign, None).await), "card-unproven");
        assert_eq!(refusal_reason(link(&identity, &who, &foreign, Some("  ")).await), "card-unproven");
        let session = browser("thief");
        let visitor = CeremonyVisitor::stranger(&session);
        let recovered = identity.show(&visitor, CardPurpose::Recover, &foreign, None).await;
        assert_eq!(refusal_reason(recovered), "code-form");
        assert!(identity.signed_in(&person.session).await.is_some());
        identity.show(&visitor, CardPurpose::Recover, &person.card, None).await.unwrap();
        assert!(!told_outside(&identity).await.contains(&"card.linked".to_owned()), "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_letter_says_whose_a_renewed_card_is() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let renewed = identity.lab.renew(&person.card.serial, identity.custody().environment.now()).unwrap();
        identity.load_lists();
        identity.wait(MINUTE * 6);
        let opened = identity.sign_in(&browser("a"), &mut person.device).await.unwrap();
        assert!(matches!(opened.trouble, Some(CardWarning::Ended { .. })), "{:?}", opened.trouble);
        identity.wait(MINUTE * 6);
        let code = identity.letter(1).await.code;
        let stale = link(&identity, &opened.signed_in, &renewed, Some(&code)).await;
        assert_eq!(refusal_reason(stale), "not-fresh");

        let who = identity.verify(&opened.signed_in, &mut person.device).await.unwrap();
        let linked = link(&identity, &who, &renewed, Some(&code)).await.unwrap();
        assert_eq!(linked.step, CardStep::Linked);
        let who = linked.signed_in.unwrap();
        assert!(!who.card_is_fresh(identity.custody().environment.now()), "linking is not a card check");
        assert_eq!(identity.signed_in(&who.key).await, Some(who.clone()));
        assert_eq!(identity.signed_in(&person.session).await, None, "other sessions end");
        assert_eq!(identity.cards.card_warning(who.account).await.unwrap(), None);
        let last = identity.remove_passkey(&who, who.passkey).await;
        assert_eq!(refusal_reason(last), "last-passkey");

        let again = link(&identity, &who, &identity.card(), Some(&code)).await;
        assert_eq!(refusal_reason(again), "code-unknown", "a letter works once");
        identity.wait(DAY * 100);
        identity.sign_in(&browser("b"), &mut person.device).await.unwrap();
        assert!(identity.events().await.contains(&"card.linked".to_owned()));
        assert!(told_outside(&identity).await.contains(&"card.linked".to_owned()), "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_letter_of_somebody_else_and_a_card_of_somebody_else_link_nothing() {
    for identity in each_identity_portal().await {
        let mut one = identity.enrolled(1).await;
        let two = identity.enrolled(2).await;
        let who = fresh(&identity, &mut one).await;
        let (theirs, own) = (identity.letter(2).await.code, identity.letter(1).await.code);
        assert_eq!(
            refusal_reason(link(&identity, &who, &identity.card(), Some(&theirs)).await),
            "letter-of-another"
        );
        assert_eq!(refusal_reason(link(&identity, &who, &two.card, Some(&own)).await), "card-of-another");
        link(&identity, &who, &identity.card(), Some(&own)).await.unwrap();
    }
}

#[tokio::test]
async fn the_old_card_shown_in_the_same_session_says_whose_a_new_one_is_once() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let who = fresh(&identity, &mut person).await;
        let shown = identity.show(&signed_in(&who), CardPurpose::StepUp, &person.card, None).await.unwrap();
        let who = shown.signed_in.unwrap();
        let linked = link(&identity, &who, &identity.card(), None).await.unwrap().signed_in.unwrap();
        let further = link(&identity, &linked, &identity.card(), None).await;
        assert_eq!(refusal_reason(further), "card-unproven", "{}", identity.engine());
    }
}

#[tokio::test]
async fn the_authority_that_knows_of_a_renewal_says_whose_the_new_card_is() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let renewed = identity.lab.renew(&person.card.serial, identity.custody().environment.now()).unwrap();
        identity.load_lists();
        let who = fresh(&identity, &mut person).await;
        assert_eq!(refusal_reason(link(&identity, &who, &renewed, None).await), "card-unproven");
        let vault = &identity.custody().stores.vault;
        let binding = vault.current_binding(who.account).await.unwrap().unwrap();
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let ca = hex(&binding.ca_key_id);
        let serial = |card: &IssuedCard| card.serial.to_string().trim_start_matches("00").to_owned();
        let text = format!(
            "旧認証局,旧発行番号,新認証局,新発行番号\n{ca},{},{ca},{}\n",
            serial(&person.card),
            serial(&renewed)
        );
        std::fs::write(identity.lab.crl_folder().join("renewals.csv"), text).unwrap();
        assert_eq!(refusal_reason(link(&identity, &who, &identity.card(), None).await), "card-unproven");
        link(&identity, &who, &renewed, None).await.unwrap();
    }
}

#[tokio::test]
async fn a_card_that_was_replaced_takes_the_account_back_with_a_new_letter() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let who = fresh(&identity, &mut person).await;
        let (foreign, stolen) = (identity.card(), identity.letter(1).await.code);
        link(&identity, &who, &foreign, Some(&stolen)).await.unwrap();

        let session = browser("owner");
        let visitor = CeremonyVisitor::stranger(&session);
        let without = identity.show(&visitor, CardPurpose::Recover, &person.card, None).await;
        assert_eq!(refusal_reason(without), "code-form");
        let code = identity.letter(1).await.code;
        let shown = identity.show(&visitor, CardPurpose::Recover, &person.card, Some(&code)).await.unwrap();
        assert_eq!(shown.step, CardStep::MakePasskey);
        let back =
            identity.register(&session, None, &mut identity.device()).await.unwrap().signed_in.unwrap();
        assert_eq!(back.account, person.who.account);
        let other = browser("thief");
        let thief =
            identity.show(&CeremonyVisitor::stranger(&other), CardPurpose::Recover, &foreign, None).await;
        assert_eq!(refusal_reason(thief), "code-form", "{}", identity.engine());
        assert_eq!(identity.signed_in(&who.key).await, None);
        for kind in ["card.linked", "account.recovered", "passkey.added"] {
            assert!(told_outside(&identity).await.contains(&kind.to_owned()), "{kind}");
        }
    }
}

#[tokio::test]
async fn a_refused_sign_in_with_a_right_signature_is_told_outside_and_a_wrong_one_is_not() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let copy = person.device.clone();
        let session = browser("forged");
        identity.visit(&session).await;
        let options =
            techo_testkit::identity::json(&identity.passkeys.begin_sign_in(&session).await.unwrap());
        let mut answer = person.device.get(&options).unwrap();
        let other = person.device.get(&options).unwrap();
        answer["response"]["signature"] = other["response"]["signature"].clone();
        let forged = serde_json::from_value(answer).unwrap();
        let refused = identity.passkeys.finish_sign_in(&CeremonyVisitor::stranger(&session), &forged).await;
        assert_eq!(refusal_reason(refused), "passkey-wrong");

        identity.sign_in(&browser("a"), &mut person.device).await.unwrap();
        for name in ["b", "c"] {
            let copied = identity.sign_in(&browser(name), &mut copy.clone()).await;
            assert_eq!(refusal_reason(copied), "passkey-copied");
        }
        identity.event_comes("session.refused").await;
        let told = told_outside(&identity).await;
        let refused = told.iter().filter(|kind| *kind == "session.refused").count();
        assert_eq!(refused, 1, "one line, however often: {}", identity.engine());
    }
}

#[tokio::test]
async fn that_the_card_was_shown_is_proven_by_the_session_in_the_vault_and_not_by_a_claim() {
    for identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let who = fresh(&identity, &mut person).await;
        let now = identity.custody().environment.now();
        let claimed = SignedIn { card_verified_at: Some(now), ..who.clone() };
        assert!(claimed.card_is_fresh(now));
        let scope = access::owner_scope(identity.custody(), who.account).await.unwrap();
        let prove = async |who: &SignedIn| {
            let verified = access::prove_verified(identity.custody(), who, &scope).await?;
            access::prove_card_shown(identity.custody(), verified).await
        };
        assert_eq!(refusal_reason(prove(&claimed).await), "card-not-fresh");
        assert_eq!(refusal_reason(link(&identity, &claimed, &identity.card(), None).await), "card-not-fresh");
        assert_eq!(refusal_reason(identity.remove_passkey(&claimed, who.passkey).await), "last-passkey");

        let shown = identity.show(&signed_in(&who), CardPurpose::StepUp, &person.card, None).await.unwrap();
        let proof = prove(&shown.signed_in.unwrap()).await.unwrap();
        identity.wait(MINUTE * 6);
        let late = identity.passkeys.remove_passkey(&proof, who.passkey).await;
        assert_eq!(refusal_reason(late), "card-not-fresh", "a proof does not keep: {}", identity.engine());
    }
}
