//! A resident as a municipality's file states it.

use crate::{
    CalendarDate,
    number::{MunicipalityCode, MyNumber, ResidentRecordCode},
};
use serde::{Deserialize, Serialize};

/// Sex as registered (住民基本台帳).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sex {
    /// 男, code 1.
    Male,
    /// 女, code 2.
    Female,
    /// 不明, code 9.
    Unknown,
}

impl Sex {
    /// The code in files: `1`, `2`, `9`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Male => "1",
            Self::Female => "2",
            Self::Unknown => "9",
        }
    }

    /// The sex with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Male, Self::Female, Self::Unknown].into_iter().find(|sex| sex.code() == code)
    }

    /// Whether two statements about one person can both be true; unknown agrees with everything.
    pub fn agrees_with(self, other: Self) -> bool {
        self == other || self == Self::Unknown || other == Self::Unknown
    }
}

/// One row of a residents file (住民ファイル). Holds both numbers, so it has no `Debug` that prints and no serde.
#[derive(Clone, PartialEq, Eq)]
pub struct ResidentRow {
    /// 住民票コード.
    pub record_code: ResidentRecordCode,
    /// 個人番号.
    pub my_number: MyNumber,
    /// 氏名.
    pub name: String,
    /// 氏名カナ.
    pub kana: String,
    /// 生年月日.
    pub birth_date: CalendarDate,
    /// 性別.
    pub sex: Sex,
    /// 郵便番号.
    pub postal_code: Option<String>,
    /// 住所.
    pub address: Option<String>,
    /// 自治体コード.
    pub municipality: MunicipalityCode,
    /// 転入日.
    pub moved_in_on: Option<CalendarDate>,
    /// 転出日.
    pub moved_out_on: Option<CalendarDate>,
    /// 死亡日.
    pub died_on: Option<CalendarDate>,
    /// 支援措置: address and whereabouts must not be told to anyone.
    pub protection: Protection,
    /// 保護者住民票コード, at most two.
    pub guardians: Vec<ResidentRecordCode>,
    /// メールアドレス.
    pub mail: Option<String>,
    /// 電話番号.
    pub phone: Option<String>,
}

/// Whether a person is under 支援措置 (protection of victims of violence).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Protection {
    /// Not under protection.
    #[default]
    None,
    /// Under 支援措置.
    Protected,
}
