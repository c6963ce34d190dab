//! What jobs promise, on both engines and by a clock that stands still.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod alone;
mod bench;
mod processes;
mod spoilt;
