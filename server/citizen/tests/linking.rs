//! A renewed card: what says whose it is, what linking it is not, and who hears of it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod front;
mod support;

use front::{DAY, Front, MINUTE, Person, browser, fronts, refusal, signed_in};
use support::city;
use techo_cardlab::Card;
use techo_custody::Result;
use techo_identity::{
    enrol::{CardOutcome, CardPurpose, CardStep, CardTrouble, Visitor},
    session::SignedIn,
};
use techo_store::vault::outside_events::OutsideEventPlace;

impl Front {
    /// The person, some time after the card was shown, verified by passkey this moment.
    async fn fresh(&self, person: &mut Person) -> SignedIn {
        self.wait(MINUTE * 6);
        self.verify(&person.who, &mut person.device).await.unwrap()
    }

    async fn link(&self, who: &SignedIn, card: &Card, code: Option<&str>) -> Result<CardOutcome> {
        self.show(&signed_in(who), CardPurpose::Link, card, code).await
    }

    async fn told_outside(&self) -> Vec<String> {
        let vault = &self.custody().stores.vault;
        let rows = vault
            .untold_events(&city().id, (OutsideEventPlace::START, 100), self.custody().environment.today())
            .await
            .unwrap();
        rows.iter().map(|row| row.kind.to_string()).collect()
    }
}

#[tokio::test]
async fn a_session_with_a_fresh_passkey_alone_links_no_card() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let who = front.fresh(&mut person).await;
        let foreign = front.card();
        assert_eq!(refusal(front.link(&who, &foreign, None).await), "card-unproven");
        assert_eq!(refusal(front.link(&who, &foreign, Some("  ")).await), "card-unproven");
        let session = browser("thief");
        let visitor = Visitor::stranger(&session);
        let recovered = front.show(&visitor, CardPurpose::Recover, &foreign, None).await;
        assert_eq!(refusal(recovered), "code-form");
        assert!(front.signed_in(&person.session).await.is_some());
        front.show(&visitor, CardPurpose::Recover, &person.card, None).await.unwrap();
        assert!(!front.told_outside().await.contains(&"card.linked".to_owned()), "{}", front.engine());
    }
}

#[tokio::test]
async fn a_letter_says_whose_a_renewed_card_is() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let renewed = front.lab.renew(&person.card.serial, front.custody().environment.now()).unwrap();
        front.wait(MINUTE * 6);
        let opened = front.sign_in(&browser("a"), &mut person.device).await.unwrap();
        assert!(matches!(opened.trouble, Some(CardTrouble::Ended { .. })), "{:?}", opened.trouble);
        front.wait(MINUTE * 6);
        let code = front.letter(1).await.code;
        let stale = front.link(&opened.signed_in, &renewed, Some(&code)).await;
        assert_eq!(refusal(stale), "not-fresh");

        let who = front.verify(&opened.signed_in, &mut person.device).await.unwrap();
        let linked = front.link(&who, &renewed, Some(&code)).await.unwrap();
        assert_eq!(linked.step, CardStep::Linked);
        let who = linked.signed_in.unwrap();
        assert!(!who.card_is_fresh(front.custody().environment.now()), "linking is not a card check");
        assert_eq!(front.signed_in(&who.key).await, Some(who.clone()));
        assert_eq!(front.signed_in(&person.session).await, None, "other sessions end");
        assert_eq!(front.cards.card_trouble(who.account).await.unwrap(), None);
        let last = front.passkeys.remove_passkey(&who, who.passkey).await;
        assert_eq!(refusal(last), "last-passkey");

        let again = front.link(&who, &front.card(), Some(&code)).await;
        assert_eq!(refusal(again), "code-unknown", "a letter works once");
        front.wait(DAY * 100);
        front.sign_in(&browser("b"), &mut person.device).await.unwrap();
        assert!(front.events().await.contains(&"card.linked".to_owned()));
        assert!(front.told_outside().await.contains(&"card.linked".to_owned()), "{}", front.engine());
    }
}

#[tokio::test]
async fn a_letter_of_somebody_else_and_a_card_of_somebody_else_link_nothing() {
    for front in fronts().await {
        let mut one = front.enrolled(1).await;
        let two = front.enrolled(2).await;
        let who = front.fresh(&mut one).await;
        let (theirs, own) = (front.letter(2).await.code, front.letter(1).await.code);
        assert_eq!(refusal(front.link(&who, &front.card(), Some(&theirs)).await), "letter-of-another");
        assert_eq!(refusal(front.link(&who, &two.card, Some(&own)).await), "card-of-another");
        front.link(&who, &front.card(), Some(&own)).await.unwrap();
    }
}

