//! What waits is looked at again only when something changed that could settle it, and then all of it, however much it is.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod support;

use support::{
    Town, city, coverage_file,
    documents::{bytes, document, own_insurer},
    residents_file, towns,
};
use techo_model::{CalendarDate, UnixMillis};
use techo_store::{
    Which,
    jobs::{ParkedChoice, forget_parked_rows, list_parked_rows},
    testing::tamper,
};

const PERIOD: (u64, &str, &str, &str, &str, &str) = (1, "345", "01", "2020-04-01", "", "2026-01-01 09:00");
/// More than one page of documents.
const MANY: u32 = 130;

async fn coverage_waits(town: &Town) {
    let taken = town.coverage(&own_insurer(), coverage_file(&own_insurer(), &[PERIOD])).await;
    assert_eq!(taken.counts.quarantined, 1, "{:?}", taken.rejects);
}

async fn born(town: &Town, on: &str) {
    let taken = town.residents(&city(), residents_file(&city(), &[(1, "山田 花子", on, &[])])).await;
    assert_eq!(taken.rejects, Vec::<String>::new(), "{}", town.engine());
}

/// Makes the waiting statement unreadable, or readable again.
async fn turn_content(town: &Town) {
    let text = "UPDATE waiting_coverage SET row_sealed = content_digest, content_digest = row_sealed";
    assert_eq!(tamper(town.custody.stores.vault.db(), text, &[]).await, 1);
}

/// Whether the statement was opened since it cannot be read: then it is parked.
async fn is_parked(town: &Town) -> bool {
    !list_parked_rows(town.custody.stores.db(Which::Identity), 10).await.unwrap().is_empty()
}

async fn set_sender_state(town: &Town, state: &str) {
    let vault = &town.custody.stores.vault;
    let mut tx = vault.begin().await.unwrap();
    vault.put_organisation(&mut tx, &own_insurer(), UnixMillis(1)).await.unwrap();
    assert!(vault.set_organisation_state(&mut tx, &own_insurer().id, state).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn coverage_whose_life_is_another_is_not_opened_again_until_its_dates_are_corrected() {
    for town in towns().await {
        coverage_waits(&town).await;
        born(&town, "2021-04-01").await;
        assert_eq!(town.settle().await, 0, "{}: nobody is insured before birth", town.engine());
        turn_content(&town).await;
        for _ in 0..3 {
            assert_eq!(town.settle().await, 0);
        }
        assert!(!is_parked(&town).await, "{}: nobody looked at it", town.engine());
        turn_content(&town).await;
        born(&town, "1975-04-01").await;
        assert_eq!(town.settle().await, 1, "{}", town.engine());
        assert_eq!(town.custody.stores.records.coverages(town.record_of(1)).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn coverage_of_a_stopped_sender_is_looked_at_once_more_when_the_sender_is_resumed() {
    for town in towns().await {
        coverage_waits(&town).await;
        set_sender_state(&town, "suspended").await;
        born(&town, "1975-04-01").await;
        assert_eq!(town.settle().await, 0, "{}", town.engine());
        turn_content(&town).await;
        town.settle().await;
        assert!(!is_parked(&town).await, "{}: nobody looked at it", town.engine());
        set_sender_state(&town, "active").await;
        town.settle().await;
        assert!(is_parked(&town).await, "{}: now somebody did", town.engine());
        turn_content(&town).await;
        let vault = &town.custody.stores.vault;
        let mut tx = vault.begin().await.unwrap();
        vault.look_again_at_parked_coverage(&mut tx, ParkedChoice::All).await.unwrap();
        forget_parked_rows(&mut tx, ParkedChoice::All).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(town.settle().await, 1, "{}", town.engine());
    }
}

#[tokio::test]
async fn more_documents_than_one_page_has_find_their_person_together() {
    for town in towns().await {
        let documents = (0..MANY).map(|n| {
            let mut one = document();
            let day = CalendarDate::parse("2025-01-01").unwrap().plus_days(i32::try_from(n).unwrap());
            one.facts.examined_on = day;
            bytes(&one)
        });
        let taken = town.checkups(&own_insurer(), documents.collect()).await;
        assert_eq!(taken.counts.quarantined, u64::from(MANY), "{:?}", taken.rejects);
        born(&town, "1975-04-01").await;
        let file = coverage_file(&own_insurer(), &[PERIOD]);
        town.coverage(&own_insurer(), file).await;
        let records = &town.custody.stores.records;
        assert_eq!(records.count_waiting().await.unwrap(), 0, "{}", town.engine());
        let held = records.checkups(town.record_of(1)).await.unwrap().len();
        assert_eq!(held, usize::try_from(MANY).unwrap(), "{}", town.engine());
    }
}
