//! Vaccines by the disease they protect from: the ids of the schedule, and further ones in its style.

use crate::text::{Bilingual, normalise};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, fmt, sync::LazyLock};

macro_rules! vaccines {
    ($($(#[$doc:meta])* $variant:ident $id:literal $ja:literal $en:literal [$($other:literal),*];)*) => {
        /// A vaccine series. The id is the key of the schedule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Vaccine { $($(#[$doc])* $variant,)* }

        impl Vaccine {
            /// Every series, in the order in which pages show them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The id in files and in the database.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// The name of the disease or the series as people know it.
            pub fn name(self) -> Bilingual {
                match self { $(Self::$variant => Bilingual { ja: $ja, en: $en },)* }
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
    /// The series with this id or with one of its Japanese names, in full or half width.
    pub fn parse(text: &str) -> Option<Self> {
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

impl fmt::Display for Vaccine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Vaccine {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for Vaccine {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("unknown vaccine id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_one_series_only() {
        for vaccine in Vaccine::ALL {
            assert_eq!(Vaccine::parse(vaccine.id()), Some(*vaccine));
            assert_eq!(Vaccine::parse(vaccine.name().ja), Some(*vaccine));
            for name in vaccine.other_names() {
                assert_eq!(Vaccine::parse(name), Some(*vaccine), "{name}");
            }
        }
        assert_eq!(Vaccine::parse("５種混合"), Some(Vaccine::DptIpvHib));
        assert_eq!(Vaccine::parse("ペスト"), None);
    }
}
