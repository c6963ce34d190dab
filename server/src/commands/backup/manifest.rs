//! What stands in a backup, as its last file says. Without it a backup is not whole.

use serde::{Deserialize, Serialize};
use techo_exchange::json::{JsonBounds, read_strict_json};
use techo_store::backup::TableCounts;

/// The name of the file.
pub(in crate::commands) const MANIFEST: &str = "manifest.json";
/// A manifest of more checkpoints than a log makes in a hundred years.
pub(super) const MANIFEST_LIMIT: usize = 64 << 20;
/// The form.
const FORMAT: &str = "techo-backup-v1";

/// What stands in a backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands) struct Manifest {
    /// [`FORMAT`].
    format: String,
    /// The program that made it.
    program: String,
    /// The moment.
    pub(in crate::commands) made_at: String,
    /// Rows of each table of the identity vault at the moment.
    pub(in crate::commands) identity: TableCounts,
    /// The same of the record store.
    pub(in crate::commands) records: TableCounts,
    /// Every file before this one.
    pub(in crate::commands) files: Vec<FileEntry>,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::commands) struct FileEntry {
    pub(in crate::commands) name: String,
    pub(in crate::commands) bytes: u64,
    /// In hexadecimal.
    pub(in crate::commands) sha256: String,
}

impl Manifest {
    /// About these files.
    pub(super) fn new(made_at: String, identity: TableCounts, records: TableCounts) -> Self {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        Self { format: FORMAT.to_owned(), program, made_at, identity, records, files: Vec::new() }
    }

    /// Reads it; none when it is of another form.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let read = read_strict_json::<Self>(text, JsonBounds::of_bytes(MANIFEST_LIMIT));
        read.ok().filter(|manifest| manifest.format == FORMAT)
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("names and numbers always serialise")
    }
}
