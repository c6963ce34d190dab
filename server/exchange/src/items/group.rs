//! The groups under which pages show items.

use techo_model::text::BilingualText;

macro_rules! groups {
    ($($(#[$doc:meta])* $variant:ident $id:literal $ja:literal $en:literal;)*) => {
        /// A group of items. The order of [`ItemGroup::ALL`] is the order on pages.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ItemGroup { $($(#[$doc])* $variant,)* }

        impl ItemGroup {
            /// Every group in display order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in the data file, also good as an anchor in a page.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// The heading.
            pub fn name(self) -> BilingualText {
                match self { $(Self::$variant => BilingualText { ja: $ja, en: $en },)* }
            }
        }
    };
}

groups! {
    /// Metabolic syndrome, guidance level, physicians' words.
    Judgement "judgement" "判定と医師の診断" "Judgement and diagnosis";
    /// Height, weight, waist.
    Body "body" "身体計測" "Body measurements";
    /// Blood pressure and heart rate.
    BloodPressure "blood-pressure" "血圧" "Blood pressure";
    /// Cholesterol and triglycerides.
    Lipids "lipids" "脂質" "Lipids";
    /// Glucose, HbA1c.
    BloodSugar "blood-sugar" "血糖" "Blood sugar";
    /// AST, ALT, γ-GT, proteins.
    Liver "liver" "肝機能" "Liver function";
    /// Creatinine, eGFR, uric acid, urine albumin.
    Kidney "kidney" "腎機能" "Kidney function";
    /// Urine tests.
    Urine "urine" "尿検査" "Urine";
    /// Haemoglobin and blood cells.
    BloodCount "blood-count" "貧血・血球" "Anaemia and blood count";
    /// ECG, fundus, vision.
    HeartAndEyes "heart-and-eyes" "心電図・目" "ECG and eyes";
    /// Hearing.
    Hearing "hearing" "聴力" "Hearing";
    /// History and what the physician saw.
    Examination "examination" "診察" "Medical examination";
    /// Questionnaire of 特定健診.
    Questionnaire "questionnaire" "質問票" "Questionnaire";
    /// Questionnaire of people over 75.
    OlderAdults "older-adults" "後期高齢者の質問票" "Questionnaire for people aged 75 and over";
    /// 基本チェックリスト.
    DailyFunction "daily-function" "生活機能の基本チェックリスト" "Daily-function checklist";
    /// X-rays, ultrasound, cancer screening.
    Screening "screening" "がん検診・画像検査など" "Cancer screening and imaging";
    /// Hepatitis, syphilis.
    Infection "infection" "感染症" "Infections";
    /// How the result was handed over.
    Guidance "guidance" "情報提供・保健指導" "Information and guidance";
    /// Anything else, items that our table does not know among them.
    Other "other" "その他" "Other";
}

impl ItemGroup {
    /// The group with this name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|group| group.id() == id)
    }
}
