//! What the engine has to know of a record. Never a value.

use super::{Category, Label, OrganisationNumber};
use crate::{CalendarDate, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words! {
    /// What the owner put on one record.
    Mark {
        /// 非開示: nobody sees it but the owner and, unless ruled out, a doctor in an emergency; its author neither.
        Withheld "withheld";
        /// 完全非公開: not even in an emergency, unless the owner chose otherwise.
        Sealed "sealed";
    }
}

words! {
    /// What the owner chose for one record, nothing included: as it is stored, and as it stands in forms.
    MarkChoice {
        /// No mark, or no longer one.
        None "none";
        /// [`Mark::Withheld`].
        Withheld "withheld";
        /// [`Mark::Sealed`].
        Sealed "sealed";
    }
}

impl MarkChoice {
    /// The mark, when one was chosen.
    pub fn mark(self) -> Option<Mark> {
        match self {
            Self::None => None,
            Self::Withheld => Some(Mark::Withheld),
            Self::Sealed => Some(Mark::Sealed),
        }
    }
}

impl From<Option<Mark>> for MarkChoice {
    fn from(mark: Option<Mark>) -> Self {
        match mark {
            None => Self::None,
            Some(Mark::Withheld) => Self::Withheld,
            Some(Mark::Sealed) => Self::Sealed,
        }
    }
}

/// All that the owner put on one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordMarking {
    /// Whether it is hidden.
    pub mark: Option<Mark>,
    /// What it tells about, as far as that is sensitive.
    pub labels: BTreeSet<Label>,
}

impl From<Option<Mark>> for RecordMarking {
    fn from(mark: Option<Mark>) -> Self {
        Self { mark, labels: BTreeSet::new() }
    }
}

/// One part of a record: a checkup has one for each of its categories, everything else exactly one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordFacts {
    /// What kind of data.
    pub category: Category,
    /// Sensitive labels: of the sender, of an item table, of the owner.
    #[serde(default)]
    pub labels: BTreeSet<Label>,
    /// The day that the data is about.
    pub date: CalendarDate,
    /// Which organisation supplied it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<OrganisationNumber>,
    /// What the owner put on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// Frozen or under repair: absent for everybody.
    #[serde(default)]
    pub frozen: bool,
    /// Hidden from guardians: what adolescents decide themselves, and what a protection order covers.
    #[serde(default)]
    pub hidden_from_guardians: bool,
    /// 定期 or 臨時: part of the dose ledger that a municipality keeps by duty.
    #[serde(default)]
    pub public_duty: bool,
    /// 自治体コード where the person is registered, for the municipality's own ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<OrganisationNumber>,
}

impl RecordFacts {
    /// A record of which nothing is known but its kind and its day: no author, no label, no mark.
    pub fn plain(category: Category, date: CalendarDate) -> Self {
        Self {
            category,
            labels: BTreeSet::new(),
            date,
            author: None,
            mark: None,
            frozen: false,
            hidden_from_guardians: false,
            public_duty: false,
            municipality: None,
        }
    }
}
