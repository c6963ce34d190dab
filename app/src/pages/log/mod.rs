//! Who looked, and what a person is told.

mod access_log;
mod notices;

pub use access_log::{access_log, access_log_line};
pub use notices::{finding, found_by, notice, notices};
