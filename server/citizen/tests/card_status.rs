//! Behind the port for the status of cards may stand whatever answers, or does not: an operator's service as well as lists.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod front;
mod support;

use async_trait::async_trait;
use front::{DAY, Front, MINUTE, ORIGIN, browser, fronts, refusal};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use techo_identity::{
    enrol::{CardCeremonies, CardPurpose, CardTrouble, Visitor, Watch, stored_certificate},
    passkey::PasskeyCeremonies,
};
use techo_jpki::{
    CardStatus, CardStatusInquiry, CardStatusSource, CardStatuses, CertificateId, RevocationReason,
};
use techo_model::{AccountId, UnixMillis};
use techo_store::testing::tamper_row;

/// A service in miniature: it knows every card as good but those in its list, and remembers how many each question was about.
#[derive(Default)]
struct OperatorService {
    listed: Mutex<HashMap<CertificateId, CardStatus>>,
    questions: Mutex<Vec<usize>>,
}

#[async_trait]
impl CardStatusSource for OperatorService {
    async fn statuses(&self, certificates: &[CertificateId], _: UnixMillis) -> CardStatuses {
        tokio::task::yield_now().await;
        self.questions.lock().unwrap().push(certificates.len());
        let listed = self.listed.lock().unwrap();
        let status = |card: &CertificateId| listed.get(card).copied().unwrap_or(CardStatus::Good);
        certificates.iter().map(|card| (card.clone(), status(card))).collect()
    }
}

/// A service that takes every question and answers none.
struct SilentService;

#[async_trait]
impl CardStatusSource for SilentService {
    async fn statuses(&self, _: &[CertificateId], _: UnixMillis) -> CardStatuses {
        std::future::pending().await
    }
}

impl Front {
    /// From now on this source is asked instead of the lists.
    async fn ask(&mut self, inquiry: &CardStatusInquiry) {
        let custody = self.custody().clone();
        self.cards = CardCeremonies::new(custody.clone(), self.trust.clone(), inquiry.clone(), ORIGIN);
        self.passkeys = PasskeyCeremonies::open(custody, inquiry.clone(), ORIGIN).await.unwrap();
    }

    async fn certificate(&self, account: AccountId) -> CertificateId {
        let binding = self.custody().stores.vault.current_binding(account).await.unwrap().unwrap();
        stored_certificate(self.custody(), &binding).unwrap()
    }
}

#[tokio::test]
async fn an_operators_service_is_asked_about_all_running_cards_in_one_question() {
    for mut front in fronts().await {
        let service = Arc::new(OperatorService::default());
        front.ask(&CardStatusInquiry::from(service.clone())).await;
        let (mut lost, found) = (front.enrolled(1).await, front.enrolled(2).await);
        front.enrolled(3).await;
        service.questions.lock().unwrap().clear();
        assert_eq!(front.cards.watch_cards(Watch::Running).await.unwrap().turned, 0);
        assert_eq!(*service.questions.lock().unwrap(), [3], "{}", front.engine());

        let at = front.custody().environment.now();
        let revoked = CardStatus::Revoked { reason: RevocationReason::KeyCompromise, at };
        service.listed.lock().unwrap().insert(front.certificate(lost.who.account).await, revoked);
        let sweep = front.cards.watch_cards(Watch::Running).await.unwrap();
        assert_eq!((sweep.asked, sweep.turned, sweep.sessions_ended), (3, 1, 1));
        assert_eq!(front.signed_in(&lost.session).await, None);
        assert!(front.signed_in(&found.session).await.is_some());
        let refused = front.sign_in(&browser("a"), &mut lost.device).await;
        assert_eq!(refusal(refused), "card-not-active", "{}", front.engine());
    }
}

#[tokio::test]
async fn a_service_that_never_answers_lets_no_card_in_and_passkeys_for_a_day() {
    for mut front in fronts().await {
        let mut person = front.enrolled(1).await;
        let inquiry =
            CardStatusInquiry::from(Arc::new(SilentService)).with_time_limit(Duration::from_millis(20));
        front.ask(&inquiry).await;
        let (session, card) = (browser("a"), front.card());
        let code = front.letter(2).await.code;
        let shown = front.show(&Visitor::stranger(&session), CardPurpose::Enrol, &card, Some(&code)).await;
        assert_eq!(refusal(shown), "card-status-unknown", "{}", front.engine());
        let sweep = front.cards.watch_cards(Watch::Running).await.unwrap();
        assert_eq!((sweep.asked, sweep.unknown, sweep.sessions_ended), (1, 1, 0));
        assert_eq!(inquiry.unanswered(), 2);
        let opened = front.sign_in(&browser("b"), &mut person.device).await.unwrap();
        assert!(matches!(opened.trouble, Some(CardTrouble::StatusUnknown { .. })), "{:?}", opened.trouble);
        front.wait_without_lists(DAY + MINUTE);
        let late = front.sign_in(&browser("c"), &mut person.device).await;
        assert_eq!(refusal(late), "card-not-active", "{}", front.engine());
    }
}

#[tokio::test]
async fn a_card_whose_row_cannot_be_read_keeps_nobody_from_asking_about_the_others() {
    for front in fronts().await {
        let (spoilt, other) = (front.enrolled(1).await, front.enrolled(2).await);
        let vault = &front.custody().stores.vault;
        let binding = vault.current_binding(spoilt.who.account).await.unwrap().unwrap().binding_id;
        let spoil = "UPDATE card_binding SET serial_sealed = serial_lookup WHERE binding_id = $1";
        assert_eq!(tamper_row(vault.db(), spoil, binding.0).await, 1);
        front.wait(MINUTE);
        front.lab.hold(&other.card.serial, front.custody().environment.now()).unwrap();
        front.load_lists();
        let sweep = front.cards.watch_cards(Watch::Running).await.unwrap();
        assert_eq!((sweep.asked, sweep.unknown, sweep.turned), (2, 1, 1), "{}", front.engine());
        assert_eq!(front.signed_in(&other.session).await, None);
        assert!(front.signed_in(&spoilt.session).await.is_some(), "unknown is borne for a while");
    }
}
