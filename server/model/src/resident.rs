//! A resident as a municipality's file states it.

use crate::{
    CalendarDate,
    number::{MunicipalityCode, MyNumber, ResidentRecordCode},
    words,
};

words! {
    /// Sex as registered (住民基本台帳), by its code in files.
    Sex {
        /// 男.
        Male "1";
        /// 女.
        Female "2";
        /// 不明.
        Unknown "9";
    }
}

impl Sex {
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
    pub protection: ResidentProtection,
    /// 保護者住民票コード, at most two.
    pub guardians: Vec<ResidentRecordCode>,
    /// メールアドレス.
    pub mail: Option<String>,
    /// 電話番号.
    pub phone: Option<String>,
}

/// Whether a person is under 支援措置 (protection of victims of violence).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ResidentProtection {
    /// Not under protection.
    #[default]
    None,
    /// Under 支援措置.
    Protected,
}
