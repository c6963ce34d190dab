//! The process: settings, commands, doors, sessions, jobs.
//!
//! To add a command: a file in `commands` and a variant in [`commands::Command`]. To add a page: a handler in `portal`
//! and a line in its table of routes.

#![warn(clippy::print_stdout, clippy::print_stderr, reason = "they panic when nobody listens: see `output`")]

#[macro_use]
pub mod output;

pub mod api;
pub mod commands;
pub mod config;
pub mod console;
pub mod error_pages;
pub mod jobs;
mod key_watch;
pub mod log_lines;
mod named_files;
pub mod ops;
pub mod portal;
pub mod roles;
pub mod services;
pub mod sessions;
pub mod telemetry;
