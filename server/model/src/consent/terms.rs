//! Categories, sensitive labels and purposes.

use crate::words;

words! {
    /// What kind of data a rule speaks of. Categories without records yet can be set all the same.
    Category {
        /// 健診: 身体計測, 血圧, 聴力, 心電図 and the like.
        CheckupMeasurements "checkup-measurements";
        /// 健診: values of blood and urine.
        CheckupLaboratory "checkup-laboratory";
        /// 健診: 判定, what the physician saw and said.
        CheckupFindings "checkup-findings";
        /// 健診: 質問票, what the person answered about their life.
        CheckupQuestionnaire "checkup-questionnaire";
        /// 健診: がん検診 and imaging.
        CheckupScreening "checkup-screening";
        /// 検査: laboratory results that a clinic or hospital sent.
        Laboratory "laboratory";
        /// 予防接種.
        Vaccination "vaccination";
        /// 資格.
        Eligibility "eligibility";
        /// お薬. No records yet.
        Medication "medication";
        /// 診療. No records yet.
        Visits "visits";
        /// 手術. No records yet.
        Surgery "surgery";
    }
}

words! {
    /// Sensitive labels. "All categories" never covers one: a permit has to name it.
    Label {
        /// 精神.
        MentalHealth "mental-health";
        /// HIV・性感染症.
        HivSti "hiv-sti";
        /// 妊娠中絶・不妊.
        Reproductive "reproductive";
        /// 遺伝.
        Genetic "genetic";
        /// 虐待・DV.
        Abuse "abuse";
        /// 薬物.
        SubstanceUse "substance-use";
    }
}

words! {
    /// Why somebody asks. Rules compare it for equality: a permit for one purpose is none for another.
    Purpose {
        /// 診療 (HL7 `TREAT`).
        Treatment "treatment";
        /// 救急 (HL7 `ETREAT`, IHE `BTG`).
        Emergency "emergency";
        /// 請求・資格確認 (HL7 `HPAYMT`).
        Payment "payment";
        /// 公衆衛生 (HL7 `PUBHLTH`).
        PublicHealth "public-health";
        /// 研究 (HL7 `HRESCH`).
        Research "research";
        /// 保険者間の引き継ぎ (HL7 `COVERAGE`).
        InsurerTransfer "insurer-transfer";
    }
}

impl Purpose {
    /// The code in HL7 v3 ActReason.
    pub fn act_reason(self) -> &'static str {
        match self {
            Self::Treatment => "TREAT",
            Self::Emergency => "ETREAT",
            Self::Payment => "HPAYMT",
            Self::PublicHealth => "PUBHLTH",
            Self::Research => "HRESCH",
            Self::InsurerTransfer => "COVERAGE",
        }
    }

    /// The purpose with this code of HL7 v3 ActReason. `BTG` is the emergency as IHE calls it.
    pub fn from_act_reason(code: &str) -> Option<Self> {
        if code == "BTG" {
            return Some(Self::Emergency);
        }
        Self::ALL.iter().copied().find(|purpose| purpose.act_reason() == code)
    }
}
