//! The one binary of this crate's tests.

mod replay_corpus;
