//! Laboratory reports: versions, what is withdrawn, what is frozen.

use crate::{
    people::{LATER, NOW, code, uuid},
    samples::laboratory,
};
use techo_model::{LaboratoryId, laboratory::ReportStatus, record::RecordKind};
use techo_store::{
    Records,
    records::laboratory::NewLaboratory,
    testing::{TestStores, each_engine},
};

const ONE: LaboratoryId = LaboratoryId(uuid(1));
const SENDER: &str = "1310000002";

async fn add(records: &Records, new: &NewLaboratory) -> bool {
    let mut tx = records.begin().await.unwrap();
    let done = records.insert_laboratory(&mut tx, new).await.unwrap();
    tx.commit().await.unwrap();
    done
}

#[tokio::test]
async fn reports_come_newest_first_and_an_identifier_of_a_sender_is_taken_once() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        assert!(add(records, &laboratory(1, "2025-05-01")).await, "{engine}");
        assert!(add(records, &laboratory(2, "2026-05-01")).await, "{engine}");
        let same = NewLaboratory { identifier: "1".into(), ..laboratory(3, "2026-06-01") };
        assert!(!add(records, &same).await, "{engine}");
        let rows = records.laboratory(code(1)).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.laboratory_id.0).collect::<Vec<_>>(), [uuid(2), uuid(1)]);
        assert!(records.laboratory(code(2)).await.unwrap().is_empty(), "{engine}");
        assert!(records.laboratory_report(code(2), ONE).await.unwrap().is_none(), "{engine}");
    }
}

#[tokio::test]
async fn a_new_version_takes_the_place_and_the_former_one_is_history() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        add(records, &laboratory(1, "2025-05-01")).await;
        let second = NewLaboratory {
            status: ReportStatus::Corrected,
            results: "[2]".into(),
            sender_name: "架空中央病院".into(),
            digest: vec![2],
            at: LATER,
            ..laboratory(1, "2025-05-01")
        };
        let mut tx = records.begin().await.unwrap();
        let known = records.known_laboratory(&mut tx, code(1), SENDER, "1").await.unwrap().unwrap();
        assert_eq!((known.laboratory_id, known.version, known.digest), (ONE, 1, vec![1]), "{engine}");
        assert!(records.known_laboratory(&mut tx, code(1), SENDER, "2").await.unwrap().is_none(), "{engine}");
        assert_eq!(records.count_kept(&mut tx, code(1)).await.unwrap(), 1, "{engine}");
        records.replace_laboratory(&mut tx, &second).await.unwrap();
        assert_eq!(
            records.count_kept(&mut tx, code(1)).await.unwrap(),
            2,
            "{engine}: the former one counts too"
        );
        assert_eq!(records.count_kept(&mut tx, code(2)).await.unwrap(), 0, "{engine}: of one person");
        tx.commit().await.unwrap();
        let now = records.laboratory_report(code(1), ONE).await.unwrap().unwrap();
        assert_eq!(
            (now.version, now.status, now.changed_at),
            (2, ReportStatus::Corrected, LATER),
            "{engine}"
        );
        assert_eq!((now.received_at, now.results.as_deref()), (NOW, Some("[2]")), "{engine}");
        let former = records.former_laboratory(code(1)).await.unwrap();
        assert_eq!(former.len(), 1, "{engine}");
        assert_eq!((former[0].results.as_str(), former[0].received_at), ("[]", NOW), "{engine}");
        assert_eq!(former[0].sender_name.as_deref(), Some("架空病院"), "{engine}: as it was called then");
    }
}

#[tokio::test]
async fn what_was_withdrawn_is_read_by_nobody_until_it_is_sent_anew() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        add(records, &laboratory(1, "2025-05-01")).await;
        let mut tx = records.begin().await.unwrap();
        records.withdraw_laboratory(&mut tx, code(1), ONE, NOW).await.unwrap();
        records.withdraw_laboratory(&mut tx, code(1), ONE, LATER).await.unwrap();
        let frozen = records.freeze(&mut tx, code(1), (RecordKind::Laboratory, uuid(1)), NOW).await.unwrap();
        assert_eq!(frozen, None, "{engine}");
        tx.commit().await.unwrap();
        assert!(records.laboratory(code(1)).await.unwrap().is_empty(), "{engine}");
        assert!(records.laboratory_report(code(1), ONE).await.unwrap().is_none(), "{engine}");
        let mut tx = records.begin().await.unwrap();
        let known = records.known_laboratory(&mut tx, code(1), SENDER, "1").await.unwrap().unwrap();
        assert_eq!(known.withdrawn_at, Some(NOW), "{engine}: the first moment stays");
        records.replace_laboratory(&mut tx, &laboratory(1, "2025-05-01")).await.unwrap();
        tx.commit().await.unwrap();
        assert!(records.laboratory_report(code(1), ONE).await.unwrap().is_some(), "{engine}");
    }
}

#[tokio::test]
async fn a_frozen_report_shows_no_values_and_no_history() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        add(records, &laboratory(1, "2025-05-01")).await;
        let mut tx = records.begin().await.unwrap();
        records.replace_laboratory(&mut tx, &laboratory(1, "2025-05-01")).await.unwrap();
        records.freeze(&mut tx, code(1), (RecordKind::Laboratory, uuid(1)), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let row = records.laboratory_report(code(1), ONE).await.unwrap().unwrap();
        assert_eq!((row.results, row.frozen_at), (None, Some(NOW)), "{engine}");
        assert!(records.former_laboratory(code(1)).await.unwrap().is_empty(), "{engine}");
    }
}
