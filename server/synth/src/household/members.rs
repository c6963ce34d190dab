//! The members of a household: ages that fit together, names that fit the ages.

use super::{
    Person, Role, Story,
    shape::Shape,
    story::{Death, Naming},
};
use crate::{
    calendar::{day, reference_date, years_after},
    dice::Dice,
    names::{self, FullName, Written},
};
use techo_model::{CalendarDate, resident::Sex};

/// A member before having a name: place, sex, birth date.
type Sketch = (Role, Sex, CalendarDate);

/// Everybody in the household, the head first.
pub(super) fn people(story: &Story, first_resident: u64, dice: &mut Dice) -> Vec<Person> {
    let sketches = if story.shape == Shape::Showcase { showcase() } else { sketches(story.shape, dice) };
    let family = surname(story, dice);
    let mut people: Vec<Person> = (first_resident..)
        .zip(sketches)
        .map(|(number, (role, sex, birth))| Person {
            number,
            role,
            name: name(story, family, sex, birth, dice),
            sex,
            birth,
            died_on: None,
            guardians: Vec::new(),
        })
        .collect();
    appoint_guardians(&mut people);
    if story.death == Death::Eldest {
        let died = reference_date().plus_days(-dice.between(60, 700));
        if let Some(eldest) = people.iter_mut().min_by_key(|person| person.birth) {
            eldest.died_on = Some(died);
        }
    }
    people
}

fn surname(story: &Story, dice: &mut Dice) -> Written {
    match story.naming {
        _ if story.is_showcase() => Written { kanji: "佐藤", kana: "サトウ" },
        Naming::Rare => names::rare_surname(dice),
        Naming::Any | Naming::Abroad => names::surname(dice),
    }
}

fn name(story: &Story, family: Written, sex: Sex, birth: CalendarDate, dice: &mut Dice) -> FullName {
    match story.naming {
        _ if story.is_showcase() => showcase_name(birth),
        Naming::Abroad => names::name_from_abroad(dice, sex),
        Naming::Any | Naming::Rare => names::full_name(dice, family, sex, birth.year()),
    }
}

fn appoint_guardians(people: &mut [Person]) {
    let parents: Vec<u64> = people
        .iter()
        .filter(|person| matches!(person.role, Role::Head | Role::Spouse))
        .map(|person| person.number)
        .collect();
    let minors = people.iter_mut().filter(|person| person.age_on(reference_date()) < 18);
    minors.for_each(|person| person.guardians.clone_from(&parents));
}

fn showcase() -> Vec<Sketch> {
    vec![
        (Role::Head, Sex::Male, day(1974, 6, 12)),
        (Role::Spouse, Sex::Female, day(1976, 2, 3)),
        (Role::Child, Sex::Female, day(2011, 9, 27)),
        (Role::Child, Sex::Male, day(2018, 5, 20)),
        (Role::Parent, Sex::Female, day(1948, 3, 15)),
    ]
}

/// Names for the demo that are easy to read aloud.
fn showcase_name(birth: CalendarDate) -> FullName {
    let (kanji, kana) = match birth.year() {
        1974 => ("佐藤　健一", "サトウ　ケンイチ"),
        1976 => ("佐藤　由美子", "サトウ　ユミコ"),
        2011 => ("佐藤　さくら", "サトウ　サクラ"),
        2018 => ("佐藤　湊", "サトウ　ミナト"),
        _ => ("佐藤　和子", "サトウ　カズコ"),
    };
    FullName { kanji: kanji.to_owned(), kana: kana.to_owned() }
}

fn sketches(shape: Shape, dice: &mut Dice) -> Vec<Sketch> {
    match shape {
        Shape::Showcase => showcase(),
        Shape::JustSeventyFive => {
            let birth = years_after(reference_date(), -75).plus_days(-dice.between(4, 15));
            vec![(Role::Head, Sex::Male, birth)]
        }
        Shape::YoungAlone => alone((20, 39), dice),
        Shape::MiddleAlone => alone((44, 64), dice),
        Shape::OlderAlone => alone((65, 95), dice),
        Shape::YoungCouple => couple((25, 40), dice),
        Shape::MiddleCouple => couple((46, 64), dice),
        Shape::OlderCouple => couple((66, 88), dice),
        Shape::Family => with_children(couple((28, 52), dice), dice),
        Shape::SingleParent => single_parent(dice),
        Shape::ThreeGenerations => with_parents(with_children(couple((32, 54), dice), dice), dice),
    }
}

fn alone(ages: (i32, i32), dice: &mut Dice) -> Vec<Sketch> {
    // Women live longer.
    let women = if ages.0 >= 65 { 0.68 } else { 0.47 };
    let sex = if dice.chance(women) { Sex::Female } else { Sex::Male };
    vec![(Role::Head, sex, born(ages, dice))]
}

fn couple(ages: (i32, i32), dice: &mut Dice) -> Vec<Sketch> {
    let head = born(ages, dice);
    let spouse = years_after(head, dice.between(-2, 5)).plus_days(dice.between(-180, 180));
    vec![(Role::Head, Sex::Male, head), (Role::Spouse, Sex::Female, spouse)]
}

fn single_parent(dice: &mut Dice) -> Vec<Sketch> {
    let sex = if dice.chance(0.85) { Sex::Female } else { Sex::Male };
    let parent = (Role::Head, sex, born((27, 50), dice));
    let mut people = with_children(vec![parent], dice);
    if people.len() == 1 {
        // The elder ones have left home.
        people.push((Role::Child, Sex::Female, born((1, 6), dice)));
    }
    people
}

fn with_children(mut people: Vec<Sketch>, dice: &mut Dice) -> Vec<Sketch> {
    // The mother's age counts; a father alone counts as well.
    let parent = people.last().map_or_else(reference_date, |(_, _, birth)| *birth);
    let count = *dice.weighted(&[(1, 40), (2, 45), (3, 15)]);
    let mut birth = years_after(parent, dice.between(22, 33)).plus_days(dice.between(0, 364));
    for _ in 0..count {
        let age = reference_date().age_since(birth);
        // Grown-up children have left; the youngest was born at least a fortnight ago.
        if age < 22 && birth < reference_date().plus_days(-14) {
            let sex = if dice.chance(0.487) { Sex::Female } else { Sex::Male };
            people.push((Role::Child, sex, birth));
        }
        birth = birth.plus_days(dice.between(540, 1500));
    }
    people
}

fn with_parents(mut people: Vec<Sketch>, dice: &mut Dice) -> Vec<Sketch> {
    let head = people.first().map_or_else(reference_date, |(_, _, birth)| *birth);
    let mother = years_after(head, -dice.between(23, 32)).plus_days(dice.between(-180, 180));
    people.push((Role::Parent, Sex::Female, mother));
    if dice.chance(0.5) {
        let father = years_after(mother, -dice.between(0, 6)).plus_days(dice.between(-180, 180));
        people.push((Role::Parent, Sex::Male, father));
    }
    people
}

fn born(ages: (i32, i32), dice: &mut Dice) -> CalendarDate {
    years_after(reference_date(), -dice.between(ages.0, ages.1)).plus_days(-dice.between(1, 364))
}
