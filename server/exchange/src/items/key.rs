//! The measures worth a trend line.

use techo_model::text::BilingualText;

/// A measure that people follow over years, whatever the method or the reading was.
#[derive(Debug)]
pub struct KeyItem {
    /// Short name for anchors and tests.
    pub id: &'static str,
    /// Name.
    pub name: BilingualText,
    /// Item codes that carry it. When a document has several, the first of this list counts.
    pub codes: &'static [&'static str],
}

macro_rules! key_items {
    ($($id:literal $ja:literal $en:literal [$($code:literal),+];)*) => {
        /// The measures worth a trend line, in display order. Of several blood pressures その他 (usually the mean) counts
        /// first, then the second reading.
        pub const KEY_ITEMS: &[KeyItem] = &[
            $(KeyItem { id: $id, name: BilingualText { ja: $ja, en: $en }, codes: &[$($code),+] },)*
        ];
    };
}

key_items! {
    "weight" "体重" "Weight" ["9N006000000000001"];
    "bmi" "BMI" "Body mass index (BMI)" ["9N011000000000001"];
    "waist" "腹囲" "Waist circumference" ["9N016160100000001", "9N016160200000001", "9N016160300000001"];
    "systolic" "収縮期血圧" "Systolic blood pressure" ["9A755000000000001", "9A752000000000001", "9A751000000000001"];
    "diastolic" "拡張期血圧" "Diastolic blood pressure" ["9A765000000000001", "9A762000000000001", "9A761000000000001"];
    "triglycerides" "中性脂肪" "Triglycerides" [
        "3F015000002327101", "3F015000002327201", "3F015000002399901",
        "3F015129902327101", "3F015129902327201", "3F015129902399901"
    ];
    "hdl" "HDLコレステロール" "HDL cholesterol" ["3F070000002327101", "3F070000002327201", "3F070000002399901"];
    "ldl" "LDLコレステロール" "LDL cholesterol" [
        "3F077000002327101", "3F077000002327201", "3F077000002399901", "3F077000002391901"
    ];
    "ast" "AST(GOT)" "AST (GOT)" ["3B035000002327201", "3B035000002399901"];
    "alt" "ALT(GPT)" "ALT (GPT)" ["3B045000002327201", "3B045000002399901"];
    "ggt" "γ-GT(γ-GTP)" "γ-GT (γ-GTP)" ["3B090000002327101", "3B090000002399901"];
    "glucose" "空腹時血糖" "Blood glucose (fasting)" [
        "3D010000001926101", "3D010000002227101", "3D010000001927201", "3D010000001999901"
    ];
    "hba1c" "HbA1c(NGSP値)" "HbA1c (NGSP)" [
        "3D046000001906202", "3D046000001920402", "3D046000001927102", "3D046000001999902"
    ];
    "creatinine" "血清クレアチニン" "Serum creatinine" ["3C015000002327101", "3C015000002399901"];
    "egfr" "eGFR" "Estimated glomerular filtration rate (eGFR)" ["8A065000002391901"];
}

/// The measure that an item code belongs to.
pub fn key_item(code: &str) -> Option<&'static KeyItem> {
    KEY_ITEMS.iter().find(|key| key.codes.contains(&code))
}
