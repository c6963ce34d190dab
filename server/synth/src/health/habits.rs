//! Smoking, drinking, sleeping, eating: what the questionnaire asks.

use crate::{calendar::reference_date, dice::Dice, household::Person};
use techo_model::resident::Sex;

/// Smoking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Smoking {
    /// Smokes now.
    Now,
    /// Used to.
    Former,
    /// Never did.
    Never,
}

/// Drinking, by the codes of phase 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drinking {
    /// 1 every day … 6 less than one day a month, 7 has stopped, 8 does not.
    pub(crate) often: u8,
    /// 1 less than one 合 … 5 five or more.
    pub(crate) amount: u8,
}

impl Drinking {
    /// 0 for none to 1 for five 合 every day.
    pub(crate) fn load(self) -> f64 {
        let days = [7.0, 5.5, 3.5, 1.5, 0.5, 0.1, 0.0, 0.0][usize::from(self.often.clamp(1, 8)) - 1];
        days / 7.0 * f64::from(self.amount) / 5.0
    }
}

/// Answers that stay much the same over the years.
#[derive(Clone, Debug)]
pub(crate) struct Habits {
    pub(crate) smoking: Smoking,
    pub(crate) drinking: Drinking,
    /// Has gained 10 kg since 20.
    pub(crate) gained: bool,
    /// Exercises regularly.
    pub(crate) exercises: bool,
    /// Walks an hour a day.
    pub(crate) walks: bool,
    /// Walks faster than others.
    pub(crate) walks_fast: bool,
    /// 1 faster, 2 average, 3 slower.
    pub(crate) eating_speed: u8,
    /// Eats late in the evening.
    pub(crate) eats_late: bool,
    /// 1 every day, 2 sometimes, 3 hardly ever.
    pub(crate) snacks: u8,
    /// Skips breakfast.
    pub(crate) skips_breakfast: bool,
    /// Sleeps well.
    pub(crate) sleeps_well: bool,
    /// 1 anything, 2 some food is hard, 3 hardly.
    pub(crate) chewing: u8,
    /// Wish to improve, 1 to 5.
    pub(crate) wish: u8,
    /// Fiscal year of giving up smoking, if already decided.
    stops_smoking_in: Option<i16>,
}

impl Habits {
    pub(super) fn of(person: &Person, dice: &mut Dice) -> Self {
        let old = person.age_on(reference_date()) >= 70;
        let male = person.sex == Sex::Male;
        let smoking = match (male, old) {
            (true, false) => [(Smoking::Now, 30), (Smoking::Former, 30), (Smoking::Never, 40)],
            (true, true) => [(Smoking::Now, 13), (Smoking::Former, 52), (Smoking::Never, 35)],
            (false, _) => [(Smoking::Now, 8), (Smoking::Former, 9), (Smoking::Never, 83)],
        };
        Self {
            smoking: *dice.weighted(&smoking),
            drinking: drinking(male, dice),
            gained: dice.chance(if male { 0.42 } else { 0.28 }),
            exercises: dice.chance(if old { 0.5 } else { 0.28 }),
            walks: dice.chance(0.45),
            walks_fast: dice.chance(0.48),
            eating_speed: *dice.weighted(&[(1, 28), (2, 63), (3, 9)]),
            eats_late: dice.chance(if old { 0.12 } else { 0.3 }),
            snacks: *dice.weighted(&[(1, 22), (2, 56), (3, 22)]),
            skips_breakfast: dice.chance(if old { 0.05 } else { 0.2 }),
            sleeps_well: dice.chance(0.66),
            chewing: *dice.weighted(if old {
                &[(1, 70), (2, 27), (3, 3)]
            } else {
                &[(1, 91), (2, 8), (3, 1)]
            }),
            wish: *dice.weighted(&[(1, 30), (2, 32), (3, 13), (4, 10), (5, 15)]),
            stops_smoking_in: None,
        }
    }

    pub(super) fn showcase() -> Self {
        Self {
            smoking: Smoking::Now,
            drinking: Drinking { often: 2, amount: 2 },
            gained: true,
            exercises: false,
            walks: true,
            walks_fast: true,
            eating_speed: 1,
            eats_late: true,
            snacks: 2,
            skips_breakfast: false,
            sleeps_well: true,
            chewing: 1,
            wish: 3,
            stops_smoking_in: Some(2023),
        }
    }

    /// One more year: most things stay, some change.
    pub(super) fn live(&mut self, fiscal_year: i16, dice: &mut Dice) {
        let stops = self.stops_smoking_in.map_or_else(|| dice.chance(0.05), |year| year <= fiscal_year);
        if self.smoking == Smoking::Now && stops {
            self.smoking = Smoking::Former;
        }
        if self.drinking.often < 7 && dice.chance(0.015) {
            self.drinking.often = 7;
        }
        for (answer, odds) in [
            (&mut self.exercises, 0.10),
            (&mut self.walks, 0.12),
            (&mut self.eats_late, 0.08),
            (&mut self.sleeps_well, 0.15),
        ] {
            *answer ^= dice.chance(odds);
        }
        if dice.chance(0.2) {
            self.wish = *dice.weighted(&[(1, 25), (2, 30), (3, 15), (4, 12), (5, 18)]);
        }
    }
}

fn drinking(male: bool, dice: &mut Dice) -> Drinking {
    let often = if male {
        *dice.weighted(&[(1, 27), (2, 10), (3, 9), (4, 11), (5, 8), (6, 8), (7, 4), (8, 23)])
    } else {
        *dice.weighted(&[(1, 9), (2, 5), (3, 6), (4, 9), (5, 10), (6, 14), (7, 3), (8, 44)])
    };
    let amount = if male {
        *dice.weighted(&[(1, 42), (2, 34), (3, 17), (4, 6), (5, 1)])
    } else {
        *dice.weighted(&[(1, 70), (2, 22), (3, 6), (4, 2)])
    };
    Drinking { often, amount }
}
