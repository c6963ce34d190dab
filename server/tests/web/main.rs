//! What every listener has in common: metrics, spans, forms that come back.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[path = "../support/program.rs"]
mod program;
#[path = "../support/mod.rs"]
mod support;

mod collector;
mod export;
mod forms;
mod metrics;
