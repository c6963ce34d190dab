//! What every listener has in common: metrics and spans.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[path = "../support/program.rs"]
mod program;
#[path = "../support/mod.rs"]
mod support;

mod collector;
mod export;
mod metrics;
