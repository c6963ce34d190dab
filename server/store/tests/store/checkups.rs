//! Checkups: the newest document, what it replaced, what was deleted, and what proves whose it is.

use crate::{
    people::{LATER, NOW, code, uuid},
    samples::{checkup, mark},
};
use techo_model::{
    CheckupId, RecordCode, UnixMillis, checkup::MatchProof, consent::MarkChoice, record::RecordKind,
};
use techo_store::{
    Records, Tx,
    records::{
        import::checkups::{CheckupDeletion, NewCheckup},
        proofs::DoubtedPeriod,
    },
    testing::{TestStores, each_engine},
};

const ONE: CheckupId = CheckupId(uuid(1));

async fn begin(records: &Records) -> Tx {
    records.begin().await.unwrap()
}

async fn add(records: &Records, rows: &[NewCheckup]) {
    let mut tx = begin(records).await;
    records.insert_checkups(&mut tx, rows).await.unwrap();
    tx.commit().await.unwrap();
}

/// The document of a checkup that was corrected on this day.
fn corrected(on: &str) -> NewCheckup {
    let (dated, digest) = (on.to_owned(), on.as_bytes().to_vec());
    NewCheckup { document_date: dated, digest, results: "[1]".into(), at: LATER, ..checkup(1) }
}

async fn replace(records: &Records, new: &NewCheckup) -> bool {
    let mut tx = begin(records).await;
    let done = records.replace_checkup(&mut tx, new).await.unwrap();
    tx.commit().await.unwrap();
    done
}

#[tokio::test]
async fn checkups_of_a_person_come_newest_first_and_nobody_elses() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let newest = NewCheckup { examined_on: "2026-05-01".into(), ..checkup(2) };
        let others = NewCheckup { record_code: code(2), ..checkup(3) };
        add(records, &[]).await;
        add(records, &[checkup(1), newest, others]).await;
        let rows = records.checkups(code(1)).await.unwrap();
        assert_eq!(
            rows.iter().map(|row| row.checkup_id.0).collect::<Vec<_>>(),
            [uuid(2), uuid(1)],
            "{engine}"
        );
        assert_eq!(records.latest_checkup(code(1)).await.unwrap().unwrap().checkup_id.0, uuid(2), "{engine}");
        assert!(records.latest_checkup(code(3)).await.unwrap().is_none(), "{engine}");
        let one = records.checkup(code(1), ONE).await.unwrap().unwrap();
        assert_eq!((one.results.as_deref(), one.received_at), (Some("[]"), NOW), "{engine}");
        assert!(records.checkup(code(2), ONE).await.unwrap().is_none(), "{engine}: under its own code alone");
    }
}

#[tokio::test]
async fn a_frozen_checkup_keeps_its_values_in_the_database() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let older = NewCheckup { examined_on: "2024-05-01".into(), ..checkup(2) };
        add(records, &[checkup(1), older]).await;
        let mut tx = begin(records).await;
        let sender = records.freeze(&mut tx, code(1), (RecordKind::Checkup, uuid(1)), NOW).await.unwrap();
        assert_eq!(sender.as_deref(), Some("06139999"), "{engine}");
        let foreign = records.freeze(&mut tx, code(2), (RecordKind::Checkup, uuid(1)), NOW).await.unwrap();
        assert_eq!(foreign, None, "{engine}: not somebody else's");
        records.freeze(&mut tx, code(1), (RecordKind::Checkup, uuid(1)), LATER).await.unwrap();
        tx.commit().await.unwrap();
        let frozen = records.checkup(code(1), ONE).await.unwrap().unwrap();
        assert_eq!((frozen.results, frozen.frozen_at), (None, Some(NOW)), "{engine}: the first moment stays");
        let latest = records.latest_checkup(code(1)).await.unwrap().unwrap();
        assert_eq!(latest.checkup_id.0, uuid(2), "{engine}: the newest that is not frozen");
    }
}

