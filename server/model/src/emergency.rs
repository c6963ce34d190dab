//! 救急: how somebody was found, and what a review can find.

use crate::{text::normalise, words};

words! {
    /// How the person of an emergency was found.
    FoundBy {
        /// Their card lay in a reader.
        Card "card";
        /// They showed a share code.
        ShareCode "share-code";
        /// The organisation knows them by its code.
        ClinicCode "clinic-code";
        /// By kana name and birth date.
        Demographics "demographics";
    }
}

words! {
    /// What the review of an emergency found.
    Finding {
        /// It was an emergency, and what was opened was needed.
        Justified "justified";
        /// It was none, or more was opened than needed.
        NotJustified "not-justified";
        /// It could not be found out.
        Unclear "unclear";
    }
}

words! {
    /// Whether somebody has to look at an emergency.
    EmergencyReview {
        /// Until it was reviewed, and again when the person answers.
        Open "open";
        /// Reviewed.
        Closed "closed";
    }
}

words! {
    /// Whose profession lets them declare an emergency: those who treat or rescue people. Nobody of an office does.
    EmergencyRole {
        /// 医師.
        Physician "physician";
        /// 歯科医師.
        Dentist "dentist";
        /// 薬剤師.
        Pharmacist "pharmacist";
        /// 看護師.
        Nurse "nurse";
        /// 准看護師.
        AssistantNurse "assistant-nurse";
        /// 保健師.
        PublicHealthNurse "public-health-nurse";
        /// 助産師.
        Midwife "midwife";
        /// 救急救命士.
        Paramedic "paramedic";
    }
}

impl EmergencyRole {
    /// The Japanese name of the profession.
    pub fn japanese(self) -> &'static str {
        match self {
            Self::Physician => "医師",
            Self::Dentist => "歯科医師",
            Self::Pharmacist => "薬剤師",
            Self::Nurse => "看護師",
            Self::AssistantNurse => "准看護師",
            Self::PublicHealthNurse => "保健師",
            Self::Midwife => "助産師",
            Self::Paramedic => "救急救命士",
        }
    }

    /// The role that a system names, by the word or the Japanese name and by nothing that merely looks like one.
    pub fn of(stated: &str) -> Option<Self> {
        let stated = normalise(stated).to_lowercase();
        Self::ALL.iter().copied().find(|role| role.as_str() == stated || role.japanese() == stated)
    }
}

#[cfg(test)]
mod tests {
    use super::EmergencyRole;

    #[test]
    fn a_role_of_an_office_declares_no_emergency_whatever_it_is_called() {
        for role in EmergencyRole::ALL {
            assert_eq!(EmergencyRole::of(role.japanese()), Some(*role));
            assert_eq!(EmergencyRole::of(&role.as_str().to_uppercase()), Some(*role));
        }
        assert_eq!(EmergencyRole::of(" 医師　"), Some(EmergencyRole::Physician));
        for other in [
            "事務",
            "医療事務",
            "医師事務作業補助者",
            "受付",
            "admin",
            "administrator",
            "physician assistant",
            "",
            "看護助手",
        ] {
            assert_eq!(EmergencyRole::of(other), None, "{other}");
        }
    }
}
