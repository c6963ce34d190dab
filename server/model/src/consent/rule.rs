//! One rule: permit or deny, for whom, of what, why, and when.

use super::{Category, Grantee, Label, Purpose};
use crate::{CalendarDate, RuleId, UnixMillis, words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words! {
    /// What a rule does. A deny always wins over a permit.
    Effect {
        /// Lets see.
        Permit "permit";
        /// Hides.
        Deny "deny";
    }
}

/// What a rule speaks of. A permit covers a part of a record when it has its category and names each of its labels; a
/// deny covers it when it has its category or any of its labels.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleScope {
    /// Categories.
    #[serde(default)]
    pub categories: BTreeSet<Category>,
    /// Sensitive labels, each by name.
    #[serde(default)]
    pub labels: BTreeSet<Label>,
}

/// When a rule holds: `from ≤ now < until`. A last day is written as the midnight in Japan that ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleValidity {
    /// First instant.
    pub from: UnixMillis,
    /// First instant that no longer counts; none for no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixMillis>,
}

/// Which days the data may be about, both inclusive. Kept apart from [`RuleValidity`]: "from now on, but only the last three
/// years" has both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataPeriod {
    /// First day; none for no beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<CalendarDate>,
    /// Last day; none for no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<CalendarDate>,
}

/// One rule of a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRule {
    /// Key; stays through the versions in which the rule does not change.
    pub id: RuleId,
    /// Permit or deny.
    pub effect: Effect,
    /// For whom.
    pub grantee: Grantee,
    /// Of what.
    pub scope: RuleScope,
    /// Why.
    pub purpose: Purpose,
    /// When the rule holds.
    pub validity: RuleValidity,
    /// Which days the data may be about.
    #[serde(default)]
    pub data: DataPeriod,
}