#[tokio::test]
async fn a_checkup_of_a_day_and_programme_is_there_once_and_known_and_locked_by_its_day() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        add(records, &[checkup(1)]).await;
        let mut tx = begin(records).await;
        assert!(!records.insert_checkup(&mut tx, &checkup(2)).await.unwrap(), "{engine}");
        let other = NewCheckup { programme: "020".into(), ..checkup(2) };
        assert!(records.insert_checkup(&mut tx, &other).await.unwrap(), "{engine}");
        let day = ("1319999999", "2025-05-01");
        assert_eq!(records.locked_checkups(&mut tx, code(1), day).await.unwrap().len(), 2, "{engine}");
        let elsewhere =
            records.locked_checkups(&mut tx, code(1), ("1319999998", "2025-05-01")).await.unwrap();
        assert!(elsewhere.is_empty(), "{engine}");
        let known = records.known_checkups(&mut tx, &[code(1), code(2)]).await.unwrap();
        assert_eq!(known.len(), 2, "{engine}");
        assert!(known.iter().any(|row| row.key() == checkup(1).key()), "{engine}");
        assert!(records.known_checkups(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_newer_document_takes_the_place_and_an_older_one_never_does() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        add(records, &[checkup(1)]).await;
        assert!(replace(records, &corrected("2025-07-01")).await, "{engine}");
        assert!(!replace(records, &corrected("2025-06-15")).await, "{engine}: what is there is newer");
        let now = records.checkup(code(1), ONE).await.unwrap().unwrap();
        assert_eq!(
            (now.document_date.to_string(), now.changed_at),
            ("2025-07-01".to_owned(), LATER),
            "{engine}"
        );
        let former = records.former_checkups(code(1)).await.unwrap();
        assert_eq!(former.len(), 1, "{engine}");
        assert_eq!(
            (former[0].document_date.to_string(), former[0].held_since),
            ("2025-06-01".to_owned(), NOW),
            "{engine}"
        );
        let replaced = records.replaced_versions(code(1), ONE).await.unwrap();
        assert_eq!((replaced.len(), replaced[0].replaced_at), (1, LATER), "{engine}");
        let mut tx = begin(records).await;
        records.freeze(&mut tx, code(1), (RecordKind::Checkup, uuid(1)), LATER).await.unwrap();
        tx.commit().await.unwrap();
        assert!(records.former_checkups(code(1)).await.unwrap().is_empty(), "{engine}: of what is frozen");
    }
}

#[tokio::test]
async fn a_document_that_comes_late_is_history_alone_which_ends_by_date() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        add(records, &[checkup(1)]).await;
        let mut tx = begin(records).await;
        for on in ["2025-05-10", "2025-05-20", "2025-05-20"] {
            records.keep_older_version(&mut tx, &corrected(on)).await.unwrap();
        }
        assert_eq!(
            records.known_versions(&mut tx, &[code(1)]).await.unwrap().len(),
            2,
            "{engine}: each once"
        );
        assert!(records.known_versions(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        tx.commit().await.unwrap();
        assert!(records.former_checkups(code(1)).await.unwrap().is_empty(), "{engine}: nobody ever saw them");
        let dates = async || {
            let rows = records.replaced_versions(code(1), ONE).await.unwrap();
            rows.into_iter().map(|row| row.document_date.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(dates().await, ["2025-05-20", "2025-05-10"], "{engine}: newest first");
        let mut tx = begin(records).await;
        records.delete_versions_until(&mut tx, (code(1), ONE), "2025-05-10").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(dates().await, ["2025-05-20"], "{engine}: and with that date");
        let mut tx = begin(records).await;
        records.delete_checkup(&mut tx, code(1), ONE).await.unwrap();
        tx.commit().await.unwrap();
        assert!(records.checkup(code(1), ONE).await.unwrap().is_none(), "{engine}");
        assert!(dates().await.is_empty(), "{engine}: with its history");
    }
}

#[tokio::test]
async fn of_two_deletions_the_one_with_the_later_date_is_remembered() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let mut tx = begin(records).await;
        for on in ["2025-07-01", "2025-08-01", "2025-06-01"] {
            let deletion = CheckupDeletion::of(&checkup(1).key(), on.into());
            records.remember_deletion(&mut tx, &deletion, "06139999", NOW).await.unwrap();
        }
        let known = records.known_deletions(&mut tx, &[code(1)]).await.unwrap();
        assert_eq!(known.len(), 1, "{engine}");
        assert!(known[0].forbids(&checkup(1).key(), "2025-08-01"), "{engine}");
        assert!(!known[0].forbids(&checkup(1).key(), "2025-08-02"), "{engine}");
        assert!(records.known_deletions(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        tx.commit().await.unwrap();
    }
}

async fn unproven(records: &Records, after: (RecordCode, CheckupId), limit: i64) -> Vec<u128> {
    let rows = records.unproven_checkups(after, limit).await.unwrap();
    rows.iter().map(|row| row.checkup_id.0.as_u128()).collect()
}

#[tokio::test]
async fn a_branch_that_was_another_one_proves_nothing_any_more_until_it_is_proven_anew() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let outside = NewCheckup { examined_on: "2026-04-01".into(), ..checkup(2) };
        let by_family = NewCheckup { record_code: code(2), matched_by: MatchProof::Family, ..checkup(3) };
        add(records, &[checkup(1), outside, by_family]).await;
        let start = (RecordCode(uuid(0)), CheckupId(uuid(0)));
        assert_eq!(unproven(records, start, 9).await, [3], "{engine}");
        let period = DoubtedPeriod { insurer: "06139999", from: "2025-04-01", to: Some("2026-04-01") };
        let mut tx = begin(records).await;
        records.doubt_branch_matches(&mut tx, code(1), &period).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            unproven(records, start, 9).await,
            [1, 3],
            "{engine}: in the period, its end not included"
        );
        assert_eq!(unproven(records, start, 1).await, [1], "{engine}");
        assert_eq!(unproven(records, (code(1), ONE), 9).await, [3], "{engine}");
        let mut tx = begin(records).await;
        records.prove_checkup(&mut tx, &checkup(1)).await.unwrap();
        let family = NewCheckup { record_code: code(2), ..checkup(3) };
        records.prove_checkup(&mut tx, &family).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(unproven(records, start, 9).await, [3], "{engine}: what is known already stays");
    }
}

