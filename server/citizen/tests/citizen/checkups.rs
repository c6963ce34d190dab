use crate::portal;
use techo_audit::log;
use techo_citizen::{
    checkups::{ItemRow, RowGroup},
    values::{AnswerView, CellValue, ItemName},
};
use techo_custody::Failure;
use techo_model::{
    CheckupId, UnixMillis,
    checkup::{Bound, ItemResult, ItemValue, Judgement},
};
use techo_testkit::{
    each_installation,
    people::{checkup, citizen, new_checkup},
    results::{GUIDANCE, METABOLIC, SMOKING, WEIGHT, answer, judged, quantity, result, weight},
};

fn row<'a>(groups: &'a [RowGroup], item: &str) -> &'a ItemRow {
    groups.iter().flat_map(|group| &group.rows).find(|row| row.item.0 == item).unwrap()
}

fn numbers(row: &ItemRow) -> Vec<Option<&str>> {
    let text = |value: &CellValue| match value {
        CellValue::Number { text, .. } => Some(text.clone().leak() as &str),
        _ => None,
    };
    row.cells.iter().map(|cell| cell.as_ref().and_then(|cell| text(&cell.value))).collect()
}

#[tokio::test]
async fn years_stand_side_by_side_newest_first_and_a_missing_item_leaves_its_cell_empty() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        checkup(
            &installation,
            &owner,
            "2023-05-01",
            &[weight("61.0"), quantity("9A751000000000001", "128", "mm[Hg]")],
        )
        .await;
        checkup(&installation, &owner, "2025-05-01", &[weight("63.5")]).await;
        let view = portal.checkups(&owner).await.unwrap();
        let days: Vec<_> = view.columns.iter().map(|column| column.examined_on.to_string()).collect();
        assert_eq!(days, ["2025-05-01", "2023-05-01"], "{}", installation.engine());
        assert_eq!(numbers(row(&view.groups, WEIGHT)), [Some("63.5"), Some("61.0")]);
        assert_eq!(numbers(row(&view.groups, "9A751000000000001")), [None, Some("128")]);
        assert_eq!(row(&view.groups, "9A751000000000001").unit, "mmHg");
        let names: Vec<_> = view.groups.iter().map(|group| group.name.en).collect();
        assert_eq!(names, ["Body measurements", "Blood pressure"], "groups in the order of the item table");
    }
}

#[tokio::test]
async fn the_same_code_of_phase_3_and_phase_4_has_different_words_and_a_note() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        checkup(&installation, &owner, "2023-05-01", &[answer(SMOKING, "2003", "2")]).await;
        let newest = checkup(&installation, &owner, "2024-05-01", &[answer(SMOKING, "24060", "2")]).await;
        let view = portal.checkups(&owner).await.unwrap();
        let smoking = row(&view.groups, SMOKING);
        let words: Vec<_> = smoking
            .cells
            .iter()
            .map(|cell| match &cell.as_ref().unwrap().value {
                CellValue::Answer(answer) => (answer.code.as_str(), answer.label.unwrap().en),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            words,
            [("2", "Used to, but not in the past month"), ("2", "No")],
            "{}",
            installation.engine()
        );
        assert!(smoking.question_changed);

        let alone = portal.checkup(&owner, newest).await.unwrap();
        assert!(!row(&alone.groups, SMOKING).question_changed, "one checkup has nothing to be compared with");
    }
}

#[tokio::test]
async fn answers_of_one_list_over_years_carry_no_note() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        for (on, code) in [("2024-05-01", "1"), ("2025-05-01", "3")] {
            checkup(&installation, &owner, on, &[answer(SMOKING, "24060", code)]).await;
        }
        let view = portal.checkups(&owner).await.unwrap();
        assert!(!row(&view.groups, SMOKING).question_changed, "{}", installation.engine());
    }
}

#[tokio::test]
async fn an_answer_of_a_list_that_is_not_public_shows_its_code_and_invents_no_words() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        checkup(&installation, &owner, "2023-05-01", &[answer("9N702000000000011", "1301", "1")]).await;
        let view = portal.checkups(&owner).await.unwrap();
        let cell = row(&view.groups, "9N702000000000011").cells[0].clone().unwrap();
        let CellValue::Answer(answer) = cell.value else { panic!("{}", installation.engine()) };
        assert_eq!((answer.code.as_str(), answer.label), ("1", None));
    }
}

#[tokio::test]
async fn two_methods_of_one_measure_share_a_row_over_years_and_within_one_document_both_are_shown() {
    const DIRECT: &str = "3F070000002327101";
    const OTHER: &str = "3F070000002399901";
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        checkup(&installation, &owner, "2023-05-01", &[quantity(OTHER, "58", "mg/dL")]).await;
        let both = [quantity(DIRECT, "60", "mg/dL"), quantity(OTHER, "61", "mg/dL")];
        checkup(&installation, &owner, "2025-05-01", &both).await;
        let view = portal.checkups(&owner).await.unwrap();
        assert_eq!(view.groups.len(), 1, "{}", installation.engine());
        let rows: Vec<_> = view.groups[0].rows.iter().map(numbers).collect();
        assert_eq!(rows, [[Some("60"), Some("58")], [Some("61"), None]]);
    }
}

