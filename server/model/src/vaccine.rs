//! Vaccines by the disease they protect from: the ids of the schedule, and further ones in its style.

use crate::{
    text::{BilingualText, normalise},
    words,
};
use std::{collections::HashMap, sync::LazyLock};

macro_rules! vaccines {
    ($($(#[$doc:meta])* $variant:ident $id:literal $ja:literal $en:literal [$($other:literal),*];)*) => {
        words! {
            /// A vaccine series. The word is its id in files and in the database, and the key of the schedule.
            Vaccine { $($(#[$doc])* $variant $id;)* }
        }

        impl Vaccine {
            /// The id in files and in the database.
            pub fn id(self) -> &'static str {
                self.as_str()
            }

            /// The name of the disease or the series as people know it.
            pub fn name(self) -> BilingualText {
                match self { $(Self::$variant => BilingualText { ja: $ja, en: $en },)* }
            }

            fn other_names(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($other,)*],)* }
            }
        }
    };
}

vaccines! {
    /// Hepatitis B.
    HepB "hepb" "B型肝炎" "Hepatitis B" ["Ｂ型肝炎"];
    /// Rotavirus.
    Rota "rota" "ロタウイルス" "Rotavirus" ["ロタ"];
    /// Five-in-one.
    DptIpvHib "dpt_ipv_hib" "5種混合" "Five-in-one (DPT-IPV-Hib)" ["五種混合", "DPT-IPV-Hib"];
    /// Four-in-one, before five-in-one.
    DptIpv "dpt_ipv" "4種混合" "Four-in-one (DPT-IPV)" ["四種混合", "DPT-IPV"];
    /// Haemophilus influenzae type b, single.
    Hib "hib" "ヒブ" "Hib" ["Hib", "インフルエンザ菌b型"];
    /// Pneumococcal, children.
    Pcv "pcv" "小児用肺炎球菌" "Pneumococcal (children)" ["小児の肺炎球菌", "肺炎球菌(小児)"];
    /// Tuberculosis.
    Bcg "bcg" "BCG(結核)" "BCG (tuberculosis)" ["BCG", "結核"];
    /// Measles-rubella, first.
    Mr1 "mr1" "麻しん・風しん 第1期" "Measles and rubella, 1st" ["MR1期", "麻しん風しん1期", "麻しん・風しん(第1期)"];
    /// Measles-rubella, second.
    Mr2 "mr2" "麻しん・風しん 第2期" "Measles and rubella, 2nd" ["MR2期", "麻しん風しん2期", "麻しん・風しん(第2期)"];
    /// Chickenpox.
    Varicella "varicella" "水痘" "Chickenpox" ["水ぼうそう"];
    /// Mumps.
    Mumps "mumps" "おたふくかぜ" "Mumps" ["流行性耳下腺炎"];
    /// Japanese encephalitis, first.
    Je1 "je1" "日本脳炎 第1期" "Japanese encephalitis, 1st" ["日本脳炎1期", "日本脳炎(第1期)"];
    /// Japanese encephalitis, second.
    Je2 "je2" "日本脳炎 第2期" "Japanese encephalitis, 2nd" ["日本脳炎2期", "日本脳炎(第2期)"];
    /// Diphtheria-tetanus, second.
    Dt2 "dt2" "2種混合 第2期" "Diphtheria and tetanus, 2nd" ["二種混合", "DT2期", "2種混合"];
    /// Human papillomavirus.
    Hpv "hpv" "HPV(子宮頸がん予防)" "HPV (cervical cancer)" ["HPV", "子宮頸がん予防", "ヒトパピローマウイルス感染症"];
    /// Seasonal influenza.
    Influenza "influenza" "インフルエンザ" "Influenza" ["季節性インフルエンザ"];
    /// COVID-19.
    Covid19 "covid19" "新型コロナ" "COVID-19" ["新型コロナウイルス感染症", "COVID-19"];
    /// Pneumococcal, older adults.
    PneumococcalAdult "pneumococcal_adult" "高齢者肺炎球菌" "Pneumococcal (older adults)" ["高齢者の肺炎球菌", "肺炎球菌(高齢者)"];
    /// Shingles.
    Zoster "zoster" "帯状疱疹" "Shingles" ["帯状ほうしん"];
    /// RSV in pregnancy.
    RsvMaternal "rsv_maternal" "RSウイルス(妊婦)" "RSV (in pregnancy)" ["RSウイルス"];
    /// Hepatitis A.
    HepA "hepa" "A型肝炎" "Hepatitis A" ["Ａ型肝炎"];
    /// Rubella catch-up of adult men (fifth period).
    Rubella5 "rubella5" "風しん 第5期" "Rubella, 5th" ["風しん5期"];
}

impl Vaccine {
    /// The series that a file names: by its id or by one of its Japanese names, in full or half width.
    pub fn from_name(text: &str) -> Option<Self> {
        // Normalised once: files name a vaccine in every row.
        static BY_NAME: LazyLock<HashMap<String, Vaccine>> = LazyLock::new(|| {
            let names = |vaccine: &Vaccine| {
                let known = [vaccine.id(), vaccine.name().ja]
                    .into_iter()
                    .chain(vaccine.other_names().iter().copied());
                known.map(|name| (squeeze(name), *vaccine)).collect::<Vec<_>>()
            };
            Vaccine::ALL.iter().flat_map(names).collect()
        });
        BY_NAME.get(&squeeze(text)).copied()
    }
}

fn squeeze(text: &str) -> String {
    normalise(text).chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_one_series_only() {
        for vaccine in Vaccine::ALL {
            assert_eq!(Vaccine::from_name(vaccine.id()), Some(*vaccine));
            assert_eq!(Vaccine::from_name(vaccine.name().ja), Some(*vaccine));
            for name in vaccine.other_names() {
                assert_eq!(Vaccine::from_name(name), Some(*vaccine), "{name}");
            }
        }
        assert_eq!(Vaccine::from_name("５種混合"), Some(Vaccine::DptIpvHib));
        assert_eq!(Vaccine::from_name("ペスト"), None);
    }
}
