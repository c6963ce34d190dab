//! The console, asked as browsers ask: real databases, real passkeys, every layer.

mod away;
mod clinic;
mod entry;
mod reviews;
mod strangers;
mod turns;
