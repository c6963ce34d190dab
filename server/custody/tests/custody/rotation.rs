//! What an operator is promised about changing the keys.

use crate::key_rotation::{each_rotation, go_on, one_further};
use std::{collections::HashSet, fs, ops::ControlFlow};
use techo_custody::{
    keys::{file, installed::InstalledError},
    rotate::{RotateError, RotationPart, RotationStep, unfinished},
};
use techo_model::{
    LaboratoryId, RecordCode, UnixMillis,
    laboratory::ReportStatus,
    treatment::{CodeDomain, WindowOpening},
};
use techo_store::records::{
    laboratory::NewLaboratory,
    treatment::{OrganisationCodeRow, TreatmentWindowRow},
};
use techo_testkit::{my_number, record_code};
use uuid::Uuid;

#[tokio::test]
async fn after_a_rotation_everything_is_found_under_the_new_key_and_nothing_under_the_old() {
    for mut rotation in each_rotation().await {
        let before = rotation.fill().await;
        let summary = rotation.rotate(&mut go_on).await.unwrap();
        assert_eq!((summary.from, summary.to), (1, 2));
        let rows = |name: &str| {
            let table = summary.tables.iter().find(|table| table.table == name).unwrap();
            assert_eq!((table.rows_before, table.codes_before), (table.rows_after, table.codes_after));
            table.rows_after
        };
        assert_eq!((rows("resident"), rows("coverage"), rows("card_binding")), (205, 3, 1));
        assert_eq!((rows("waiting_coverage"), rows("waiting_record"), rows("report")), (1, 2, 1));
        rotation.restart().await;
        assert_eq!(rotation.keys().version(), 2, "{}", rotation.engine());
        assert_eq!(
            rotation.guardians_of_the_child().await,
            rotation.expected_guardians(),
            "{}",
            rotation.engine()
        );
        assert_eq!(
            rotation.owner_of_number(1).await,
            Some(rotation.resident(1).await),
            "{}",
            rotation.engine()
        );
        rotation.everything_is_found(before).await;
    }
}

#[tokio::test]
async fn what_was_written_about_an_emergency_can_be_read_after_a_rotation_and_its_person_found_by_name() {
    for mut rotation in each_rotation().await {
        rotation.fill().await;
        let (clinic, reason) = (crate::emergencies::doctor(), "意識がなく、既往を確かめる");
        let declared = crate::emergencies::declare(&rotation.identity, &clinic, reason).await.unwrap();
        let summary = rotation.rotate(&mut go_on).await.unwrap();
        let table = summary.tables.iter().find(|table| table.table == "emergency").unwrap();
        assert_eq!((table.rows_before, table.rows_after), (1, 1));
        rotation.restart().await;
        let again = crate::emergencies::declare(&rotation.identity, &clinic, reason).await.unwrap();
        let same = (again.id, again.is_new);
        assert_eq!(same, (declared.id, false), "{}: the reason was read, and is no news", rotation.engine());
        let other = crate::emergencies::declare(&rotation.identity, &clinic, "手術の前に服薬を確かめる")
            .await
            .unwrap();
        assert_ne!(other.id, declared.id);
    }
}

#[tokio::test]
async fn a_rotation_that_is_killed_after_every_single_transaction_ends_like_one_that_was_not() {
    for mut rotation in each_rotation().await {
        let before = rotation.fill().await;
        let (mut seen, mut kills) = (HashSet::new(), 0);
        let summary = loop {
            match rotation.rotate(&mut one_further(&mut seen)).await {
                Ok(summary) => break summary,
                Err(RotateError::Stopped) => kills += 1,
                Err(other) => panic!("{}: {other}", rotation.engine()),
            }
            let noted = unfinished(&rotation.identity.custody().stores).await.unwrap().is_some();
            let started = rotation.adopt(&rotation.key_file).await;
            assert_eq!(noted, matches!(started, Err(InstalledError::Unfinished)), "{}", rotation.engine());
            assert!(noted || started.is_ok_and(|keys| keys.current().version() == 1));
        };
        assert!(kills > 15, "{}: only {kills} steps", rotation.engine());
        assert_eq!((summary.aliases_added, summary.aliases_dropped), (0, 0), "{}", rotation.engine());
        rotation.restart().await;
        assert_eq!(rotation.keys().version(), summary.to);
        rotation.everything_is_found(before).await;
    }
}

#[tokio::test]
async fn a_rotation_can_follow_another_and_codes_change_each_time() {
    for mut rotation in each_rotation().await {
        let before = rotation.fill().await;
        let mut codes = HashSet::from([rotation.code(1)]);
        for _ in 0..2 {
            rotation.rotate(&mut go_on).await.unwrap();
            rotation.restart().await;
            codes.insert(rotation.code(1));
        }
        assert_eq!((rotation.keys().version(), codes.len()), (3, 3), "{}", rotation.engine());
        rotation.everything_is_found(before).await;
    }
}

