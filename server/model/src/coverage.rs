//! Insurance coverage (資格) as an insurer's file states it.

use crate::{
    CalendarDate, UnixMillis,
    number::{InsurerNumber, MyNumber},
    words,
};

words! {
    /// 本人家族区分.
    Relation {
        /// 本人 (1).
        Insured "insured";
        /// 家族 (2).
        Dependant "dependant";
    }
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
        Self::ALL.iter().copied().find(|relation| relation.code() == code)
    }
}

words! {
    /// 喪失事由: why a coverage ended.
    LossReason {
        /// 退職.
        Retirement "retirement";
        /// 転職.
        JobChange "job-change";
        /// 転居.
        Move "move";
        /// 死亡.
        Death "death";
        /// 75歳到達.
        SeventyFive "seventy-five";
        /// 扶養終了.
        DependencyEnded "dependency-ended";
        /// その他.
        Other "other";
    }
}

impl LossReason {
    /// The word in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Retirement => "退職",
            Self::JobChange => "転職",
            Self::Move => "転居",
            Self::Death => "死亡",
            Self::SeventyFive => "75歳到達",
            Self::DependencyEnded => "扶養終了",
            Self::Other => "その他",
        }
    }

    /// The reason with this word of files (already normalised to half width).
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.word() == word)
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
    /// 枝番 as stated, in two digits; documents often lack it. Compared without its zeros.
    pub branch: Option<String>,
}

words! {
    /// What is known of the 枝番 of a period of insurance.
    BranchState {
        /// The insurer states one.
        Stated "stated";
        /// The insurer states that there is none.
        Absent "absent";
        /// Taken in by a version that kept `00` like none: the insurer's next file says it.
        Unknown "unknown";
    }
}

words! {
    /// Whom an insured id leads to.
    AliasReach {
        /// One person: it has a 枝番.
        Person "person";
        /// Everybody who shares 記号 and 番号: it has none.
        Family "family";
    }
}

/// 枝番 in two digits, as documents and cards have it.
pub fn two_digit_branch(branch: &str) -> String {
    format!("{branch:0>2}")
}

impl InsuredId {
    /// Normalises the parts as typed: NFKC, trimmed, dashes unified, the branch in two digits.
    pub fn new(insurer: InsurerNumber, symbol: Option<&str>, number: &str, branch: Option<&str>) -> Self {
        let clean = |text: &str| Some(crate::text::normalise_hyphens(text)).filter(|t| !t.is_empty());
        Self {
            insurer,
            symbol: symbol.and_then(clean),
            number: clean(number).unwrap_or_default(),
            branch: branch.and_then(clean).map(|branch| two_digit_branch(&branch)),
        }
    }

    /// Whether there is a branch.
    pub fn branch_state(&self) -> BranchState {
        if self.branch.is_some() { BranchState::Stated } else { BranchState::Absent }
    }

    /// 枝番 as it is compared: a number, whose `00` is one, too.
    pub fn compared_branch(&self) -> Option<&str> {
        self.branch.as_deref().map(|branch| match branch.trim_start_matches('0') {
            "" => "0",
            number => number,
        })
    }

    /// The text from which the alias with 枝番 is made; none when there is no branch.
    pub fn with_branch(&self) -> Option<String> {
        self.compared_branch().map(|branch| format!("{}:{branch}", self.without_branch()))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn insured(branch: Option<&str>) -> InsuredId {
        InsuredId::new(InsurerNumber::parse("06139999").unwrap(), Some("12"), "345", branch)
    }

    #[test]
    fn a_branch_number_is_kept_in_two_digits_and_compared_as_a_number() {
        assert_eq!(insured(Some("01")).branch.as_deref(), Some("01"));
        assert_eq!(insured(Some("１")).branch.as_deref(), Some("01"));
        assert_eq!(insured(Some("1")).with_branch(), insured(Some("01")).with_branch());
        assert_ne!(insured(Some("10")).with_branch(), insured(Some("01")).with_branch());
    }

    #[test]
    fn a_branch_number_of_zeros_is_one_and_not_none() {
        assert_eq!(insured(Some("00")).branch.as_deref(), Some("00"));
        assert_eq!(insured(Some("0")).with_branch(), insured(Some("00")).with_branch());
        assert!(insured(Some("00")).with_branch().is_some() && insured(Some(" ")).with_branch().is_none());
        assert_eq!(insured(Some("00")).branch_state(), BranchState::Stated);
        assert_eq!(insured(None).branch_state(), BranchState::Absent);
    }
}
