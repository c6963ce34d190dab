//! Cases for `techo consent decide`: a JSON list of questions to the consent engine, for auditors and for whoever wants
//! to test it. The format stands in `docs/FORMATS.md`.
//!
//! A case that is not understood is a case all the same: it is answered with a deny and the place of what was not
//! understood, so that one slip does not hide the other answers. Only a file that is no list of cases at all is refused.

mod fields;
mod read;
mod scope;

#[cfg(test)]
mod tests;

pub use fields::CaseProblem;
pub use read::{FileProblem, read};

use techo_model::{
    RuleId, UnixMillis,
    consent::{Asker, Category, ConsentState, Purpose, RecordFacts},
};

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsentCase {
    /// What the file calls it.
    pub id: String,
    /// The question, or what was not understood about it.
    pub question: Result<CaseQuestion, CaseProblem>,
}

/// What the engine is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseQuestion {
    /// Settings and rules.
    pub state: ConsentState,
    /// What the file calls each rule.
    pub rule_names: Vec<(RuleId, String)>,
    /// The categories of the record, in the order of the file.
    pub categories: Vec<Category>,
    /// The record; its category is the first one.
    pub record: RecordFacts,
    /// Who asks.
    pub asker: Asker,
    /// Why.
    pub purpose: Purpose,
    /// When.
    pub at: UnixMillis,
}

impl CaseQuestion {
    /// What the file calls a rule.
    pub fn rule_name(&self, id: RuleId) -> Option<&str> {
        self.rule_names.iter().find(|(known, _)| *known == id).map(|(_, name)| name.as_str())
    }

    /// The parts of the record, one for each category.
    pub fn parts(&self) -> impl Iterator<Item = RecordFacts> + '_ {
        self.categories.iter().map(|&category| RecordFacts { category, ..self.record.clone() })
    }
}
