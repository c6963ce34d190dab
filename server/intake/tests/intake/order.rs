//! In whatever order files come: what came earlier never comes after what came later, and one thing is kept once.

use proptest::prelude::*;
use std::time::Duration;
use techo_model::{
    CalendarDate,
    checkup::{CheckupDocument, Request},
    organisation::Organisation,
};
use techo_store::records::vaccinations::DoseRow;
use techo_testkit::{
    Town, city, coverage_file,
    documents::{bytes, document, own_insurer},
    municipality, my_number, residents_file,
    results::weight,
    seven, towns, vaccinations_file,
};

const HEPATITIS: &str = "B型肝炎";

async fn resident(town: &Town, home: &Organisation, moved_in: &str) {
    // No two files come at one instant.
    town.custody.environment.advance(Duration::from_secs(1));
    let cells: &[(&str, &str)] = &[("転入日", moved_in)];
    let taken = town.residents(home, residents_file(home, &[(1, "山田 花子", "1975-04-01", cells)])).await;
    assert_eq!(taken.rejects, Vec::<String>::new());
}

async fn dose(town: &Town, sender: &Organisation, lot: &str, cancelled: &str) -> [u64; 7] {
    town.custody.environment.advance(Duration::from_secs(1));
    let file = vaccinations_file(sender, &[(1, "2025-05-01", HEPATITIS, 1, lot, cancelled)]);
    seven(&town.vaccinations(sender, file).await)
}

async fn doses(town: &Town) -> Vec<DoseRow> {
    town.custody.stores.records.doses(town.record_of(1)).await.unwrap()
}

