//! The parsers that read what strangers send, held against the corpora of their fuzz targets.

mod replay_corpus;
