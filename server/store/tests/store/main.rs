//! What the store promises, on both engines. To add a table: a file here that inserts, reads, changes and ends its rows.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod access_log;
mod aliases;
mod checkups;
mod choices;
mod copies;
mod corrupt_cells;
mod coverages;
mod doses;
mod emergencies;
mod ended_transactions;
mod every_function;
mod identity_cards;
mod identity_sessions;
mod imports;
mod jobs;
mod laboratory;
mod log_tree;
mod lost_server;
mod notices;
mod organisations;
mod outside_events;
mod packed_leaves;
mod parked_rows;
mod people;
mod residents;
mod rotation;
mod samples;
mod schema;
mod share_codes;
mod sqlite_turns;
mod staff;
mod treatment;
mod waiting_records;
mod whole_databases;
