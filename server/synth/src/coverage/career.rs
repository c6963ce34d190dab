//! Jobs: the insurers of adults before 75.

use super::{
    span::{Span, numbered},
    wants_employer,
};
use crate::{
    calendar::{day, first_of_month, reference_date},
    dice::Dice,
    household::{Household, InsuranceStory, Person},
    insurers::{InsurerIndex, national_of, of_employees},
};
use techo_model::{CalendarDate, coverage::LossReason};

/// はるかぜ運輸 and こもれび電機, between which the first person of the demo changed.
const SHOWCASE: (InsurerIndex, InsurerIndex) = (8, 7);

/// The head's insurers.
pub(super) fn of_head(household: &Household, head: &Person, dice: &mut Dice) -> Vec<Span> {
    numbered(match household.story.insurance {
        InsuranceStory::LateAfterMove => late_after_move(household, head),
        InsuranceStory::Showcase => vec![
            Span::since(SHOWCASE.0, day(2003, 4, 1)).until(day(2024, 7, 1), LossReason::JobChange),
            Span::since(SHOWCASE.1, day(2024, 7, 1)),
        ],
        story if wants_employer(story) && head.age_on(reference_date()) < 70 => changed(story, head, dice),
        _ => any(household, head, dice),
    })
}

/// A spouse's own insurers; none for a dependant.
pub(super) fn of_spouse(household: &Household, person: &Person, dice: &mut Dice) -> Option<Vec<Span>> {
    let works = !household.story.is_showcase() && person.age_on(reference_date()) < 65 && dice.chance(0.5);
    works.then(|| numbered(any(household, person, dice)))
}

/// 国民健康保険 since retirement.
pub(super) fn of_pensioner(household: &Household, person: &Person) -> Vec<Span> {
    let start = first_of_month(person.birthday(62));
    numbered(vec![Span::since(national_before_move(household), start)])
}

fn late_after_move(household: &Household, head: &Person) -> Vec<Span> {
    let home = &household.home;
    let start = first_of_month(head.birthday(40));
    let Some(former) = &home.former else { return vec![Span::since(national_of(home.municipality), start)] };
    let stated = former.until.plus_days(-25);
    vec![
        Span::since(national_of(former.municipality), start)
            .until(former.until, LossReason::Move)
            .stated_on(stated),
        Span::since(national_of(home.municipality), former.until),
    ]
}

/// A change of employer that did not go smoothly.
fn changed(story: InsuranceStory, head: &Person, dice: &mut Dice) -> Vec<Span> {
    let (before, after) = two_employers(dice);
    let first = Span::since(before, job_start(head, dice));
    match story {
        InsuranceStory::LateStatement => {
            let change = day(2026, 10, 1);
            let stated = change.plus_days(-dice.between(10, 40));
            vec![first.until(change, LossReason::JobChange).stated_on(stated), Span::since(after, change)]
        }
        InsuranceStory::CurrentGap => vec![first.until(day(2026, 10, 1), LossReason::Retirement)],
        _ => {
            let lost = day(2024, 4, 1);
            vec![
                first.until(lost, LossReason::Retirement),
                Span::since(after, lost.plus_months(dice.between(2, 4))),
            ]
        }
    }
}

/// Whatever chance brings: employed, self-employed, retired, with up to one change in the last five years.
fn any(household: &Household, person: &Person, dice: &mut Dice) -> Vec<Span> {
    let national = national_before_move(household);
    let age = person.age_on(reference_date());
    if age >= 65 {
        let retired = first_of_month(person.birthday(dice.between(60, 66)));
        return retire(first_of_month(person.birthday(30)), retired, national, dice);
    }
    let start = job_start(person, dice);
    if dice.chance(0.2) {
        return vec![Span::since(national, start)];
    }
    let (before, after) = two_employers(dice);
    let change = first_of_month(day(2021, 6, 1).plus_days(dice.between(0, 1900)));
    if !dice.chance(0.3) || change <= start.plus_months(6) {
        return vec![Span::since(before, start)];
    }
    let first = Span::since(before, start);
    match dice.below(10) {
        0..6 => vec![first.until(change, LossReason::JobChange), Span::since(after, change)],
        6..8 => {
            let pause = change.plus_months(dice.between(1, 3));
            vec![
                first.until(change, LossReason::Retirement),
                Span::since(national, change).until(pause, LossReason::Other),
                Span::since(after, pause),
            ]
        }
        8 => {
            let pause = change.plus_months(dice.between(1, 3)).min(day(2026, 11, 1));
            vec![first.until(change, LossReason::Retirement), Span::since(after, pause)]
        }
        _ => vec![first.until(change, LossReason::Retirement), Span::since(national, change)],
    }
}

fn retire(start: CalendarDate, retired: CalendarDate, national: InsurerIndex, dice: &mut Dice) -> Vec<Span> {
    let (employer, _) = two_employers(dice);
    if retired < day(2019, 4, 1) || retired >= reference_date() {
        // Long ago: insurers no longer send what ended then.
        return vec![Span::since(national, retired.min(day(2026, 4, 1)))];
    }
    vec![Span::since(employer, start).until(retired, LossReason::Retirement), Span::since(national, retired)]
}

/// The insurer of those without an employer, at the home before a move if there was one.
fn national_before_move(household: &Household) -> InsurerIndex {
    let home = &household.home;
    national_of(home.former.as_ref().map_or(home.municipality, |former| former.municipality))
}

/// The first of an April since the person was 20, at most 25 years ago.
fn job_start(person: &Person, dice: &mut Dice) -> CalendarDate {
    let first = person.birthday(20).year() + 1;
    let earliest = first.clamp(2001, 2026);
    let year = earliest + i16::try_from(dice.between(0, i32::from((2025 - earliest).max(0)))).unwrap_or(0);
    day(year, 4, 1)
}

fn two_employers(dice: &mut Dice) -> (InsurerIndex, InsurerIndex) {
    let all = of_employees();
    let before = *dice.weighted(&all);
    let others: Vec<_> = all.into_iter().filter(|(insurer, _)| *insurer != before).collect();
    (before, *dice.weighted(&others))
}
