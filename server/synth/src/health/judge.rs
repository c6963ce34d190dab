//! メタボリックシンドローム判定 and 保健指導レベル by the ministry's rules (標準的な健診・保健指導プログラム).

use super::{Fasting, Measures, Smoking, Year};
use techo_model::{checkup::Phase, resident::Sex};

/// メタボリックシンドローム判定.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Metabolic {
    /// 基準該当.
    Meets,
    /// 予備群該当.
    AtRisk,
    /// 非該当.
    No,
}

/// 保健指導レベル.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guidance {
    /// 積極的支援.
    Active,
    /// 動機付け支援.
    Motivational,
    /// なし（情報提供）.
    None,
}

/// Both judgements of one examination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) metabolic: Metabolic,
    pub(crate) guidance: Guidance,
}

impl Metabolic {
    /// Code of list 1008.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Meets => 1,
            Self::AtRisk => 2,
            Self::No => 3,
        }
    }
}

impl Guidance {
    /// Code of list 3001.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Active => 1,
            Self::Motivational => 2,
            Self::None => 3,
        }
    }
}

impl Year {
    /// Judges this year's values.
    pub(crate) fn verdict(&self) -> Verdict {
        Verdict { metabolic: self.metabolic(), guidance: self.guidance() }
    }

    /// A large waist and two of: lipids, pressure, sugar. With one of them, at risk.
    fn metabolic(&self) -> Metabolic {
        let m = &self.measures;
        let lipids = m.triglycerides >= triglyceride_limit(m) || m.hdl < 40.0 || self.medicines.lipids;
        let pressure = m.systolic >= 130.0 || m.diastolic >= 85.0 || self.medicines.blood_pressure;
        let high_sugar = match m.fasting {
            Fasting::Yes => m.glucose >= 110.0,
            Fasting::No => m.hba1c >= 6.0,
        };
        let risks = count([lipids, pressure, high_sugar || self.medicines.blood_sugar]);
        match (large_waist(m), risks) {
            (true, 2..) => Metabolic::Meets,
            (true, 1) => Metabolic::AtRisk,
            _ => Metabolic::No,
        }
    }

    /// Steps 1 to 4 of the ministry's classification (階層化).
    fn guidance(&self) -> Guidance {
        let m = &self.measures;
        let treated = self.medicines.blood_pressure || self.medicines.blood_sugar || self.medicines.lipids;
        if treated || !(40..75).contains(&m.age) {
            return Guidance::None;
        }
        let high_sugar = match m.fasting {
            Fasting::Yes => m.glucose >= 100.0,
            Fasting::No => m.hba1c >= 5.6,
        };
        let lipids = m.triglycerides >= triglyceride_limit(m) || m.hdl < 40.0;
        let pressure = m.systolic >= 130.0 || m.diastolic >= 85.0;
        let values = count([high_sugar, lipids, pressure]);
        // Smoking counts only beside another risk.
        let risks = values + usize::from(values > 0 && self.habits.smoking == Smoking::Now);
        let level = if large_waist(m) {
            match risks {
                0 => Guidance::None,
                1 => Guidance::Motivational,
                _ => Guidance::Active,
            }
        } else if m.bmi >= 25.0 {
            match risks {
                0 => Guidance::None,
                1 | 2 => Guidance::Motivational,
                _ => Guidance::Active,
            }
        } else {
            Guidance::None
        };
        // From 65 the support is motivational even where it would be active.
        if m.age >= 65 && level == Guidance::Active { Guidance::Motivational } else { level }
    }
}

/// 85 cm for men, 90 cm for women.
fn large_waist(m: &Measures) -> bool {
    m.waist >= if m.sex == Sex::Female { 90.0 } else { 85.0 }
}

/// 150 mg/dL, and since phase 4 175 for blood that was not drawn fasting.
fn triglyceride_limit(m: &Measures) -> f64 {
    if m.fasting == Fasting::No && Phase::on(m.on) == Phase::Fourth { 175.0 } else { 150.0 }
}

fn count<const N: usize>(risks: [bool; N]) -> usize {
    risks.into_iter().filter(|risk| *risk).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::day,
        health::{Body, Medicines},
        household::Household,
    };

    /// A slim healthy man of 50 in phase 4.
    fn healthy() -> Year {
        let household = Household::new(1, 0, 1);
        let mut year = Body::showcase(1, &household.people[0]).measure(day(2024, 6, 1));
        year.medicines = Medicines::default();
        year.habits.smoking = Smoking::Never;
        let m = &mut year.measures;
        (m.fasting, m.waist, m.bmi) = (Fasting::Yes, 80.0, 22.0);
        (m.systolic, m.diastolic, m.triglycerides, m.hdl) = (118.0, 74.0, 90.0, 60.0);
        (m.glucose, m.hba1c) = (92.0, 5.3);
        year
    }

    fn verdict(change: impl Fn(&mut Year)) -> Verdict {
        let mut year = healthy();
        change(&mut year);
        year.verdict()
    }

    #[test]
    fn a_large_waist_with_two_risks_meets_the_criteria_and_calls_for_active_support() {
        let found =
            verdict(|y| (y.measures.waist, y.measures.systolic, y.measures.glucose) = (85.0, 130.0, 110.0));
        assert_eq!(found, Verdict { metabolic: Metabolic::Meets, guidance: Guidance::Active });
    }

    #[test]
    fn sugar_between_100_and_109_counts_for_guidance_only() {
        let found = verdict(|y| (y.measures.waist, y.measures.glucose) = (88.0, 105.0));
        assert_eq!(found, Verdict { metabolic: Metabolic::No, guidance: Guidance::Motivational });
    }

    #[test]
    fn medicine_ends_guidance_but_counts_for_the_syndrome() {
        let found = verdict(|y| {
            y.measures.waist = 90.0;
            y.medicines.blood_pressure = true;
        });
        assert_eq!(found, Verdict { metabolic: Metabolic::AtRisk, guidance: Guidance::None });
    }

    #[test]
    fn smoking_counts_only_beside_another_risk() {
        let smoker = |y: &mut Year| (y.measures.waist, y.habits.smoking) = (88.0, Smoking::Now);
        assert_eq!(verdict(smoker).guidance, Guidance::None);
        let both = verdict(|y| {
            smoker(y);
            y.measures.hdl = 38.0;
        });
        assert_eq!(both.guidance, Guidance::Active);
    }

    #[test]
    fn from_65_active_support_becomes_motivational() {
        let found = verdict(|y| {
            (y.measures.waist, y.measures.systolic, y.measures.hdl) = (92.0, 145.0, 35.0);
            y.measures.age = 66;
        });
        assert_eq!(found.guidance, Guidance::Motivational);
    }

    #[test]
    fn triglycerides_of_160_after_a_meal_are_a_risk_in_phase_3_and_none_in_phase_4() {
        let after_meal = |on| {
            verdict(move |y| {
                (y.measures.on, y.measures.fasting, y.measures.waist) = (on, Fasting::No, 90.0);
                y.measures.triglycerides = 160.0;
            })
        };
        assert_eq!(after_meal(day(2023, 6, 1)).metabolic, Metabolic::AtRisk);
        assert_eq!(after_meal(day(2024, 6, 1)).metabolic, Metabolic::No);
    }
}
