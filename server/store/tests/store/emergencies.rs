//! Declared emergencies: who declared, until when, what was answered, what the review found.

use crate::people::{EARLIER, LATER, NOW, chain, uuid};
use techo_model::{
    EventId, UnixMillis,
    emergency::{EmergencyReview, Finding, FoundBy},
    paging::PageRequest,
};
use techo_store::{
    Records,
    records::emergencies::{EmergencyRow, ReviewRow},
    testing::{TestStores, each_engine},
};

const HOSPITAL: &str = "1310000002";
const DOCTOR: (&str, &str) = (HOSPITAL, "dr-1");

fn emergency(number: u128, declared_at: UnixMillis) -> EmergencyRow {
    EmergencyRow {
        chain_id: chain(1),
        emergency_id: EventId(uuid(number)),
        organisation: HOSPITAL.into(),
        subject: "dr-1".into(),
        subject_name: None,
        subject_role: None,
        found_by: FoundBy::Card,
        reason_sealed: vec![1],
        declared_at,
        ends_at: LATER,
        reply_sealed: None,
        replied_at: None,
        finding: None,
        remark_sealed: None,
        reviewed_by: None,
        reviewed_at: None,
        state: EmergencyReview::Open,
        key_version: 1,
    }
}

async fn declare(records: &Records, rows: &[EmergencyRow]) {
    for row in rows {
        let mut tx = records.begin().await.unwrap();
        records.lock_declarer(&mut tx, row.chain_id, DOCTOR, row.declared_at).await.unwrap();
        records.insert_emergency(&mut tx, row).await.unwrap();
        tx.commit().await.unwrap();
    }
}

fn ids(rows: &[EmergencyRow]) -> Vec<u128> {
    rows.iter().map(|row| row.emergency_id.0.as_u128()).collect()
}

#[tokio::test]
async fn the_last_emergencies_of_a_declarer_come_newest_first_and_are_counted_by_time() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let other = EmergencyRow { chain_id: chain(2), ..emergency(3, NOW) };
        declare(records, &[emergency(1, EARLIER), emergency(2, NOW), other.clone()]).await;
        let newest = records.emergencies_of_subject(chain(1), HOSPITAL, "dr-1", 9).await.unwrap();
        assert_eq!(ids(&newest), [2, 1], "{engine}");
        assert!(records.emergencies_of_subject(chain(1), HOSPITAL, "dr-2", 9).await.unwrap().is_empty());
        let mut tx = records.begin().await.unwrap();
        let last = records.emergencies_of_declarer(&mut tx, chain(1), DOCTOR, 1).await.unwrap();
        assert_eq!(ids(&last), [2], "{engine}");
        tx.rollback().await.unwrap();
        let count =
            async |since, until| records.count_emergencies(HOSPITAL, "dr-1", (since, until)).await.unwrap();
        assert_eq!(count(EARLIER, NOW).await, 2, "{engine}: for whomever, the beginning not included");
        assert_eq!(count(UnixMillis(EARLIER.0 - 1), NOW).await, 3, "{engine}");
        assert_eq!(count(NOW, LATER).await, 0, "{engine}");
        assert_eq!(records.emergency(other.emergency_id).await.unwrap(), Some(other.clone()), "{engine}");
        assert_eq!(records.emergency_of(chain(2), other.emergency_id).await.unwrap(), Some(other.clone()));
        assert_eq!(records.emergency_of(chain(1), other.emergency_id).await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn an_emergency_runs_until_its_end_or_until_whoever_declared_it_ends_it() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        declare(records, &[emergency(1, NOW)]).await;
        let id = EventId(uuid(1));
        let mut tx = records.begin().await.unwrap();
        assert!(records.holds_emergency(&mut tx, id, NOW).await.unwrap(), "{engine}");
        assert!(!records.holds_emergency(&mut tx, id, LATER).await.unwrap(), "{engine}: its end");
        let stranger = records.end_emergency(&mut tx, id, (HOSPITAL, "dr-2"), NOW).await.unwrap();
        assert_eq!(stranger, None, "{engine}");
        let ended = UnixMillis(NOW.0 + 1);
        assert_eq!(records.end_emergency(&mut tx, id, DOCTOR, ended).await.unwrap(), Some(chain(1)));
        assert_eq!(records.end_emergency(&mut tx, id, DOCTOR, ended).await.unwrap(), None, "{engine}: once");
        assert!(!records.holds_emergency(&mut tx, id, ended).await.unwrap(), "{engine}");
        tx.commit().await.unwrap();
        assert_eq!(records.emergency(id).await.unwrap().unwrap().ends_at, ended, "{engine}");
    }
}

