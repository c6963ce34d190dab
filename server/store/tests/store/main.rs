//! What the store promises, on both engines. To add a table: a file here that inserts, reads, changes and ends its rows.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod ended_transactions;
mod identity_cards;
mod identity_sessions;
mod imports;
mod jobs;
mod lost_server;
mod outside_events;
mod packed_leaves;
mod parked_rows;
mod people;
mod rotation;
mod schema;
mod sqlite_turns;
