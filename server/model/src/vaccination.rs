//! One dose as a municipality's file states it.

use crate::{
    CalendarDate,
    number::{FacilityNumber, MunicipalityCode, ResidentRecordCode},
    vaccine::Vaccine,
};
use serde::{Deserialize, Serialize};

/// 接種区分.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Programme {
    /// 定期.
    Routine,
    /// 臨時.
    Special,
    /// 任意.
    Voluntary,
}

impl Programme {
    /// All: value, word in files, stored name.
    pub const ALL: [(Self, &str, &str); 3] = [
        (Self::Routine, "定期", "routine"),
        (Self::Special, "臨時", "special"),
        (Self::Voluntary, "任意", "voluntary"),
    ];

    /// The word in files.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(value, ..)| *value == self).map_or("任意", |(_, word, _)| word)
    }

    /// The programme with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == word).map(|(value, ..)| *value)
    }

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(value, ..)| *value == self).map_or("voluntary", |(.., name)| name)
    }

    /// The programme with this stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(.., known)| *known == name).map(|(value, ..)| *value)
    }
}

/// ワクチンコード種別.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProductCodeSystem {
    /// HOT9.
    Hot9,
    /// HOT13.
    Hot13,
    /// YJ.
    Yj,
}

impl ProductCodeSystem {
    /// The word in files and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hot9 => "HOT9",
            Self::Hot13 => "HOT13",
            Self::Yj => "YJ",
        }
    }

    /// The system with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Hot9, Self::Hot13, Self::Yj].into_iter().find(|system| system.as_str() == name)
    }
}

/// A coded product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductCode {
    /// Which code.
    pub system: ProductCodeSystem,
    /// The code.
    pub code: String,
}

/// Whether a row states a dose or takes one back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Entry {
    /// 取消 empty or 0.
    #[default]
    Given,
    /// 取消 1.
    Cancelled,
}

/// A dose as the place sends it that gave it. Whether it was a public one is for the ledger of the municipality to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentDose {
    /// Whether it is stated or taken back.
    pub entry: Entry,
    /// 接種日.
    pub given_on: CalendarDate,
    /// 疾病.
    pub vaccine: Vaccine,
    /// 回数: 1 and up.
    pub dose_number: i64,
    /// ワクチン名.
    pub product_name: Option<String>,
    /// ワクチンコード.
    pub product_code: Option<ProductCode>,
    /// ロット番号.
    pub lot: Option<String>,
    /// 接種量 in microlitres.
    pub amount_microlitres: Option<i64>,
}

/// One row of a vaccinations file (予防接種ファイル).
#[derive(Clone, PartialEq, Eq)]
pub struct VaccinationRow {
    /// 住民票コード: becomes a record code at once.
    pub record_code: ResidentRecordCode,
    /// The dose.
    pub dose: DoseFacts,
    /// 取消.
    pub entry: Entry,
}

/// A dose without the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoseFacts {
    /// 接種日.
    pub given_on: CalendarDate,
    /// 疾病.
    pub vaccine: Vaccine,
    /// 回数: 1 and up.
    pub dose_number: i64,
    /// ワクチン名.
    pub product_name: Option<String>,
    /// ワクチンコード種別 and ワクチンコード.
    pub product_code: Option<ProductCode>,
    /// 接種区分.
    pub programme: Programme,
    /// ロット番号.
    pub lot: Option<String>,
    /// 接種量mL in microlitres, so that 0.25 mL stays exact.
    pub amount_microlitres: Option<i64>,
    /// 医療機関コード.
    pub facility: Option<FacilityNumber>,
    /// 自治体コード.
    pub municipality: MunicipalityCode,
}
