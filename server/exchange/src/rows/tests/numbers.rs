//! The number of a person stands in its own column and nowhere else.

use super::*;

/// Every column of a layout that is for no number of a person takes one in no dress: the row is rejected, with the place.
fn nowhere_else<F: RowFormat>(good: &[(&'static str, String)]) {
    let (one, other) = (my_number(12_345_678_901), record_code(2_345_678_901));
    let grouped = |by: &str| [&one[..4], &one[4..8], &one[8..]].join(by);
    let dresses = [
        one.clone(),
        other,
        grouped(" "),
        grouped("-"),
        grouped("　"),
        grouped("・"),
        grouped("ー"),
        grouped("\n"),
    ];
    for (at, column) in F::COLUMNS.iter().enumerate().filter(|(at, _)| !F::PERSONAL_NUMBERS.contains(at)) {
        for dress in &dresses {
            let told = sentences::<F>(&with(good, &[(column.name, dress)]));
            let expected = format!("「{}」：個人番号または住民票コードのような数字", column.name);
            assert!(told.iter().any(|sentence| sentence.contains(&expected)), "{at} {dress:?}: {told:?}");
            assert!(told.iter().all(|sentence| !sentence.contains(dress.as_str())), "{told:?}");
        }
    }
}

#[test]
fn the_number_of_a_person_in_a_column_of_another_meaning_rejects_the_row_with_its_place() {
    nowhere_else::<ResidentsLayout>(&resident());
    nowhere_else::<CoverageLayout>(&coverage());
    nowhere_else::<VaccinationsLayout>(&vaccination());
}

#[test]
fn telephone_numbers_instants_and_codes_are_no_numbers_of_persons() {
    for phone in ["09012345678", "090-1234-5678", "+819012345678", "0120-123-456", "03(1234)5678"] {
        assert_eq!(
            sentences::<ResidentsLayout>(&with(&resident(), &[("電話番号", phone)])),
            Vec::<String>::new()
        );
    }
    for lot in ["EL0140", "A123456789012345", "20261130", "12-3456-789012"] {
        assert_eq!(
            sentences::<VaccinationsLayout>(&with(&vaccination(), &[("ロット番号", lot)])),
            Vec::<String>::new()
        );
    }
}
