//! The pages, grouped as their routes are: one file each, one function each from the data shown to a [`crate::Page`].

mod account;
mod consent;
mod enrol;
mod log;
mod public;
mod records;

pub use crate::parts::log_words::category as log_category;
pub use account::{add_passkey, passkeys, remove_passkey, settings, verify};
pub use consent::{
    consent, consent_history, consent_import, consent_mark, consent_preview, consent_receipt,
    consent_receipt_text, share,
};
pub use enrol::{demo_cards, enrol, sign_in};
pub use log::{access_log, access_log_line, finding, found_by, notice, notices};
pub use public::{error, landing, privacy};
pub use records::{checkup, checkups, coverage, home, laboratory, records, report, vaccinations};
