//! One examination's numbers, already rounded as they are written, so that every judgement agrees with the page.

use super::{Body, Smoking, exact_age};
use crate::dice::Dice;
use techo_model::{CalendarDate, resident::Sex};

/// Whether the person had eaten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fasting {
    /// Ten hours or more after eating.
    Yes,
    /// 3.5 to 10 hours after eating.
    No,
}

/// The numbers of one examination.
#[derive(Clone, Debug)]
pub(crate) struct Measures {
    pub(crate) on: CalendarDate,
    pub(crate) sex: Sex,
    /// Completed years on the last day of the fiscal year, which decides the rules of guidance.
    pub(crate) age: i16,
    pub(crate) fasting: Fasting,
    pub(crate) height: f64,
    pub(crate) weight: f64,
    pub(crate) bmi: f64,
    pub(crate) waist: f64,
    pub(crate) systolic: f64,
    pub(crate) diastolic: f64,
    pub(crate) triglycerides: f64,
    pub(crate) hdl: f64,
    pub(crate) ldl: f64,
    pub(crate) ast: f64,
    pub(crate) alt: f64,
    pub(crate) ggt: f64,
    pub(crate) glucose: f64,
    pub(crate) hba1c: f64,
    pub(crate) creatinine: f64,
    pub(crate) egfr: f64,
    pub(crate) uric_acid: f64,
    pub(crate) haemoglobin: f64,
    pub(crate) haematocrit: f64,
    pub(crate) red_cells: f64,
    /// Codes 1 (−) to 5 (3+).
    pub(crate) urine_glucose: u8,
    /// Codes 1 (−) to 5 (3+).
    pub(crate) urine_protein: u8,
}

impl Measures {
    pub(super) fn take(body: &mut Body, on: CalendarDate) -> Self {
        let age = exact_age(body.birth, on);
        let fasting = if body.dice.chance(0.86) { Fasting::Yes } else { Fasting::No };
        let size = Size::take(body, age);
        let (systolic, diastolic) = pressure(body, age, size.bmi);
        let (triglycerides, hdl, ldl) = lipids(body, age, size.bmi, fasting);
        let (ast, alt, ggt) = liver(body, size.bmi);
        let (glucose, hba1c) = sugar(body, age, size.bmi, fasting);
        let (creatinine, egfr) = kidney(body, age);
        let (haemoglobin, haematocrit, red_cells) = blood(body, age);
        let uric_acid = uric_acid(body, size.bmi);
        let end_of_year = crate::calendar::fiscal_year(on.fiscal_year()).1;
        Self {
            on,
            sex: body.sex,
            age: end_of_year.age_since(body.birth),
            fasting,
            height: size.height,
            weight: size.weight,
            bmi: size.bmi,
            waist: size.waist,
            systolic,
            diastolic,
            triglycerides,
            hdl,
            ldl,
            ast,
            alt,
            ggt,
            glucose,
            hba1c,
            creatinine,
            egfr,
            uric_acid,
            haemoglobin,
            haematocrit,
            red_cells,
            urine_glucose: strip(if glucose > 180.0 { 0.7 } else { 0.02 }, &mut body.dice),
            urine_protein: strip(if egfr < 60.0 || systolic > 150.0 { 0.18 } else { 0.04 }, &mut body.dice),
        }
    }
}

struct Size {
    height: f64,
    weight: f64,
    bmi: f64,
    waist: f64,
}

impl Size {
    fn take(body: &mut Body, age: f64) -> Self {
        let c = &body.constitution;
        // People shrink after 50 and thin out after 70.
        let height = round(c.height - (age - 50.0).max(0.0) * 0.06 + body.dice.normal() * 0.12, 1);
        let target =
            c.bmi_at_45 + c.bmi_slope * (age - 45.0) - (age - 70.0).max(0.0) * 0.06 + body.weight_walk;
        let metres = height / 100.0;
        let weight = round(target.clamp(15.5, 42.0) * metres * metres, 1);
        let bmi = round(weight / (metres * metres), 1);
        let waist = if body.sex == Sex::Female {
            80.0 + 2.25 * (bmi - 22.0) + (age - 50.0) * 0.12
        } else {
            84.6 + 2.45 * (bmi - 23.6) + (age - 50.0) * 0.06
        };
        let waist = waist + body.constitution.waist + body.dice.normal() * 0.8;
        Self { height, weight, bmi, waist: round(waist.clamp(55.0, 140.0), 1) }
    }
}

fn pressure(body: &mut Body, age: f64, bmi: f64) -> (f64, f64) {
    let female = if body.sex == Sex::Female { -5.0 } else { 0.0 };
    let treated = if body.medicines.blood_pressure { -15.0 } else { 0.0 };
    let systolic = 121.0
        + (age - 50.0) * 0.45
        + (bmi - 23.0) * 1.2
        + body.constitution.pressure
        + body.walk * 3.0
        + body.habits.drinking.load() * 8.0
        + female
        + treated
        + body.dice.normal() * 5.0;
    let diastolic = systolic * 0.5 + 14.0 - (age - 55.0).max(0.0) * 0.25 + body.dice.normal() * 4.0;
    (round(systolic.clamp(84.0, 210.0), 0), round(diastolic.clamp(45.0, 120.0), 0))
}

