//! Doses, and who states them.

use crate::{
    people::{LATER, NOW, code, uuid},
    samples::{CITY, dose},
};
use techo_model::{RecordCode, record::RecordKind};
use techo_store::{
    Records,
    records::dose_statements::{DoseStatement, KnownDose},
    testing::{TestStores, each_engine},
};

const DAY: &str = "2025-10-20";

async fn add(records: &Records, doses: &[KnownDose]) {
    let mut tx = records.begin().await.unwrap();
    records.insert_doses(&mut tx, doses, 1).await.unwrap();
    tx.commit().await.unwrap();
}

/// What a clinic states about the first dose.
fn by_the_clinic() -> DoseStatement {
    DoseStatement {
        sent_by: "1310000001".into(),
        municipality: String::new(),
        lot: Some("B2".into()),
        changed_at: LATER,
        ..dose(1, DAY).holding
    }
}

#[tokio::test]
async fn doses_come_oldest_first_without_those_that_were_cancelled() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let mut cancelled = dose(3, "2024-10-20");
        cancelled.holding.cancelled_at = Some(NOW);
        add(records, &[]).await;
        add(records, &[dose(1, DAY), dose(2, "2023-10-20"), cancelled]).await;
        let rows = records.doses(code(1)).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.vaccination_id.0).collect::<Vec<_>>(), [uuid(2), uuid(1)]);
        let mut tx = records.begin().await.unwrap();
        let known = records.known_doses(&mut tx, &[code(1), code(2)]).await.unwrap();
        assert_eq!(known.len(), 3, "{engine}: cancelled ones too");
        assert!(records.known_doses(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        let locked = records.locked_doses(&mut tx, code(1), DAY, "influenza").await.unwrap();
        assert_eq!(locked, [dose(1, DAY)], "{engine}");
        assert!(records.locked_doses(&mut tx, code(1), DAY, "hepb").await.unwrap().is_empty(), "{engine}");
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn a_dose_of_a_day_series_and_number_is_there_once() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        let mut second = dose(3, DAY);
        second.holding.dose_number = 2;
        let mut tx = records.begin().await.unwrap();
        assert!(records.insert_dose(&mut tx, &dose(1, DAY), 1).await.unwrap(), "{engine}");
        assert!(!records.insert_dose(&mut tx, &dose(2, DAY), 1).await.unwrap(), "{engine}");
        assert!(records.insert_dose(&mut tx, &second, 1).await.unwrap(), "{engine}");
        tx.commit().await.unwrap();
        assert_eq!(records.doses(code(1)).await.unwrap().len(), 2, "{engine}");
    }
}

#[tokio::test]
async fn a_statement_stands_beside_the_one_that_holds_until_it_holds_itself() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        add(records, &[dose(1, DAY)]).await;
        let mut tx = records.begin().await.unwrap();
        records.put_statement(&mut tx, &by_the_clinic()).await.unwrap();
        let corrected = DoseStatement { lot: Some("B3".into()), ..by_the_clinic() };
        records.put_statement(&mut tx, &corrected).await.unwrap();
        assert_eq!(
            records.other_statements(&mut tx, &[code(1)]).await.unwrap(),
            std::slice::from_ref(&corrected)
        );
        assert!(records.other_statements(&mut tx, &[]).await.unwrap().is_empty(), "{engine}");
        tx.commit().await.unwrap();
        assert_eq!(records.stated_too(code(1)).await.unwrap(), std::slice::from_ref(&corrected), "{engine}");
        let nobody = RecordCode(uuid(0));
        assert_eq!(records.people_with_shared_doses(nobody, 9).await.unwrap(), [code(1)], "{engine}");
        assert!(records.people_with_shared_doses(code(1), 9).await.unwrap().is_empty(), "{engine}");
        let mut tx = records.begin().await.unwrap();
        records.hold_statement(&mut tx, &corrected).await.unwrap();
        records.drop_statement(&mut tx, &corrected).await.unwrap();
        tx.commit().await.unwrap();
        let held = records.doses(code(1)).await.unwrap().remove(0);
        assert_eq!(
            (held.vaccination_id.0, held.lot.as_deref()),
            (uuid(1), Some("B3")),
            "{engine}: the id stays"
        );
        assert!(records.stated_too(code(1)).await.unwrap().is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn nothing_is_stated_too_about_a_dose_that_was_cancelled() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        add(records, &[dose(1, DAY)]).await;
        let mut tx = records.begin().await.unwrap();
        records.put_statement(&mut tx, &by_the_clinic()).await.unwrap();
        let cancelled = DoseStatement { cancelled_at: Some(LATER), ..dose(1, DAY).holding };
        records.hold_statement(&mut tx, &cancelled).await.unwrap();
        tx.commit().await.unwrap();
        assert!(records.doses(code(1)).await.unwrap().is_empty(), "{engine}");
        assert!(records.stated_too(code(1)).await.unwrap().is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn a_frozen_dose_keeps_only_its_series_day_and_municipality() {
    for TestStores { engine, stores, .. } in each_engine().await {
        let records = &stores.records;
        add(records, &[dose(1, DAY)]).await;
        let mut tx = records.begin().await.unwrap();
        let sender = records.freeze(&mut tx, code(1), (RecordKind::Vaccination, uuid(1)), NOW).await.unwrap();
        assert_eq!(sender.as_deref(), Some(CITY), "{engine}");
        tx.commit().await.unwrap();
        let row = records.doses(code(1)).await.unwrap().remove(0);
        assert_eq!((row.lot, row.dose_number, row.programme), (None, None, None), "{engine}");
        assert_eq!((row.given_on.to_string().as_str(), row.municipality.as_str()), (DAY, CITY), "{engine}");
    }
}
