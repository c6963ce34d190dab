//! `techo import` as an operator meets it, with files made from what `docs/FORMATS.md` says and nothing else, on both engines.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod command;
mod dice;
mod documents;
mod generated;
mod layout;
mod program;
mod written;
