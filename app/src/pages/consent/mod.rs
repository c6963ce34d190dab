//! What a person allows: what holds now, every detail of it, its history, and the code for sharing once.

mod detail;
mod history;
mod import;
mod mark;
mod overview;
mod place;
mod preview;
mod share;
mod team;

pub use history::{consent_history, consent_receipt, consent_receipt_text};
pub use import::consent_import;
pub use mark::consent_mark;
pub use overview::consent;
pub use preview::consent_preview;
pub use share::share;
