//! The pages: one file each, one function each from the data shown to a [`crate::Page`].

mod access_log;
mod checkup;
mod checkups;
mod consent;
mod coverage;
mod demo;
mod enrol;
mod errors;
mod home;
mod laboratory;
mod landing;
mod notices;
mod passkeys;
mod privacy;
mod records;
mod remove_passkey;
mod report;
mod settings;
mod share;
mod sign_in;
mod vaccinations;
mod verify;

pub use crate::parts::log_words::category as log_category;
pub use access_log::{access_log, access_log_line};
pub use checkup::checkup;
pub use checkups::checkups;
pub use consent::{
    consent, consent_history, consent_import, consent_mark, consent_preview, consent_receipt,
    consent_receipt_text,
};
pub use coverage::coverage;
pub use demo::demo_cards;
pub use enrol::enrol;
pub use errors::error;
pub use home::home;
pub use laboratory::laboratory;
pub use landing::landing;
pub use notices::{finding, found_by, notice, notices};
pub use passkeys::passkeys;
pub use privacy::privacy;
pub use records::records;
pub use remove_passkey::remove_passkey;
pub use report::report;
pub use settings::settings;
pub use share::share;
pub use sign_in::sign_in;
pub use vaccinations::vaccinations;
pub use verify::{add_passkey, verify};
