//! The door for systems, asked as systems ask: real databases, real signatures, every layer.

#[path = "../support/mod.rs"]
mod support;

mod door;
mod strangers;
mod tokens;
