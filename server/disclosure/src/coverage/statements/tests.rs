use super::*;
use techo_model::UnixMillis;

const TOKYO: &str = "131016";
const KOKUHO: &str = "00138016";
const OTHER_KOKUHO: &str = "00270017";
const GUILD: &str = "00133033";
const COMPANY: &str = "06130012";
const LATE_ELDERLY_TOKYO: &str = "39131016";
const LATE_ELDERLY_OSAKA: &str = "39271007";

fn day(text: &str) -> CalendarDate {
    CalendarDate::parse(text).unwrap()
}

/// `acquired/lost/stated`, e.g. `2024-04-01//2024-04-10`.
fn period(insurer: &str, dates: &str) -> CoverageStatement {
    let dates: Vec<_> = dates.split('/').collect();
    let maybe = |text: &str| Some(text).filter(|text| !text.is_empty()).map(day);
    CoverageStatement {
        id: CoverageId(uuid::Uuid::nil()),
        insurer: insurer.to_owned(),
        acquired_on: day(dates[0]),
        lost_on: maybe(dates[1]),
        stated_on: day(dates[2]),
        now: CurrentCoverage::Valid { insurer_name: insurer.to_owned(), burden_percent: 30 },
    }
}

fn statements_of(birth: &str, moves: &[&str], periods: &[(&str, &str)]) -> CoverageStatements {
    let circumstances = CoverageCircumstances {
        birth: day(birth),
        moves: moves.iter().map(|text| day(text)).collect(),
        municipality: TOKYO.to_owned(),
    };
    let statements = periods.iter().map(|(insurer, dates)| period(insurer, dates)).collect();
    CoverageStatements { statements, circumstances }
}

fn states(told: &CoverageStatements, today: &str) -> Vec<CoverageState> {
    told.statements.iter().map(|statement| told.state(statement, day(today))).collect()
}

fn valid(insurer: &str) -> CurrentCoverage {
    CurrentCoverage::Valid { insurer_name: insurer.to_owned(), burden_percent: 30 }
}

use CoverageState::{Ended, Future, Pending, Valid};
use PendingReason::{Moved, NewerCoverage, SeventyFive};

#[test]
fn a_period_is_in_force_from_its_first_day_until_the_day_of_loss() {
    let told = statements_of("1980-01-01", &[], &[(COMPANY, "2024-04-01/2025-04-01/2025-03-01")]);
    for (today, state) in [
        ("2024-03-31", Future),
        ("2024-04-01", Valid),
        ("2025-03-31", Valid),
        ("2025-04-01", Ended),
        ("2026-01-01", Ended),
    ] {
        assert_eq!(states(&told, today), [state], "{today}");
    }
}

#[test]
fn an_open_period_waits_for_its_insurer_once_another_insurer_began_after_its_word() {
    let change = [(COMPANY, "2020-04-01//2025-03-20"), (KOKUHO, "2025-04-01//2025-04-05")];
    let told_both = statements_of("1980-01-01", &[], &change);
    let pending = Pending { because: NewerCoverage { since: day("2025-04-01") } };
    assert_eq!(states(&told_both, "2025-03-31"), [Valid, Future]);
    assert_eq!(states(&told_both, "2025-04-01"), [pending, Valid]);
    assert_eq!(told_both.stand_on(day("2025-04-10")), valid(KOKUHO));
}

#[test]
fn an_insurer_that_spoke_after_the_other_began_is_believed() {
    let both = [(COMPANY, "2020-04-01//2025-04-20"), (KOKUHO, "2025-04-01//2025-04-05")];
    let told = statements_of("1980-01-01", &[], &both);
    assert_eq!(states(&told, "2025-05-01"), [Valid, Valid]);
    assert_eq!(told.stand_on(day("2025-05-01")), valid(KOKUHO), "the one that began last counts");
}

#[test]
fn an_insurer_that_stated_the_end_is_not_in_doubt() {
    let told = statements_of(
        "1980-01-01",
        &[],
        &[(COMPANY, "2020-04-01/2025-04-01/2025-03-20"), (KOKUHO, "2025-04-01//2025-04-05")],
    );
    assert_eq!(states(&told, "2025-05-01"), [Ended, Valid]);
}

