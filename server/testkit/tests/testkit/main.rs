//! The parsers that read what strangers send, held against the corpora of their fuzz targets.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod replay_corpus;
