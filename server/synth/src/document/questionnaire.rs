//! The questionnaire of each phase, and that of people over 75.

use super::sheet::Sheet;
use crate::{
    health::{Drinking, Habits, Smoking, Year},
    household::Person,
};
use techo_model::checkup::Phase;

/// Fills in what the person answered.
pub(super) fn fill(sheet: &mut Sheet, year: &Year, person: &Person) {
    let medicines = year.medicines;
    sheet.yes_or_no("9N701000000000011", medicines.blood_pressure);
    sheet.yes_or_no("9N706000000000011", medicines.blood_sugar);
    sheet.yes_or_no("9N711000000000011", medicines.lipids);
    smoking(sheet, year.habits.smoking);
    if person.age_on(year.measures.on) >= 75 && sheet.phase == Phase::Fourth {
        older_adults(sheet, year);
    } else {
        everybody(sheet, year);
    }
}

/// Code 2 is いいえ in phase 3 and 以前は吸っていた in phase 4.
fn smoking(sheet: &mut Sheet, smoking: Smoking) {
    let code = match (sheet.phase, smoking) {
        (_, Smoking::Now) => 1,
        (Phase::Third, _) | (Phase::Fourth, Smoking::Former) => 2,
        (Phase::Fourth, Smoking::Never) => 3,
    };
    sheet.answer("9N736000000000011", code);
}

fn everybody(sheet: &mut Sheet, year: &Year) {
    let habits = &year.habits;
    let m = &year.measures;
    sheet.yes_or_no("9N716000000000011", m.age >= 60 && m.systolic >= 165.0);
    sheet.yes_or_no("9N721000000000011", m.age >= 60 && m.ldl >= 190.0);
    sheet.yes_or_no("9N726000000000011", m.egfr < 20.0);
    sheet.yes_or_no("9N731000000000011", m.haemoglobin < 11.5);
    sheet.yes_or_no("9N741000000000011", habits.gained);
    sheet.yes_or_no("9N746000000000011", habits.exercises);
    sheet.yes_or_no("9N751000000000011", habits.walks);
    sheet.yes_or_no("9N756000000000011", habits.walks_fast);
    sheet.answer("9N872000000000011", habits.chewing);
    sheet.answer("9N766000000000011", habits.eating_speed);
    sheet.yes_or_no("9N771000000000011", habits.eats_late);
    sheet.answer("9N782000000000011", habits.snacks);
    sheet.yes_or_no("9N781000000000011", habits.skips_breakfast);
    drinking(sheet, habits.drinking);
    sheet.yes_or_no("9N796000000000011", habits.sleeps_well);
    sheet.answer("9N801000000000011", habits.wish);
    match sheet.phase {
        Phase::Third => sheet.yes_or_no("9N806000000000011", habits.wish >= 3),
        Phase::Fourth => sheet.yes_or_no("9N808000000000011", was_guided(habits)),
    }
}

/// How often has eight answers in phase 4 and three in phase 3; how much has five and four.
fn drinking(sheet: &mut Sheet, drinking: Drinking) {
    let (often, amount) = match sheet.phase {
        Phase::Fourth => (drinking.often, drinking.amount),
        Phase::Third => {
            let often = match drinking.often {
                1 => 1,
                2..=5 => 2,
                _ => 3,
            };
            (often, drinking.amount.min(4))
        }
    };
    sheet.answer("9N786000000000011", often);
    if drinking.often < 7 {
        sheet.answer("9N791000000000011", amount);
    }
}

/// Those who have begun to change something mostly did so with guidance.
fn was_guided(habits: &Habits) -> bool {
    habits.wish >= 4
}

fn older_adults(sheet: &mut Sheet, year: &Year) {
    let (habits, m) = (&year.habits, &year.measures);
    let frail = m.age >= 85 || m.bmi < 19.0;
    sheet.answer("9N932000000000011", if frail { 4 } else { 3 - u8::from(habits.exercises) });
    sheet.answer("9N933000000000011", if habits.sleeps_well { 1 } else { 2 });
    sheet.yes_or_no("9N934000000000011", !habits.skips_breakfast);
    sheet.yes_or_no("9N935000000000011", habits.chewing > 1);
    sheet.yes_or_no("9N936000000000011", frail && habits.chewing > 1);
    sheet.yes_or_no("9N937000000000011", m.bmi < 18.5);
    sheet.yes_or_no("9N938000000000011", !habits.walks_fast);
    sheet.yes_or_no("9N939000000000011", frail && !habits.exercises);
    sheet.yes_or_no("9N940000000000011", habits.exercises || habits.walks);
    sheet.yes_or_no("9N941000000000011", m.age >= 86);
    sheet.yes_or_no("9N942000000000011", m.age >= 89);
    let smokes = match habits.smoking {
        Smoking::Now => 1,
        Smoking::Never => 2,
        Smoking::Former => 3,
    };
    sheet.answer("9N943000000000011", smokes);
    sheet.yes_or_no("9N944000000000011", !frail || habits.walks);
    sheet.yes_or_no("9N945000000000011", true);
    sheet.yes_or_no("9N946000000000011", true);
}
