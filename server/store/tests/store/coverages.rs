//! Periods of insurance, what is held of a person in all, and their codes under another key version.

use crate::{
    people::{LATER, NOW, code, uuid},
    samples::{CITY, INSURER, checkup, coverage, dose, laboratory},
};
use techo_model::{RecordCode, coverage::LossReason, record::RecordKind};
use techo_store::{
    Records,
    records::{
        import::coverages::NewCoverage,
        rotation::{CODED, CodedTable},
    },
    testing::{TestStores, each_engine},
};

async fn add(records: &Records, rows: &[NewCoverage]) {
    let mut tx = records.begin().await.unwrap();
    records.insert_coverages(&mut tx, rows).await.unwrap();
    tx.commit().await.unwrap();
}

fn table(name: &str) -> CodedTable {
    CODED.into_iter().find(|table| table.name == name).unwrap()
}

#[tokio::test]
async fn periods_come_newest_first_and_are_rewritten_by_a_later_statement() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        add(records, &[]).await;
        add(records, &[coverage(1, "2020-04-01"), coverage(2, "2024-04-01")]).await;
        let lost = NewCoverage {
            lost_on: Some("2024-04-01".into()),
            loss_reason: Some(LossReason::Retirement),
            stated_at: LATER,
            at: LATER,
            ..coverage(1, "2020-04-01")
        };
        let foreign = NewCoverage { record_code: code(2), burden_percent: 10, ..lost.clone() };
        let mut tx = records.begin().await.unwrap();
        records.update_coverage(&mut tx, &lost).await.unwrap();
        records.update_coverage(&mut tx, &foreign).await.unwrap();
        let known = records.known_coverages(&mut tx, &[code(1), code(2)]).await.unwrap();
        assert_eq!(known.len(), 2, "{engine}");
        assert!(records.known_coverages(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        tx.commit().await.unwrap();
        let rows = records.coverages(code(1)).await.unwrap();
        let ids: Vec<_> = rows.iter().map(|row| row.coverage_id.0).collect();
        assert_eq!(ids, [uuid(2), uuid(1)], "{engine}");
        assert_eq!((rows[1].lost_on, rows[1].changed_at), ("2024-04-01".parse().ok(), LATER), "{engine}");
        assert_eq!((rows[1].burden_percent, rows[1].received_at), (Some(30), NOW), "{engine}");
    }
}

#[tokio::test]
async fn a_frozen_period_keeps_only_its_insurer_and_first_day() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        add(records, &[coverage(1, "2020-04-01")]).await;
        let mut tx = records.begin().await.unwrap();
        let sender = records.freeze(&mut tx, code(1), (RecordKind::Coverage, uuid(1)), NOW).await.unwrap();
        assert_eq!(sender.as_deref(), Some(INSURER), "{engine}");
        tx.commit().await.unwrap();
        let row = records.coverages(code(1)).await.unwrap().remove(0);
        assert_eq!((row.number_sealed, row.relation, row.burden_percent), (None, None, None), "{engine}");
        assert_eq!(
            (row.insurer.as_str(), row.acquired_on.to_string().as_str()),
            (INSURER, "2020-04-01"),
            "{engine}"
        );
    }
}

/// One record of each kind, and what a clinic states about the dose.
async fn one_of_each(records: &Records) {
    let mut tx = records.begin().await.unwrap();
    records.insert_checkups(&mut tx, &[checkup(1)]).await.unwrap();
    records.insert_coverages(&mut tx, &[coverage(2, "2020-04-01")]).await.unwrap();
    records.insert_doses(&mut tx, &[dose(3, "2025-10-20")], 1).await.unwrap();
    let mut stated = dose(3, "2025-10-20").holding;
    stated.sent_by = "1310000001".into();
    records.put_statement(&mut tx, &stated).await.unwrap();
    assert!(records.insert_laboratory(&mut tx, &laboratory(4, "2026-05-01")).await.unwrap());
    records.freeze(&mut tx, code(1), (RecordKind::Checkup, uuid(1)), NOW).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn everything_that_is_held_is_a_line_and_each_sender_of_a_dose_has_one() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        one_of_each(records).await;
        let rows = records.held_records(code(1)).await.unwrap();
        let mut lines: Vec<_> =
            rows.iter().map(|row| (row.kind.as_str(), row.sent_by.as_str(), row.frozen_at)).collect();
        lines.sort_unstable();
        let expected = [
            ("checkup", INSURER, Some(NOW)),
            ("coverage", INSURER, None),
            ("laboratory", "1310000002", None),
            ("vaccination", "1310000001", None),
            ("vaccination", CITY, None),
        ];
        assert_eq!(lines, expected, "{engine}");
        let arrivals = records.arrivals(code(1)).await.unwrap();
        let mut counted: Vec<_> =
            arrivals.iter().map(|row| (row.kind.as_str(), row.held, row.frozen)).collect();
        counted.sort_unstable();
        let expected = [("checkup", 1, 1), ("coverage", 1, 0), ("laboratory", 1, 0), ("vaccination", 1, 0)];
        assert_eq!(counted, expected, "{engine}");
        assert!(records.held_records(code(2)).await.unwrap().is_empty(), "{engine}");
        assert!(records.arrivals(code(2)).await.unwrap().is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn everything_moves_to_the_new_code_and_a_second_time_nothing_is_left_to_move() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        one_of_each(records).await;
        let start = RecordCode(uuid(0));
        assert_eq!(records.codes_after(table("coverage"), start, 9).await.unwrap(), [code(1)], "{engine}");
        assert!(records.codes_after(table("coverage"), code(1), 9).await.unwrap().is_empty(), "{engine}");
        for _ in 0..2 {
            let mut tx = records.begin().await.unwrap();
            records.move_codes(&mut tx, &[], 2).await.unwrap();
            records.move_codes(&mut tx, &[(code(1), code(8))], 2).await.unwrap();
            tx.commit().await.unwrap();
            for name in ["checkup", "vaccination", "vaccination_source", "laboratory", "coverage"] {
                let codes = records.codes_after(table(name), start, 9).await.unwrap();
                assert_eq!(codes, [code(8)], "{engine}: {name}");
            }
        }
        let strays = records.count_not_under(2).await.unwrap();
        let left: Vec<_> =
            strays.iter().filter(|stray| stray.total > 0).map(|stray| stray.name.as_str()).collect();
        assert_eq!(left, ["coverage"], "{engine}: whose sealed columns are not written yet");
    }
}

#[tokio::test]
async fn the_sealed_columns_of_a_period_are_written_for_the_version_that_was_read() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        add(records, &[coverage(1, "2020-04-01")]).await;
        let mut tx = records.begin().await.unwrap();
        let mut row = records.coverage_columns(&mut tx, &[code(1)]).await.unwrap().remove(0);
        assert!(records.coverage_columns(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        (row.number_sealed, row.digest, row.key_version) = (vec![2], vec![2], 2);
        records.reseal_coverage(&mut tx, &row, 1).await.unwrap();
        (row.number_sealed, row.key_version) = (vec![3], 3);
        records.reseal_coverage(&mut tx, &row, 1).await.unwrap();
        let now = records.coverage_columns(&mut tx, &[code(1)]).await.unwrap().remove(0);
        assert_eq!((now.number_sealed, now.digest, now.key_version), (vec![2], vec![2], 2), "{engine}");
        tx.commit().await.unwrap();
    }
}
