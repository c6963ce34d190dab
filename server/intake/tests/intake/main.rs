//! What intake promises, on both engines: rows, documents, their order, what waits, and what a former version left.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod checkups;
mod former_store;
mod order;
mod rows;
mod spoilt_rows;
mod twins;
