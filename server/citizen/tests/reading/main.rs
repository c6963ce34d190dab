//! What a citizen is promised about reading their own record, on both engines.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[path = "../support/mod.rs"]
mod support;

mod checkups;
mod consent;
mod coverage;
mod freezing;
mod home;
mod log;
mod outbox;
mod people;
mod records;
mod vaccinations;
