//! Asking sources that answer, that do not, and that answer something else.

use crate::{
    CardStatus, CardStatusInquiry, CardStatusSource, CardStatuses, CertificateId, MAX_STATUS_BATCH,
    STATUS_TIME_LIMIT, StatusUnknown,
    testkit::{NOW, SECOND, card},
};
use async_trait::async_trait;
use std::sync::{Arc, Mutex};
use techo_model::UnixMillis;
use tokio::time::{Instant, sleep};

const TOO_LATE: CardStatus = CardStatus::Unknown(StatusUnknown::TooLate);
const HELD: CardStatus = CardStatus::OnHold { at: NOW };

/// An online service in miniature: it looks cards up in a list, takes a second for each question, and never answers one
/// about the card that it calls `silent`.
#[derive(Default)]
struct OnlineService {
    known: CardStatuses,
    silent: Option<CertificateId>,
    asked: Mutex<Vec<usize>>,
}

#[async_trait]
impl CardStatusSource for OnlineService {
    async fn statuses(&self, certificates: &[CertificateId], _: UnixMillis) -> CardStatuses {
        self.asked.lock().unwrap().push(certificates.len());
        if certificates.iter().any(|certificate| Some(certificate) == self.silent.as_ref()) {
            std::future::pending::<()>().await;
        }
        sleep(SECOND).await;
        self.known.clone()
    }

    async fn is_renewal(&self, old: &CertificateId, _: &CertificateId) -> bool {
        if Some(old) == self.silent.as_ref() {
            std::future::pending::<()>().await;
        }
        true
    }
}

fn inquiry(service: OnlineService) -> (Arc<OnlineService>, CardStatusInquiry) {
    let service = Arc::new(service);
    (Arc::clone(&service), CardStatusInquiry::from(service))
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_one_question_and_each_card_gets_its_own_answer_in_order() {
    let known = CardStatuses::from([(card(&[1]), HELD), (card(&[2]), CardStatus::Good)]);
    let (service, inquiry) = inquiry(OnlineService { known, ..OnlineService::default() });
    let answers = inquiry.statuses(&[card(&[2]), card(&[3]), card(&[1])], NOW).await;
    assert_eq!(answers, [CardStatus::Good, CardStatus::Unknown(StatusUnknown::NotAnswered), HELD]);
    assert_eq!(*service.asked.lock().unwrap(), [3]);
    assert_eq!(inquiry.unanswered(), 1);
    assert_eq!(inquiry.status(&card(&[1]), NOW).await, HELD);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_never_answers_counts_as_unknown_after_four_seconds() {
    let silent = Some(card(&[9]));
    let known = CardStatuses::from([(card(&[1]), CardStatus::Good)]);
    let (_, inquiry) = inquiry(OnlineService { known, silent, ..OnlineService::default() });
    let begun = Instant::now();
    assert_eq!(inquiry.statuses(&[card(&[1]), card(&[9])], NOW).await, [TOO_LATE, TOO_LATE]);
    assert_eq!(begun.elapsed(), STATUS_TIME_LIMIT);
    assert_eq!(inquiry.unanswered(), 2);
    assert!(!inquiry.is_renewal(&card(&[9]), &card(&[1])).await);
    assert!(inquiry.is_renewal(&card(&[1]), &card(&[9])).await);
    assert_eq!(inquiry.status(&card(&[1]), NOW).await, CardStatus::Good, "the next question is a new one");
}

#[tokio::test(start_paused = true)]
async fn no_question_is_about_more_cards_than_a_source_is_promised() {
    let (service, inquiry) = inquiry(OnlineService::default());
    let many: Vec<_> = (0..=2 * MAX_STATUS_BATCH).map(|serial| card(&serial.to_be_bytes())).collect();
    assert_eq!(inquiry.statuses(&many, NOW).await.len(), many.len());
    assert_eq!(*service.asked.lock().unwrap(), [MAX_STATUS_BATCH, MAX_STATUS_BATCH, 1]);
    assert!(inquiry.statuses(&[], NOW).await.is_empty());
    assert_eq!(service.asked.lock().unwrap().len(), 3, "nothing is asked about nobody");
}
