//! In whatever order files come: what came earlier never comes after what came later, and one thing is kept once.

use proptest::prelude::*;
use std::time::Duration;
use techo_model::{
    CalendarDate,
    checkup::{CheckupDocument, DocumentRequest},
    organisation::Organisation,
};
use techo_store::records::vaccinations::DoseRow;
use techo_testkit::{
    TestInstallation, city, coverage_file,
    documents::{bytes, document, own_insurer},
    each_installation, municipality, my_number, report_counts, residents_file,
    results::weight,
    vaccinations_file,
};

const HEPATITIS: &str = "B型肝炎";

async fn resident(installation: &TestInstallation, home: &Organisation, moved_in: &str) {
    // No two files come at one instant.
    installation.custody.environment.advance(Duration::from_secs(1));
    let cells: &[(&str, &str)] = &[("転入日", moved_in)];
    let taken =
        installation.residents(home, residents_file(home, &[(1, "山田 花子", "1975-04-01", cells)])).await;
    assert_eq!(taken.rejects, Vec::<String>::new());
}

async fn dose(
    installation: &TestInstallation,
    sender: &Organisation,
    lot: &str,
    cancelled: &str,
) -> [u64; 7] {
    installation.custody.environment.advance(Duration::from_secs(1));
    let file = vaccinations_file(sender, &[(1, "2025-05-01", HEPATITIS, 1, lot, cancelled)]);
    report_counts(&installation.vaccinations(sender, file).await)
}

async fn doses(installation: &TestInstallation) -> Vec<DoseRow> {
    installation.custody.stores.records.doses(installation.record_of(1)).await.unwrap()
}