async fn lots(town: &Town) -> Vec<String> {
    doses(town).await.into_iter().map(|dose| dose.lot.unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_dose_that_waited_changes_nothing_of_what_came_after_its_person() {
    for town in towns().await {
        assert_eq!(dose(&town, &city(), "OLD", "").await[6], 1);
        resident(&town, &city(), "").await;
        assert_eq!(lots(&town).await, ["OLD"], "{}: it is there with its person", town.engine());
        dose(&town, &city(), "NEW", "").await;
        town.settle().await;
        assert_eq!(lots(&town).await, ["NEW"], "{}", town.engine());
        assert_eq!(dose(&town, &city(), "NEW", "1").await[4], 1);
        town.settle().await;
        assert_eq!(lots(&town).await, Vec::<String>::new(), "{}: taken back is taken back", town.engine());
    }
}

#[tokio::test]
async fn what_waits_more_than_once_is_taken_in_as_it_came_last_whatever_the_clock_said() {
    for town in towns().await {
        dose(&town, &city(), "A", "").await;
        dose(&town, &city(), "B", "").await;
        dose(&town, &city(), "A", "").await;
        resident(&town, &city(), "").await;
        assert_eq!(lots(&town).await, ["A"], "{}", town.engine());
    }
    for town in towns().await {
        for (lot, cancelled) in [("A", ""), ("A", "1")] {
            assert_eq!(dose(&town, &city(), lot, cancelled).await[6], 1);
        }
        resident(&town, &city(), "").await;
        assert_eq!(lots(&town).await, Vec::<String>::new(), "{}", town.engine());
    }
}

#[tokio::test]
async fn a_dose_taken_back_before_it_is_known_is_remembered() {
    for town in towns().await {
        resident(&town, &city(), "").await;
        assert_eq!(dose(&town, &city(), "A", "1").await, [1, 0, 0, 1, 0, 0, 0], "{}", town.engine());
        let records = &town.custody.stores.records;
        let mut tx = records.begin().await.unwrap();
        let known = records.known_doses(&mut tx, &[town.record_of(1)]).await.unwrap();
        assert!(known[0].holding.cancelled_at.is_some(), "{}", town.engine());
    }
}

#[tokio::test]
async fn a_dose_that_two_municipalities_state_is_one_and_the_present_ones_statement_holds() {
    for town in towns().await {
        let (here, there) = (city(), municipality(13_998));
        resident(&town, &here, "2020-04-01").await;
        dose(&town, &here, "HERE", "").await;
        assert_eq!(dose(&town, &there, "THERE", "").await, [1, 0, 1, 0, 0, 0, 0], "{}", town.engine());
        assert_eq!(lots(&town).await, ["HERE"], "{}", town.engine());
        let id = doses(&town).await[0].vaccination_id;
        let senders = town.custody.stores.records.stated_too(town.record_of(1)).await.unwrap();
        assert_eq!(
            senders.into_iter().map(|other| other.sent_by).collect::<Vec<_>>(),
            std::slice::from_ref(&there.id)
        );
        resident(&town, &there, "2026-04-01").await;
        assert_eq!(lots(&town).await, ["THERE"], "{}: after the move", town.engine());
        assert_eq!(doses(&town).await[0].vaccination_id, id, "it is the same record");
        assert_eq!(dose(&town, &here, "LATER", "").await[2], 1);
        assert_eq!(lots(&town).await, ["THERE"], "{}", town.engine());
        assert_eq!(dose(&town, &here, "LATER", "1").await[4], 1);
        assert_eq!(lots(&town).await, ["THERE"], "{}: the former one takes back its own only", town.engine());
        assert_eq!(dose(&town, &there, "THERE", "1").await[4], 1);
        assert_eq!(lots(&town).await, Vec::<String>::new(), "{}", town.engine());
    }
}

#[tokio::test]
async fn a_dose_that_waits_because_its_person_was_not_born_is_there_when_the_birth_date_is_corrected() {
    for town in towns().await {
        dose(&town, &city(), "A", "").await;
        let born = async |birth: &str| {
            town.residents(&city(), residents_file(&city(), &[(1, "山田 花子", birth, &[])])).await;
        };
        born("2025-06-01").await;
        assert_eq!(lots(&town).await, Vec::<String>::new(), "{}", town.engine());
        born("1975-04-01").await;
        assert_eq!(lots(&town).await, ["A"], "{}", town.engine());
    }
}

#[tokio::test]
async fn a_statement_that_only_comes_to_hold_is_as_old_as_before() {
    for town in towns().await {
        let (here, there) = (city(), municipality(13_998));
        resident(&town, &here, "2020-04-01").await;
        dose(&town, &here, "HERE", "").await;
        dose(&town, &there, "THERE", "").await;
        let stated = town.custody.environment.now();
        resident(&town, &there, "2026-04-01").await;
        let held = doses(&town).await.remove(0);
        assert_eq!((held.lot.as_deref(), held.changed_at), (Some("THERE"), stated), "{}", town.engine());
    }
}

#[tokio::test]
async fn two_people_may_exchange_their_numbers_and_one_may_take_what_another_gives_up() {
    for town in towns().await {
        let people: [techo_testkit::PersonRow<'_>; 2] =
            [(1, "山田 花子", "1975-04-01", &[]), (2, "山田 桃子", "1980-04-01", &[])];
        let right = residents_file(&city(), &people);
        let [one, two, three] = [1, 2, 3].map(|n| my_number(n).digits());
        let exchanged =
            right.replace(one.as_str(), "X").replace(two.as_str(), one.as_str()).replace('X', two.as_str());
        town.residents(&city(), exchanged).await;
        let taken = town.residents(&city(), right.clone()).await;
        assert_eq!(seven(&taken), [2, 0, 2, 0, 0, 0, 0], "{}: {:?}", town.engine(), taken.rejects);
        let given_up = right.replace(two.as_str(), three.as_str()).replace(one.as_str(), two.as_str());
        let taken = town.residents(&city(), given_up).await;
        assert_eq!(seven(&taken), [2, 0, 2, 0, 0, 0, 0], "{}: {:?}", town.engine(), taken.rejects);
        let both = right.replace(two.as_str(), one.as_str());
        assert_eq!(seven(&town.residents(&city(), both).await)[5], 1, "{}", town.engine());
    }
}

#[tokio::test]
async fn numbers_are_exchanged_across_the_batches_of_a_long_file() {
    for town in towns().await {
        let people: Vec<techo_testkit::PersonRow<'_>> =
            (1..=600).map(|n| (n, "山田 花子", "1975-04-01", &[] as &[(&str, &str)])).collect();
        let right = residents_file(&city(), &people);
        let (one, last) = (my_number(1).digits(), my_number(600).digits());
        let exchanged =
            right.replace(one.as_str(), "X").replace(last.as_str(), one.as_str()).replace('X', last.as_str());
        town.residents(&city(), exchanged).await;
        let taken = town.residents(&city(), right.clone()).await;
        assert_eq!(seven(&taken), [600, 0, 2, 598, 0, 0, 0], "{}: {:?}", town.engine(), taken.rejects);
        let two = right.replacen(last.as_str(), one.as_str(), 1);
        let taken = town.residents(&city(), two).await;
        assert_eq!(seven(&taken)[5], 1, "{}: {:?}", town.engine(), taken.rejects);
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
    let mut deletion = CheckupDocument { request: Request::Delete, ..of("060", "2025-10-10", "0.0") };
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
async fn state(town: &Town) -> Vec<(String, String, usize)> {
    let records = &town.custody.stores.records;
    let code = town.record_of(1);
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
            for town in towns().await {
                let mut file = Vec::new();
                for (step, cut) in order.iter().zip(&cuts) {
                    town.custody.environment.advance(Duration::from_secs(1));
                    match step {
                        5 => resident(&town, &city(), "").await,
                        6 => {
                            let row = [(1, "345", "01", "2020-04-01", "", "2026-01-01 09:00")];
                            town.coverage(&own_insurer(), coverage_file(&own_insurer(), &row)).await;
                        }
                        document => file.push(bytes(&about_one_day()[*document])),
                    }
                    if *cut {
                        town.checkups(&own_insurer(), std::mem::take(&mut file)).await;
                    }
                }
                town.checkups(&own_insurer(), file).await;
                let expected = [("010".to_owned(), "61.0".to_owned(), 1), ("060".to_owned(), "63.0".to_owned(), 0)];
                prop_assert_eq!(state(&town).await, expected, "{}", town.engine());
            }
            Ok(())
        })?;
    }
}
