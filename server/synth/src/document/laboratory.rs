//! Which item code a laboratory uses for a measure: the code names the method.

/// A measure that laboratories determine by different methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assay {
    Triglycerides,
    TriglyceridesAfterMeal,
    Hdl,
    Ldl,
    Ast,
    Alt,
    Ggt,
    Glucose,
    GlucoseAfterMeal,
    Hba1c,
    Creatinine,
    UricAcid,
    UrineGlucose,
    UrineProtein,
}

impl Assay {
    /// The item code in laboratory 0, 1 or 2.
    pub(super) fn code(self, laboratory: usize) -> &'static str {
        self.codes()[laboratory % 3]
    }

    fn codes(self) -> [&'static str; 3] {
        match self {
            Self::Triglycerides => ["3F015000002327101", "3F015000002327201", "3F015000002399901"],
            Self::TriglyceridesAfterMeal => ["3F015129902327101", "3F015129902327201", "3F015129902399901"],
            Self::Hdl => ["3F070000002327101", "3F070000002327201", "3F070000002399901"],
            Self::Ldl => ["3F077000002327101", "3F077000002327201", "3F077000002391901"],
            Self::Ast => ["3B035000002327201", "3B035000002327201", "3B035000002399901"],
            Self::Alt => ["3B045000002327201", "3B045000002327201", "3B045000002399901"],
            Self::Ggt => ["3B090000002327101", "3B090000002327101", "3B090000002399901"],
            Self::Glucose => ["3D010000001926101", "3D010000002227101", "3D010000001927201"],
            Self::GlucoseAfterMeal => ["3D010129901926101", "3D010129902227101", "3D010129901927201"],
            Self::Hba1c => ["3D046000001906202", "3D046000001920402", "3D046000001927102"],
            Self::Creatinine => ["3C015000002327101", "3C015000002327101", "3C015000002399901"],
            Self::UricAcid => ["3C020000002327101", "3C020000002327101", "3C020000002399901"],
            Self::UrineGlucose => ["1A020000000191111", "1A020000000190111", "1A020000000191111"],
            Self::UrineProtein => ["1A010000000191111", "1A010000000190111", "1A010000000191111"],
        }
    }
}
