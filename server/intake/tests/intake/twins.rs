//! Twins share 記号, 番号, birth date and sex: 枝番 alone says whose a checkup is.

use proptest::prelude::*;
use techo_intake::{BranchDoubt, unproven_checkups};
use techo_model::{
    CalendarDate,
    checkup::{CheckupDocument, DocumentRequest},
    coverage::InsuredId,
};
use techo_store::{records::checkups::CheckupRow, testing::tamper};
use techo_testkit::{
    TestInstallation, city, coverage_file,
    documents::{bytes, document, own_insurer},
    each_installation, report_counts, residents_file,
    results::weight,
};

/// The twins as their municipality states them.
async fn with_twins(installation: &TestInstallation) {
    let twins: [techo_testkit::PersonRow<'_>; 2] =
        [(1, "山田 花子", "1975-04-01", &[]), (2, "山田 桃子", "1975-04-01", &[])];
    installation.residents(&city(), residents_file(&city(), &twins)).await;
}

/// One twin's insurance, with this 枝番.
async fn insure(installation: &TestInstallation, twin: u64, branch: &str) {
    let file = coverage_file(&own_insurer(), &[(twin, "345", branch, "2020-04-01", "", "2026-01-01 09:00")]);
    installation.coverage(&own_insurer(), file).await;
}

/// A document with this 枝番 and this weight.
fn about(branch: Option<&str>, kilograms: &str) -> CheckupDocument {
    let mut document = document();
    let insurer = document.insured.insurer.clone();
    document.insured = InsuredId::new(insurer, Some("12"), "345", branch);
    document.facts.results[0] = weight(kilograms);
    document
}

fn deletion(branch: &str) -> CheckupDocument {
    let mut deletion = CheckupDocument { request: DocumentRequest::Delete, ..about(Some(branch), "60.0") };
    deletion.facts.report_class = "19".into();
    deletion.facts.document_date = CalendarDate::parse("2025-10-15").unwrap();
    deletion
}

async fn send(installation: &TestInstallation, documents: &[CheckupDocument]) -> [u64; 7] {
    report_counts(&installation.checkups(&own_insurer(), documents.iter().map(bytes).collect()).await)
}

async fn checkups(installation: &TestInstallation, twin: u64) -> Vec<CheckupRow> {
    installation.custody.stores.records.checkups(installation.record_of(twin)).await.unwrap()
}

async fn weights(installation: &TestInstallation, twin: u64) -> Vec<String> {
    let rows = checkups(installation, twin).await;
    let first = |row: CheckupRow| {
        let results: serde_json::Value = serde_json::from_str(&row.results.unwrap()).unwrap();
        results[0]["value"]["text"].as_str().unwrap().to_owned()
    };
    rows.into_iter().map(first).collect()
}

#[tokio::test]
async fn a_document_of_one_twin_waits_when_only_the_other_is_known_and_is_never_given_to_them() {
    for installation in each_installation().await {
        with_twins(&installation).await;
        insure(&installation, 1, "01").await;
        assert_eq!(
            send(&installation, &[about(Some("02"), "61.0")]).await,
            [1, 0, 0, 0, 0, 0, 1],
            "{}",
            installation.engine()
        );
        installation.settle().await;
        assert_eq!(weights(&installation, 1).await, Vec::<String>::new(), "{}", installation.engine());
        insure(&installation, 2, "02").await;
        installation.settle().await;
        assert_eq!(
            (weights(&installation, 1).await, weights(&installation, 2).await),
            (vec![], vec!["61.0".to_owned()])
        );
        assert_eq!(installation.custody.stores.records.count_waiting().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_deletion_for_one_twin_takes_nothing_of_the_other() {
    for installation in each_installation().await {
        with_twins(&installation).await;
        insure(&installation, 1, "01").await;
        send(&installation, &[about(Some("01"), "60.0")]).await;
        assert_eq!(
            send(&installation, &[deletion("02")]).await,
            [1, 0, 0, 0, 0, 0, 1],
            "{}",
            installation.engine()
        );
        insure(&installation, 2, "02").await;
        installation.settle().await;
        assert_eq!(weights(&installation, 1).await, ["60.0"], "{}", installation.engine());
    }
}

#[tokio::test]
async fn a_document_with_a_branch_number_goes_to_somebody_whose_insurer_states_none() {
    for installation in each_installation().await {
        with_twins(&installation).await;
        insure(&installation, 1, "").await;
        assert_eq!(
            send(&installation, &[about(Some("02"), "61.0")]).await,
            [1, 1, 0, 0, 0, 0, 0],
            "{}",
            installation.engine()
        );
        assert_eq!(weights(&installation, 1).await, ["61.0"]);
    }
}

#[tokio::test]
async fn a_document_with_a_branch_number_avoids_somebody_who_has_another_in_an_earlier_period() {
    for installation in each_installation().await {
        with_twins(&installation).await;
        let periods = [
            (1, "345", "01", "2018-04-01", "2020-04-01", "2026-01-01 09:00"),
            (1, "345", "", "2020-04-01", "", "2026-01-01 09:00"),
        ];
        installation.coverage(&own_insurer(), coverage_file(&own_insurer(), &periods)).await;
        assert_eq!(
            send(&installation, &[about(Some("02"), "61.0")]).await,
            [1, 0, 0, 0, 0, 0, 1],
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn a_branch_number_of_zeros_tells_twins_apart_like_any_other() {
    for installation in each_installation().await {
        with_twins(&installation).await;
        insure(&installation, 1, "00").await;
        assert_eq!(
            send(&installation, &[about(Some("01"), "61.0")]).await[6],
            1,
            "{}",
            installation.engine()
        );
        insure(&installation, 2, "1").await;
        send(&installation, &[about(Some("00"), "60.0"), about(Some("01"), "61.0")]).await;
        installation.settle().await;
        assert_eq!(
            (weights(&installation, 1).await, weights(&installation, 2).await),
            (vec!["60.0".into()], vec!["61.0".into()])
        );
    }
}

#[tokio::test]
async fn checkups_from_before_are_listed_until_their_document_comes_again_and_twins_first() {
    for installation in each_installation().await {
        with_twins(&installation).await;
        insure(&installation, 1, "01").await;
        send(&installation, &[about(Some("01"), "60.0")]).await;
        assert_eq!(doubts(&installation).await, [], "{}", installation.engine());
        let records = installation.custody.stores.records.db();
        tamper(records, "UPDATE checkup SET matched_by = 'unknown'", &[]).await;
        assert_eq!(doubts(&installation).await, [BranchDoubt::NotNoted], "{}", installation.engine());
        insure(&installation, 2, "02").await;
        assert_eq!(doubts(&installation).await, [BranchDoubt::TwinKnown], "{}", installation.engine());
        assert_eq!(send(&installation, &[about(Some("01"), "60.0")]).await, [1, 0, 0, 1, 0, 0, 0]);
        assert_eq!(doubts(&installation).await, [], "{}", installation.engine());
    }
}

#[tokio::test]
async fn checkups_matched_while_an_insurer_had_exchanged_the_branch_numbers_of_twins_are_listed() {
    for installation in each_installation().await {
        with_twins(&installation).await;
        insure(&installation, 1, "02").await;
        insure(&installation, 2, "01").await;
        send(&installation, &[about(Some("01"), "60.0")]).await;
        assert_eq!(
            (weights(&installation, 2).await, doubts(&installation).await),
            (vec!["60.0".to_owned()], vec![])
        );
        let right = [
            (1, "345", "01", "2020-04-01", "", "2026-02-01 09:00"),
            (2, "345", "02", "2020-04-01", "", "2026-02-01 09:00"),
        ];
        installation.coverage(&own_insurer(), coverage_file(&own_insurer(), &right)).await;
        assert_eq!(doubts(&installation).await, [BranchDoubt::TwinKnown], "{}", installation.engine());
        send(&installation, &[about(Some("01"), "60.0")]).await;
        assert_eq!(
            weights(&installation, 1).await,
            ["60.0"],
            "{}: sent again it is found",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn whoever_lists_what_is_in_doubt_waits_for_nobody_who_writes() {
    for installation in each_installation().await {
        with_twins(&installation).await;
        insure(&installation, 1, "01").await;
        insure(&installation, 2, "02").await;
        send(&installation, &[about(Some("01"), "60.0")]).await;
        tamper(installation.custody.stores.records.db(), "UPDATE checkup SET matched_by = 'unknown'", &[])
            .await;
        let stores = &installation.custody.stores;
        let writing =
            (stores.vault.begin_in_turn().await.unwrap(), stores.records.begin_in_turn().await.unwrap());
        let listed = tokio::time::timeout(std::time::Duration::from_secs(5), doubts(&installation)).await;
        assert_eq!(listed.unwrap(), [BranchDoubt::TwinKnown], "{}", installation.engine());
        drop(writing);
    }
}

async fn doubts(installation: &TestInstallation) -> Vec<BranchDoubt> {
    let mut found = Vec::new();
    unproven_checkups(&installation.custody, &mut |one| found.push(one.doubt)).await.unwrap();
    found
}

/// What happens to twins, each thing once.
#[derive(Clone, Copy, Debug)]
enum Step {
    Residents,
    Insure(u64),
    Checkup(u64),
    Deletion(u64),
    Sweep,
}

const BRANCHES: [&str; 2] = ["00", "01"];

async fn happens(installation: &TestInstallation, step: Step) {
    let branch = |twin: u64| BRANCHES[usize::try_from(twin - 1).unwrap()];
    match step {
        Step::Residents => with_twins(installation).await,
        Step::Insure(twin) => insure(installation, twin, branch(twin)).await,
        Step::Checkup(twin) => {
            send(
                installation,
                &[about(Some(branch(twin)), ["60.0", "61.0"][usize::try_from(twin - 1).unwrap()])],
            )
            .await;
        }
        Step::Deletion(twin) => drop(send(installation, &[deletion(branch(twin))]).await),
        Step::Sweep => drop(installation.settle().await),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn in_any_order_of_files_each_twin_ends_with_their_own_checkup(
        steps in Just(vec![
            Step::Residents, Step::Insure(1), Step::Insure(2), Step::Checkup(1), Step::Checkup(2),
            Step::Deletion(2), Step::Sweep,
        ]).prop_shuffle()
    ) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            for installation in each_installation().await {
                for step in &steps {
                    happens(&installation, *step).await;
                    prop_assert!(weights(&installation, 1).await.iter().all(|weight| weight == "60.0"));
                    prop_assert!(weights(&installation, 2).await.iter().all(|weight| weight == "61.0"));
                }
                installation.settle().await;
                prop_assert_eq!(weights(&installation, 1).await, vec!["60.0".to_owned()]);
                prop_assert_eq!(weights(&installation, 2).await, Vec::<String>::new());
            }
            Ok(())
        })?;
    }
}
