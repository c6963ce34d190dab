//! A body over the years: values that belong together, drift slowly and are sometimes abnormal.
//!
//! Nothing here is epidemiology. The means and slopes are chosen so that a page looks right to somebody who has seen
//! real checkups: weight draws waist, pressure and lipids along, drinkers have a higher γ-GT, medicine works.

mod habits;
mod judge;
mod measures;

pub(crate) use habits::{Drinking, Habits, Smoking};
pub(crate) use judge::{Guidance, Metabolic, Verdict};
pub(crate) use measures::{Fasting, Measures};

use crate::{
    calendar::years_after,
    dice::{Dice, Purpose},
    household::Person,
};
use techo_model::{CalendarDate, resident::Sex};

/// Medicines that a person takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Medicines {
    pub(crate) blood_pressure: bool,
    pub(crate) blood_sugar: bool,
    pub(crate) lipids: bool,
}

/// What a person is born or grown with.
#[derive(Clone, Debug)]
struct Constitution {
    height: f64,
    bmi_at_45: f64,
    bmi_slope: f64,
    waist: f64,
    pressure: f64,
    triglycerides: f64,
    hdl: f64,
    ldl: f64,
    sugar: f64,
    liver: f64,
    kidney: f64,
    uric_acid: f64,
    blood: f64,
}

/// One person's body, lived year by year.
pub(crate) struct Body {
    sex: Sex,
    birth: CalendarDate,
    dice: Dice,
    constitution: Constitution,
    habits: Habits,
    medicines: Medicines,
    /// Fiscal year in which treatment of blood pressure begins, if already decided.
    treated_from: Option<i16>,
    /// Wandering of weight and of everything else, year by year.
    weight_walk: f64,
    walk: f64,
}

/// One year of a body.
#[derive(Clone, Debug)]
pub(crate) struct Year {
    pub(crate) measures: Measures,
    pub(crate) habits: Habits,
    pub(crate) medicines: Medicines,
}

impl Body {
    /// The body of a person.
    pub(crate) fn new(seed: u64, person: &Person) -> Self {
        let mut dice = Dice::new(seed, Purpose::Health, person.number);
        let constitution = Constitution::of(person, &mut dice);
        let habits = Habits::of(person, &mut dice);
        Self {
            sex: person.sex,
            birth: person.birth,
            dice,
            constitution,
            habits,
            medicines: Medicines::default(),
            treated_from: None,
            weight_walk: 0.0,
            walk: 0.0,
        }
    }

    /// The body of the first person of a demo: a little overweight, stops smoking in 2023, treated since 2025.
    pub(crate) fn showcase(seed: u64, person: &Person) -> Self {
        let mut body = Self::new(seed, person);
        body.constitution = Constitution {
            height: 171.4,
            bmi_at_45: 24.6,
            bmi_slope: 0.13,
            waist: -1.2,
            pressure: 8.0,
            triglycerides: 0.12,
            hdl: -4.0,
            ldl: 16.0,
            sugar: 7.0,
            liver: 0.25,
            kidney: 0.02,
            uric_acid: 0.7,
            blood: 0.3,
        };
        body.habits = Habits::showcase();
        body.treated_from = Some(2025);
        body
    }

    /// Lives through one more year and is measured on a day of it. Call once a year, in order.
    pub(crate) fn measure(&mut self, on: CalendarDate) -> Year {
        self.weight_walk += self.dice.normal() * 0.35;
        self.walk = self.walk * 0.6 + self.dice.normal() * 0.5;
        self.habits.live(on.fiscal_year(), &mut self.dice);
        self.medicines.blood_pressure |= self.treated_from.is_some_and(|year| year <= on.fiscal_year());
        let measures = Measures::take(self, on);
        let year = Year { measures, habits: self.habits.clone(), medicines: self.medicines };
        self.see_the_doctor(&year.measures);
        year
    }

    /// Bad values are sometimes treated, from the next year on.
    fn see_the_doctor(&mut self, measures: &Measures) {
        let age = on_years(self.birth, measures.on);
        let willing = if age >= 65 { 0.6 } else { 0.35 };
        self.medicines.blood_pressure |= measures.systolic >= 148.0 && self.dice.chance(willing);
        self.medicines.lipids |= measures.ldl >= 165.0 && self.dice.chance(willing);
        self.medicines.blood_sugar |= measures.hba1c >= 6.8 && self.dice.chance(willing + 0.2);
    }
}

impl Constitution {
    fn of(person: &Person, dice: &mut Dice) -> Self {
        let male = person.sex == Sex::Male;
        // Those born later are taller.
        let born = f64::from((person.birth.year() - 1960).clamp(-30, 40));
        let (height, bmi) = if male { (169.0, 23.6) } else { (156.5, 21.9) };
        Self {
            height: height + born * 0.09 + dice.normal() * 5.6,
            bmi_at_45: (bmi + dice.normal() * 2.9).max(16.5),
            bmi_slope: 0.03 + dice.normal() * 0.09,
            waist: dice.normal() * 2.0,
            pressure: dice.normal() * 9.0,
            triglycerides: dice.normal() * 0.34,
            hdl: dice.normal() * 11.0,
            ldl: dice.normal() * 24.0,
            sugar: dice.normal() * 5.0 + if dice.chance(0.07) { 28.0 } else { 0.0 },
            liver: dice.normal() * 0.26,
            kidney: dice.normal() * 0.10,
            uric_acid: dice.normal() * 0.9,
            blood: dice.normal() * 0.85,
        }
    }
}

/// Completed years on a day.
fn on_years(birth: CalendarDate, on: CalendarDate) -> i16 {
    on.age_since(birth)
}

/// Age in years with a fraction, for slopes.
fn exact_age(birth: CalendarDate, on: CalendarDate) -> f64 {
    let years = on.age_since(birth);
    let since = on.days_since(years_after(birth, i32::from(years)));
    f64::from(years) + f64::from(since) / 365.25
}