#[tokio::test]
async fn a_document_that_stood_in_the_history_of_another_checkup_takes_marks_and_freeze_along() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let other = NewCheckup { programme: "020".into(), ..checkup(2) };
        add(records, &[checkup(1), other]).await;
        assert!(replace(records, &corrected("2025-07-01")).await, "{engine}");
        let mut tx = begin(records).await;
        let former = records.former_versions(&mut tx, (code(1), ONE)).await.unwrap();
        assert_eq!((former.len(), former[0].document_date.as_str()), (1, "2025-06-01"), "{engine}");
        records.insert_mark(&mut tx, code(1), &mark(1, uuid(1), MarkChoice::Withheld)).await.unwrap();
        records.insert_mark(&mut tx, code(1), &mark(2, uuid(1), MarkChoice::Sealed)).await.unwrap();
        records.freeze(&mut tx, code(1), (RecordKind::Checkup, uuid(1)), NOW).await.unwrap();
        records.carry_marks(&mut tx, code(1), (ONE, CheckupId(uuid(2)))).await.unwrap();
        tx.commit().await.unwrap();
        let marks = records.marks(code(1)).await.unwrap();
        let last = marks.last().unwrap();
        assert_eq!((last.number, last.record_id, last.mark), (3, uuid(2), MarkChoice::Sealed), "{engine}");
        let frozen = records.checkup(code(1), CheckupId(uuid(2))).await.unwrap().unwrap().frozen_at;
        assert_eq!(frozen, Some(NOW), "{engine}");
        let start = (RecordCode(uuid(0)), CheckupId(uuid(0)));
        assert_eq!(records.checkups_with_history(start, 9).await.unwrap(), [(code(1), ONE)], "{engine}");
        assert!(records.checkups_with_history((code(1), ONE), 9).await.unwrap().is_empty(), "{engine}");
        let mut tx = begin(records).await;
        records.drop_version(&mut tx, (code(1), ONE), &checkup(1).digest).await.unwrap();
        tx.commit().await.unwrap();
        assert!(records.checkups_with_history(start, 9).await.unwrap().is_empty(), "{engine}");
    }
}

#[test]
fn a_document_may_be_dated_a_day_ahead() {
    let latest = techo_store::records::import::checkups::latest_date(UnixMillis(1_800_000_000_000));
    assert_eq!(latest, "2027-01-16");
}
