//! Who lives together, where, and what happened to them. The first households each tell one story that every demo and
//! test should find; the others come as they come.

mod members;
mod shape;
mod story;

pub(crate) use story::{DocumentStory, InsuranceStory, Story};

use crate::{
    calendar::{reference_date, years_after},
    dice::{Dice, Purpose},
    names::FullName,
    places::{Address, MUNICIPALITIES, MunicipalityIndex, any_municipality},
};
use story::Moving;
use techo_model::{
    CalendarDate,
    resident::{ResidentProtection, Sex},
};

/// A person's place in the household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// 世帯主.
    Head,
    /// The head's spouse.
    Spouse,
    /// A child of the head.
    Child,
    /// A parent of the head.
    Parent,
}

/// One resident.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Number of the resident, from 1.
    pub(crate) number: u64,
    pub(crate) role: Role,
    pub(crate) name: FullName,
    pub(crate) sex: Sex,
    pub(crate) birth: CalendarDate,
    pub(crate) died_on: Option<CalendarDate>,
    /// Numbers of the guardians of a minor.
    pub(crate) guardians: Vec<u64>,
}

impl Person {
    /// Completed years on a day.
    pub(crate) fn age_on(&self, date: CalendarDate) -> i16 {
        date.age_since(self.birth)
    }

    /// The birthday on which the person reaches an age.
    pub(crate) fn birthday(&self, age: i32) -> CalendarDate {
        years_after(self.birth, age)
    }

    /// Whether the person was alive on a day.
    pub(crate) fn lives_on(&self, date: CalendarDate) -> bool {
        self.birth <= date && self.died_on.is_none_or(|died| date <= died)
    }
}

/// Where a household lives.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    /// Present municipality, or the last one before leaving the prefecture.
    pub(crate) municipality: MunicipalityIndex,
    pub(crate) address: Address,
    /// The home before, when the household moved within the prefecture.
    pub(crate) former: Option<FormerHome>,
    /// The day of leaving the prefecture.
    pub(crate) left_on: Option<CalendarDate>,
}

/// A home that was left for another municipality.
#[derive(Clone, Debug)]
pub(crate) struct FormerHome {
    pub(crate) municipality: MunicipalityIndex,
    pub(crate) address: Address,
    /// 転出日 there, 転入日 here.
    pub(crate) until: CalendarDate,
}

impl Home {
    /// The municipality on a day; none after the prefecture was left.
    pub(crate) fn municipality_on(&self, date: CalendarDate) -> Option<MunicipalityIndex> {
        if self.left_on.is_some_and(|left| date >= left) {
            return None;
        }
        Some(self.former.as_ref().filter(|f| date < f.until).map_or(self.municipality, |f| f.municipality))
    }
}

/// People who live together.
#[derive(Debug)]
pub(crate) struct Household {
    /// Number of the household, from 0.
    pub(crate) number: u64,
    pub(crate) story: Story,
    pub(crate) people: Vec<Person>,
    pub(crate) home: Home,
}

impl Household {
    /// The household with this number, whose first member gets the number `first_resident`.
    pub(crate) fn new(seed: u64, number: u64, first_resident: u64) -> Self {
        let mut dice = Dice::new(seed, Purpose::Household, number);
        let story = Story::of(number, &mut dice);
        let people = members::people(&story, first_resident, &mut dice);
        let home = home(&story, &people, &mut dice);
        Self { number, story, people, home }
    }

    /// Whether the whole household is under 支援措置.
    pub(crate) fn protection(&self) -> ResidentProtection {
        self.story.protection
    }
}

fn home(story: &Story, people: &[Person], dice: &mut Dice) -> Home {
    let last = MUNICIPALITIES.len() - 1;
    let municipality = if story.is_showcase() { last } else { any_municipality(dice) };
    let moved = |dice: &mut Dice| reference_date().plus_days(-dice.between(40, 1500));
    match story.moving {
        Moving::Stayed => Home {
            municipality,
            address: MUNICIPALITIES[municipality].address(dice),
            former: None,
            left_on: None,
        },
        Moving::Within => {
            // Only toward a later municipality; see the note at MUNICIPALITIES.
            let municipality = municipality.max(1);
            let from = usize::try_from(dice.below(u64::try_from(municipality).unwrap_or(1))).unwrap_or(0);
            let youngest = people.iter().map(|person| person.birth).max().unwrap_or_else(reference_date);
            // Nobody was born after the move, so that all share the former home.
            let until = moved(dice).max(youngest.plus_days(30)).min(reference_date().plus_days(-20));
            let address = MUNICIPALITIES[from].address(dice);
            Home {
                municipality,
                address: MUNICIPALITIES[municipality].address(dice),
                former: Some(FormerHome { municipality: from, address, until }),
                left_on: None,
            }
        }
        Moving::Away => {
            let left_on = Some(reference_date().plus_days(-dice.between(40, 400)));
            Home { municipality, address: MUNICIPALITIES[municipality].address(dice), former: None, left_on }
        }
    }
}
