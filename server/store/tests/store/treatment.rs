//! Codes of organisations, treatment windows, and reports of what is not mine.

use crate::{
    people::{LATER, NOW, code, uuid},
    samples::checkup,
};
use techo_model::{
    ReportId, UnixMillis,
    record::RecordKind,
    treatment::{CodeDomain, WindowOpening},
};
use techo_store::{
    Records, StoreError,
    records::{
        reports::NewReport,
        treatment::{OrganisationCodeRow, TreatmentWindowRow},
    },
    testing::{TestStores, each_engine},
};
use uuid::Uuid;

const CLINIC: &str = "1310000001";

fn row(generation: i64, code_of_clinic: Uuid) -> OrganisationCodeRow {
    OrganisationCodeRow {
        record_code: code(1),
        organisation: CLINIC.into(),
        generation,
        domain: CodeDomain::Clinics,
        code: code_of_clinic,
        made_at: NOW,
        ends_at: None,
        retired_at: None,
    }
}

async fn add(records: &Records, row: &OrganisationCodeRow) -> bool {
    let mut tx = records.begin().await.unwrap();
    let done = records.insert_code(&mut tx, row).await.unwrap();
    tx.commit().await.unwrap();
    done
}

#[tokio::test]
async fn an_organisation_has_one_live_code_of_a_person_and_a_new_one_after_it_was_retired() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let first = row(1, uuid(71));
        assert!(add(records, &first).await, "{engine}");
        assert!(!add(records, &row(2, uuid(72))).await, "{engine}: while the first one lives");
        assert_eq!(records.organisation_code(uuid(71)).await.unwrap(), Some(first.clone()), "{engine}");
        assert_eq!(records.organisation_code(uuid(72)).await.unwrap(), None, "{engine}");
        let mut tx = records.begin().await.unwrap();
        records.set_code_end(&mut tx, &first, Some(LATER)).await.unwrap();
        let ending = records.organisation_code_in(&mut tx, uuid(71)).await.unwrap().unwrap();
        assert!(ending.is_live(NOW) && !ending.is_live(LATER), "{engine}");
        records.retire_code(&mut tx, &first, NOW).await.unwrap();
        records.retire_code(&mut tx, &first, LATER).await.unwrap();
        tx.commit().await.unwrap();
        let retired = records.organisation_code(uuid(71)).await.unwrap().unwrap();
        assert_eq!(retired.retired_at, Some(NOW), "{engine}: the first moment stays");
        assert!(add(records, &row(2, uuid(72))).await, "{engine}");
        let mut tx = records.begin().await.unwrap();
        let newest = records.newest_code(&mut tx, code(1), CLINIC).await.unwrap().unwrap();
        assert_eq!((newest.generation, newest.code), (2, uuid(72)), "{engine}");
        assert_eq!(records.newest_code(&mut tx, code(2), CLINIC).await.unwrap(), None, "{engine}");
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn all_codes_of_a_domain_are_retired_at_once() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let research = OrganisationCodeRow {
            organisation: "1399990001".into(),
            domain: CodeDomain::Research,
            ..row(1, uuid(72))
        };
        let others = OrganisationCodeRow { record_code: code(2), ..row(1, uuid(73)) };
        for row in [&row(1, uuid(71)), &research, &others] {
            assert!(add(records, row).await, "{engine}");
        }
        let mut tx = records.begin().await.unwrap();
        assert_eq!(
            records.retire_codes(&mut tx, code(1), CodeDomain::Clinics, NOW).await.unwrap(),
            1,
            "{engine}"
        );
        assert_eq!(
            records.retire_codes(&mut tx, code(1), CodeDomain::Clinics, NOW).await.unwrap(),
            0,
            "{engine}"
        );
        tx.commit().await.unwrap();
        for (asked, live) in [(uuid(71), false), (uuid(72), true), (uuid(73), true)] {
            let found = records.organisation_code(asked).await.unwrap().unwrap();
            assert_eq!(found.is_live(NOW), live, "{engine}: {asked}");
        }
    }
}

fn window(ends_at: i64) -> TreatmentWindowRow {
    TreatmentWindowRow {
        record_code: code(1),
        organisation: CLINIC.into(),
        opened_by: WindowOpening::Card,
        opened_at: NOW,
        ends_at: UnixMillis(NOW.0 + ends_at),
    }
}

#[tokio::test]
async fn a_window_becomes_longer_and_never_shorter_until_it_is_shut() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let mut tx = records.begin().await.unwrap();
        for end in [10, 30, 20] {
            records.open_window(&mut tx, &window(end)).await.unwrap();
        }
        let open = records.treatment_window_in(&mut tx, code(1), CLINIC).await.unwrap();
        assert_eq!(open, Some(window(30)), "{engine}");
        tx.commit().await.unwrap();
        assert_eq!(records.treatment_window(code(1), CLINIC).await.unwrap(), Some(window(30)), "{engine}");
        assert_eq!(records.treatment_window(code(2), CLINIC).await.unwrap(), None, "{engine}");
        let mut tx = records.begin().await.unwrap();
        records.shut_windows(&mut tx, code(2), NOW).await.unwrap();
        records.shut_windows(&mut tx, code(1), UnixMillis(NOW.0 + 5)).await.unwrap();
        records.shut_windows(&mut tx, code(1), UnixMillis(NOW.0 + 6)).await.unwrap();
        tx.commit().await.unwrap();
        let shut = records.treatment_window(code(1), CLINIC).await.unwrap();
        assert_eq!(shut, Some(window(5)), "{engine}: what is shut is not opened by shutting");
    }
}

#[tokio::test]
async fn a_record_has_one_open_report() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let report = |number: u128| NewReport {
            record_code: code(1),
            report_id: ReportId(uuid(number)),
            kind: RecordKind::Checkup,
            record_id: uuid(1),
            sent_by: "06139999".into(),
            opened_at: NOW,
        };
        let mut tx = records.begin().await.unwrap();
        records.insert_checkups(&mut tx, &[checkup(1)]).await.unwrap();
        let about = (RecordKind::Checkup, uuid(1));
        assert_eq!(records.open_report(&mut tx, code(1), about).await.unwrap(), None, "{engine}");
        records.insert_report(&mut tx, &report(11)).await.unwrap();
        assert_eq!(records.open_report(&mut tx, code(1), about).await.unwrap(), Some(ReportId(uuid(11))));
        assert_eq!(records.open_report(&mut tx, code(2), about).await.unwrap(), None, "{engine}");
        tx.commit().await.unwrap();
        let mut tx = records.begin().await.unwrap();
        let second = records.insert_report(&mut tx, &report(12)).await;
        assert!(matches!(second, Err(StoreError::Conflict)), "{engine}: {second:?}");
        tx.rollback().await.unwrap();
        let other = NewReport { record_id: uuid(2), opened_at: LATER, ..report(13) };
        let mut tx = records.begin().await.unwrap();
        records.insert_report(&mut tx, &other).await.unwrap();
        tx.commit().await.unwrap();
        let all = records.reports(code(1)).await.unwrap();
        let ids: Vec<_> = all.iter().map(|row| row.report_id.0).collect();
        assert_eq!(ids, [uuid(13), uuid(11)], "{engine}: newest first");
        assert!(records.reports(code(2)).await.unwrap().is_empty(), "{engine}");
    }
}