#[tokio::test]
async fn databases_do_not_open_with_a_key_file_that_lacks_their_version_or_has_another_secret_for_it() {
    for mut rotation in each_rotation().await {
        rotation.restart().await;
        let old = rotation.copy_keys();
        rotation.rotate(&mut go_on).await.unwrap();
        let refused = rotation.adopt(&old).await.unwrap_err();
        assert!(matches!(refused, InstalledError::Missing(_)), "{}", rotation.engine());
        assert!(refused.to_string().contains("第2版"));
        file::add_version(&old, &rotation.identity.custody().environment).unwrap();
        assert!(matches!(rotation.adopt(&old).await, Err(InstalledError::Foreign)), "{}", rotation.engine());
        assert!(rotation.rotate_with(&old).await.is_err());
    }
}

#[tokio::test]
async fn a_database_from_a_backup_opens_with_its_old_version_of_the_key_file() {
    for mut rotation in each_rotation().await {
        rotation.restart().await;
        file::add_version(&rotation.key_file, &rotation.identity.custody().environment).unwrap();
        let keys = rotation.adopt(&rotation.key_file).await.unwrap();
        assert_eq!((keys.current().version(), keys.newest().version()), (1, 2), "{}", rotation.engine());
    }
}

#[tokio::test]
async fn one_database_alone_from_a_backup_stops_the_start() {
    for mut rotation in each_rotation().await {
        rotation.restart().await;
        let stores = rotation.identity.custody().stores.clone();
        let old = stores.records.setting("keys").await.unwrap().unwrap();
        rotation.rotate(&mut go_on).await.unwrap();
        let mut tx = stores.records.begin().await.unwrap();
        stores.records.put_setting(&mut tx, "keys", &old).await.unwrap();
        tx.commit().await.unwrap();
        let refused = rotation.adopt(&rotation.key_file).await.unwrap_err();
        assert!(matches!(refused, InstalledError::Parted { vault: 2, records: 1 }), "{}", rotation.engine());
    }
}

#[tokio::test]
async fn a_value_that_does_not_open_stops_a_rotation_before_anything_is_written() {
    for mut rotation in each_rotation().await {
        rotation.fill().await;
        let (vault, id) = (rotation.identity.custody().stores.vault.clone(), rotation.resident(1).await);
        let mut damaged = vault.resident(id).await.unwrap().unwrap();
        damaged.name_sealed[20] ^= 1;
        let mut tx = vault.begin().await.unwrap();
        vault.update_resident(&mut tx, &damaged).await.unwrap();
        tx.commit().await.unwrap();

        let file_before = fs::read(&rotation.key_file).unwrap();
        let error = rotation.rotate(&mut go_on).await.unwrap_err();
        assert!(matches!(&error, RotateError::Row { table: "resident", row, .. } if *row == id.0), "{error}");
        assert_eq!(
            unfinished(&rotation.identity.custody().stores).await.unwrap(),
            None,
            "{}",
            rotation.engine()
        );
        assert_eq!(fs::read(&rotation.key_file).unwrap(), file_before, "{}", rotation.engine());
        assert!(rotation.all_under(1).await, "{}", rotation.engine());
    }
}

#[tokio::test]
async fn a_record_under_the_code_of_another_key_is_foreign_and_named_by_its_table_only() {
    for mut rotation in each_rotation().await {
        rotation.fill().await;
        let code = RecordCode(Uuid::from_u128(0x1234_5678_9abc));
        rotation.leave_a_dose(code).await;
        let error = rotation.rotate(&mut go_on).await.unwrap_err();
        assert!(
            matches!(error, RotateError::ForeignCode { table: "vaccination" }),
            "{}: {error}",
            rotation.engine()
        );
        assert!(!error.to_string().contains(&code.to_string()));
    }
}

#[tokio::test]
async fn records_whose_resident_is_not_in_the_vault_are_carried_by_their_code_alone() {
    for mut rotation in each_rotation().await {
        let before = rotation.fill().await;
        rotation.leave_a_dose(rotation.code(600)).await;
        rotation.rotate(&mut go_on).await.unwrap();
        rotation.restart().await;
        assert_eq!(rotation.doses_under(rotation.code(600)).await, 1, "{}", rotation.engine());
        rotation.everything_is_found(before).await;
    }
}

#[tokio::test]
async fn an_alias_that_a_killed_import_left_without_coverage_is_dropped_and_told() {
    for mut rotation in each_rotation().await {
        let before = rotation.fill().await;
        rotation.leave_an_orphan().await;
        let summary = rotation.rotate(&mut go_on).await.unwrap();
        assert_eq!((summary.aliases_added, summary.aliases_dropped), (0, 1), "{}", rotation.engine());
        rotation.restart().await;
        rotation.everything_is_found(before).await;
    }
}

