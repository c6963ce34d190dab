//! What waits is looked at again only when something changed that could settle it, and then all of it, however much it is.
use techo_model::{CalendarDate, UnixMillis, organisation::OrganisationState};
use techo_store::{
    DatabaseName,
    jobs::{ParkedChoice, forget_parked_rows, list_parked_rows},
    testing::tamper,
};
use techo_testkit::{
    TestInstallation, city, coverage_file,
    documents::{bytes, document, own_insurer},
    each_installation, residents_file,
};

const PERIOD: (u64, &str, &str, &str, &str, &str) = (1, "345", "01", "2020-04-01", "", "2026-01-01 09:00");
/// More than one page of documents.
const MANY: u32 = 130;

async fn coverage_waits(installation: &TestInstallation) {
    let taken = installation.coverage(&own_insurer(), coverage_file(&own_insurer(), &[PERIOD])).await;
    assert_eq!(taken.counts.quarantined, 1, "{:?}", taken.rejects);
}

async fn born(installation: &TestInstallation, on: &str) {
    let taken = installation.residents(&city(), residents_file(&city(), &[(1, "山田 花子", on, &[])])).await;
    assert_eq!(taken.rejects, Vec::<String>::new(), "{}", installation.engine());
}

/// Makes the waiting statement unreadable, or readable again.
async fn turn_content(installation: &TestInstallation) {
    let text = "UPDATE waiting_coverage SET row_sealed = content_digest, content_digest = row_sealed";
    assert_eq!(tamper(installation.custody.stores.vault.db(), text, &[]).await, 1);
}

/// Whether the statement was opened since it cannot be read: then it is parked.
async fn is_parked(installation: &TestInstallation) -> bool {
    !list_parked_rows(installation.custody.stores.db(DatabaseName::Identity), 10).await.unwrap().is_empty()
}

async fn set_sender_state(installation: &TestInstallation, state: OrganisationState) {
    let vault = &installation.custody.stores.vault;
    let mut tx = vault.begin().await.unwrap();
    vault.put_organisation(&mut tx, &own_insurer(), UnixMillis(1)).await.unwrap();
    assert!(vault.set_organisation_state(&mut tx, &own_insurer().id, state).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn coverage_whose_life_is_another_is_not_opened_again_until_its_dates_are_corrected() {
    for installation in each_installation().await {
        coverage_waits(&installation).await;
        born(&installation, "2021-04-01").await;
        assert_eq!(
            installation.settle().await,
            0,
            "{}: nobody is insured before birth",
            installation.engine()
        );
        turn_content(&installation).await;
        for _ in 0..3 {
            assert_eq!(installation.settle().await, 0);
        }
        assert!(!is_parked(&installation).await, "{}: nobody looked at it", installation.engine());
        turn_content(&installation).await;
        born(&installation, "1975-04-01").await;
        assert_eq!(installation.settle().await, 1, "{}", installation.engine());
        assert_eq!(
            installation.custody.stores.records.coverages(installation.record_of(1)).await.unwrap().len(),
            1
        );
    }
}

#[tokio::test]
async fn coverage_of_a_stopped_sender_is_looked_at_once_more_when_the_sender_is_resumed() {
    for installation in each_installation().await {
        coverage_waits(&installation).await;
        set_sender_state(&installation, OrganisationState::Suspended).await;
        born(&installation, "1975-04-01").await;
        assert_eq!(installation.settle().await, 0, "{}", installation.engine());
        turn_content(&installation).await;
        installation.settle().await;
        assert!(!is_parked(&installation).await, "{}: nobody looked at it", installation.engine());
        set_sender_state(&installation, OrganisationState::Active).await;
        installation.settle().await;
        assert!(is_parked(&installation).await, "{}: now somebody did", installation.engine());
        turn_content(&installation).await;
        let vault = &installation.custody.stores.vault;
        let mut tx = vault.begin().await.unwrap();
        vault.look_again_at_parked_coverage(&mut tx, ParkedChoice::All).await.unwrap();
        forget_parked_rows(&mut tx, ParkedChoice::All).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(installation.settle().await, 1, "{}", installation.engine());
    }
}

#[tokio::test]
async fn more_documents_than_one_page_has_find_their_person_together() {
    for installation in each_installation().await {
        let documents = (0..MANY).map(|n| {
            let mut one = document();
            let day = CalendarDate::parse("2025-01-01").unwrap().plus_days(i32::try_from(n).unwrap());
            one.facts.examined_on = day;
            bytes(&one)
        });
        let taken = installation.checkups(&own_insurer(), documents.collect()).await;
        assert_eq!(taken.counts.quarantined, u64::from(MANY), "{:?}", taken.rejects);
        born(&installation, "1975-04-01").await;
        let file = coverage_file(&own_insurer(), &[PERIOD]);
        installation.coverage(&own_insurer(), file).await;
        let records = &installation.custody.stores.records;
        assert_eq!(records.count_waiting().await.unwrap(), 0, "{}", installation.engine());
        let held = records.checkups(installation.record_of(1)).await.unwrap().len();
        assert_eq!(held, usize::try_from(MANY).unwrap(), "{}", installation.engine());
    }
}
