//! The nouns of consent (同意設定): what a person lets whom see, why, and for how long.
//!
//! Closed sets and plain records. What they mean together is decided in one place, `techo_consent`.

mod grantee;
mod record;
mod rule;
mod settings;
mod terms;

pub use grantee::{Asker, AskingPerson, Grantee, OrganisationNumber, PersonEmergency};
pub use record::{Mark, MarkChoice, RecordFacts, RecordMarking};
pub use rule::{ConsentRule, DataPeriod, Effect, RuleScope, RuleValidity};
pub use settings::{ConsentOrigin, ConsentSettings, ConsentState, EmergencyChoice, Switch};
pub use terms::{Category, Label, Purpose};
