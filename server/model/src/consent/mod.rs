//! The nouns of consent (同意設定): what a person lets whom see, why, and for how long.
//!
//! Closed sets and plain records. What they mean together is decided in one place, `techo_consent`.

mod grantee;
mod record;
mod rule;
mod settings;
mod terms;

pub use grantee::{Asker, Emergency, Grantee, OrganisationNumber, Subject};
pub use record::{Mark, MarkChoice, Marking, RecordFacts};
pub use rule::{DataPeriod, Effect, Rule, Scope, Validity};
pub use settings::{ConsentOrigin, ConsentState, EmergencyChoice, Settings, Switch};
pub use terms::{Category, Label, Purpose};
