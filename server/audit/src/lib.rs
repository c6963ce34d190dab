//! What was done, proven and told: the access log with its tree and proofs, the outbox that leads into it, and notices.

pub mod log;
pub mod notices;
pub mod outbox;
