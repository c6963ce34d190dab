//! A checkup document (特定健診 and its relatives) after reading, without and with its person.

use crate::{
    CalendarDate,
    answer::{ItemCode, ListedAnswer},
    coverage::InsuredId,
    resident::Sex,
    words,
};
use serde::{Deserialize, Serialize};

words! {
    /// The generation of the item table: which answers a code could mean.
    Phase {
        /// 第3期, fiscal years 2018–2023.
        Third "third";
        /// 第4期, fiscal years 2024 and later.
        Fourth "fourth";
    }
}

impl Phase {
    /// The phase in force on a day of examination.
    pub fn on(date: CalendarDate) -> Self {
        if date.fiscal_year() >= 2024 { Self::Fourth } else { Self::Third }
    }

    /// 3 or 4.
    pub fn number(self) -> i64 {
        match self {
            Self::Third => 3,
            Self::Fourth => 4,
        }
    }

    /// The phase with this number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|phase| phase.number() == number)
    }
}

/// The value of one item.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ItemValue {
    /// A measured quantity (PQ). The text is what the sender wrote, e.g. `5.6`; below or above the measuring range
    /// is said by `bound`.
    Quantity {
        /// Decimal text, checked to be a number.
        text: String,
        /// UCUM unit, `1` when the item has none.
        unit: String,
        /// Whether the true value lies below or above.
        bound: Option<Bound>,
    },
    /// A coded answer (CD, CO).
    Coded(ListedAnswer),
    /// Free text (ST).
    Text {
        /// As the sender wrote it.
        text: String,
    },
    /// No value, with the reason of the sender (nullFlavor).
    Absent {
        /// e.g. `NI`, or 未実施 and 測定不可能 in words.
        reason: String,
    },
}

words! {
    /// Outside the measuring range (XML: nullFlavor with interpretationCode L or H).
    Bound {
        /// Lower than can be measured.
        Below "below";
        /// Higher than can be measured.
        Above "above";
    }
}

words! {
    /// What the sender thought of a value (interpretationCode).
    Judgement {
        /// N.
        Normal "normal";
        /// L.
        Low "low";
        /// H.
        High "high";
        /// A or anything else that is not normal.
        Abnormal "abnormal";
    }
}

/// One result of a checkup.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ItemResult {
    /// 項目コード.
    pub item: ItemCode,
    /// The name the sender gave, kept for items that our table does not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_name: Option<String>,
    /// Value.
    pub value: ItemValue,
    /// Judgement of the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judgement: Option<Judgement>,
    /// Lower end of the reference range, decimal text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range_low: Option<String>,
    /// Upper end of the reference range, decimal text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range_high: Option<String>,
    /// 検査方法コード.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
}

impl ItemResult {
    /// Whether another result of the same item says the same, whatever its sender calls the item.
    pub fn agrees_with(&self, other: &Self) -> bool {
        let same_judgement = self.judgement == other.judgement && self.method == other.method;
        let same_range = self.range_low == other.range_low && self.range_high == other.range_high;
        self.value == other.value && same_judgement && same_range
    }
}

/// What a document asks to be done (報告区分).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentRequest {
    /// Keep this checkup (10, 40–44, 90).
    Keep,
    /// Delete the checkup of this facility, person and date (19).
    Delete,
}

words! {
    /// What proves that a checkup is the person's under whom it stands.
    MatchProof {
        /// The document has the 枝番 that the insurer states of this person.
        Branch "branch";
        /// The document has no 枝番: nobody else of the family had this birth date and sex.
        Family "family";
        /// The document has a 枝番 and the insurer states none: likewise.
        NoBranchStated "no-branch-stated";
        /// A place that treats the person sent it under the person's code.
        Code "code";
        /// Taken in by a version that did not note it.
        Unknown "unknown";
    }
}

/// A checkup without the person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CheckupFacts {
    /// 健診機関番号, 10 digits.
    pub facility: String,
    /// Name of the facility.
    pub facility_name: String,
    /// 健診実施日.
    pub examined_on: CalendarDate,
    /// Date of the document (ファイル作成日); the newer one wins.
    pub document_date: CalendarDate,
    /// 報告区分, e.g. `10`.
    pub report_class: String,
    /// プログラム種別, e.g. `010`.
    pub programme: String,
    /// Item table that applies.
    pub phase: Phase,
    /// Insurer named in the document.
    pub insurer: String,
    /// Results in document order.
    pub results: Vec<ItemResult>,
}

/// A checkup document as read: facts, and what it says about its person. Names and numbers: no `Debug`, no serde.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckupDocument {
    /// What to do.
    pub request: DocumentRequest,
    /// 保険者番号, 記号, 番号, 枝番 of the person.
    pub insured: InsuredId,
    /// Name as written in the document.
    pub name: Option<String>,
    /// Birth date as written in the document.
    pub birth_date: CalendarDate,
    /// Sex as written in the document.
    pub sex: Sex,
    /// The medical part.
    pub facts: CheckupFacts,
}

impl CheckupDocument {
    /// Whether something that people read holds a letter that can hardly be shown.
    pub fn has_unshowable_letters(&self) -> bool {
        let texts = self.facts.results.iter().flat_map(|result| {
            let text = if let ItemValue::Text { text } = &result.value { Some(text) } else { None };
            text.into_iter().chain(&result.sender_name)
        });
        let mut all = texts.chain([&self.facts.facility_name]).chain(&self.name);
        all.any(|text| text.chars().any(crate::text::is_unshowable))
    }
}
