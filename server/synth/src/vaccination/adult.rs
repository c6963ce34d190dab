//! Influenza, COVID-19, pneumococcal, shingles, and rubella for the men who were left out as children.

use super::Card;
use crate::{
    calendar::{day, reference_date},
    dice::Dice,
    household::{Household, Person, Role},
};
use techo_model::{
    CalendarDate,
    resident::Sex,
    vaccination::Programme::{Routine, Special, Voluntary},
    vaccine::Vaccine,
};

/// Plans what a person got as an adult.
pub(super) fn plan(household: &Household, person: &Person, card: &mut Card, dice: &mut Dice) {
    if household.story.is_showcase() && person.role == Role::Head {
        showcase(card);
        return;
    }
    covid(person, card, dice);
    if person.age_on(reference_date()) < 18 {
        return;
    }
    influenza(person, card, dice);
    pneumococcal(person, card, dice);
    zoster(person, card, dice);
    rubella(person, card, dice);
}

/// What the first person of a demo has: something of everything that a man of 52 can have.
fn showcase(card: &mut Card) {
    card.enter(Vaccine::Rubella5, 1, day(2020, 2, 15), Routine);
    card.enter(Vaccine::Covid19, 1, day(2021, 8, 28), Special);
    card.enter(Vaccine::Covid19, 2, day(2021, 9, 18), Special);
    card.enter(Vaccine::Covid19, 3, day(2022, 4, 9), Special);
    card.enter(Vaccine::Covid19, 4, day(2022, 11, 26), Special);
    for (year, date) in [(2022, 29), (2023, 11), (2024, 16), (2025, 8), (2026, 7)] {
        card.enter(Vaccine::Influenza, 1, day(year, if date == 29 { 10 } else { 11 }, date), Voluntary);
    }
    card.enter(Vaccine::Zoster, 1, day(2026, 4, 18), Voluntary);
    card.enter(Vaccine::Zoster, 2, day(2026, 6, 20), Voluntary);
}

fn covid(person: &Person, card: &mut Card, dice: &mut Dice) {
    let start = day(2021, 5, 10);
    let age = person.age_on(start);
    if age < 12 || !dice.chance(if age >= 65 { 0.93 } else { 0.8 }) {
        return;
    }
    let first = start.plus_days(if age >= 65 { dice.between(0, 70) } else { dice.between(60, 170) });
    let second = first.plus_days(dice.between(21, 28));
    let third = second.plus_days(dice.between(185, 260));
    let fourth = third.plus_days(dice.between(120, 220));
    let further = if age >= 60 { 0.75 } else { 0.4 };
    let mut number = 0;
    for (on, odds) in [(first, 1.0), (second, 0.985), (third, 0.8), (fourth, further)] {
        number += 1;
        if !dice.chance(odds) || !card.enter(Vaccine::Covid19, number, on, Special) {
            return;
        }
    }
    // Routine every autumn since 2024, for people of 65 and over.
    for year in 2024..=2026 {
        let on = day(year, 10, 3).plus_days(dice.between(0, if year == 2026 { 45 } else { 100 }));
        if person.age_on(on) >= 65 && dice.chance(0.35) {
            number += 1;
            card.enter(Vaccine::Covid19, number, on, Routine);
        }
    }
}

fn influenza(person: &Person, card: &mut Card, dice: &mut Dice) {
    let keen = if person.age_on(reference_date()) >= 65 { 0.62 } else { 0.12 };
    if !dice.chance(keen) {
        return;
    }
    for year in 2021..=2026 {
        let on = day(year, 10, 6).plus_days(dice.between(0, if year == 2026 { 42 } else { 70 }));
        let programme = if person.age_on(on) >= 65 { Routine } else { Voluntary };
        if person.age_on(on) >= 18 && dice.chance(0.85) {
            card.enter(Vaccine::Influenza, 1, on, programme);
        }
    }
}

/// Once, at 65; until 2024-03 those of 70, 75 … were called as well.
fn pneumococcal(person: &Person, card: &mut Card, dice: &mut Dice) {
    let start = day(2014, 10, 1);
    let at_65 = person.birthday(65);
    let on = if at_65 >= start { at_65 } else { start.plus_days(dice.between(0, 2400)) };
    if dice.chance(0.42) {
        card.enter(Vaccine::PneumococcalAdult, 1, on.plus_days(dice.between(5, 330)), Routine);
    }
}

/// Routine since April 2025 for those who reach 65, 70, 75 … within the fiscal year; before, some paid themselves.
fn zoster(person: &Person, card: &mut Card, dice: &mut Dice) {
    let called = (2025..=2026).find(|year| {
        let age = person.age_on(day(year + 1, 3, 31));
        age >= 65 && age % 5 == 0
    });
    let (start, programme) = match called {
        Some(year) if dice.chance(0.4) => (day(year, 5, 1), Routine),
        None if person.age_on(reference_date()) >= 50 && dice.chance(0.06) => {
            (day(2024, 4, 1).max(person.birthday(50)), Voluntary)
        }
        _ => return,
    };
    let first = start.plus_days(dice.between(0, 180));
    if card.enter(Vaccine::Zoster, 1, first, programme) && dice.chance(0.7) {
        card.enter(Vaccine::Zoster, 2, first.plus_months(2).plus_days(dice.between(0, 60)), programme);
    }
}

/// Fifth period: men born from 1962-04-02 to 1979-04-01, from 2019 to March 2025.
fn rubella(person: &Person, card: &mut Card, dice: &mut Dice) {
    let left_out = day(1962, 4, 2)..=day(1979, 4, 1);
    if person.sex == Sex::Male && left_out.contains(&person.birth) && dice.chance(0.28) {
        let on: CalendarDate = day(2019, 6, 1).plus_days(dice.between(0, 2100));
        card.enter(Vaccine::Rubella5, 1, on, Routine);
    }
}