#[tokio::test]
async fn a_table_that_lost_a_row_on_the_way_is_named_and_the_rotation_is_not_over() {
    for mut rotation in each_rotation().await {
        rotation.fill().await;
        let mut until_noted = |step: RotationStep| match step.part {
            RotationPart::People => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        };
        assert!(matches!(rotation.rotate(&mut until_noted).await, Err(RotateError::Stopped)));
        let (vault, child) = (
            rotation.identity.custody().stores.vault.clone(),
            rotation.resident(crate::key_rotation::CHILD).await,
        );
        let mut tx = vault.begin().await.unwrap();
        vault.put_guardians(&mut tx, child, &[]).await.unwrap();
        tx.commit().await.unwrap();
        let error = rotation.rotate(&mut go_on).await.unwrap_err();
        assert!(
            matches!(&error, RotateError::Count { table, rows_before: 2, rows_after: 0, .. } if table == "guardian_statement"),
            "{}: {error}",
            rotation.engine()
        );
        assert!(unfinished(&rotation.identity.custody().stores).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn no_sentence_of_a_rotation_holds_a_number_of_a_person() {
    for mut rotation in each_rotation().await {
        rotation.fill().await;
        let mut told = String::new();
        let mut listen = |step: RotationStep| {
            told.push_str(&format!("{step:?}"));
            ControlFlow::Continue(())
        };
        let summary = rotation.rotate(&mut listen).await.unwrap();
        told.push_str(&serde_json::to_string(&summary).unwrap());
        for secret in [my_number(1).digits(), record_code(1).digits(), rotation.code(1).to_string()] {
            assert!(!told.contains(&secret), "{}", rotation.engine());
        }
    }
}

#[tokio::test]
async fn the_code_of_a_clinic_stays_as_it_is_and_still_leads_to_its_person_with_its_window() {
    for mut rotation in each_rotation().await {
        let before = rotation.fill().await;
        let clinic = "1310000019".to_owned();
        let old = rotation.code(1);
        let row = OrganisationCodeRow {
            record_code: old,
            organisation: clinic.clone(),
            generation: 1,
            domain: CodeDomain::Clinics,
            code: Uuid::from_u128(77),
            made_at: UnixMillis(1),
            ends_at: None,
            retired_at: None,
        };
        let window = TreatmentWindowRow {
            record_code: old,
            organisation: clinic.clone(),
            opened_by: WindowOpening::Card,
            opened_at: UnixMillis(1),
            ends_at: UnixMillis(2),
        };
        let records = rotation.identity.custody().stores.records.clone();
        let mut tx = records.begin().await.unwrap();
        assert!(records.insert_code(&mut tx, &row).await.unwrap());
        records.open_window(&mut tx, &window).await.unwrap();
        tx.commit().await.unwrap();
        let summary = rotation.rotate(&mut go_on).await.unwrap();
        for name in ["organisation_code", "treatment_window"] {
            let table = summary.tables.iter().find(|table| table.table == name).unwrap();
            assert_eq!((table.rows_before, table.rows_after, table.codes_after), (1, 1, Some(1)), "{name}");
        }
        rotation.restart().await;
        let records = rotation.identity.custody().stores.records.clone();
        let carried = records.organisation_code(Uuid::from_u128(77)).await.unwrap().unwrap();
        assert_ne!(carried.record_code, old, "{}", rotation.engine());
        assert_eq!(carried.record_code, rotation.code(1), "{}", rotation.engine());
        assert!(records.treatment_window(rotation.code(1), &clinic).await.unwrap().is_some());
        assert!(records.treatment_window(old, &clinic).await.unwrap().is_none());
        rotation.everything_is_found(before).await;
    }
}

#[tokio::test]
async fn a_laboratory_report_goes_along_with_its_history() {
    for mut rotation in each_rotation().await {
        rotation.fill().await;
        let report = NewLaboratory {
            record_code: rotation.code(1),
            laboratory_id: LaboratoryId(Uuid::from_u128(5)),
            identifier: "urn:example|1".into(),
            status: ReportStatus::Final,
            title: None,
            examined_on: "2026-11-20".parse().unwrap(),
            examined_at: None,
            examined_stated: None,
            issued_stated: None,
            issued_at: None,
            results: "[]".into(),
            labels: "[]".into(),
            digest: vec![1],
            sent_by: "1310000019".into(),
            sender_name: "架空病院".into(),
            sent_for: None,
            at: UnixMillis(1),
            key_version: 1,
        };
        let records = rotation.identity.custody().stores.records.clone();
        let mut tx = records.begin().await.unwrap();
        assert!(records.insert_laboratory(&mut tx, &report).await.unwrap());
        assert!(!records.insert_laboratory(&mut tx, &report).await.unwrap(), "known by its sender");
        records.replace_laboratory(&mut tx, &report).await.unwrap();
        tx.commit().await.unwrap();
        let summary = rotation.rotate(&mut go_on).await.unwrap();
        for name in ["laboratory", "laboratory_version"] {
            let table = summary.tables.iter().find(|table| table.table == name).unwrap();
            assert_eq!((table.rows_before, table.rows_after, table.codes_after), (1, 1, Some(1)), "{name}");
        }
        rotation.restart().await;
        let moved = records.laboratory(rotation.code(1)).await.unwrap();
        assert_eq!((moved.len(), moved[0].version), (1, 2), "{}", rotation.engine());
    }
}
