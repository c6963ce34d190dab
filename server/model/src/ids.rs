//! Ids as types, so that one can never stand where another belongs.
//!
//! To add one: a line in the macro call below. Ids are UUID version 7 made by `techo_custody::environment`; codes (符号) are
//! 128-bit blocks that a key made, and share only the storage form.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A person in the identity vault.
    ResidentId;
    /// A person's sign-in account at the portal.
    AccountId;
    /// One card (one authentication certificate) bound to an account.
    BindingId;
    /// One passkey of an account.
    PasskeyId;
    /// One browser session, as its owner sees it in the list. Not the cookie, and not made from it.
    SessionId;
    /// One activation letter of a municipality.
    LetterId;
    /// One checkup document.
    CheckupId;
    /// One dose.
    VaccinationId;
    /// One period of insurance.
    CoverageId;
    /// One entry of the access log.
    EventId;
    /// One report of the kind "this is not mine".
    ReportId;
    /// One consent rule.
    RuleId;
    /// One laboratory report (DiagnosticReport) that a clinic or hospital sent.
    LaboratoryId;
    /// One declared emergency.
    EmergencyId;
    /// One notice to a citizen.
    NoticeId;
    /// One question of a citizen about a line of the access log.
    QuestionId;
    /// One member of staff with a sign-in at the console.
    StaffId;
    /// One document or row that waits for its person.
    WaitingId;
    /// One piece of work that is done by itself.
    JobId;
    /// The record pseudonym (記録符号): the key of a person in the record store. Never shown to anyone.
    RecordCode;
    /// The random number of a person's chain in the access log; sealed in the vault, made from nothing.
    ChainId;
}

impl ReportId {
    /// The number of a report as people read it out on the telephone: the 40 last bits, which are random, as eight symbols
    /// of Crockford's base32 (no I, L, O, U) in two groups.
    pub fn spoken(self) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let symbol = |place: u32| {
            let five_bits = (self.0.as_u128() >> (5 * place)) & 31;
            char::from(ALPHABET[usize::try_from(five_bits).expect("five bits fit")])
        };
        let group = |places: std::ops::Range<u32>| places.rev().map(symbol).collect::<String>();
        format!("{}-{}", group(4..8), group(0..4))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_report_is_short_enough_to_be_read_out() {
        let id: ReportId = "018f0000-0000-7000-8000-0044_32145A5F".replace('_', "").parse().unwrap();
        assert_eq!(id.spoken(), "8GS1-8PJZ");
        assert_eq!(ReportId(Uuid::nil()).spoken(), "0000-0000");
    }
}