async fn lots(installation: &TestInstallation) -> Vec<String> {
    doses(installation).await.into_iter().map(|dose| dose.lot.unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_dose_that_waited_changes_nothing_of_what_came_after_its_person() {
    for installation in each_installation().await {
        assert_eq!(dose(&installation, &city(), "OLD", "").await[6], 1);
        resident(&installation, &city(), "").await;
        assert_eq!(
            lots(&installation).await,
            ["OLD"],
            "{}: it is there with its person",
            installation.engine()
        );
        dose(&installation, &city(), "NEW", "").await;
        installation.settle().await;
        assert_eq!(lots(&installation).await, ["NEW"], "{}", installation.engine());
        assert_eq!(dose(&installation, &city(), "NEW", "1").await[4], 1);
        installation.settle().await;
        assert_eq!(
            lots(&installation).await,
            Vec::<String>::new(),
            "{}: taken back is taken back",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn what_waits_more_than_once_is_taken_in_as_it_came_last_whatever_the_clock_said() {
    for installation in each_installation().await {
        dose(&installation, &city(), "A", "").await;
        dose(&installation, &city(), "B", "").await;
        dose(&installation, &city(), "A", "").await;
        resident(&installation, &city(), "").await;
        assert_eq!(lots(&installation).await, ["A"], "{}", installation.engine());
    }
    for installation in each_installation().await {
        for (lot, cancelled) in [("A", ""), ("A", "1")] {
            assert_eq!(dose(&installation, &city(), lot, cancelled).await[6], 1);
        }
        resident(&installation, &city(), "").await;
        assert_eq!(lots(&installation).await, Vec::<String>::new(), "{}", installation.engine());
    }
}

#[tokio::test]
async fn a_dose_taken_back_before_it_is_known_is_remembered() {
    for installation in each_installation().await {
        resident(&installation, &city(), "").await;
        assert_eq!(
            dose(&installation, &city(), "A", "1").await,
            [1, 0, 0, 1, 0, 0, 0],
            "{}",
            installation.engine()
        );
        let records = &installation.custody.stores.records;
        let mut tx = records.begin().await.unwrap();
        let known = records.known_doses(&mut tx, &[installation.record_of(1)]).await.unwrap();
        assert!(known[0].holding.cancelled_at.is_some(), "{}", installation.engine());
    }
}

#[tokio::test]
async fn a_dose_that_two_municipalities_state_is_one_and_the_present_ones_statement_holds() {
    for installation in each_installation().await {
        let (here, there) = (city(), municipality(13_998));
        resident(&installation, &here, "2020-04-01").await;
        dose(&installation, &here, "HERE", "").await;
        assert_eq!(
            dose(&installation, &there, "THERE", "").await,
            [1, 0, 1, 0, 0, 0, 0],
            "{}",
            installation.engine()
        );
        assert_eq!(lots(&installation).await, ["HERE"], "{}", installation.engine());
        let id = doses(&installation).await[0].vaccination_id;
        let senders =
            installation.custody.stores.records.stated_too(installation.record_of(1)).await.unwrap();
        assert_eq!(
            senders.into_iter().map(|other| other.sent_by).collect::<Vec<_>>(),
            std::slice::from_ref(&there.id)
        );
        resident(&installation, &there, "2026-04-01").await;
        assert_eq!(lots(&installation).await, ["THERE"], "{}: after the move", installation.engine());
        assert_eq!(doses(&installation).await[0].vaccination_id, id, "it is the same record");
        assert_eq!(dose(&installation, &here, "LATER", "").await[2], 1);
        assert_eq!(lots(&installation).await, ["THERE"], "{}", installation.engine());
        assert_eq!(dose(&installation, &here, "LATER", "1").await[4], 1);
        assert_eq!(
            lots(&installation).await,
            ["THERE"],
            "{}: the former one takes back its own only",
            installation.engine()
        );
        assert_eq!(dose(&installation, &there, "THERE", "1").await[4], 1);
        assert_eq!(lots(&installation).await, Vec::<String>::new(), "{}", installation.engine());
    }
}

#[tokio::test]
async fn a_dose_that_waits_because_its_person_was_not_born_is_there_when_the_birth_date_is_corrected() {
    for installation in each_installation().await {
        dose(&installation, &city(), "A", "").await;
        let born = async |birth: &str| {
            installation.residents(&city(), residents_file(&city(), &[(1, "山田 花子", birth, &[])])).await;
        };
        born("2025-06-01").await;
        assert_eq!(lots(&installation).await, Vec::<String>::new(), "{}", installation.engine());
        born("1975-04-01").await;
        assert_eq!(lots(&installation).await, ["A"], "{}", installation.engine());
    }
}

#[tokio::test]
async fn a_statement_that_only_comes_to_hold_is_as_old_as_before() {
    for installation in each_installation().await {
        let (here, there) = (city(), municipality(13_998));
        resident(&installation, &here, "2020-04-01").await;
        dose(&installation, &here, "HERE", "").await;
        dose(&installation, &there, "THERE", "").await;
        let stated = installation.custody.environment.now();
        resident(&installation, &there, "2026-04-01").await;
        let held = doses(&installation).await.remove(0);
        assert_eq!(
            (held.lot.as_deref(), held.changed_at),
            (Some("THERE"), stated),
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn two_people_may_exchange_their_numbers_and_one_may_take_what_another_gives_up() {
    for installation in each_installation().await {
        let people: [techo_testkit::PersonRow<'_>; 2] =
            [(1, "山田 花子", "1975-04-01", &[]), (2, "山田 桃子", "1980-04-01", &[])];
        let right = residents_file(&city(), &people);
        let [one, two, three] = [1, 2, 3].map(|n| my_number(n).digits());
        let exchanged =
            right.replace(one.as_str(), "X").replace(two.as_str(), one.as_str()).replace('X', two.as_str());
        installation.residents(&city(), exchanged).await;
        let taken = installation.residents(&city(), right.clone()).await;
        assert_eq!(
            report_counts(&taken),
            [2, 0, 2, 0, 0, 0, 0],
            "{}: {:?}",
            installation.engine(),
            taken.rejects
        );
        let given_up = right.replace(two.as_str(), three.as_str()).replace(one.as_str(), two.as_str());
        let taken = installation.residents(&city(), given_up).await;
        assert_eq!(
            report_counts(&taken),
            [2, 0, 2, 0, 0, 0, 0],
            "{}: {:?}",
            installation.engine(),
            taken.rejects
        );
        let both = right.replace(two.as_str(), one.as_str());
        assert_eq!(
            report_counts(&installation.residents(&city(), both).await)[5],
            1,
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn numbers_are_exchanged_across_the_batches_of_a_long_file() {
    for installation in each_installation().await {
        let people: Vec<techo_testkit::PersonRow<'_>> =
            (1..=600).map(|n| (n, "山田 花子", "1975-04-01", &[] as &[(&str, &str)])).collect();
        let right = residents_file(&city(), &people);
        let (one, last) = (my_number(1).digits(), my_number(600).digits());
        let exchanged =
            right.replace(one.as_str(), "X").replace(last.as_str(), one.as_str()).replace('X', last.as_str());
        installation.residents(&city(), exchanged).await;
        let taken = installation.residents(&city(), right.clone()).await;
        assert_eq!(
            report_counts(&taken),
            [600, 0, 2, 598, 0, 0, 0],
            "{}: {:?}",
            installation.engine(),
            taken.rejects
        );
        let two = right.replacen(last.as_str(), one.as_str(), 1);
        let taken = installation.residents(&city(), two).await;
        assert_eq!(report_counts(&taken)[5], 1, "{}: {:?}", installation.engine(), taken.rejects);
        assert!(taken.rejects[0].contains("個人番号"), "{:?}", taken.rejects);
    }
}

/// Documents about one day: two programmes, corrections, and a deletion of one of them.
fn about_one_day() -> Vec<CheckupDocument> {
    let of = |programme: &str, dated: &str, kilograms: &str| {
        let mut one = document();
        one.facts.programme = programme.into();
        one.facts.document_date = CalendarDate::parse(dated).unwrap();
        one.facts.results[0] = weight(kilograms);
        one
    };
    let mut deletion = CheckupDocument { request: DocumentRequest::Delete, ..of("060", "2025-10-10", "0.0") };
    deletion.facts.report_class = "19".into();
    vec![
        of("010", "2025-10-01", "60.0"),
        of("010", "2025-10-05", "61.0"),
        of("060", "2025-10-02", "62.0"),
        of("060", "2025-10-12", "63.0"),
        deletion,
    ]
}

/// What stands at the end: programme, first result, and how many documents are in the history.
async fn state(installation: &TestInstallation) -> Vec<(String, String, usize)> {
    let records = &installation.custody.stores.records;
    let code = installation.record_of(1);
    let mut found = Vec::new();
    for row in records.checkups(code).await.unwrap() {
        let history = records.replaced_versions(code, row.checkup_id).await.unwrap().len();
        let results: serde_json::Value = serde_json::from_str(&row.results.unwrap()).unwrap();
        found.push((row.programme, results[0]["value"]["text"].as_str().unwrap().to_owned(), history));
    }
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn checkups_of_one_day_end_the_same_in_any_order_and_in_any_files(
        order in Just((0..7usize).collect::<Vec<_>>()).prop_shuffle(),
        cuts in proptest::collection::vec(any::<bool>(), 7),
    ) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            for installation in each_installation().await {
                let mut file = Vec::new();
                for (step, cut) in order.iter().zip(&cuts) {
                    installation.custody.environment.advance(Duration::from_secs(1));
                    match step {
                        5 => resident(&installation, &city(), "").await,
                        6 => {
                            let row = [(1, "345", "01", "2020-04-01", "", "2026-01-01 09:00")];
                            installation.coverage(&own_insurer(), coverage_file(&own_insurer(), &row)).await;
                        }
                        document => file.push(bytes(&about_one_day()[*document])),
                    }
                    if *cut {
                        installation.checkups(&own_insurer(), std::mem::take(&mut file)).await;
                    }
                }
                installation.checkups(&own_insurer(), file).await;
                let expected = [("010".to_owned(), "61.0".to_owned(), 1), ("060".to_owned(), "63.0".to_owned(), 0)];
                prop_assert_eq!(state(&installation).await, expected, "{}", installation.engine());
            }
            Ok(())
        })?;
    }
}
