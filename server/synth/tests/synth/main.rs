//! What the made-up files and people must be.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod files;
mod people;
mod run;
