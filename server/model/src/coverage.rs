//! Insurance coverage (資格) as an insurer's file states it.

use crate::{
    CalendarDate, UnixMillis,
    number::{InsurerNumber, MyNumber},
};
use serde::{Deserialize, Serialize};

/// 本人家族区分.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// 本人 (1).
    Insured,
    /// 家族 (2).
    Dependant,
}

impl Relation {
    /// The code in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Insured => "1",
            Self::Dependant => "2",
        }
    }

    /// The relation with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Insured, Self::Dependant].into_iter().find(|relation| relation.code() == code)
    }
}

/// 喪失事由: why a coverage ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LossReason {
    /// 退職.
    Retirement,
    /// 転職.
    JobChange,
    /// 転居.
    Move,
    /// 死亡.
    Death,
    /// 75歳到達.
    SeventyFive,
    /// 扶養終了.
    DependencyEnded,
    /// その他.
    Other,
}

impl LossReason {
    /// All reasons: value, word in files, stored name.
    pub const ALL: [(Self, &str, &str); 7] = [
        (Self::Retirement, "退職", "retirement"),
        (Self::JobChange, "転職", "job-change"),
        (Self::Move, "転居", "move"),
        (Self::Death, "死亡", "death"),
        (Self::SeventyFive, "75歳到達", "seventy-five"),
        (Self::DependencyEnded, "扶養終了", "dependency-ended"),
        (Self::Other, "その他", "other"),
    ];

    /// The word in files.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(reason, ..)| *reason == self).map_or("その他", |(_, word, _)| word)
    }

    /// The reason with this word (already normalised to half width).
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == word).map(|(reason, ..)| *reason)
    }

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(reason, ..)| *reason == self).map_or("other", |(.., name)| name)
    }

    /// The reason with this stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(.., known)| *known == name).map(|(reason, ..)| *reason)
    }
}

/// What identifies an insured person to an insurer: 保険者番号, 記号, 番号, 枝番, each normalised.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct InsuredId {
    /// 保険者番号.
    pub insurer: InsurerNumber,
    /// 記号; people over 75 have none.
    pub symbol: Option<String>,
    /// 番号.
    pub number: String,
    /// 枝番, without leading zeros; documents often lack it.
    pub branch: Option<String>,
}

impl InsuredId {
    /// Normalises the parts as typed: NFKC, trimmed, dashes unified, leading zeros of the branch dropped.
    pub fn new(insurer: InsurerNumber, symbol: Option<&str>, number: &str, branch: Option<&str>) -> Self {
        let clean = |text: &str| Some(crate::text::normalise_hyphens(text)).filter(|t| !t.is_empty());
        Self {
            insurer,
            symbol: symbol.and_then(clean),
            number: clean(number).unwrap_or_default(),
            branch: branch
                .and_then(clean)
                .map(|b| b.trim_start_matches('0').to_owned())
                .filter(|b| !b.is_empty()),
        }
    }

    /// The text from which the alias with 枝番 is made; none when there is no branch.
    pub fn with_branch(&self) -> Option<String> {
        self.branch.as_ref().map(|branch| format!("{}:{branch}", self.without_branch()))
    }

    /// The text from which the alias of the whole family is made.
    pub fn without_branch(&self) -> String {
        format!("{}:{}:{}", self.insurer.as_str(), self.symbol.as_deref().unwrap_or(""), self.number)
    }
}

/// One row of a coverage file (資格ファイル). Holds My Number, so it has no `Debug` and no serde.
#[derive(Clone, PartialEq, Eq)]
pub struct CoverageRow {
    /// 個人番号: becomes an alias at once.
    pub my_number: MyNumber,
    /// The rest of the row.
    pub coverage: CoverageFacts,
}

/// A period of insurance without the person.
#[derive(Clone, PartialEq, Eq)]
pub struct CoverageFacts {
    /// 保険者番号, 記号, 番号, 枝番.
    pub insured: InsuredId,
    /// 本人家族区分.
    pub relation: Relation,
    /// 資格取得日.
    pub acquired_on: CalendarDate,
    /// 資格喪失日: the first day without this coverage.
    pub lost_on: Option<CalendarDate>,
    /// 喪失事由.
    pub loss_reason: Option<LossReason>,
    /// 負担割合 in percent: 10, 20 or 30.
    pub burden_percent: i64,
    /// 保険者名.
    pub insurer_name: String,
    /// 更新日時: when the insurer stated this.
    pub stated_at: UnixMillis,
}
