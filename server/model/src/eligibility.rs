//! The answer to "is this person insured on that day, and why do you say so?" (資格確認).

use crate::{CalendarDate, UnixMillis, coverage::CoverageFacts, resident::Sex, words};
use uuid::Uuid;

words! {
    /// Where a person stands on the asked day.
    Entitlement {
        /// A coverage is in force.
        InForce "in-force";
        /// The last known coverage is over.
        Ended "ended";
        /// The insurer's word is older than a change that somebody else stated: to be confirmed with the insurer.
        Pending "pending";
        /// The only known coverage begins after the asked day.
        NotYet "not-yet";
        /// Nobody has said anything about this person.
        Unknown "unknown";
    }
}

words! {
    /// What the insurer did not know of when it spoke.
    Change {
        /// Another insurer stated a coverage that began later.
        NewerCoverage "newer-coverage";
        /// The person moved.
        Moved "moved";
        /// The person reached 75.
        SeventyFive "seventy-five";
    }
}

/// What the insurer's word is behind of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutdatedStatement {
    /// Which change.
    pub change: Change,
    /// Since when.
    pub since: CalendarDate,
}

/// Who somebody is, as far as a counter must compare it with who stands there.
#[derive(Clone, PartialEq, Eq)]
pub struct PresentedInsurance {
    /// 氏名.
    pub name: String,
    /// 氏名カナ.
    pub kana: String,
    /// 生年月日.
    pub birth_date: CalendarDate,
    /// 性別.
    pub sex: Sex,
}

/// The organisation's own code for the person, and until when records can be read with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClinicCode {
    /// 符号.
    pub code: Uuid,
    /// End of the treatment window; none while it is shut.
    pub window_ends_at: Option<UnixMillis>,
}

/// One of the four consents that the official answer carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentFlag {
    /// Since when the rule that permits it holds.
    pub given_at: UnixMillis,
    /// Until when it can be read.
    pub until: UnixMillis,
}

/// The four consents of the official answer, each none when it was not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConsentFlags {
    /// 特定健診情報: at least one part of checkups.
    pub checkups: Option<ConsentFlag>,
    /// 薬剤情報.
    pub medication: Option<ConsentFlag>,
    /// 診療情報.
    pub visits: Option<ConsentFlag>,
    /// 手術情報.
    pub surgery: Option<ConsentFlag>,
}

/// The answer. Holds a name and an insured number, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct EligibilityAnswer {
    /// Id of the answer.
    pub id: Uuid,
    /// The asked day.
    pub asked_on: CalendarDate,
    /// When it was made.
    pub made_at: UnixMillis,
    /// Official number of whoever asked.
    pub organisation: String,
    /// Who it is about.
    pub person: PresentedInsurance,
    /// Where they stand.
    pub standing: Entitlement,
    /// What the insurer's word is behind of, when it is.
    pub behind: Option<OutdatedStatement>,
    /// The coverage that the answer speaks of.
    pub coverage: Option<CoverageFacts>,
    /// The organisation's code; none when the person has not opted in.
    pub code: Option<ClinicCode>,
    /// The four consents.
    pub flags: ConsentFlags,
}
