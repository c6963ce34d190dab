//! What the process promises: its listeners, commands, jobs and documents. One binary; those who need a process of their own start the
//! program. Clients that are slow are timed, and stand in a binary of their own.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod access_log;
mod api;
mod audit_command;
mod backup;
mod consent;
mod consent_cases;
mod consent_fhir;
mod console;
mod data_doc;
mod docs;
mod fixtures;
mod full_disk;
mod headers;
mod house;
mod identity;
mod import_files;
mod installation;
mod jobs_command;
mod journeys;
mod killed_import;
mod kinds;
mod letters;
mod lists;
mod private_files;
mod sizes;
mod starting;
mod strangers;
mod two_databases;
mod web;
