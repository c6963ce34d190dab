//! The console, asked as browsers ask: real databases, real passkeys, every layer.

#[path = "../support/mod.rs"]
mod support;

mod away;
mod clinic;
mod entry;
mod office;
mod queue_pages;
mod reviews;
mod strangers;
mod turns;