#[tokio::test]
async fn the_old_card_shown_in_the_same_session_says_whose_a_new_one_is_once() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let who = front.fresh(&mut person).await;
        let shown = front.show(&signed_in(&who), CardPurpose::StepUp, &person.card, None).await.unwrap();
        let who = shown.signed_in.unwrap();
        let linked = front.link(&who, &front.card(), None).await.unwrap().signed_in.unwrap();
        let further = front.link(&linked, &front.card(), None).await;
        assert_eq!(refusal(further), "card-unproven", "{}", front.engine());
    }
}

#[tokio::test]
async fn the_authority_that_knows_of_a_renewal_says_whose_the_new_card_is() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let renewed = front.lab.renew(&person.card.serial, front.custody().environment.now()).unwrap();
        let who = front.fresh(&mut person).await;
        assert_eq!(refusal(front.link(&who, &renewed, None).await), "card-unproven");
        let vault = &front.custody().stores.vault;
        let binding = vault.current_binding(who.account).await.unwrap().unwrap();
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let ca = hex(&binding.ca_key_id);
        let serial = |card: &Card| card.serial.to_string().trim_start_matches("00").to_owned();
        let text = format!(
            "旧認証局,旧発行番号,新認証局,新発行番号\n{ca},{},{ca},{}\n",
            serial(&person.card),
            serial(&renewed)
        );
        std::fs::write(front.lab.crl_folder().join("renewals.csv"), text).unwrap();
        assert_eq!(refusal(front.link(&who, &front.card(), None).await), "card-unproven");
        front.link(&who, &renewed, None).await.unwrap();
    }
}

#[tokio::test]
async fn a_card_that_was_replaced_takes_the_account_back_with_a_new_letter() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let who = front.fresh(&mut person).await;
        let (foreign, stolen) = (front.card(), front.letter(1).await.code);
        front.link(&who, &foreign, Some(&stolen)).await.unwrap();

        let session = browser("owner");
        let visitor = Visitor::stranger(&session);
        let without = front.show(&visitor, CardPurpose::Recover, &person.card, None).await;
        assert_eq!(refusal(without), "code-form");
        let code = front.letter(1).await.code;
        let shown = front.show(&visitor, CardPurpose::Recover, &person.card, Some(&code)).await.unwrap();
        assert_eq!(shown.step, CardStep::MakePasskey);
        let back = front.register(&session, None, &mut front.device()).await.unwrap().signed_in.unwrap();
        assert_eq!(back.account, person.who.account);
        let other = browser("thief");
        let thief = front.show(&Visitor::stranger(&other), CardPurpose::Recover, &foreign, None).await;
        assert_eq!(refusal(thief), "code-form", "{}", front.engine());
        assert_eq!(front.signed_in(&who.key).await, None);
        for kind in ["card.linked", "account.recovered", "passkey.added"] {
            assert!(front.told_outside().await.contains(&kind.to_owned()), "{kind}");
        }
    }
}

#[tokio::test]
async fn a_refused_sign_in_with_a_right_signature_is_told_outside_and_a_wrong_one_is_not() {
    for front in fronts().await {
        let mut person = front.enrolled(1).await;
        let copy = person.device.clone();
        let session = browser("forged");
        front.visit(&session).await;
        let options = front::json(&front.passkeys.begin_sign_in(&session).await.unwrap());
        let mut answer = person.device.get(&options).unwrap();
        let other = person.device.get(&options).unwrap();
        answer["response"]["signature"] = other["response"]["signature"].clone();
        let forged = serde_json::from_value(answer).unwrap();
        let refused = front.passkeys.finish_sign_in(&Visitor::stranger(&session), &forged).await;
        assert_eq!(refusal(refused), "passkey-wrong");

        front.sign_in(&browser("a"), &mut person.device).await.unwrap();
        for name in ["b", "c"] {
            let copied = front.sign_in(&browser(name), &mut copy.clone()).await;
            assert_eq!(refusal(copied), "passkey-copied");
        }
        front.event_comes("session.refused").await;
        let told = front.told_outside().await;
        let refused = told.iter().filter(|kind| *kind == "session.refused").count();
        assert_eq!(refused, 1, "one line, however often: {}", front.engine());
    }
}
