//! What tests of several crates stand on: an installation on each engine, files and people to fill it with, cards, devices and a
//! browser. A dev-dependency and nothing else.
//!
//! Databases are real, and what is imported goes through the importers; nothing here stands in for a part of the program. Fresh
//! databases themselves are made by `techo_store::testing`, and proofs by `techo_identity::access::testing`: only the crate that keeps
//! them to itself can make them. What needs the listeners is a module of the process' own tests (`server/tests/techo/fixtures`).
//! To add a fixture: a module here when two crates need it, else a module of the one test binary that does.
#![expect(clippy::unwrap_used, reason = "fixtures fail like tests")]

pub mod authenticator;
pub mod browser;
pub mod documents;
mod files;
#[cfg(feature = "fuzzing")]
pub mod fuzz_entry;
pub mod identity;
mod installation;
pub mod people;
pub mod results;

pub use files::{
    PersonRow, city, coverage_file, insurer, municipality, my_number, record_code, residents_file,
    vaccinations_file,
};
pub use installation::{
    IntakeReport, TestInstallation, each_installation, installation_on, keys, noon, report_counts,
};
