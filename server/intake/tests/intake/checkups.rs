//! How checkup documents find their people, replace each other, wait and are deleted.

use std::time::Duration;
use techo_model::{
    CalendarDate, WaitingId,
    checkup::{CheckupDocument, DocumentRequest, Phase},
    coverage::InsuredId,
    organisation::OrganisationState,
    resident::Sex,
};
use techo_store::{records::import::waiting::QueuePosition, testing::tamper};
use techo_testkit::{
    IntakeReport, TestInstallation, city, coverage_file,
    documents::{bytes, document, own_insurer},
    each_installation, insurer, my_number, report_counts, residents_file,
    results::weight,
};
use uuid::Uuid;

async fn with_person(installation: &TestInstallation) {
    installation.residents(&city(), residents_file(&city(), &[(1, "山田 花子", "1975-04-01", &[])])).await;
}

async fn with_coverage(installation: &TestInstallation) {
    let file = coverage_file(&own_insurer(), &[(1, "３４５", "01", "2020-04-01", "", "2026-01-01 09:00")]);
    installation.coverage(&own_insurer(), file).await;
}

async fn send(installation: &TestInstallation, documents: &[CheckupDocument]) -> IntakeReport {
    installation.checkups(&own_insurer(), documents.iter().map(bytes).collect()).await
}

