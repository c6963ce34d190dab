//! The routine schedule of childhood, as it was for the year of birth. Windows and intervals are those of the schedule
//! facts of October 2026; here only their use matters, the judging is done elsewhere.

use super::Card;
use crate::{
    calendar::{day, reference_date, years_after},
    dice::Dice,
    household::Person,
};
use techo_model::{CalendarDate, resident::Sex, vaccination::Programme, vaccine::Vaccine};

/// How a family keeps appointments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Temper {
    Punctual,
    Slow,
    Refusing,
}

impl Temper {
    fn delay(self, dice: &mut Dice) -> i32 {
        match self {
            Self::Punctual => dice.between(1, 18),
            Self::Slow | Self::Refusing => dice.between(10, 150),
        }
    }
}

/// One series: when each dose is due, how many days must lie between, and the last day.
struct Series {
    vaccine: Vaccine,
    programme: Programme,
    due: Vec<CalendarDate>,
    /// Days from the dose before, at least.
    gaps: &'static [i32],
    last: CalendarDate,
}

/// Plans all series of a person who is young enough for a municipality to have them on file.
pub(super) fn plan(person: &Person, card: &mut Card, dice: &mut Dice) {
    if person.age_on(reference_date()) >= 19 {
        return;
    }
    let temper = *dice.weighted(&[(Temper::Punctual, 79), (Temper::Slow, 17), (Temper::Refusing, 4)]);
    for series in infancy(person.birth, dice).into_iter().chain(school_age(person, dice)) {
        let skips = match temper {
            Temper::Refusing => 0.85,
            Temper::Slow => 0.06,
            Temper::Punctual => 0.015,
        };
        if !dice.chance(skips) {
            give(&series, temper, card, dice);
        }
    }
}

fn give(series: &Series, temper: Temper, card: &mut Card, dice: &mut Dice) {
    let mut before: Option<CalendarDate> = None;
    for (number, (i, due)) in (1..).zip(series.due.iter().enumerate()) {
        let gap = i.checked_sub(1).and_then(|i| series.gaps.get(i)).copied().unwrap_or(0);
        let delayed = due.plus_days(temper.delay(dice));
        // One in a hundred comes a few days too early: such doses exist, and the schedule has to say so.
        let early = if before.is_some() && dice.chance(0.01) { gap.min(6) } else { 0 };
        let on = before
            .map_or(delayed, |before| delayed.max(before.plus_days(gap + dice.between(0, 9))))
            .plus_days(-early);
        let forgotten = dice.chance(if temper == Temper::Punctual { 0.006 } else { 0.05 });
        if forgotten || on > series.last || !card.enter(series.vaccine, number, on, series.programme) {
            return;
        }
        before = Some(on);
    }
}

fn infancy(birth: CalendarDate, dice: &mut Dice) -> Vec<Series> {
    let m = |months| birth.plus_months(months);
    let before = |months| m(months).plus_days(-1);
    let routine = |vaccine, due: Vec<CalendarDate>, gaps, last| Series {
        vaccine,
        programme: Programme::Routine,
        due,
        gaps,
        last,
    };
    let mut series = vec![
        routine(Vaccine::Pcv, vec![m(2), m(3), m(4), m(12)], &[28, 28, 61], before(60)),
        routine(Vaccine::Bcg, vec![m(5)], &[], before(12)),
        routine(Vaccine::Mr1, vec![m(12)], &[], before(24)),
    ];
    if birth >= day(2016, 4, 1) {
        series.push(routine(Vaccine::HepB, vec![m(2), m(3), m(7)], &[28, 112], before(12)));
    }
    if birth >= day(2020, 8, 1) {
        // One product has two doses, the other three.
        let (due, last) =
            if dice.chance(0.6) { (vec![m(2), m(3)], 168) } else { (vec![m(2), m(3), m(4)], 224) };
        series.push(routine(Vaccine::Rota, due, &[28, 28], birth.plus_days(last)));
    }
    // Five-in-one replaced four-in-one and Hib in April 2024.
    if birth >= day(2024, 2, 1) {
        series.push(routine(Vaccine::DptIpvHib, vec![m(2), m(3), m(4), m(12)], &[21, 21, 183], before(90)));
    } else {
        let first = if birth >= day(2023, 2, 1) { 2 } else { 3 };
        let due = vec![m(first), m(first + 1), m(first + 2), m(first + 14)];
        series.push(routine(Vaccine::Hib, vec![m(2), m(3), m(4), m(12)], &[28, 28, 210], before(60)));
        if birth >= day(2012, 8, 1) {
            series.push(routine(Vaccine::DptIpv, due, &[21, 21, 183], before(90)));
        }
    }
    if birth >= day(2012, 10, 1) {
        series.push(routine(Vaccine::Varicella, vec![m(12), m(18)], &[92], before(36)));
    }
    if dice.chance(0.6) {
        let programme = Programme::Voluntary;
        series.push(Series { programme, ..routine(Vaccine::Mumps, vec![m(13)], &[], before(72)) });
    }
    series
}

fn school_age(person: &Person, dice: &mut Dice) -> Vec<Series> {
    let birth = person.birth;
    let y = |years| years_after(birth, years);
    let before = |years| y(years).plus_days(-1);
    let school = school_start(birth);
    let routine =
        |vaccine, due, gaps, last| Series { vaccine, programme: Programme::Routine, due, gaps, last };
    let mut series = vec![
        routine(
            Vaccine::Je1,
            vec![y(3), y(3).plus_days(14), y(4)],
            &[7, 183],
            birth.plus_months(90).plus_days(-1),
        ),
        routine(
            Vaccine::Mr2,
            vec![years_after(school, -1).plus_days(dice.between(5, 250))],
            &[],
            school.plus_days(-1),
        ),
        routine(Vaccine::Je2, vec![y(9)], &[], before(13)),
        routine(Vaccine::Dt2, vec![y(11)], &[], before(13)),
    ];
    if person.sex == Sex::Female && dice.chance(0.6) {
        // The school year in which the person turns 13; two doses half a year apart when begun before 15.
        let start = day(y(13).plus_days(-1).fiscal_year(), 4, 1).plus_days(dice.between(10, 300));
        let last = day(y(16).plus_days(-1).fiscal_year() + 1, 3, 31);
        series.push(routine(Vaccine::Hpv, vec![start, start.plus_months(6)], &[183], last));
    }
    series
}

/// The first 1 April on or after the sixth birthday.
fn school_start(birth: CalendarDate) -> CalendarDate {
    let sixth = years_after(birth, 6);
    let april = day(sixth.year(), 4, 1);
    if april >= sixth { april } else { years_after(april, 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn school_starts_on_the_first_of_april_on_or_after_the_sixth_birthday() {
        assert_eq!(school_start(day(2018, 5, 20)), day(2025, 4, 1));
        assert_eq!(school_start(day(2018, 4, 1)), day(2024, 4, 1));
        assert_eq!(school_start(day(2018, 4, 2)), day(2025, 4, 1));
    }
}
