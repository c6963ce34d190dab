//! The three CSV kinds of `docs/FORMATS.md`: residents, coverage, vaccinations.

pub mod write;