fn lipids(body: &mut Body, age: f64, bmi: f64, fasting: Fasting) -> (f64, f64, f64) {
    let male = body.sex == Sex::Male;
    let load = body.habits.drinking.load();
    let smoke = if body.habits.smoking == Smoking::Now { 1.0 } else { 0.0 };
    let meal = if fasting == Fasting::No { 0.28 } else { 0.0 };
    let treated = if body.medicines.lipids { 1.0 } else { 0.0 };
    let spread = body.constitution.triglycerides + body.dice.normal() * 0.18 + body.walk * 0.1;
    let exponent = spread + (bmi - 22.5) * 0.055 + load * 0.35 + smoke * 0.08 + meal - treated * 0.1;
    let triglycerides = (if male { 98.0 } else { 74.0 } * exp(exponent)).clamp(28.0, 950.0);
    let hdl = (if male { 57.0 } else { 67.0 }) + body.constitution.hdl - (bmi - 22.5) * 1.3 - smoke * 4.0
        + load * 8.0
        - (triglycerides - 100.0) * 0.02
        + body.dice.normal() * 2.5;
    let menopause = if male { 0.0 } else { (age - 48.0).clamp(0.0, 10.0) * 1.6 };
    let ldl = 118.0 + body.constitution.ldl + (bmi - 22.5) * 1.2 + menopause - treated * 42.0
        + body.walk * 5.0
        + body.dice.normal() * 7.0;
    (round(triglycerides, 0), round(hdl.clamp(24.0, 125.0), 0), round(ldl.clamp(45.0, 260.0), 0))
}

fn liver(body: &mut Body, bmi: f64) -> (f64, f64, f64) {
    let load = body.habits.drinking.load();
    let fat = (bmi - 23.0).max(-3.0) * 0.05;
    let c = body.constitution.liver;
    let ast = 21.5 * exp(c * 0.7 + fat * 0.5 + load * 0.4 + body.dice.normal() * 0.12);
    let alt = 20.0 * exp(c + fat * 1.3 + load * 0.15 + body.dice.normal() * 0.15);
    let base = if body.sex == Sex::Male { 31.0 } else { 18.0 };
    let ggt = base * exp(c * 1.4 + fat * 0.7 + load * 1.8 + body.dice.normal() * 0.14);
    (round(ast.clamp(9.0, 400.0), 0), round(alt.clamp(5.0, 500.0), 0), round(ggt.clamp(7.0, 900.0), 0))
}

fn sugar(body: &mut Body, age: f64, bmi: f64, fasting: Fasting) -> (f64, f64) {
    let treated = if body.medicines.blood_sugar { -16.0 } else { 0.0 };
    let level = 92.0
        + (age - 45.0) * 0.2
        + (bmi - 22.5) * 0.95
        + body.constitution.sugar * (1.0 + (age - 45.0) * 0.012)
        + body.walk * 1.5
        + treated;
    let level = level.max(72.0);
    let hba1c = 5.42 + (level - 95.0) * 0.028 + body.dice.normal() * 0.09;
    let meal = if fasting == Fasting::No { 12.0 + body.dice.unit() * 25.0 } else { 0.0 };
    (round((level + meal + body.dice.normal() * 2.5).clamp(62.0, 380.0), 0), round(hba1c.clamp(4.5, 13.5), 1))
}

/// Creatinine and eGFR by the formula of the Japanese Society of Nephrology.
fn kidney(body: &mut Body, age: f64) -> (f64, f64) {
    let female = body.sex == Sex::Female;
    let base = if female { 0.60 } else { 0.82 };
    let aged = 1.0 + (age - 50.0).max(0.0) * 0.0035;
    let creatinine = base * aged * (1.0 + body.constitution.kidney) * (1.0 + body.dice.normal() * 0.03);
    let creatinine = round(creatinine.clamp(0.32, 4.5), 2);
    let egfr = 194.0 * creatinine.powf(-1.094) * age.powf(-0.287) * if female { 0.739 } else { 1.0 };
    (creatinine, round(egfr.clamp(8.0, 180.0), 1))
}

fn blood(body: &mut Body, age: f64) -> (f64, f64, f64) {
    let base = if body.sex == Sex::Female {
        if age < 50.0 { 12.7 } else { 13.3 }
    } else {
        15.1 - (age - 60.0).max(0.0) * 0.04
    };
    let haemoglobin = round((base + body.constitution.blood + body.dice.normal() * 0.3).clamp(7.5, 18.5), 1);
    let haematocrit = round((haemoglobin * 2.98 + body.dice.normal() * 0.5).clamp(24.0, 56.0), 1);
    let red_cells = round((haematocrit * 10.9 + body.dice.normal() * 8.0).clamp(260.0, 640.0), 0);
    (haemoglobin, haematocrit, red_cells)
}

fn uric_acid(body: &mut Body, bmi: f64) -> f64 {
    let base = if body.sex == Sex::Male { 5.9 } else { 4.5 };
    let value = base + body.constitution.uric_acid + (bmi - 23.0) * 0.07 + body.habits.drinking.load() * 0.7;
    round((value + body.dice.normal() * 0.25).clamp(1.8, 11.5), 1)
}

/// A test strip: 1 (−) mostly, a finding with this probability.
fn strip(finding: f64, dice: &mut Dice) -> u8 {
    if dice.chance(finding) {
        *dice.weighted(&[(3, 70), (4, 24), (5, 6)])
    } else {
        *dice.weighted(&[(1, 93), (2, 7)])
    }
}

/// Rounded to some decimals, halves away from zero.
pub(crate) fn round(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}

/// e to the x by multiplication alone, so that every machine gets the same digits.
fn exp(x: f64) -> f64 {
    let mut result = 1.0 + x / 4096.0 + x * x / (2.0 * 4096.0 * 4096.0);
    for _ in 0..12 {
        result *= result;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_made_exponential_is_close_to_the_real_one() {
        for x in [-2.0, -0.3, 0.0, 0.5, 2.5_f64] {
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-6, "{x}");
        }
    }
}