#[test]
fn a_later_period_of_the_same_insurer_casts_no_doubt() {
    let told = statements_of(
        "1980-01-01",
        &[],
        &[(COMPANY, "2020-04-01//2020-04-10"), (COMPANY, "2025-04-01//2025-04-05")],
    );
    assert_eq!(states(&told, "2025-05-01"), [Valid, Valid]);
}

#[test]
fn municipal_insurance_waits_after_a_move_and_no_other_does() {
    for (insurer, waits) in
        [(KOKUHO, true), (OTHER_KOKUHO, true), (GUILD, false), (COMPANY, false), (LATE_ELDERLY_TOKYO, false)]
    {
        let told = statements_of("1940-01-01", &["2025-06-15"], &[(insurer, "2020-04-01//2025-04-01")]);
        assert_eq!(states(&told, "2025-06-14"), [Valid], "{insurer}");
        let pending = Pending { because: Moved { on: day("2025-06-15") } };
        assert_eq!(states(&told, "2025-06-15"), [if waits { pending } else { Valid }], "{insurer}");
    }
}

#[test]
fn insurance_of_those_over_75_waits_after_a_move_to_another_prefecture_only() {
    let told =
        statements_of("1940-01-01", &["2025-06-15"], &[(LATE_ELDERLY_OSAKA, "2020-04-01//2025-04-01")]);
    assert_eq!(states(&told, "2025-07-01"), [Pending { because: Moved { on: day("2025-06-15") } }]);
}

#[test]
fn a_move_before_the_word_or_before_the_period_casts_no_doubt() {
    let told = statements_of(
        "1980-01-01",
        &["2025-06-15"],
        &[(KOKUHO, "2020-04-01//2025-06-20"), (KOKUHO, "2025-06-15//2025-06-10")],
    );
    assert_eq!(states(&told, "2025-07-01"), [Valid, Valid]);
}

#[test]
fn reaching_75_after_the_word_puts_every_insurance_but_that_of_the_aged_in_doubt() {
    let periods = [(COMPANY, "2000-04-01//2025-04-01"), (LATE_ELDERLY_TOKYO, "2000-04-01//2025-04-01")];
    let told = statements_of("1950-08-20", &[], &periods);
    assert_eq!(states(&told, "2025-08-19"), [Valid, Valid]);
    let pending = Pending { because: SeventyFive { on: day("2025-08-20") } };
    assert_eq!(states(&told, "2025-08-20"), [pending, Valid]);
}

#[test]
fn who_was_born_on_29_february_reaches_75_on_1_march() {
    assert_eq!(birthday(day("1952-02-29"), 75), day("2027-03-01"));
    assert_eq!(birthday(day("1952-02-29"), 72), day("2024-02-29"));
    assert_eq!(birthday(day("1950-08-20"), 75), day("2025-08-20"));
}

#[test]
fn with_nothing_in_force_the_data_is_behind_since_the_last_known_change() {
    let gap = statements_of(
        "1980-01-01",
        &[],
        &[(COMPANY, "2020-04-01/2024-01-01/2024-01-10"), (KOKUHO, "2024-01-01/2025-04-01/2025-04-05")],
    );
    assert_eq!(gap.stand_on(day("2025-05-01")), CurrentCoverage::Pending { since: day("2025-04-01") });
    let moved = statements_of(
        "1980-01-01",
        &["2025-06-15"],
        &[(COMPANY, "2020-04-01/2024-01-01/2024-01-10"), (KOKUHO, "2024-01-01//2025-04-05")],
    );
    assert_eq!(moved.stand_on(day("2025-07-01")), CurrentCoverage::Pending { since: day("2025-06-15") });
}

#[test]
fn nobody_has_said_anything_about_a_person_without_periods_or_with_future_ones_only() {
    assert_eq!(statements_of("1980-01-01", &[], &[]).stand_on(day("2025-05-01")), CurrentCoverage::Unknown);
    let future = statements_of("1980-01-01", &[], &[(COMPANY, "2025-06-01//2025-05-01")]);
    assert_eq!(future.stand_on(day("2025-05-01")), CurrentCoverage::Unknown);
}

#[test]
fn the_day_of_a_word_is_the_day_in_japan() {
    assert_eq!(UnixMillis(1_743_433_200_000).date_in_japan(), day("2025-04-01"));
}
