//! What makes a checkup the same checkup.

use techo_model::{RecordCode, checkup::CheckupFacts};

/// プログラム種別 of documents that state none, in the code list.
const NO_PROGRAMME: &str = "000";

/// What makes a checkup the same checkup: person, place, day, 報告区分 and プログラム種別.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CheckupKey {
    pub(super) record_code: RecordCode,
    pub(super) facility: String,
    pub(super) examined_on: String,
    pub(super) report_class: String,
    pub(super) programme: String,
}

/// プログラム種別 as it is compared: none has two ways to be written.
pub fn programme_key(programme: &str) -> &str {
    if programme == NO_PROGRAMME { "" } else { programme }
}

impl CheckupKey {
    /// Of a document about a person.
    pub fn of(code: RecordCode, facts: &CheckupFacts) -> Self {
        let place = (facts.facility.as_str(), facts.examined_on.to_string());
        Self::new(code, (place.0, &place.1), (&facts.report_class, &facts.programme))
    }

    pub(super) fn new(
        code: RecordCode,
        (facility, day): (&str, &str),
        (class, programme): (&str, &str),
    ) -> Self {
        let programme = programme_key(programme);
        Self {
            record_code: code,
            facility: facility.to_owned(),
            examined_on: day.to_owned(),
            report_class: class.to_owned(),
            programme: programme.to_owned(),
        }
    }

    /// Whether both are of one person, place and day.
    pub fn is_of_the_day_of(&self, other: &Self) -> bool {
        (self.record_code, &self.facility, &self.examined_on)
            == (other.record_code, &other.facility, &other.examined_on)
    }
}
