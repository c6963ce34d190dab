//! One dose as a municipality's file states it.

use crate::{
    CalendarDate,
    number::{FacilityNumber, MunicipalityCode, ResidentRecordCode},
    vaccine::Vaccine,
    words,
};

words! {
    /// 接種区分.
    Programme {
        /// 定期.
        Routine "routine";
        /// 臨時.
        Special "special";
        /// 任意.
        Voluntary "voluntary";
    }
}

impl Programme {
    /// The word in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Routine => "定期",
            Self::Special => "臨時",
            Self::Voluntary => "任意",
        }
    }

    /// The programme with this word of files.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|programme| programme.word() == word)
    }
}

words! {
    /// 接種区分 as it is stored: what the place sent that gave the dose has none.
    StatedProgramme {
        /// The ledger of the municipality has not said.
        Unstated "";
        /// [`Programme::Routine`].
        Routine "routine";
        /// [`Programme::Special`].
        Special "special";
        /// [`Programme::Voluntary`].
        Voluntary "voluntary";
    }
}

impl StatedProgramme {
    /// The programme, when one is stated.
    pub fn programme(self) -> Option<Programme> {
        match self {
            Self::Unstated => None,
            Self::Routine => Some(Programme::Routine),
            Self::Special => Some(Programme::Special),
            Self::Voluntary => Some(Programme::Voluntary),
        }
    }
}

impl From<Option<Programme>> for StatedProgramme {
    fn from(programme: Option<Programme>) -> Self {
        match programme {
            None => Self::Unstated,
            Some(Programme::Routine) => Self::Routine,
            Some(Programme::Special) => Self::Special,
            Some(Programme::Voluntary) => Self::Voluntary,
        }
    }
}

words! {
    /// ワクチンコード種別, in files and in the database.
    ProductCodeSystem {
        /// HOT9.
        Hot9 "HOT9";
        /// HOT13.
        Hot13 "HOT13";
        /// YJ.
        Yj "YJ";
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
pub enum DoseEntry {
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
    pub entry: DoseEntry,
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
    pub entry: DoseEntry,
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
