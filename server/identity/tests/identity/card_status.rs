//! Behind the port for the status of cards may stand whatever answers, or does not: an operator's service as well as lists.

use async_trait::async_trait;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use techo_identity::{
    enrol::{CardCeremonies, CardPurpose, CardSelection, CardWarning, CeremonyVisitor, stored_certificate},
    passkey::PasskeyCeremonies,
};
use techo_jpki::{
    CardStatus, CardStatusInquiry, CardStatusSource, CardStatuses, CertificateId, RevocationReason,
};
use techo_model::{AccountId, UnixMillis};
use techo_testkit::identity::{
    DAY, IdentityPortal, MINUTE, ORIGIN, browser, each_identity_portal, refusal_reason,
};

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

/// From now on this source is asked instead of the lists.
async fn ask(identity: &mut IdentityPortal, inquiry: &CardStatusInquiry) {
    let custody = identity.custody().clone();
    identity.cards = CardCeremonies::new(custody.clone(), identity.trust.clone(), inquiry.clone(), ORIGIN);
    identity.passkeys = PasskeyCeremonies::open(custody, inquiry.clone(), ORIGIN).await.unwrap();
}

async fn certificate(identity: &IdentityPortal, account: AccountId) -> CertificateId {
    let binding = identity.custody().stores.vault.current_binding(account).await.unwrap().unwrap();
    stored_certificate(identity.custody(), &binding).unwrap()
}

#[tokio::test]
async fn an_operators_service_is_asked_about_all_running_cards_in_one_question() {
    for mut identity in each_identity_portal().await {
        let service = Arc::new(OperatorService::default());
        ask(&mut identity, &CardStatusInquiry::from(service.clone())).await;
        let (mut lost, found) = (identity.enrolled(1).await, identity.enrolled(2).await);
        identity.enrolled(3).await;
        service.questions.lock().unwrap().clear();
        assert_eq!(identity.cards.watch_cards(CardSelection::Running).await.unwrap().turned, 0);
        assert_eq!(*service.questions.lock().unwrap(), [3], "{}", identity.engine());

        let at = identity.custody().environment.now();
        let revoked = CardStatus::Revoked { reason: RevocationReason::KeyCompromise, at };
        let card = certificate(&identity, lost.who.account).await;
        service.listed.lock().unwrap().insert(card, revoked);
        let sweep = identity.cards.watch_cards(CardSelection::Running).await.unwrap();
        assert_eq!((sweep.asked, sweep.turned, sweep.sessions_ended), (3, 1, 1));
        assert_eq!(identity.signed_in(&lost.session).await, None);
        assert!(identity.signed_in(&found.session).await.is_some());
        let refused = identity.sign_in(&browser("a"), &mut lost.device).await;
        assert_eq!(refusal_reason(refused), "card-not-active", "{}", identity.engine());
    }
}

#[tokio::test]
async fn a_service_that_never_answers_lets_no_card_in_and_passkeys_for_a_day() {
    for mut identity in each_identity_portal().await {
        let mut person = identity.enrolled(1).await;
        let inquiry =
            CardStatusInquiry::from(Arc::new(SilentService)).with_time_limit(Duration::from_millis(20));
        ask(&mut identity, &inquiry).await;
        let (session, card) = (browser("a"), identity.card());
        let code = identity.letter(2).await.code;
        let shown =
            identity.show(&CeremonyVisitor::stranger(&session), CardPurpose::Enrol, &card, Some(&code)).await;
        assert_eq!(refusal_reason(shown), "card-status-unknown", "{}", identity.engine());
        let sweep = identity.cards.watch_cards(CardSelection::Running).await.unwrap();
        assert_eq!((sweep.asked, sweep.unknown, sweep.sessions_ended), (1, 1, 0));
        assert_eq!(inquiry.unanswered(), 2);
        let opened = identity.sign_in(&browser("b"), &mut person.device).await.unwrap();
        assert!(matches!(opened.trouble, Some(CardWarning::StatusUnknown { .. })), "{:?}", opened.trouble);
        identity.wait_without_lists(DAY + MINUTE);
        let late = identity.sign_in(&browser("c"), &mut person.device).await;
        assert_eq!(refusal_reason(late), "card-not-active", "{}", identity.engine());
    }
}
