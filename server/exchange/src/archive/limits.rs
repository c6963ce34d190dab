//! How much of a package is taken before something is called wrong.

/// Upper bounds of one package. The defaults leave room for the largest insurer's year in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackageLimits {
    /// Entries of the central directory.
    pub entries: usize,
    /// Bytes of one document, unpacked.
    pub entry_bytes: u64,
    /// Bytes of all documents, unpacked.
    pub total_bytes: u64,
    /// Unpacked bytes per packed byte of one entry.
    pub ratio: u64,
    /// Unpacked bytes from which on the ratio counts; small regular text packs better than that.
    pub ratio_from: u64,
    /// Characters of a path.
    pub path: usize,
}

impl Default for PackageLimits {
    fn default() -> Self {
        Self {
            entries: 400_000,
            entry_bytes: 4 * 1024 * 1024,
            total_bytes: 20 * 1024 * 1024 * 1024,
            ratio: 200,
            ratio_from: 1024 * 1024,
            path: 512,
        }
    }
}
