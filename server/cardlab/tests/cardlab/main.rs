//! The one binary of this crate's tests.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod lab;
