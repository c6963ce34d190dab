use super::*;
use std::collections::{HashMap, HashSet};

const SMOKING: &str = "9N736000000000011";

fn csv_of(name: &str, skip: usize) -> Option<Vec<Vec<String>>> {
    let Some(folder) = std::env::var_os("TECHO_TEST_DATA") else {
        eprintln!("skipped: TECHO_TEST_DATA is not set");
        return None;
    };
    // cargo runs tests in the crate's folder; the variable is relative to the project's root.
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join(folder).join("tokutei").join(name)).unwrap();
    let cells = |line: &str| line.split(',').map(str::to_owned).collect();
    Some(text.lines().skip(skip).map(cells).collect())
}

#[test]
fn every_line_of_the_table_can_be_read_and_no_code_stands_twice() {
    let codes: HashSet<_> = all().iter().map(|item| item.code).collect();
    assert_eq!(codes.len(), all().len());
    assert_eq!(all().iter().filter(|item| item.exists_in(Phase::Third)).count(), 299);
    assert_eq!(all().iter().filter(|item| item.exists_in(Phase::Fourth)).count(), 322);
    for item in all() {
        assert_eq!(item.code.len(), 17, "{}", item.code);
        assert!(
            !item.name.en.is_empty() && item.name.en.is_ascii() || item.name.en.contains(['γ', '–']),
            "{}",
            item.code
        );
        assert!(std::ptr::eq(super::item(item.code).unwrap(), item));
    }
}

#[test]
fn smoking_code_2_means_no_in_phase_3_and_used_to_smoke_in_phase_4() {
    let smoking = item(&ItemCode(SMOKING.to_owned())).unwrap();
    assert!(question_changed(smoking));
    let label = |phase| answer_label(smoking.answer_list(phase).unwrap(), "2").unwrap();
    assert_eq!(label(Phase::Third).ja, "いいえ");
    assert_eq!(label(Phase::Fourth).en, "Used to, but not in the past month");
}

#[test]
fn the_questions_that_changed_are_smoking_drinking_and_the_insurers_confirmation() {
    let changed: Vec<_> =
        all().iter().filter(|item| question_changed(item)).map(|item| &item.code[..5]).collect();
    assert_eq!(changed, ["9N702", "9N707", "9N712", "9N736", "9N786", "9N791"]);
}

#[test]
fn an_unknown_list_has_no_labels_and_a_guessed_one_says_so() {
    let unknown = "1.2.392.200119.6.1301";
    assert_eq!(answer_label(unknown, "1"), None);
    assert_eq!(answer_list(unknown).unwrap().state, ListState::Unknown);
    assert_eq!(answer_list("1.2.392.200119.6.2005").unwrap().state, ListState::ToBeVerified);
    assert_eq!(answer_list("1.2.392.200119.6.24040").unwrap().state, ListState::Confirmed);
    assert_eq!(answer_label("1.2.840.1", "1"), None);
}

#[test]
fn a_confirmed_list_has_answers_with_words_in_both_languages() {
    let lists =
        all().iter().flat_map(|item| [item.answers(Phase::Third), item.answers(Phase::Fourth)]).flatten();
    for list in lists {
        assert_eq!(list.options.is_empty(), list.state == ListState::Unknown, "{}", list.oid);
        for option in &list.options {
            assert!(
                !option.label.ja.is_empty() && !option.label.en.is_empty(),
                "{} {}",
                list.oid,
                option.code
            );
        }
    }
}

#[test]
fn methods_of_one_measure_share_a_row_and_urine_albumin_does_not_stand_beside_serum_albumin() {
    let row = |code: &str| item(code).unwrap().row;
    assert_eq!(row("3F070000002327101"), row("3F070000002399901"));
    assert_eq!(row("3D010000001926101"), row("3D010000002227101"));
    assert_ne!(row("3A015000002327101"), row("3A015000000106101"));
    assert_ne!(row("9A751000000000001"), row("9A752000000000001"));
    assert_ne!(row("9N586000000000049"), row("9N596000000000049"));
}

