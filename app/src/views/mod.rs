//! What pages show that is not a record: plain data, filled by the server. Records have their views in
//! `techo_citizen`.
//!
//! To add one: a struct here with facts only (ids, dates, closed enums), never sentences.

pub mod access_log;
pub mod consent;
pub mod demo;
pub mod enrol;
pub mod errors;
pub mod frame;
pub mod notices;
pub mod passkeys;
pub mod report;

/// The day of the text on `/privacy`: what people agree to. A new text gets a new day, and everybody is asked again.
pub const PRIVACY_VERSION: &str = "2026-12-01";