#[tokio::test]
async fn a_document_without_a_branch_number_finds_its_person_by_family_birth_date_and_sex() {
    for installation in each_installation().await {
        with_person(&installation).await;
        with_coverage(&installation).await;
        assert_eq!(
            report_counts(&send(&installation, &[document()]).await),
            [1, 1, 0, 0, 0, 0, 0],
            "{}",
            installation.engine()
        );
        assert_eq!(
            report_counts(&send(&installation, &[document()]).await),
            [1, 0, 0, 1, 0, 0, 0],
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn a_document_waits_for_its_person_and_for_their_coverage_and_is_then_matched_by_itself() {
    for installation in each_installation().await {
        assert_eq!(
            report_counts(&send(&installation, &[document()]).await),
            [1, 0, 0, 0, 0, 0, 1],
            "{}",
            installation.engine()
        );
        with_person(&installation).await;
        assert_eq!(installation.settle().await, 0);
        with_coverage(&installation).await;
        assert_eq!(
            (installation.settle().await, installation.settle().await),
            (1, 0),
            "{}",
            installation.engine()
        );
        assert_eq!(
            report_counts(&send(&installation, &[document()]).await),
            [1, 0, 0, 1, 0, 0, 0],
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn waiting_coverage_whose_settling_was_killed_halfway_still_leads_documents_to_its_person() {
    for installation in each_installation().await {
        with_coverage(&installation).await;
        installation.custody.environment.advance(Duration::from_mins(5));
        let vault = &installation.custody.stores.vault;
        let waiting = vault.waiting_coverage_of_version(1, WaitingId(Uuid::nil()), 10).await.unwrap();
        with_person(&installation).await;
        assert_eq!(installation.settle().await, 1);
        installation.custody.environment.advance(Duration::from_mins(5));
        // The record store had its half when the power went, the vault had not.
        let alias = installation.custody.keys.current().my_number_alias(&my_number(1));
        let mut tx = vault.begin().await.unwrap();
        let owner = vault.my_number_owners(&mut tx, &[alias]).await.unwrap()[0].resident_id;
        vault.forget_all_insured_aliases(&mut tx, &[owner]).await.unwrap();
        vault.wait_for_resident(&mut tx, &waiting[0], QueuePosition::Last).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(installation.settle().await, 1);
        assert_eq!(
            report_counts(&send(&installation, &[document()]).await),
            [1, 1, 0, 0, 0, 0, 0],
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn the_same_coverage_file_puts_an_insured_id_again_that_the_vault_does_not_have() {
    for installation in each_installation().await {
        with_person(&installation).await;
        with_coverage(&installation).await;
        assert_eq!(report_counts(&send(&installation, &[document()]).await)[1], 1);
        let vault = &installation.custody.stores.vault;
        let alias = installation.custody.keys.current().my_number_alias(&my_number(1));
        let mut tx = vault.begin().await.unwrap();
        let owner = vault.my_number_owners(&mut tx, &[alias]).await.unwrap()[0].resident_id;
        vault.forget_all_insured_aliases(&mut tx, &[owner]).await.unwrap();
        tx.commit().await.unwrap();
        let mut next = document();
        next.facts.examined_on = CalendarDate::parse("2024-09-10").unwrap();
        assert_eq!(
            report_counts(&send(&installation, &[next.clone()]).await)[6],
            1,
            "{}: nobody is found",
            installation.engine()
        );
        let file =
            coverage_file(&own_insurer(), &[(1, "３４５", "01", "2020-04-01", "", "2026-01-01 09:00")]);
        assert_eq!(report_counts(&installation.coverage(&own_insurer(), file).await), [1, 0, 0, 1, 0, 0, 0]);
        assert_eq!(
            report_counts(&send(&installation, &[next]).await),
            [1, 0, 0, 1, 0, 0, 0],
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn two_documents_of_one_file_that_contradict_each_other_are_not_settled_by_their_order() {
    for installation in each_installation().await {
        with_person(&installation).await;
        with_coverage(&installation).await;
        let mut other = document();
        other.facts.results[0] = weight("61.0");
        let taken = send(&installation, &[document(), document(), other.clone()]).await;
        assert_eq!(report_counts(&taken), [3, 1, 0, 1, 0, 1, 0], "{}", installation.engine());
        assert!(taken.rejects[0].contains("1番目の文書と食い違います"), "{:?}", taken.rejects);
        other.facts.document_date = CalendarDate::parse("2025-10-02").unwrap();
        let taken = send(&installation, &[document(), other]).await;
        assert_eq!(
            report_counts(&taken),
            [2, 0, 1, 1, 0, 0, 0],
            "{}: a later date corrects",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn a_correction_that_is_dated_like_the_deletion_is_told_and_not_lost() {
    for installation in each_installation().await {
        with_person(&installation).await;
        with_coverage(&installation).await;
        let mut deletion = CheckupDocument { request: DocumentRequest::Delete, ..document() };
        deletion.facts.report_class = "19".into();
        let mut corrected = document();
        corrected.facts.results[0] = weight("61.0");
        let taken = send(&installation, &[document(), deletion.clone()]).await;
        assert_eq!(report_counts(&taken), [2, 1, 0, 0, 1, 0, 0], "{}", installation.engine());
        let taken = send(&installation, &[corrected.clone()]).await;
        assert_eq!(report_counts(&taken), [1, 0, 0, 0, 0, 1, 0], "{}", installation.engine());
        assert!(taken.rejects[0].contains("同じ作成日の削除依頼"), "{:?}", taken.rejects);
        corrected.facts.document_date = CalendarDate::parse("2025-10-02").unwrap();
        assert_eq!(
            report_counts(&send(&installation, &[corrected]).await)[1],
            1,
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn a_document_from_before_its_date_was_looked_at_is_corrected_and_deleted_like_any_other() {
    for installation in each_installation().await {
        with_person(&installation).await;
        with_coverage(&installation).await;
        send(&installation, &[document()]).await;
        let records = installation.custody.stores.records.db();
        tamper(records, "UPDATE checkup SET document_date = '9999-12-31'", &[]).await;
        let mut corrected = document();
        corrected.facts.document_date = CalendarDate::parse("2025-10-02").unwrap();
        corrected.facts.results[0] = weight("61.0");
        assert_eq!(
            report_counts(&send(&installation, &[corrected]).await)[2],
            1,
            "{}",
            installation.engine()
        );
        let rows = installation.custody.stores.records.checkups(installation.record_of(1)).await.unwrap();
        assert_eq!(rows[0].document_date.to_string(), "2025-10-02", "{}", installation.engine());
        tamper(records, "UPDATE checkup SET document_date = '9999-12-31'", &[]).await;
        let mut deletion = CheckupDocument { request: DocumentRequest::Delete, ..document() };
        deletion.facts.report_class = "19".into();
        deletion.facts.document_date = CalendarDate::parse("2025-10-03").unwrap();
        assert_eq!(report_counts(&send(&installation, &[deletion]).await)[4], 1, "{}", installation.engine());
    }
}

#[tokio::test]
async fn what_a_stopped_organisation_sent_waits_until_it_is_resumed() {
    for installation in each_installation().await {
        let vault = &installation.custody.stores.vault;
        let turn = async |state: OrganisationState| {
            let mut tx = vault.begin().await.unwrap();
            vault
                .put_organisation(&mut tx, &own_insurer(), installation.custody.environment.now())
                .await
                .unwrap();
            assert!(vault.set_organisation_state(&mut tx, &own_insurer().id, state).await.unwrap());
            tx.commit().await.unwrap();
        };
        with_coverage(&installation).await;
        send(&installation, &[document()]).await;
        turn(OrganisationState::Suspended).await;
        with_person(&installation).await;
        assert_eq!(installation.settle().await, 0, "{}", installation.engine());
        turn(OrganisationState::Active).await;
        assert_eq!(installation.settle().await, 2, "{}: the coverage and the checkup", installation.engine());
    }
}

#[tokio::test]
async fn a_document_whose_birth_date_or_sex_disagrees_is_given_to_nobody() {
    for installation in each_installation().await {
        with_person(&installation).await;
        with_coverage(&installation).await;
        let born_elsewhen =
            CheckupDocument { birth_date: CalendarDate::parse("1975-04-02").unwrap(), ..document() };
        let man = CheckupDocument { sex: Sex::Male, ..document() };
        assert_eq!(
            report_counts(&send(&installation, &[born_elsewhen, man]).await),
            [2, 0, 0, 0, 0, 0, 2],
            "{}",
            installation.engine()
        );
        assert_eq!(installation.custody.stores.records.count_waiting().await.unwrap(), 2);
    }
}

#[tokio::test]
async fn a_document_from_before_the_coverage_began_waits() {
    for installation in each_installation().await {
        with_person(&installation).await;
        with_coverage(&installation).await;
        let mut early = document();
        early.facts.examined_on = CalendarDate::parse("2020-03-31").unwrap();
        early.facts.phase = Phase::Third;
        assert_eq!(
            report_counts(&send(&installation, &[early]).await),
            [1, 0, 0, 0, 0, 0, 1],
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn twins_who_share_a_family_number_are_told_apart_by_branch_or_not_at_all() {
    for installation in each_installation().await {
        let people: [techo_testkit::PersonRow<'_>; 2] =
            [(1, "山田 花子", "1975-04-01", &[]), (2, "山田 桃子", "1975-04-01", &[])];
        installation.residents(&city(), residents_file(&city(), &people)).await;
        let rows = [
            (1, "345", "01", "2020-04-01", "", "2026-01-01 09:00"),
            (2, "345", "02", "2020-04-01", "", "2026-01-01 09:00"),
        ];
        installation.coverage(&own_insurer(), coverage_file(&own_insurer(), &rows)).await;
        let mut with_branch = document();
        let insurer = with_branch.insured.insurer.clone();
        with_branch.insured = InsuredId::new(insurer, Some("１２"), "345", Some("02"));
        assert_eq!(
            report_counts(&send(&installation, &[document()]).await),
            [1, 0, 0, 0, 0, 0, 1],
            "{}",
            installation.engine()
        );
        assert_eq!(
            report_counts(&send(&installation, &[with_branch]).await),
            [1, 1, 0, 0, 0, 0, 0],
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn a_newer_document_replaces_and_an_older_one_that_comes_late_does_not() {
    for installation in each_installation().await {
        with_person(&installation).await;
        with_coverage(&installation).await;
        let mut newer = document();
        newer.facts.document_date = CalendarDate::parse("2025-11-01").unwrap();
        newer.facts.results[0] = weight("61.0");
        assert_eq!(
            report_counts(&send(&installation, &[document(), newer.clone()]).await),
            [2, 1, 1, 0, 0, 0, 0],
            "{}",
            installation.engine()
        );
        assert_eq!(
            report_counts(&send(&installation, &[document(), newer.clone()]).await),
            [2, 0, 0, 2, 0, 0, 0]
        );
        let mut oldest = document();
        oldest.facts.document_date = CalendarDate::parse("2025-09-20").unwrap();
        oldest.facts.results[0] = weight("59.0");
        assert_eq!(
            report_counts(&send(&installation, &[oldest.clone()]).await),
            [1, 0, 1, 0, 0, 0, 0],
            "{}",
            installation.engine()
        );
        assert_eq!(
            report_counts(&send(&installation, &[oldest, newer]).await),
            [2, 0, 0, 2, 0, 0, 0],
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn a_deletion_removes_the_checkup_and_the_deleted_document_does_not_come_back() {
    for installation in each_installation().await {
        with_person(&installation).await;
        with_coverage(&installation).await;
        let mut deletion = CheckupDocument { request: DocumentRequest::Delete, ..document() };
        deletion.facts.report_class = "19".into();
        deletion.facts.document_date = CalendarDate::parse("2025-10-15").unwrap();
        send(&installation, &[document()]).await;
        assert_eq!(
            report_counts(&send(&installation, &[deletion.clone()]).await),
            [1, 0, 0, 0, 1, 0, 0],
            "{}",
            installation.engine()
        );
        assert_eq!(
            report_counts(&send(&installation, &[document(), deletion]).await),
            [2, 0, 0, 2, 0, 0, 0],
            "{}",
            installation.engine()
        );
        let mut again = document();
        again.facts.document_date = CalendarDate::parse("2025-12-01").unwrap();
        assert_eq!(
            report_counts(&send(&installation, &[again]).await),
            [1, 1, 0, 0, 0, 0, 0],
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn an_insurer_cannot_send_documents_of_another_and_broken_documents_are_named() {
    for installation in each_installation().await {
        with_person(&installation).await;
        with_coverage(&installation).await;
        let broken =
            b"<!DOCTYPE x [<!ENTITY a 'b'>]><ClinicalDocument xmlns='urn:hl7-org:v3'>&a;</ClinicalDocument>"
                .to_vec();
        let taken = installation.checkups(&insurer("06139998"), vec![bytes(&document()), broken]).await;
        assert_eq!(report_counts(&taken), [2, 0, 0, 0, 0, 2, 0], "{}", installation.engine());
        assert!(taken.rejects[0].starts_with("DATA/0.xml: 文書の保険者番号"), "{:?}", taken.rejects);
        assert!(taken.rejects[1].starts_with("DATA/1.xml: "), "{:?}", taken.rejects);
    }
}
