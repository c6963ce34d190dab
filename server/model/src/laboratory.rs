//! A laboratory report (検査結果) as a clinic or hospital sends it.

use crate::{CalendarDate, UnixMillis, answer::ItemCode, checkup::Bound, consent::Label, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// JLAC10 in JP Core.
pub const JLAC10: &str = "urn:oid:1.2.392.200119.4.504";

words! {
    /// How far a report is, as FHIR R4 calls it.
    ReportStatus {
        /// Some results are still to come.
        Partial "partial";
        /// Not verified yet.
        Preliminary "preliminary";
        /// Complete and verified.
        Final "final";
        /// Changed after it was final.
        Amended "amended";
        /// Corrected after it was final.
        Corrected "corrected";
        /// Something was added after it was final.
        Appended "appended";
        /// Sent by mistake: taken back.
        EnteredInError "entered-in-error";
    }
}

words! {
    /// How far a single result is.
    ResultStatus {
        /// Not verified yet.
        Preliminary "preliminary";
        /// Verified.
        Final "final";
        /// Changed after it was final.
        Amended "amended";
        /// Corrected after it was final.
        Corrected "corrected";
        /// Could not be measured; the reason stands in place of the value.
        Cancelled "cancelled";
    }
}

words! {
    /// What the laboratory thought of a value, as a code of HL7 v3 ObservationInterpretation.
    Interpretation {
        /// Normal.
        Normal "N";
        /// Low.
        Low "L";
        /// So low that it is dangerous.
        CriticalLow "LL";
        /// High.
        High "H";
        /// So high that it is dangerous.
        CriticalHigh "HH";
        /// Abnormal.
        Abnormal "A";
        /// So abnormal that it is dangerous.
        CriticalAbnormal "AA";
        /// Found.
        Positive "POS";
        /// Not found.
        Negative "NEG";
        /// Neither can be said.
        Indeterminate "IND";
    }
}

words! {
    /// How the true value stands to the number.
    Comparator {
        /// Lower.
        Below "<";
        /// At most.
        AtMost "<=";
        /// At least.
        AtLeast ">=";
        /// Higher.
        Above ">";
    }
}

impl Comparator {
    /// Whether the true value lies outside of what can be measured.
    pub fn bound(self) -> Option<Bound> {
        match self {
            Self::Below => Some(Bound::Below),
            Self::Above => Some(Bound::Above),
            Self::AtMost | Self::AtLeast => None,
        }
    }
}

/// A code with its system, as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultCoding {
    /// Address of the code system.
    pub system: String,
    /// Code.
    pub code: String,
    /// The sender's words for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
}

/// The value of one result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ResultValue {
    /// A measured quantity.
    Quantity {
        /// Decimal text.
        text: String,
        /// Unit for people; empty when there is none.
        unit: String,
        /// UCUM code, when the sender gave one.
        ucum: Option<String>,
        /// How the true value stands to the number.
        comparator: Option<Comparator>,
    },
    /// Words, e.g. `(-)`.
    Text {
        /// As sent.
        text: String,
    },
    /// A coded answer.
    Coded {
        /// In words.
        text: String,
        /// Codes as sent.
        coding: Vec<ResultCoding>,
    },
    /// No value.
    Absent {
        /// Why, in words.
        reason: String,
    },
}

/// A reference range; empty when none was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceRange {
    /// Lower end, decimal text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<String>,
    /// Upper end, decimal text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<String>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// One result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaboratoryResult {
    /// Name of the test, as sent.
    pub name: String,
    /// Codes of the test, at least one: JLAC10, or the sender's own.
    pub coding: Vec<ResultCoding>,
    /// How far it is.
    pub status: ResultStatus,
    /// Value.
    pub value: ResultValue,
    /// What the laboratory thought of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpretation: Option<Interpretation>,
    /// Reference range.
    #[serde(default)]
    pub range: ReferenceRange,
    /// Material (検体), as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specimen: Option<String>,
    /// Comment of the laboratory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Sensitive labels of this result alone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub labels: BTreeSet<Label>,
}

impl LaboratoryResult {
    /// The code by which the item table of checkups may know it.
    pub fn jlac10(&self) -> Option<ItemCode> {
        let coding = self.coding.iter().find(|coding| coding.system == JLAC10)?;
        Some(ItemCode(coding.code.clone()))
    }
}

/// A report without the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaboratoryReport {
    /// The sender's own id of the report: `system|value`.
    pub identifier: String,
    /// How far it is.
    pub status: ReportStatus,
    /// What the sender calls it.
    pub title: Option<String>,
    /// Day of the collection, in Japan.
    pub examined_on: CalendarDate,
    /// Instant of the collection, when it was told.
    pub examined_at: Option<UnixMillis>,
    /// The same as the sender wrote it. Another way to write it is no other content.
    #[serde(skip)]
    pub examined_stated: Option<String>,
    /// When the report was given out, when it was told.
    pub issued_at: Option<UnixMillis>,
    /// The same as the sender wrote it.
    #[serde(skip)]
    pub issued_stated: Option<String>,
    /// Sensitive labels of the whole report.
    pub labels: BTreeSet<Label>,
    /// Results in the order of the report.
    pub results: Vec<LaboratoryResult>,
}

/// Whether a text has the shape of a JLAC10 code: analyte (a digit, a letter, three digits), then discrimination, material
/// and method, ten digits, with or without the two of the kind of result.
pub fn is_jlac10(code: &str) -> bool {
    let bytes = code.as_bytes();
    matches!(bytes.len(), 15 | 17)
        && bytes[0].is_ascii_digit()
        && bytes[1].is_ascii_uppercase()
        && bytes[2..].iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jlac10_code_has_fifteen_or_seventeen_characters_and_a_letter_in_the_second_place() {
        for good in ["3C020000002327101", "2A990000001930953", "3C0200000023271"] {
            assert!(is_jlac10(good), "{good}");
        }
        for wrong in
            ["", "3C02", "33020000002327101", "3C02000000232710", "3c020000002327101", "3C0200000023271Ａ"]
        {
            assert!(!is_jlac10(wrong), "{wrong}");
        }
    }
}