#[test]
fn a_plus_in_urine_protein_is_a_finding_and_a_trace_is_not() {
    let protein = item("1A010000000191111").unwrap();
    assert_eq!(protein.is_finding("2"), Some(false));
    assert_eq!(protein.is_finding("3"), Some(true));
    assert_eq!(item(SMOKING).unwrap().is_finding("1"), None);
}

#[test]
fn every_trend_item_is_a_quantity_of_one_unit() {
    for key in KEY_ITEMS {
        let units: HashSet<_> = key.codes.iter().map(|code| item(*code).unwrap().unit).collect();
        assert_eq!(units.len(), 1, "{}", key.id);
        assert!(key.codes.iter().all(|code| item(*code).unwrap().kind == ItemKind::Quantity));
    }
    assert_eq!(key_item("9A751000000000001").map(|key| key.id), Some("systolic"));
}

#[test]
fn the_table_agrees_with_the_reference_tables_of_both_phases() {
    let Some((third, fourth)) = csv_of("items_phase3.csv", 1).zip(csv_of("items_phase4.csv", 3)) else {
        return;
    };
    let mut expected: HashMap<(String, i64), (String, String, String)> = HashMap::new();
    for row in &third {
        expected.insert((row[3].clone(), 3), (row[6].clone(), row[8].clone(), row[18].clone()));
    }
    for row in &fourth {
        // Remarks may hold a comma, so the list is found from its prefix and not by its position.
        let list = row
            .iter()
            .skip(26)
            .find(|cell| cell.starts_with("1.2.392.200119.6.") && !cell.ends_with(".1005"));
        let entry = (row[18].clone(), row[17].clone(), list.cloned().unwrap_or_default());
        expected.insert((row[15].clone(), 4), entry);
    }
    let mut seen = 0;
    for ((code, phase), (kind, picture, list)) in &expected {
        let phase = Phase::from_number(*phase).unwrap();
        let item = item(code.as_str()).unwrap_or_else(|| panic!("{code} is not in our table"));
        assert!(item.exists_in(phase), "{code}");
        let ours = match item.kind {
            ItemKind::Quantity => "PQ",
            ItemKind::Coded => "CD",
            ItemKind::Ordinal => "CO",
            ItemKind::Text => "ST",
        };
        assert_eq!(ours, kind, "{code}");
        // The Bethesda list has ten answers, which the phase-3 table gives one digit.
        if item.kind != ItemKind::Text && !code.starts_with("7A0211652") {
            assert_eq!(item.picture.unwrap(), picture, "{code}");
        }
        assert_eq!(item.answer_list(phase).unwrap_or_default(), list, "{code}");
        seen += 1;
    }
    assert_eq!(seen, 299 + 322);
}

#[test]
fn a_number_is_plausible_with_the_digits_of_its_item_and_not_below_zero() {
    let (height, obesity) = (item("9N001000000000001").unwrap(), item("9N026000000000002").unwrap());
    for text in ["165.5", "0165.50", "5.60", "0", "-0.0"] {
        assert!(height.is_plausible(text), "{text}");
    }
    for text in ["-165.5", "1655", "12345678901234567890"] {
        assert!(!height.is_plausible(text), "{text}");
    }
    assert!(obesity.is_plausible("-12.5"), "somebody may weigh less than the standard");
    let mass_index = item("9N011000000000001").unwrap();
    assert!(mass_index.is_plausible("100.0"), "a format of two digits holds nobody back");
    assert!(!mass_index.is_plausible("1000.0"));
}

#[test]
fn a_number_in_another_unit_has_a_sign_and_an_end_too() {
    let height = item("9N001000000000001").unwrap();
    for (text, unit, expected) in [
        ("1.655", "m", true),
        ("1655", "mm", true),
        ("1655", "cm", false),
        ("-1.655", "m", false),
        ("99999999999999999999", "m", false),
        ("-99999999999999999999", "m", false),
    ] {
        assert_eq!(height.is_plausible_in(text, unit), expected, "{text} {unit}");
    }
    assert!(is_countable("4500000000000") && !is_countable("-12345678901234567890"));
}