#[tokio::test]
async fn a_value_in_another_unit_gets_a_row_and_no_point_of_the_trend() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        checkup(&installation, &owner, "2022-05-01", &[weight("61.0")]).await;
        checkup(&installation, &owner, "2023-05-01", &[quantity(WEIGHT, "134", "[lb_av]")]).await;
        checkup(&installation, &owner, "2024-05-01", &[weight("60.0")]).await;
        let view = portal.checkups(&owner).await.unwrap();
        let rows: Vec<_> = view.groups[0].rows.iter().map(|row| (row.unit.as_str(), numbers(row))).collect();
        let expected =
            [("kg", vec![Some("60.0"), None, Some("61.0")]), ("[lb_av]", vec![None, Some("134"), None])];
        assert_eq!(rows, expected, "{}", installation.engine());
        let points: Vec<_> = view.trends[0].points.iter().map(|point| point.text.as_str()).collect();
        assert_eq!(points, ["61.0", "60.0"]);
        assert_eq!(view.trends[0].left_out, 1, "{}: and the page says so", installation.engine());
    }
}

#[tokio::test]
async fn an_item_that_nobody_knows_is_shown_under_the_name_that_its_sender_gave() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        let named = ItemResult {
            sender_name: Some("独自検査".into()),
            ..quantity("9Z999999999999999", "7", "U/L")
        };
        let nameless = result("9Z999999999999998", ItemValue::Text { text: "所見なし".into() });
        checkup(&installation, &owner, "2024-05-01", &[named, nameless]).await;
        let view = portal.checkups(&owner).await.unwrap();
        let names: Vec<_> =
            view.groups[0].rows.iter().map(|row| (row.name.clone(), row.unit.clone())).collect();
        let sender = |name: &str| ItemName::Sender(name.to_owned());
        let expected = [(sender("9Z999999999999998"), String::new()), (sender("独自検査"), "U/L".to_owned())];
        assert_eq!(names, expected, "{}", installation.engine());
    }
}

#[tokio::test]
async fn a_trend_runs_from_the_oldest_to_the_newest_with_the_latest_stated_range() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        let ranged = |text: &str, high: &str| ItemResult {
            range_low: Some("40".into()),
            range_high: Some(high.into()),
            ..quantity("9N016160100000001", text, "cm")
        };
        checkup(&installation, &owner, "2022-05-01", &[ranged("84.0", "84.9")]).await;
        checkup(&installation, &owner, "2023-05-01", &[judged(Judgement::High, ranged("91.5", "89.9"))])
            .await;
        checkup(&installation, &owner, "2024-05-01", &[quantity("9N016160100000001", "90.5", "cm")]).await;
        checkup(&installation, &owner, "2025-05-01", &[weight("60.0")]).await;
        let view = portal.checkups(&owner).await.unwrap();
        assert_eq!(view.trends.len(), 1, "a single weight is no trend ({})", installation.engine());
        let trend = &view.trends[0];
        let points: Vec<_> =
            trend.points.iter().map(|p| (p.on.to_string(), p.text.as_str(), p.judgement)).collect();
        let expected = [
            ("2022-05-01".to_owned(), "84.0", None),
            ("2023-05-01".to_owned(), "91.5", Some(Judgement::High)),
            ("2024-05-01".to_owned(), "90.5", None),
        ];
        assert_eq!(points, expected);
        assert_eq!((trend.unit.as_str(), trend.low, trend.high), ("cm", Some(40.0), Some(89.9)));
    }
}

#[tokio::test]
async fn a_value_beyond_the_measuring_range_or_not_measured_is_shown_and_is_no_point_of_the_trend() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        let below = ItemValue::Quantity { text: "20".into(), unit: "kg".into(), bound: Some(Bound::Below) };
        let absent = ItemValue::Absent { reason: "測定不可能".into() };
        checkup(&installation, &owner, "2022-05-01", &[result(WEIGHT, below)]).await;
        checkup(&installation, &owner, "2023-05-01", &[result(WEIGHT, absent)]).await;
        checkup(&installation, &owner, "2024-05-01", &[weight("60.0")]).await;
        let view = portal.checkups(&owner).await.unwrap();
        assert!(view.trends.is_empty(), "{}", installation.engine());
        let values: Vec<_> =
            row(&view.groups, WEIGHT).cells.iter().flatten().map(|cell| cell.value.clone()).collect();
        let number = CellValue::Number { text: "60.0".to_owned(), bound: None };
        let limit = CellValue::Limit { text: "20".to_owned(), bound: Bound::Below };
        let not_measured = CellValue::Absent("測定不可能".to_owned());
        assert_eq!(values, [number, not_measured, limit]);
    }
}