fn review(heard: Option<UnixMillis>) -> ReviewRow<'static> {
    ReviewRow { finding: Finding::Justified, remark_sealed: &[7], by: uuid(99), at: LATER, heard }
}

async fn close(records: &Records, number: u128, heard: Option<UnixMillis>) -> bool {
    let mut tx = records.begin().await.unwrap();
    let done = records.close_emergency(&mut tx, EventId(uuid(number)), &review(heard)).await.unwrap();
    tx.commit().await.unwrap();
    done
}

#[tokio::test]
async fn a_review_is_closed_once_by_somebody_who_heard_the_person() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        declare(records, &[emergency(2, NOW), emergency(1, EARLIER)]).await;
        assert_eq!(
            ids(&records.emergencies_to_review(PageRequest::first(9)).await.unwrap().items),
            [1, 2],
            "{engine}: oldest first"
        );
        assert_eq!(
            ids(&records.emergencies_to_review(PageRequest::first(1)).await.unwrap().items),
            [1],
            "{engine}"
        );
        assert!(close(records, 1, None).await, "{engine}");
        assert!(!close(records, 1, None).await, "{engine}: once");
        assert_eq!(
            ids(&records.emergencies_to_review(PageRequest::first(9)).await.unwrap().items),
            [2],
            "{engine}"
        );
        let closed = records.emergencies_reviewed(PageRequest::first(9)).await.unwrap().items;
        assert_eq!(ids(&closed), [1], "{engine}");
        assert_eq!((closed[0].finding, closed[0].reviewed_at), (Some(Finding::Justified), Some(LATER)));
        let mut tx = records.begin().await.unwrap();
        let (mine, foreign) = ((chain(1), EventId(uuid(1))), (chain(2), EventId(uuid(2))));
        records.put_emergency_reply(&mut tx, mine, &[8], NOW).await.unwrap();
        records.put_emergency_reply(&mut tx, foreign, &[9], NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            ids(&records.emergencies_to_review(PageRequest::first(9)).await.unwrap().items),
            [1, 2],
            "{engine}: open again"
        );
        assert!(!close(records, 1, None).await, "{engine}: the person answered since");
        assert!(close(records, 1, Some(NOW)).await, "{engine}");
        let other = records.emergency(EventId(uuid(2))).await.unwrap().unwrap();
        assert_eq!(other.reply_sealed, None, "{engine}: nobody answers for somebody else");
    }
}

#[tokio::test]
async fn sealed_columns_are_written_for_the_version_that_was_read() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        declare(records, &[emergency(1, NOW), emergency(2, NOW)]).await;
        let start = EventId(uuid(0));
        let moved = EmergencyRow { reason_sealed: vec![2], key_version: 2, ..emergency(1, NOW) };
        let late = EmergencyRow { reason_sealed: vec![3], key_version: 3, ..emergency(1, NOW) };
        assert_eq!(ids(&records.emergencies_of_version(1, start, 9).await.unwrap()), [1, 2], "{engine}");
        assert_eq!(ids(&records.emergencies_of_version(1, EventId(uuid(1)), 9).await.unwrap()), [2]);
        let mut tx = records.begin().await.unwrap();
        records.reseal_emergency(&mut tx, &moved, 1).await.unwrap();
        records.reseal_emergency(&mut tx, &late, 1).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(records.emergencies_of_version(2, start, 9).await.unwrap(), [moved], "{engine}");
        assert_eq!(ids(&records.emergencies_of_version(1, start, 9).await.unwrap()), [2], "{engine}");
    }
}
