//! What a person chose: versions, drafts, marks.

use crate::{
    people::{LATER, NOW, chain, code, uuid},
    samples::mark,
};
use techo_model::consent::{ConsentOrigin, MarkChoice};
use techo_model::paging::PageRequest;
use techo_model::record::RecordKind;
use techo_store::{
    Records, StoreError,
    records::{
        consent::{ConsentDraftRow, ConsentVersionRow},
        marks::MarkDraftRow,
    },
    testing::{TestStores, each_engine},
};

fn version(version: i64, state: &str) -> ConsentVersionRow {
    ConsentVersionRow {
        version,
        state: state.into(),
        origin: ConsentOrigin::Page,
        based_on: None,
        language: "ja".into(),
        shown: "だれも見ません。".into(),
        changed_at: NOW,
    }
}

fn draft(state: &str, base: i64) -> ConsentDraftRow {
    ConsentDraftRow {
        state: state.into(),
        origin: ConsentOrigin::Page,
        based_on: None,
        base,
        drafted_at: NOW,
    }
}

async fn save(records: &Records, row: &ConsentVersionRow) -> Result<(), StoreError> {
    let mut tx = records.begin().await?;
    records.insert_consent(&mut tx, code(1), row).await?;
    tx.commit().await
}

#[tokio::test]
async fn versions_are_added_and_the_last_one_holds() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        assert_eq!(records.consent(code(1)).await.unwrap(), None, "{engine}");
        assert!(!records.has_consent(code(1)).await.unwrap(), "{engine}");
        for row in [version(1, "a"), version(2, "b")] {
            save(records, &row).await.unwrap();
        }
        let taken = save(records, &version(2, "c")).await;
        assert!(matches!(taken, Err(StoreError::Conflict)), "{engine}: {taken:?}");
        assert_eq!(records.consent(code(1)).await.unwrap(), Some(version(2, "b")), "{engine}");
        assert!(records.has_consent(code(1)).await.unwrap(), "{engine}");
        let all = records.consent_versions(code(1), PageRequest::first(9)).await.unwrap();
        assert_eq!(all.items, [version(2, "b"), version(1, "a")], "{engine}: newest first");
        let none = records.consent_versions(code(2), PageRequest::first(9)).await.unwrap();
        assert!(none.items.is_empty(), "{engine}");
        let mut tx = records.begin().await.unwrap();
        let held = records.locked_consent(&mut tx, (chain(1), code(1))).await.unwrap();
        assert_eq!(held, Some(version(2, "b")), "{engine}");
        let nothing = records.locked_consent(&mut tx, (chain(2), code(2))).await.unwrap();
        assert_eq!(nothing, None, "{engine}: before the first choice, too");
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_draft_is_replaced_and_only_the_one_that_is_named_is_dropped() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let mut tx = records.begin().await.unwrap();
        records.put_consent_draft(&mut tx, code(1), &draft("a", 0)).await.unwrap();
        records.put_consent_draft(&mut tx, code(1), &draft("b", 0)).await.unwrap();
        records.drop_consent_draft(&mut tx, code(1), &draft("a", 0)).await.unwrap();
        records.drop_consent_draft(&mut tx, code(2), &draft("b", 0)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(records.consent_draft(code(1)).await.unwrap(), Some(draft("b", 0)), "{engine}");
        let mut tx = records.begin().await.unwrap();
        records.drop_consent_draft(&mut tx, code(1), &draft("b", 0)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(records.consent_draft(code(1)).await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn marks_are_added_in_order_and_a_number_is_taken_once() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let (first, second) = (mark(1, uuid(1), MarkChoice::Withheld), mark(2, uuid(1), MarkChoice::None));
        let mut tx = records.begin().await.unwrap();
        records.insert_mark(&mut tx, code(1), &first).await.unwrap();
        records.insert_mark(&mut tx, code(1), &second).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = records.begin().await.unwrap();
        let taken = records.insert_mark(&mut tx, code(1), &mark(2, uuid(2), MarkChoice::Sealed)).await;
        assert!(matches!(taken, Err(StoreError::Conflict)), "{engine}: {taken:?}");
        tx.rollback().await.unwrap();
        assert_eq!(records.marks(code(1)).await.unwrap(), [second], "{engine}: the last one of a record");
        assert!(records.marks(code(2)).await.unwrap().is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn a_mark_that_waits_is_replaced_and_only_the_one_that_is_named_is_dropped() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let row = |mark: MarkChoice, drafted_at| MarkDraftRow {
            kind: RecordKind::Checkup,
            record_id: uuid(1),
            mark,
            labels: "[]".into(),
            base: 0,
            drafted_at,
        };
        let mut tx = records.begin().await.unwrap();
        records.put_mark_draft(&mut tx, code(1), &row(MarkChoice::Withheld, NOW)).await.unwrap();
        records.put_mark_draft(&mut tx, code(1), &row(MarkChoice::Sealed, LATER)).await.unwrap();
        records.drop_mark_draft(&mut tx, code(1), &row(MarkChoice::Withheld, NOW)).await.unwrap();
        records.drop_mark_draft(&mut tx, code(1), &row(MarkChoice::Sealed, NOW)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            records.mark_draft(code(1)).await.unwrap(),
            Some(row(MarkChoice::Sealed, LATER)),
            "{engine}"
        );
        let mut tx = records.begin().await.unwrap();
        records.drop_mark_draft(&mut tx, code(1), &row(MarkChoice::Sealed, LATER)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(records.mark_draft(code(1)).await.unwrap(), None, "{engine}");
    }
}
