//! File and wire formats, bytes to model and back. Pure: no clock, no randomness, no database.
//!
//! To add a format: a folder with `read` or `write` inside, its errors as sentences with a place, and a fuzz target.

pub mod archive;
pub mod cda;
pub mod consent_cases;
pub mod csv;
pub mod eligibility;
pub mod fhir;
pub mod fuzz_entry;
pub mod items;
pub mod json;
pub mod rows;
