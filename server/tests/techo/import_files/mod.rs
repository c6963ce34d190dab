//! `techo import` as an operator meets it, with files made from what `docs/FORMATS.md` says and nothing else, on both engines.

mod command;
mod dice;
mod documents;
mod generated;
mod layout;
mod program;
mod written;