#[tokio::test]
async fn a_column_carries_the_metabolic_judgement_and_the_guidance_level() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        let results = [answer(METABOLIC, "1008", "2"), answer(GUIDANCE, "3001", "1")];
        let id = checkup(&installation, &owner, "2025-05-01", &results).await;
        let column = portal.checkup(&owner, id).await.unwrap().column;
        let word = |answer: Option<AnswerView>| answer.unwrap().label.unwrap().ja;
        assert_eq!(
            (word(column.metabolic), word(column.guidance)),
            ("予備群該当", "積極的支援"),
            "{}",
            installation.engine()
        );
    }
}

#[tokio::test]
async fn a_correction_is_shown_and_the_replaced_version_is_listed_by_its_dates() {
    for installation in each_installation().await {
        let (portal, owner) = (portal(&installation), citizen(&installation, 1).await);
        let id = checkup(&installation, &owner, "2025-05-01", &[weight("60.0")]).await;
        let mut correction = new_checkup(&installation, &owner, "2025-05-01", &[weight("66.0")]);
        correction.checkup_id = id;
        correction.document_date = "2025-06-01".into();
        let records = &installation.custody.stores.records;
        let mut tx = records.begin().await.unwrap();
        records.replace_checkup(&mut tx, &correction).await.unwrap();
        tx.commit().await.unwrap();
        let view = portal.checkup(&owner, id).await.unwrap();
        assert_eq!(numbers(row(&view.groups, WEIGHT)), [Some("66.0")], "{}", installation.engine());
        assert_eq!(view.document_date.to_string(), "2025-06-01");
        let earlier: Vec<_> = view.earlier.iter().map(|version| version.document_date.to_string()).collect();
        assert_eq!(earlier, ["2025-05-01"]);
    }
}

#[tokio::test]
async fn a_version_is_kept_with_the_time_since_which_it_held_and_one_that_never_held_is_nobodys_former_sight()
{
    for installation in each_installation().await {
        let owner = citizen(&installation, 1).await;
        let id = checkup(&installation, &owner, "2025-05-01", &[weight("60.0")]).await;
        let records = &installation.custody.stores.records;
        let version = |day: &str, text: &str, at: i64| {
            let mut row = new_checkup(&installation, &owner, "2025-05-01", &[weight(text)]);
            (row.checkup_id, row.document_date) = (id, day.into());
            // It waited for its person, and holds only since then.
            (row.at, row.received_at) = (UnixMillis(row.at.0 + at), UnixMillis(row.at.0 - 5_000));
            row
        };
        let (second, third) = (version("2025-06-01", "61.0", 1_000), version("2025-07-01", "62.0", 2_000));
        let late = version("2025-05-15", "60.5", 3_000);
        let mut tx = records.begin().await.unwrap();
        assert!(records.replace_checkup(&mut tx, &second).await.unwrap());
        assert!(records.replace_checkup(&mut tx, &third).await.unwrap());
        records.keep_older_version(&mut tx, &late).await.unwrap();
        tx.commit().await.unwrap();
        let former = records.former_checkups(owner.record()).await.unwrap();
        let held: Vec<_> = former.iter().map(|one| (one.document_date.to_string(), one.held_since)).collect();
        assert_eq!(held.len(), 2, "{}: the late one never held", installation.engine());
        assert_eq!(held[1], ("2025-06-01".to_owned(), second.at), "{}", installation.engine());
        assert!(former.iter().all(|one| one.facility_name.is_some()), "{}", installation.engine());
    }
}

#[tokio::test]
async fn somebody_elses_checkup_is_not_found_exactly_like_one_that_nobody_has() {
    for installation in each_installation().await {
        let (portal, owner, other) =
            (portal(&installation), citizen(&installation, 1).await, citizen(&installation, 2).await);
        let theirs = checkup(&installation, &other, "2025-05-01", &[weight("60.0")]).await;
        for id in [theirs, CheckupId(installation.custody.environment.new_id())] {
            let answer = portal.checkup(&owner, id).await;
            assert!(matches!(answer, Err(Failure::NotFound)), "{}: {answer:?}", installation.engine());
        }
        installation.custody.environment.advance(std::time::Duration::from_secs(65));
        log::write_due_repeats(&installation.custody).await.unwrap();
        let lines = techo_testkit::people::lines(&installation, &owner).await;
        assert_eq!(lines.len(), 2);
        for line in &lines {
            assert_eq!((&line["action"], &line["reason"]), (&"refuse".into(), &"no-such-record".into()));
        }
        assert_eq!(lines[1]["detail"]["repeats"], 1, "the log does not tell them apart either");
        assert!(techo_testkit::people::lines(&installation, &other).await.is_empty());
    }
}
